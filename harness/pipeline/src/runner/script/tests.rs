use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use rstest::rstest;

use super::{AFTER_SCRIPT_NOTICE, Export, Script};
use crate::expand::Variable;
use crate::runner::quote::ansi_c;
use crate::runner::shell::Shell;

fn script(commands: &[&str]) -> String {
    let commands: Vec<String> = commands.iter().map(|command| (*command).to_owned()).collect();
    let script = Script {
        shell: Shell::Bash,
        exports: &[Export::value("GREETING", "hello world")],
        temporary_directory: "/nonexistent.tmp",
        environment_file: false,
        project_directory: "/",
        notice: None,
        commands: &commands,
        trace: false,
    };
    script.render()
}

#[test]
fn renders_the_runners_text() {
    let commands = [
        "echo \"$A\"".to_owned(),
        "  printf 'x\ny'\n".to_owned(),
        " ".to_owned(),
    ];
    let exports = [
        Export::value("A", "it's"),
        Export::value("EMPTY", ""),
        Export::File {
            name: "KEY".into(),
            path: "/b/p.tmp/KEY".into(),
            content: "a\nb".into(),
        },
    ];
    let script = Script {
        shell: Shell::Bash,
        exports: &exports,
        temporary_directory: "/b/p.tmp",
        environment_file: true,
        project_directory: "/b/my project",
        notice: Some(AFTER_SCRIPT_NOTICE),
        commands: &commands,
        trace: false,
    };
    let body = [
        r"export A=$'it\'s'",
        r"export EMPTY=''",
        r#"mkdir -p "/b/p.tmp""#,
        r#"printf '%s' $'a\nb' > "/b/p.tmp/KEY""#,
        r#"export KEY="/b/p.tmp/KEY""#,
        r"export GITLAB_ENV=/b/p.tmp/gitlab_runner_env",
        r#"mkdir -p "/b/p.tmp""#,
        r#"touch "/b/p.tmp/gitlab_runner_env""#,
        r#"while read -r line; do export "$line"; done < "/b/p.tmp/gitlab_runner_env""#,
        r"cd $'/b/my project'",
        r"echo $'\x1b[32;1mRunning after script...\x1b[0;m'",
        r#"echo $'\x1b[32;1m$ echo "$A"\x1b[0;m'"#,
        r#"echo "$A""#,
        r"echo $'\x1b[32;1m$ printf \'x # collapsed multi-line command\x1b[0;m'",
        "printf 'x\ny'",
        "echo",
        "",
        "",
    ];
    let expected = format!(
        "#!/usr/bin/env bash\n\ntrap 'exit 1' TERM\n\n\
         case \"$(set -o)\" in *\"pipefail\"*) set -o pipefail;; esac; set -o errexit\nset +o noclobber\n\
         (trap 'exit 1' TERM; eval {}) < /dev/null\nexit 0\n",
        ansi_c(&body.join("\n"))
    );
    assert_eq!(script.render(), expected);
}

#[test]
fn file_variables_are_named_after_their_variable() {
    let file = Variable {
        file: true,
        ..Variable::new("KEY", "content")
    };
    let exported = Export::File {
        name: "KEY".into(),
        path: "/t/KEY".into(),
        content: "content".into(),
    };
    assert_eq!(Export::of(&file, "/t/"), exported);
    assert_eq!(
        Export::of(&Variable::new("A", "1"), "/t"),
        Export::value("A", "1")
    );
}

#[test]
fn traces_on_demand() {
    let commands = ["true".to_owned()];
    let script = Script {
        shell: Shell::Sh,
        exports: &[],
        temporary_directory: "/t",
        environment_file: false,
        project_directory: "/",
        notice: None,
        commands: &commands,
        trace: true,
    };
    let text = script.render();
    assert!(
        text.starts_with("#!/usr/bin/env sh\n\ntrap 'exit 1' TERM\n\nset -o xtrace\ncase "),
        "{text}"
    );
}

/// Pipes a script to a shell; standard output without the echoed commands, standard error, and the status.
fn run(shell: &[&str], text: &str, cwd: &Path) -> (String, String, i32) {
    let mut child = Command::new(shell[0])
        .args(&shell[1..])
        .current_dir(cwd)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the shell starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin
        .write_all(text.as_bytes())
        .expect("the shell reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("the shell ends");
    let shown = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = shown
        .lines()
        .filter(|line| !line.starts_with("\x1b[32;1m$ "))
        .collect();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (lines.join("\n"), errors, output.status.code().unwrap_or(-1))
}

/// The shells that understand the script, by what starts them; those that are not installed are named and left out.
fn shells() -> Vec<Vec<&'static str>> {
    let candidates = [vec!["bash"], vec!["busybox", "sh"]];
    let (found, missing): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|shell| is_installed(shell[0]));
    for shell in missing {
        println!(
            "SKIPPED: `{}` is not installed, its behaviour is not tested here",
            shell.join(" ")
        );
    }
    assert!(!found.is_empty(), "no shell to test with");
    found
}

/// Says so even where the output of tests that pass is not shown.
fn skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

fn is_installed(name: &str) -> bool {
    ["/usr/local/bin", "/usr/bin", "/bin"]
        .iter()
        .any(|directory| Path::new(directory).join(name).exists())
}

#[rstest]
#[case::succeeds(&["echo a", "echo b"], "a\nb", 0)]
#[case::stops_at_a_failing_command(&["echo a", "false", "echo b"], "a", 1)]
#[case::keeps_the_exit_status(&["exit 3", "echo b"], "", 3)]
#[case::keeps_the_status_of_a_command(&["sh -c 'exit 7'"], "", 7)]
#[case::unknown_command(&["no-such-command-here", "echo b"], "", 127)]
#[case::stops_in_a_block(&["echo a\nfalse\necho b", "echo c"], "a", 1)]
#[case::assignment_stops(&["X=$(false)", "echo b"], "", 1)]
#[case::export_hides_the_failure(&["export X=$(false)", "echo b"], "b", 0)]
#[case::printf_hides_it_too(&["export $(printf 'A=%s' $(false))", "echo \"[$A]\""], "[]", 0)]
#[case::and_list_hides_it(&["false && true", "echo b"], "b", 0)]
#[case::pipelines_fail(&["false | cat", "echo b"], "", 1)]
#[case::exports_last(&["export A=1", "echo \"$A\""], "1", 0)]
#[case::directories_last(&["cd /usr", "pwd"], "/usr", 0)]
#[case::functions_last(&["f() { echo in f; }", "f"], "in f", 0)]
#[case::commands_may_span_items(&["if true; then", "echo yes", "fi"], "yes", 0)]
#[case::standard_input_is_empty(&["cat", "echo end"], "end", 0)]
#[case::sees_variables(&["echo \"$GREETING\""], "hello world", 0)]
#[case::empty_command_prints_a_line(&["", "echo b"], "\nb", 0)]
#[case::spaces_are_trimmed(&["  echo a  \n"], "a", 0)]
#[case::here_document(&["cat <<EOF\nx $GREETING\nEOF"], "x hello world", 0)]
fn behaves_as_in_a_job(#[case] commands: &[&str], #[case] shown: &str, #[case] status: i32) {
    for shell in shells() {
        let (output, errors, code) = run(&shell, &script(commands), Path::new("/"));
        assert_eq!((output.as_str(), code), (shown, status), "in {shell:?}: {errors}");
    }
}

#[test]
fn arrays_are_for_bash_alone() {
    let text = script(&["X=($(echo one two))", "echo ${X[1]}"]);
    let (output, _, code) = run(&["bash"], &text, Path::new("/"));
    assert_eq!((output.as_str(), code), ("two", 0));
    let (_, _, code) = run(&["bash"], &script(&["X=($(false))", "echo b"]), Path::new("/"));
    assert_eq!(code, 1);
    if is_installed("busybox") {
        let (_, errors, code) = run(&["busybox", "sh"], &text, Path::new("/"));
        assert_eq!(code, 2);
        assert!(errors.contains("syntax error: unexpected \"(\""), "{errors}");
    } else {
        skipped("`busybox` is not installed, its answer to an array is not tested");
    }
}

#[test]
fn dash_does_not_know_the_quoting() {
    if !is_installed("dash") {
        skipped("`dash` is not installed");
        return;
    }
    let (output, _, code) = run(&["dash"], &script(&["echo a"]), Path::new("/"));
    assert_ne!((output.as_str(), code), ("a", 0));
}

#[test]
fn echoes_commands_in_green() {
    let text = script(&["true\ntrue"]);
    let output = Command::new("bash")
        .arg("-c")
        .arg(&text)
        .output()
        .expect("bash runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(shown, "\x1b[32;1m$ true # collapsed multi-line command\x1b[0;m\n");
}

#[test]
fn a_term_signal_ends_the_script_with_one() {
    let (_, _, code) = run(
        &["bash"],
        &script(&["kill -TERM $$; echo not reached"]),
        Path::new("/"),
    );
    assert_eq!(code, 1);
}

#[test]
fn writes_file_variables_and_reads_the_environment_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let temporary = directory.path().join("p.tmp").display().to_string();
    let project = directory.path().display().to_string();
    let commands = [
        "cat \"$KEY\"; echo; echo \"$KEY\"".to_owned(),
        "echo \"[$LATE]\"".to_owned(),
        "echo 'LATE=from file' >> \"$GITLAB_ENV\"".to_owned(),
    ];
    let key = format!("{temporary}/KEY");
    let exports = [Export::File {
        name: "KEY".into(),
        path: key.clone(),
        content: "line 1\n$HOME 'x'".into(),
    }];
    let script = Script {
        shell: Shell::Bash,
        exports: &exports,
        temporary_directory: &temporary,
        environment_file: true,
        project_directory: &project,
        notice: None,
        commands: &commands,
        trace: false,
    };
    let (output, errors, code) = run(&["bash"], &script.render(), directory.path());
    assert_eq!(
        (output, code),
        (format!("line 1\n$HOME 'x'\n{key}\n[]"), 0),
        "{errors}"
    );
    let (output, errors, code) = run(&["bash"], &script.render(), directory.path());
    assert_eq!(
        (output, code),
        (format!("line 1\n$HOME 'x'\n{key}\n[from file]"), 0),
        "{errors}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Many strings a shell, so that the processes do not take the time.
    #[test]
    fn quoting_round_trips(texts in prop::collection::vec("[^\0]{0,40}", 1..16)) {
        let words: Vec<_> = texts.iter().map(|text| ansi_c(text)).collect();
        let output = Command::new("bash").arg("-c").arg(format!("printf '%s\\0' {}", words.join(" "))).output();
        let expected: Vec<u8> = texts.iter().flat_map(|text| text.bytes().chain([0])).collect();
        prop_assert_eq!(output.expect("bash runs").stdout, expected);
    }

    #[test]
    fn variables_arrive_unchanged(values in prop::collection::vec("[^\0]{0,40}", 1..8)) {
        let exports: Vec<_> =
            values.iter().enumerate().map(|(n, value)| Export::value(format!("V{n}"), value)).collect();
        let commands: Vec<_> = (0..values.len()).map(|n| format!("printf '%s\\0' \"$V{n}\" >&2")).collect();
        let script = Script {
            shell: Shell::Bash,
            exports: &exports,
            temporary_directory: "/t",
            environment_file: false,
            project_directory: "/",
            notice: None,
            commands: &commands,
            trace: false,
        };
        let output = Command::new("bash").arg("-c").arg(script.render()).output();
        let expected: Vec<u8> = values.iter().flat_map(|value| value.bytes().chain([0])).collect();
        prop_assert_eq!(output.expect("bash runs").stderr, expected);
    }
}
