//! Completions, in the shell they are for.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::trustcheck;

fn script(shell: &str) -> String {
    let done = trustcheck(Path::new("/")).args(["completions", shell]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    done.stdout
}

#[test]
fn bash_completes_commands_options_and_shells() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(script("bash").as_bytes()).unwrap();
    let offered = |words: &str| {
        let asked = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _trustcheck trustcheck \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            file.path().display()
        );
        let done = Command::new("bash")
            .args(["--norc", "-c", &asked])
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    assert_eq!(offered("trustcheck ru"), "run\n");
    assert_eq!(offered("trustcheck run --parti"), "--partition\n");
    assert_eq!(offered("trustcheck completions f"), "fish\n");
}

#[rstest::rstest]
#[case("zsh", "#compdef trustcheck")]
#[case("fish", "complete -c trustcheck")]
#[case("elvish", "edit:completion:arg-completer[trustcheck]")]
#[case("powershell", "Register-ArgumentCompleter -Native -CommandName 'trustcheck'")]
fn other_shells_have_theirs(#[case] shell: &str, #[case] has: &str) {
    let script = script(shell);
    assert!(script.contains(has), "{script}");
    assert!(script.contains("deny-skips"), "{script}");
}

#[test]
fn an_unknown_shell_is_told_which_there_are() {
    let done = trustcheck(Path::new("/")).args(["completions", "csh"]).run();
    assert_eq!(done.code, 2);
    assert!(
        done.stderr
            .contains("[possible values: bash, elvish, fish, powershell, zsh]"),
        "{}",
        done.stderr
    );
}
