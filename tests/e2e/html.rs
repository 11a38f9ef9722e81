//! The page of `--report html`: what it says, that nothing of a run can break out of it, its size, and that a real browser
//! runs its script and nothing else.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use trustcheck_tests::write;

use crate::{WORLD, scenario, trustcheck};

const HOSTILE: &str = r#"tags: ["<i>"]
variables: { SECRET: { value: correct-horse-battery, masked: true } }
run:
  script: |
    echo '</script></pre><script>document.title = "broken"</script><img src=x onerror=alert(1)>'
    printf '\033[31mred\033[0m %s\r\n' "$SECRET"
expect: { job: failed, output: { contains: "<never>" } }
"#;

/// A login that is turned away, as its condition says.
const DENIED: &str = r#"lesson: { symptom: "`AccessDenied`", cause: The branch is another one., fix: Name the branch. }
trigger: { branch: feature/x }
run:
  call:
    operation: AssumeRoleWithWebIdentity
    parameters: { RoleArn: arn:aws:iam::111122223333:role/deploy, RoleSessionName: test }
expect: { response: { status: 403 } }
"#;

/// The page for scenarios of these names.
fn page(directory: &Path, scenarios: &[(&str, String)]) -> String {
    let names: Vec<String> = scenarios.iter().map(|(name, _)| format!("{name}.yml")).collect();
    for (name, (_, text)) in names.iter().zip(scenarios) {
        write(directory, name, text);
    }
    let done = trustcheck(directory)
        .args(["run", "--seed", "7", "--report", "html=page.html"])
        .args(names.iter().map(String::as_str))
        .run();
    assert!(done.code <= 2, "{}{}", done.stdout, done.stderr);
    std::fs::read_to_string(directory.join("page.html")).unwrap()
}

fn sample(directory: &Path) -> String {
    let hostile = scenario(HOSTILE).replace("name: A test", "name: '</title><script>alert(2)</script> & co'");
    let mistaken = scenario("run: { script: x }\nexpcet: {}\n");
    page(
        directory,
        &[
            ("hostile", hostile),
            ("denied", scenario(DENIED)),
            ("mistaken", mistaken),
        ],
    )
}

/// The page's outline: headings, who asked whom for what, and what is marked; without tags.
fn outline(page: &str) -> String {
    let mut lines = Vec::new();
    let kinds = [
        ("<h1>", "</h1>"),
        ("<h2>", "</h2>"),
        ("<h3>", "</h3>"),
        ("<h4>", "</h4>"),
        ("<li class=\"row\">", "</li>"),
        ("<p class=\"verdict", "</p>"),
        ("<ul class=\"reasons", "</ul>"),
        ("<span class=\"x\"", "</span>"),
    ];
    for (open, close) in kinds {
        let pieces = page
            .split(open)
            .skip(1)
            .filter_map(|piece| piece.split(close).next());
        for piece in pieces {
            let mut text = String::new();
            let mut inside = true;
            for c in format!("{open}{piece}").chars() {
                match c {
                    '<' => inside = false,
                    '>' => {
                        inside = true;
                        text.push(' ');
                    }
                    c if inside => text.push(c),
                    _ => {}
                }
            }
            lines.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    lines.join("\n")
}

#[test]
fn the_page_tells_what_happened_and_why() {
    let directory = tempfile::tempdir().unwrap();
    let page = sample(directory.path());
    let case = page.split("<details ").nth(2).unwrap();
    for expected in [
        "<h1>trustcheck: 2 of 3 cases fell short</h1>",
        "<b>1</b> error</li>",
    ] {
        assert!(page.contains(expected), "no `{expected}` in the page");
    }
    for expected in [
        "<span class=\"badge\">✓ passed</span>",
        "<dt>Symptom</dt><dd><code>AccessDenied</code></dd>",
        "<b>GitLab</b><b>client</b><b>STS</b>",
        "<b>AssumeRoleWithWebIdentity</b>",
        "<b>GET https://gitlab.com/oauth/discovery/keys</b>",
        "<b>403 AccessDenied</b>",
        "<b>✗ Turned away.</b> No statement of the policy lets it in.",
        "<span class=\"x\"><i class=\"sr\">does not match: </i>  &quot;sub&quot;: &quot;project_path:group/project:ref_type:branch:ref:feature/x&quot;,</span>",
        "<span class=\"x\"><i class=\"sr\">does not match: </i>        &quot;gitlab.com:sub&quot;: &quot;project_path:group/project:ref_type:branch:ref:main&quot;</span>",
    ] {
        assert!(case.contains(expected), "no `{expected}` in:\n{case}");
    }
    insta::with_settings!({ filters => vec![(r"[+-]\d+\.\d\d s", "[time]")] }, {
        insta::assert_snapshot!("html_outline", outline(&page));
    });
}

#[test]
fn nothing_of_a_run_breaks_out_of_the_page() {
    let directory = tempfile::tempdir().unwrap();
    let page = sample(directory.path());
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    assert_eq!(page.matches("</script").count(), 1);
    assert!(!page.contains("<img"), "a job log's tag");
    assert!(page.contains("&lt;/script&gt;&lt;/pre&gt;"));
    assert!(page.contains("<option>&lt;i&gt;</option>"));
    assert!(!page.contains("correct-horse"), "a masked value");
    assert!(page.contains("red [MASKED]"));
    assert!(!page.contains('\x1b') && !page.contains('\r'));
    assert!(
        !page.contains("section_start:"),
        "marks that GitLab's page hides too"
    );
    // Nothing is fetched, and no token can be used.
    for reference in [" src=\"", "href=\"http", "url(", "@import"] {
        assert!(!page.contains(reference), "{reference}");
    }
    let usable = |word: &str| word.starts_with("eyJ") && word.split('.').count() == 3;
    assert!(
        !page
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .any(usable)
    );
}

/// 200 cases with a policy, a token and a log each.
fn two_hundred(directory: &Path) -> String {
    let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let steps = "trigger: { branch: feature/x }\nsteps:\n  - call: { operation: AssumeRoleWithWebIdentity, parameters: { RoleArn: \
                 arn:aws:iam::111122223333:role/deploy, RoleSessionName: test } }\n    expect: { response: { status: 403 } }\n  \
                 - script: for i in {1..40}; do echo \"a line of a job log, as long as such lines are ($i)\"; done\n";
    let text = format!("{WORLD}\nmatrix: {{ number: [{}] }}\n{steps}", numbers.join(", "));
    page(directory, &[("many", text)])
}

#[test]
fn two_hundred_cases_are_under_three_megabytes() {
    let directory = tempfile::tempdir().unwrap();
    let page = two_hundred(directory.path());
    assert_eq!(page.matches("<details class=\"case passed\"").count(), 200);
    assert!(
        (1_000_000..3_000_000).contains(&page.len()),
        "{} bytes",
        page.len()
    );
}

/// The page's elements after a browser has run its script; nothing where there is no Chromium.
fn in_a_browser(directory: &Path, fragment: &str) -> Option<String> {
    let found = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    let Some(chromium) = found.into_iter().find(|path| Path::new(path).exists()) else {
        // Not by a macro, whose output the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: the HTML report was not looked at in a browser; apt-get install chromium"
        );
        return None;
    };
    let profile = tempfile::tempdir().unwrap();
    let done = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--dump-dom")
        .arg(format!(
            "file://{}{fragment}",
            directory.join("page.html").display()
        ))
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    Some(String::from_utf8(done.stdout).unwrap())
}

#[test]
fn a_browser_runs_the_pages_script_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let page = sample(directory.path());
    assert!(
        page.contains("aria-label=\"Filter the cases\" hidden>"),
        "without a script there is nothing to filter with"
    );
    let closed = "<details class=\"case passed\" id=\"case-2\" data-tags=\"\">";
    let opened = closed.replace("\">", "\" open=\"\">");
    let Some(seen) = in_a_browser(directory.path(), "") else {
        return;
    };
    assert!(
        seen.contains("aria-label=\"Filter the cases\">"),
        "the script did not run"
    );
    assert!(seen.contains("3 of 3 cases"));
    assert!(seen.contains("<title>2 of 3 cases fell short – trustcheck</title>"));
    assert!(seen.contains(closed), "a case that passed is closed");
    let seen = in_a_browser(directory.path(), "#case-2").unwrap_or_default();
    assert!(seen.contains(&opened), "a link to a case opens it");
}
