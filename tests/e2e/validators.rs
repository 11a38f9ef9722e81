//! Independent verifiers of ID tokens, over HTTPS: PyJWT with its JWK client, and jose on Node.
//!
//! They are installed once into the program's cache, pinned. Where that cannot be done the tests are skipped with a word on
//! standard error; with `TRUSTCHECK_TESTS_NEED_TOOLS` set, as in continuous integration, they fail instead.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rstest::rstest;
use rustix::fs::{FlockOperation, flock};
use rustix::process::Signal;
use serde_json::Value;
use trustcheck_tests::python::tools_are_needed;
use trustcheck_tests::{cache, repository, write};

use crate::serve::{Served, serve};
use crate::trustcheck;

/// GitLabs of every kind that a verifier can ask over HTTPS.
const WORLD: &str = "
gitlab:
  - { url: https://gitlab.com, projects: [{ path: group/project }] }
  - { url: 'https://git.example.com:8443/gitlab', projects: [{ path: behind/a-path }] }
  - { url: 'https://git.example.com', version: '15.7', projects: [{ path: beside/it }] }
  - url: https://git.internal.example:8443
    ci_id_tokens_issuer_url: https://oidc.example.com/gitlab
    projects: [{ path: with/its-own-issuer }]
aws: { accounts: {} }
";

/// A library that verifies tokens.
#[derive(Debug, Clone, Copy)]
enum Validator {
    PyJwt,
    Jose,
}

impl Validator {
    /// Where the library is installed, or why not.
    fn provide(self) -> Result<PathBuf, String> {
        let source = repository().join("tests/validators");
        let (name, list) = match self {
            Validator::PyJwt => ("pyjwt", source.join("requirements.txt")),
            Validator::Jose => ("jose", source.join("package.json")),
        };
        let wanted = std::fs::read_to_string(&list).unwrap();
        let tools = cache().join("tools");
        std::fs::create_dir_all(&tools).map_err(|error| error.to_string())?;
        let lock = std::fs::File::create(tools.join(format!("{name}.lock"))).unwrap();
        flock(&lock, FlockOperation::LockExclusive).unwrap();
        let home = tools.join(format!("validator-{name}"));
        let complete = home.join("complete");
        if std::fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
            return Ok(home);
        }
        let _ = std::fs::remove_dir_all(&home);
        match self {
            Validator::PyJwt => {
                run(Command::new("python3").arg("-m").arg("venv").arg(&home))?;
                let mut pip = Command::new(home.join("bin/python3"));
                pip.args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-input",
                    "--no-deps",
                    "--requirement",
                ]);
                run(pip.arg(&list))?;
            }
            Validator::Jose => {
                std::fs::create_dir_all(&home).unwrap();
                std::fs::copy(&list, home.join("package.json")).unwrap();
                let mut npm = Command::new("npm");
                npm.args([
                    "install",
                    "--silent",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                ]);
                run(npm.current_dir(&home))?;
            }
        }
        std::fs::write(complete, wanted).unwrap();
        Ok(home)
    }

    fn validate(self, home: &Path, served: &Served<'_>, token: &str) -> Output {
        let source = repository().join("tests/validators");
        let authority = served.text("ca_file");
        let mut command = match self {
            Validator::PyJwt => {
                let mut python = Command::new(home.join("bin/python3"));
                python
                    .arg(source.join("validate.py"))
                    .args([&authority, AUDIENCE])
                    .env("https_proxy", served.text("proxy_url"))
                    .env_remove("no_proxy")
                    .env_remove("NO_PROXY");
                python
            }
            Validator::Jose => {
                let address = served.text("address");
                let port = address.rsplit(':').next().unwrap();
                let library = home.join("node_modules/jose/dist/webapi/index.js");
                let mut node = Command::new("node");
                node.arg(source.join("validate.mjs"))
                    .arg(library)
                    .args([port, AUDIENCE])
                    .env("NODE_EXTRA_CA_CERTS", authority);
                node
            }
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(token.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    }
}

const AUDIENCE: &str = "https://service.example.com";

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

#[rstest]
#[case::pyjwt(Validator::PyJwt)]
#[case::jose(Validator::Jose)]
fn an_independent_verifier_is_convinced_by_every_issuer(#[case] validator: Validator) {
    let home = match validator.provide() {
        Ok(home) => home,
        Err(why) => {
            assert!(!tools_are_needed(), "{validator:?} cannot be installed: {why}");
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: {validator:?} cannot be installed: {why}"
            );
            return;
        }
    };
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "world.yml", WORLD);
    let token = |project: &str| {
        let arguments = [
            "token",
            "--world",
            "world.yml",
            "--project",
            project,
            "--aud",
            AUDIENCE,
        ];
        let done = trustcheck(directory.path()).args(arguments).run();
        assert_eq!(done.code, 0, "{}", done.stderr);
        done.stdout.trim().to_owned()
    };
    serve(
        directory.path(),
        &["--world", "world.yml"],
        Signal::TERM,
        |served| {
            for (project, issuer) in [
                ("group/project", "https://gitlab.com"),
                ("behind/a-path", "https://git.example.com:8443/gitlab"),
                ("beside/it", "https://git.example.com"),
                ("with/its-own-issuer", "https://oidc.example.com/gitlab"),
            ] {
                let good = token(project);
                let output = validator.validate(&home, served, &good);
                let told = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{validator:?} of {issuer}: {told}");
                let claims: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(claims["iss"], issuer);
                assert_eq!(
                    claims["sub"],
                    format!("project_path:{project}:ref_type:branch:ref:main")
                );

                // The head and the claims of one token, the signature of another.
                let (signed, _) = good.rsplit_once('.').unwrap();
                let other = token(project);
                let (_, signature) = other.rsplit_once('.').unwrap();
                let output = validator.validate(&home, served, &format!("{signed}.{signature}"));
                assert!(
                    !output.status.success(),
                    "{validator:?} believed a signature that is another's"
                );
            }
        },
    );
}
