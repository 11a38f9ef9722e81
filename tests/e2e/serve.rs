//! `trustcheck serve`: what it tells its users, what it answers, and that nothing is left of it.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;

use reqwest::{Certificate, Client};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use trustcheck_tests::{Done, write};

use crate::trustcheck;

/// A world that is up, while a test looks at it.
pub(crate) struct Served<'a> {
    /// The ready file's content.
    pub(crate) ready: Value,
    /// Where the command was started.
    pub(crate) directory: &'a Path,
}

impl Served<'_> {
    pub(crate) fn text(&self, name: &str) -> String {
        self.ready[name].as_str().unwrap().to_owned()
    }

    /// What AWS answers to these parameters: status and text.
    pub(crate) fn post(&self, parameters: &[(&str, &str)]) -> (u16, String) {
        let request = Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(self.text("endpoint_url"))
            .form(parameters);
        block_on(async {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    }

    /// What STS answers to a token.
    pub(crate) fn assume(&self, role: &str, token: &str) -> (u16, String) {
        self.post(&[
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", role),
            ("RoleSessionName", "me"),
            ("WebIdentityToken", token),
        ])
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// Ends a world, also where the test fails before its end.
struct Ending {
    process: Pid,
    signal: Signal,
}

impl Drop for Ending {
    fn drop(&mut self) {
        kill_process(self.process, self.signal).unwrap();
    }
}

/// Runs `trustcheck serve` in `directory`, looks at it once it is ready, and ends it with `signal`.
pub(crate) fn serve(
    directory: &Path,
    arguments: &[&str],
    signal: Signal,
    look: impl FnOnce(&Served<'_>),
) -> Done {
    trustcheck_lab::install_crypto_provider();
    let mut told = String::new();
    let done = trustcheck(directory)
        .args(["serve", "--ready-file", "ready.json"])
        .args(arguments.iter().copied())
        .run_while(|child, _| {
            let ending = Ending {
                process: Pid::from_child(child),
                signal,
            };
            let mut lines = BufReader::new(child.stderr.take().unwrap());
            while !told.contains("ready: ") {
                assert!(lines.read_line(&mut told).unwrap() > 0, "it ended: {told}");
            }
            let ready = std::fs::read(directory.join("ready.json")).unwrap();
            look(&Served {
                ready: serde_json::from_slice(&ready).unwrap(),
                directory,
            });
            drop(ending);
            lines.read_to_string(&mut told).unwrap();
        });
    Done { stderr: told, ..done }
}

/// A world file with one role for pushes to main of group/project.
pub(crate) const WORLD: &str = r#"
gitlab: { projects: [{ path: group/project }] }
aws:
  accounts:
    "111122223333":
      oidc_providers: [{ url: https://gitlab.com, client_ids: [https://gitlab.com] }]
      roles:
        deploy:
          trust_policy: |
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
             "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
             "Action": "sts:AssumeRoleWithWebIdentity",
             "Condition": {"StringEquals": {"gitlab.com:sub": "project_path:group/project:ref_type:branch:ref:main"}}}}
"#;

pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

/// Runs a script of the AWS CLI on this host.
pub(crate) fn run_script(directory: &Path, script: &str, contains: &str) {
    run_script_with(directory, script, contains, None);
}

/// Runs a script that finds the programs of `tools` first.
pub(crate) fn run_script_with(directory: &Path, script: &str, contains: &str, tools: Option<&Path>) {
    let script: String = script.lines().map(|line| format!("    {line}\n")).collect();
    let rest = format!(
        "needs: [aws]\nrun:\n  script: |\n{script}expect: {{ job: success, output: {{ contains: '{contains}' }} }}\n"
    );
    write(directory, "script.yml", &crate::scenario(&rest));
    let done = trustcheck(directory)
        .args(["run", "--executor", "host", "--deny-skips", "script.yml"])
        .first_on_path(tools)
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[rstest::rstest]
#[case::control_c(Signal::INT)]
#[case::terminate(Signal::TERM)]
fn it_answers_at_every_address_until_it_is_ended(#[case] signal: Signal) {
    let directory = tempfile::tempdir().unwrap();
    let mut address = None;
    let done = serve(directory.path(), &[], signal, |served| {
        assert_eq!(served.text("account"), "123456789012");
        assert_eq!(
            (served.text("access_key_id"), served.text("secret_access_key")),
            ("test".into(), "test".into())
        );
        let (status, text) = served.post(&[("Action", "NoSuchAction"), ("Version", "2011-06-15")]);
        assert_eq!(status, 400);
        assert!(text.contains("Could not find operation NoSuchAction"), "{text}");

        let issuer = &served.ready["issuers"][0];
        assert_eq!(issuer["url"], "https://gitlab.com");
        let at: SocketAddr = issuer["address"].as_str().unwrap().parse().unwrap();
        let authority = std::fs::read(served.text("ca_file")).unwrap();
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([Certificate::from_pem(&authority).unwrap()])
            .resolve("gitlab.com", at)
            .build()
            .unwrap();
        let discovery = "https://gitlab.com/.well-known/openid-configuration";
        let found: Value =
            block_on(async { client.get(discovery).send().await.unwrap().json().await.unwrap() });
        assert_eq!(found["issuer"], "https://gitlab.com");
        let secure = client
            .post(served.text("https_endpoint_url"))
            .form(&[("Action", "Other"), ("Version", "2011-06-15")]);
        assert_eq!(block_on(async { secure.send().await.unwrap().status() }), 400);
        address = Some(at);
    });
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
    assert!(!directory.path().join("ready.json").exists());
    TcpStream::connect(address.unwrap()).expect_err("it still listens");
    assert!(
        done.stderr.contains(" sts:NoSuchAction 400 InvalidAction "),
        "{}",
        done.stderr
    );
    assert!(
        done.stderr
            .contains(" GitLab GET /.well-known/openid-configuration 200\n"),
        "{}",
        done.stderr
    );
}

#[test]
fn the_authority_and_the_ready_file_are_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    serve(directory.path(), &[], Signal::TERM, |served| {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let authority = served.text("ca_file");
        assert_eq!(mode(Path::new(&authority).parent().unwrap()), 0o700);
        assert_eq!(mode(&served.directory.join("ready.json")), 0o600);
    });
}

#[test]
fn the_printed_environment_is_all_the_aws_cli_needs() {
    let directory = tempfile::tempdir().unwrap();
    let mut ready = Value::Null;
    let done = serve(directory.path(), &[], Signal::TERM, |served| {
        ready = served.ready.clone();
        let environment = served.ready["environment"].as_object().unwrap();
        let exports: String = environment
            .iter()
            .map(|(name, value)| format!("export {name}={}\n", value.as_str().unwrap()))
            .collect();
        run_script(
            served.directory,
            &format!("{exports}aws sts get-caller-identity"),
            "arn:aws:iam::123456789012:root",
        );
    });
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr
            .contains(" sts:GetCallerIdentity 200 - arn:aws:iam::123456789012:root\n"),
        "{}",
        done.stderr
    );
    for (name, value) in ready["environment"].as_object().unwrap() {
        let line = format!("export {name}={}\n", value.as_str().unwrap());
        assert!(done.stdout.contains(&line), "no {line} in {}", done.stdout);
    }
}

#[test]
fn worlds_with_one_seed_key_honour_each_others_sessions() {
    let (one, other, script) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    write(one.path(), "world.yml", WORLD);
    write(other.path(), "world.yml", WORLD);
    let key = "0123456789abcdef".repeat(4);
    let arguments = ["--world", "world.yml", "--seed-key", &key];
    let token = trustcheck(one.path())
        .args(["token", "--world", "world.yml"])
        .run()
        .stdout;
    serve(one.path(), &arguments, Signal::TERM, |first| {
        serve(other.path(), &arguments, Signal::TERM, |second| {
            let text = format!(
                "OUT=$(aws --endpoint-url {} sts assume-role-with-web-identity --role-arn {ROLE} --role-session-name me \
                 --web-identity-token {} --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)\n\
                 export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' $OUT)\n\
                 aws --endpoint-url {} sts get-caller-identity",
                first.text("endpoint_url"),
                token.trim(),
                second.text("endpoint_url"),
            );
            run_script(script.path(), &text, "assumed-role/deploy/me");
        });
    });
}

#[rstest::rstest]
#[case::dotenv("dotenv")]
#[case::json("json")]
fn the_environment_has_forms_for_programs(#[case] form: &str) {
    let directory = tempfile::tempdir().unwrap();
    let mut ready = Value::Null;
    let done = serve(directory.path(), &["--print-env", form], Signal::TERM, |served| {
        ready = served.ready.clone();
    });
    let environment: Value = match form {
        "json" => serde_json::from_str(&done.stdout).unwrap(),
        _ => done
            .stdout
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect(),
    };
    assert_eq!(environment, ready["environment"]);
    assert_eq!(environment["AWS_ENDPOINT_URL"], ready["endpoint_url"]);
    assert_eq!(environment["AWS_CA_BUNDLE"], ready["ca_file"]);
    assert_eq!(environment["AWS_DEFAULT_REGION"], "us-east-1");
}

#[test]
fn each_request_is_told_with_its_decision_and_without_its_token() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "world.yml", WORLD);
    let token = |arguments: &[&str]| {
        let done = trustcheck(directory.path())
            .args(["token", "--world", "world.yml"])
            .args(arguments.iter().copied())
            .run();
        done.stdout.trim().to_owned()
    };
    let (good, bad) = (token(&[]), token(&["--branch", "feature/x"]));
    let done = serve(
        directory.path(),
        &["--world", "world.yml"],
        Signal::TERM,
        |served| {
            assert_eq!(served.assume(ROLE, &good).0, 200);
            let (status, text) = served.assume(ROLE, &bad);
            assert_eq!(status, 403);
            assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
            // Told where they do not belong, they are not told on.
            served.post(&[("Action", &good), ("Version", "2011-06-15")]);
        },
    );
    let granted = format!(
        "sts:AssumeRoleWithWebIdentity 200 {ROLE} for project_path:group/project:ref_type:branch:ref:main - allowed"
    );
    assert!(done.stderr.contains(&granted), "{}", done.stderr);
    let denied = format!(
        "sts:AssumeRoleWithWebIdentity 403 AccessDenied {ROLE} for project_path:group/project:ref_type:branch:ref:feature/x - "
    );
    assert!(done.stderr.contains(&denied), "{}", done.stderr);
    assert!(done.stderr.contains("sts:[token] 400"), "{}", done.stderr);
    for token in [good, bad] {
        let payload = token.split('.').nth(1).unwrap();
        assert!(!done.stderr.contains(payload), "{}", done.stderr);
    }
}

/// How many files a process has open.
#[cfg(target_os = "linux")]
fn open_files(process: &str) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

/// Raises the limit of open files of this process as far as it may. The limit.
fn raise_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum.or(limit.current),
        maximum: limit.maximum,
    };
    let _ = setrlimit(Resource::Nofile, raised);
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(1 << 20);
    usize::try_from(limit).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_who_say_nothing_starve_nobody_and_leave_nothing_open() {
    // other tests of this process need files too
    let count = 10_000.min(raise_limit().saturating_sub(1_000));
    let directory = tempfile::tempdir().unwrap();
    serve(directory.path(), &[], Signal::TERM, |served| {
        let process = served.ready["pid"].to_string();
        let address: SocketAddr = served.text("address").parse().unwrap();
        let before = open_files(&process);
        let silent: Vec<TcpStream> = (0..count).map(|_| TcpStream::connect(address).unwrap()).collect();
        assert_eq!(served.post(&[("Action", "X"), ("Version", "2011-06-15")]).0, 400);
        drop(silent);
        // Each look is a request, so what is left is closed before the looks run out, or not at all.
        let gone = (0..1_000).any(|_| {
            served.post(&[("Action", "X"), ("Version", "2011-06-15")]);
            open_files(&process) <= before + 1
        });
        assert!(gone, "{} files are open, {before} before", open_files(&process));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn it_outlives_that_files_run_out() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let directory = tempfile::tempdir().unwrap();
    let done = serve(directory.path(), &[], Signal::TERM, |served| {
        let process = served.ready["pid"].as_i64().unwrap().try_into().unwrap();
        let few = Rlimit {
            current: Some(40),
            maximum: Some(40),
        };
        prlimit(Pid::from_raw(process), Resource::Nofile, few).unwrap();
        let address: SocketAddr = served.text("address").parse().unwrap();
        let silent: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
        for _ in 0..10 {
            assert_eq!(served.post(&[("Action", "X"), ("Version", "2011-06-15")]).0, 400);
        }
        drop(silent);
    });
    assert_eq!(done.code, 0, "{}", done.stderr);
}

#[test]
fn what_is_no_request_is_told_too() {
    use std::io::Write;
    let directory = tempfile::tempdir().unwrap();
    let done = serve(directory.path(), &[], Signal::TERM, |served| {
        let address: SocketAddr = served.text("address").parse().unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    });
    assert!(
        done.stderr.contains(" HTTP 400 there is no Host\n"),
        "{}",
        done.stderr
    );
}

/// An identity provider of the user's own, at a port of this computer: here another world.
#[test]
fn sts_asks_an_issuer_on_this_computer() {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let issuer = format!("https://localhost:{port}");
    write(
        theirs.path(),
        "world.yml",
        &format!(
            "gitlab: {{ url: '{issuer}', projects: [{{ path: group/project }}] }}\naws: {{ accounts: {{}} }}\n"
        ),
    );
    write(
        ours.path(),
        "world.yml",
        &WORLD
            .replace(
                "https://gitlab.com, client_ids",
                &format!("'{issuer}', client_ids"),
            )
            .replace(
                "oidc-provider/gitlab.com",
                &format!("oidc-provider/localhost:{port}"),
            )
            .replace("gitlab.com:sub", &format!("localhost:{port}:sub")),
    );
    let order = ["token", "--world", "world.yml", "--aud", "https://gitlab.com"];
    let token = trustcheck(theirs.path()).args(order).run().stdout;
    let listen = format!("127.0.0.1:{port}");
    serve(
        theirs.path(),
        &["--world", "world.yml", "--listen", &listen],
        Signal::TERM,
        |idp| {
            let arguments = ["--world", "world.yml", "--issuer-ca", &idp.text("ca_file")];
            let mut told = (0, String::new());
            let done = serve(ours.path(), &arguments, Signal::TERM, |served| {
                told = served.assume(ROLE, token.trim());
            });
            assert_eq!(told.0, 200, "{}{}", told.1, done.stderr);
            assert!(done.stderr.contains(&format!("200 {ROLE}")), "{}", done.stderr);
            serve(ours.path(), &arguments[..2], Signal::TERM, |served| {
                let (status, text) = served.assume(ROLE, token.trim());
                assert_eq!(status, 400, "{text}");
                assert!(text.contains("match configured thumbprint"), "{text}");
            });
        },
    );
}

#[test]
fn sts_asks_no_issuer_elsewhere_that_is_not_named() {
    let directory = tempfile::tempdir().unwrap();
    let world = WORLD
        .replace(
            "https://gitlab.com, client_ids",
            "https://idp.invalid, client_ids",
        )
        .replace("oidc-provider/gitlab.com", "oidc-provider/idp.invalid");
    write(directory.path(), "world.yml", &world);
    write(
        directory.path(),
        "claims.json",
        r#"{"iss": "https://idp.invalid", "sub": "me", "aud": "https://gitlab.com", "iat": 1, "exp": 9999999999}"#,
    );
    let token = trustcheck(directory.path())
        .args(["token", "--claims", "claims.json"])
        .run()
        .stdout;
    let done = serve(
        directory.path(),
        &["--world", "world.yml"],
        Signal::TERM,
        |served| {
            let (status, text) = served.assume(ROLE, token.trim());
            assert_eq!(status, 400, "{text}");
            assert!(
                text.contains("retrieve verification key from your identity provider"),
                "{text}"
            );
        },
    );
    assert!(
        done.stderr
            .contains("there is no host `idp.invalid` with port 443"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let done = trustcheck(directory.path())
        .args(["serve", "--listen", &address, "--ready-file", "ready.json"])
        .run();
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(
        done.stderr
            .starts_with(&format!("error: cannot listen on {address}: the port is in use")),
        "{}",
        done.stderr
    );
    assert_eq!((done.stderr.lines().count(), done.stdout.as_str()), (1, ""));
    assert!(done.left_behind.is_empty() && !directory.path().join("ready.json").exists());
}

#[test]
fn listening_to_others_is_warned_of_and_answers_by_any_name() {
    let directory = tempfile::tempdir().unwrap();
    let done = serve(
        directory.path(),
        &["--listen", "0.0.0.0:0"],
        Signal::TERM,
        |served| {
            let at: SocketAddr = served.text("address").parse().unwrap();
            assert!(at.ip().is_loopback(), "no address to connect to: {at}");
            let client = Client::builder()
                .no_proxy()
                .resolve("mock-aws.internal", at)
                .build()
                .unwrap();
            let request = client
                .post(format!("http://mock-aws.internal:{}", at.port()))
                .form(&[("Action", "X"), ("Version", "2011-06-15")]);
            assert_eq!(block_on(async { request.send().await.unwrap().status() }), 400);
        },
    );
    assert!(
        done.stderr
            .contains("warning: 0.0.0.0:0 is not a loopback address"),
        "{}",
        done.stderr
    );
}

#[rstest::rstest]
#[case::no_such_world(&["--world", "none.yml"], 2, "cannot read the file: there is no such file")]
#[case::a_world_with_a_mistake(&["--world", "bad.yml"], 2, "unknown key `gitlap`")]
#[case::no_gitlab_could_be(&["--world", "lone.yml"], 2, "`lone` cannot be the path of a project")]
#[case::no_address(&["--listen", "4566"], 2, "write ADDRESS:PORT")]
#[case::half_a_key(&["--seed-key", "0123"], 2, "a seed key has 64 hexadecimal digits")]
#[case::issuer_without_tls(&["--allow-issuer", "http://idp.example.com"], 2, "by https only")]
#[case::no_issuer(&["--allow-issuer", "idp.example.com"], 2, "write the issuer's URL")]
#[case::issuer_nowhere(&["--allow-issuer", "https://idp.invalid"], 3, "cannot find the address of the issuer https://idp.invalid")]
#[case::no_authority(&["--issuer-ca", "lone.yml"], 2, "`lone.yml`: not certificates in PEM: there is no certificate in it")]
#[case::unknown_form(&["--print-env", "csh"], 2, "[possible values: sh, dotenv, json]")]
#[case::nowhere_to_write(&["--ready-file", "no/such/place"], 3, "cannot write the ready file `no/such/place`")]
fn slips_are_told(#[case] arguments: &[&str], #[case] code: i32, #[case] message: &str) {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "bad.yml",
        "gitlap: { projects: [{ path: a/b }] }\naws: { accounts: {} }\n",
    );
    write(
        directory.path(),
        "lone.yml",
        "gitlab: { projects: [{ path: lone }] }\naws: { accounts: {} }\n",
    );
    let done = trustcheck(directory.path())
        .args(["serve"])
        .args(arguments.iter().copied())
        .run();
    assert_eq!(done.code, code, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr.contains(message),
        "no `{message}` in:\n{}",
        done.stderr
    );
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}

/// A request to the control plane: status and JSON.
fn control(served: &Served<'_>, method: reqwest::Method, path: &str, body: &Value) -> (u16, Value) {
    let control = &served.ready["control"];
    let request = Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .request(method, format!("{}{path}", control["url"].as_str().unwrap()))
        .bearer_auth(control["token"].as_str().unwrap())
        .json(body);
    block_on(async {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    })
}

#[test]
fn its_control_plane_mints_tokens_has_faults_and_moves_the_clock() {
    use reqwest::Method;
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "world.yml", WORLD);
    let role = "arn:aws:iam::111122223333:role/deploy";
    let done = serve(
        directory.path(),
        &["--world", "world.yml"],
        Signal::TERM,
        |served| {
            let mint = || {
                let (status, token) = control(served, Method::POST, "/v1/tokens", &serde_json::json!({}));
                assert_eq!(status, 201, "{token}");
                token["token"].as_str().unwrap().to_owned()
            };
            let fault = serde_json::json!({ "fault": { "jwks": { "slow": "6s" } } });
            assert_eq!(control(served, Method::PUT, "/v1/faults", &fault).0, 200);
            let (status, text) = served.assume(role, &mint());
            assert!(status == 400 && text.contains("verification key"), "{text}");
            control(served, Method::POST, "/v1/reset", &Value::Null);
            let token = mint();
            assert_eq!(served.assume(role, &token).0, 200);
            let later = serde_json::json!({ "advance": "2h" });
            control(served, Method::POST, "/v1/clock", &later);
            let (status, text) = served.assume(role, &token);
            assert!(status == 400 && text.contains("ExpiredTokenException"), "{text}");
            let (_, journal) = control(served, Method::GET, "/v1/journal", &Value::Null);
            let calls = journal["entries"].as_array().unwrap().iter();
            assert_eq!(calls.filter(|entry| entry["event"] == "call").count(), 2);
        },
    );
    assert!(
        done.stderr
            .contains("fault of https://gitlab.com: the key set takes 6s"),
        "{}",
        done.stderr
    );
    let token = |line: &str| line.contains("TRUSTCHECK_CONTROL_TOKEN");
    assert!(
        done.stdout.contains("TRUSTCHECK_CONTROL_URL=http://127.0.0.1:"),
        "{}",
        done.stdout
    );
    assert!(!done.stdout.lines().any(token), "{}", done.stdout);
}

#[test]
fn an_exported_world_is_a_world_file() {
    let directory = tempfile::tempdir().unwrap();
    let world = trustcheck_tests::repository().join("scenarios/seeds/docs-page/worlds/company.yml");
    let export = |file: &str| {
        let mut exported = Value::Null;
        serve(directory.path(), &["--world", file], Signal::TERM, |served| {
            let (status, world) = control(served, reqwest::Method::GET, "/v1/world", &Value::Null);
            assert_eq!(status, 200);
            exported = world;
        });
        exported
    };
    let once = export(world.to_str().unwrap());
    assert_eq!(once["gitlab"][0]["projects"][0]["path"], "observability/agent");
    assert!(once["aws"]["accounts"]["111122223333"]["roles"]["agent-release"]["trust_policy"].is_object());
    write(directory.path(), "again.json", &once.to_string());
    assert_eq!(export("again.json"), once);
}

#[test]
fn the_control_plane_listens_where_it_is_told_and_not_without_a_ready_file() {
    let directory = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("127.0.0.1:{port}");
    serve(
        directory.path(),
        &["--control", &address],
        Signal::INT,
        |served| {
            let url = format!("http://{address}");
            assert_eq!(served.ready["control"]["url"], url.as_str());
            assert_eq!(
                control(served, reqwest::Method::GET, "/v1/health", &Value::Null).0,
                200
            );
        },
    );
    TcpStream::connect(address.parse::<SocketAddr>().unwrap()).unwrap_err();
    let refused = trustcheck(directory.path())
        .args(["serve", "--control", &address])
        .run();
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--ready-file"), "{}", refused.stderr);
}
