//! How fast the harness is, each figure beside its baseline in the same run: `cargo bench -p trustcheck-tests`.
//!
//! The two of a pair are measured in turn, so that a machine that slows down slows both; medians are printed, with the
//! fastest and slowest in brackets.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mock_gitlab::{Audience, GitRef, JobSpec, KeyPool, Trigger};
use trustcheck_lab::World;
use trustcheck_tests::cache;
use trustcheck_tests::federation::{ROLE, TRUST, spec};

const SANDBOX: &str = "sandbox";
const HOST: &str = "host";
const PROGRAM: &str = env!("CARGO_BIN_EXE_trustcheck-under-test");

fn main() {
    // `cargo test --benches` only asks whether it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    trustcheck_lab::install_crypto_provider();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let cache = cache();
    // The first run makes keys and provides tools; it is not what is measured.
    write_scenarios(directory.path());
    assert!(
        trustcheck(directory.path(), SANDBOX, "true.yml")
            .status()
            .expect("it runs")
            .success()
    );

    println!("{:<34} {:>22} {:>22}  goal", "", "trustcheck", "baseline");
    boot(&runtime, &cache);
    for executor in [SANDBOX, HOST] {
        let per_process = one_case(directory.path(), executor);
        further_cases(directory.path(), executor, per_process);
    }
    sandboxes(directory.path());
    two_calls(&runtime, &cache, directory.path());
    thousand_calls(directory.path());
}

/// A world's boot and end, beside those of a bare axum server.
fn boot(runtime: &tokio::runtime::Runtime, cache: &Path) {
    let keys = KeyPool::open(cache.join("keys"));
    keys.key_set(0, &mut |_| {}).expect("keys");
    let pairs = in_turn(
        300,
        || {
            runtime.block_on(async {
                World::boot(spec(), &keys, 7)
                    .await
                    .expect("it boots")
                    .shutdown()
                    .await;
            });
        },
        || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                    .await
                    .expect("a port");
                let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
                let app = axum::Router::new().route("/", axum::routing::get(|| async { "ok" }));
                let server = axum::serve(listener, app).with_graceful_shutdown(async {
                    let _ = stopped.await;
                });
                let server = tokio::spawn(server.into_future());
                stop.send(()).expect("it listens");
                server.await.expect("it ends").expect("it served");
            });
        },
    );
    row("boot of one world (bare axum)", &pairs, "under 5 ms");
}

/// A whole process with one case whose script is `true`, beside the shell alone.
fn one_case(directory: &Path, executor: &str) -> Duration {
    let pairs = in_turn(
        60,
        || succeed(&mut trustcheck(directory, executor, "true.yml")),
        || succeed(Command::new("bash").args(["-c", "true"])),
    );
    row(
        &format!("one case, {executor} (bash -c true)"),
        &pairs,
        "under 30 ms",
    );
    median(&pairs.0)
}

/// What each further case adds, beside the shell alone.
fn further_cases(directory: &Path, executor: &str, one: Duration) {
    let many = in_turn(
        8,
        || succeed(&mut trustcheck(directory, executor, "true-200.yml")),
        || {
            for _ in 0..200 {
                succeed(Command::new("bash").args(["-c", "true"]));
            }
        },
    );
    let each = |times: &[Duration], less: Duration, count: u32| {
        times
            .iter()
            .map(|time| time.saturating_sub(less) / count)
            .collect::<Vec<_>>()
    };
    let pairs = (each(&many.0, one, 199), each(&many.1, Duration::ZERO, 200));
    row(&format!("each further case, {executor}"), &pairs, "under 5 ms");
}

/// What a sandbox costs a job: the same cases, one at a time, in a sandbox and on the host.
fn sandboxes(directory: &Path) {
    let run = |executor| {
        let mut command = trustcheck(directory, executor, "true-200.yml");
        succeed(command.args(["--jobs", "1"]));
    };
    let (sandbox, host) = in_turn(8, || run(SANDBOX), || run(HOST));
    let each = |times: &[Duration]| times.iter().map(|&time| time / 200).collect::<Vec<_>>();
    let pairs = (each(&sandbox), each(&host));
    row("a job in a sandbox (on the host)", &pairs, "");
    let mut costs: Vec<f64> = pairs
        .0
        .iter()
        .zip(&pairs.1)
        .map(|(sandbox, host)| (sandbox.as_secs_f64() - host.as_secs_f64()) * 1e3)
        .collect();
    costs.sort_by(f64::total_cmp);
    println!(
        "{:<34} {:>19.2} ms {:>22}  at most 6 ms",
        "  difference, pair by pair",
        costs[costs.len() / 2],
        ""
    );
}

/// A case with two calls of the AWS CLI, beside the same two calls at a mock that runs already.
fn two_calls(runtime: &tokio::runtime::Runtime, cache: &Path, directory: &Path) {
    let Some(path) = path_with_aws(cache) else {
        println!("two aws calls: skipped, no aws CLI (run `trustcheck run` once to have one provided)");
        return;
    };
    let keys = KeyPool::open(cache.join("keys"));
    let world = runtime.block_on(World::boot(spec(), &keys, 7)).expect("it boots");
    let gitlab = &world.gitlabs()[0];
    let now = world.clock().now();
    let push = Trigger::push(GitRef::Branch("main".into()));
    let pipeline = gitlab.pipeline("group/project", &push, now).expect("a pipeline");
    let job = gitlab.job(&pipeline, JobSpec::new("bench"), now);
    let token = gitlab
        .id_token(&job, &Audience::from("https://gitlab.com"), now)
        .expect("a token")
        .jwt;
    let home = directory.join("home");
    std::fs::create_dir_all(&home).expect("a home");
    let bare = || {
        succeed(
            Command::new("bash")
                .args(["-c", &format!("set -e\n{CALLS}")])
                .env_clear()
                .env("PATH", &path)
                .env("HOME", &home)
                .env("LANG", "C.UTF-8")
                .env("AWS_ENDPOINT_URL", format!("http://{}", world.edge()))
                .env("AWS_DEFAULT_REGION", "us-east-1")
                .env("AWS_EC2_METADATA_DISABLED", "true")
                .env("ROLE_ARN", ROLE)
                .env("TOKEN", &token),
        );
    };
    let pairs = in_turn(
        20,
        || succeed(&mut trustcheck(directory, HOST, "two-calls.yml")),
        bare,
    );
    let mut ratios: Vec<f64> = pairs
        .0
        .iter()
        .zip(&pairs.1)
        .map(|(ours, bare)| ours.as_secs_f64() / bare.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    row("two aws calls (the same, bare)", &pairs, "ratio at most 1.05");
    println!(
        "{:<34} {:>22.3}",
        "  ratio, pair by pair",
        ratios[ratios.len() / 2]
    );
    drop(world);
}

/// A scenario of a thousand cases that call STS, each with a world and a token of its own, beside as many signatures and
/// verifications on as many threads as there are processors.
fn thousand_calls(directory: &Path) {
    let keys = KeyPool::open(cache().join("keys"))
        .key_set(0, &mut |_| {})
        .expect("keys");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let pairs = in_turn(
        10,
        || succeed(&mut trustcheck(directory, HOST, "calls-1000.yml")),
        || {
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        for _ in 0..1000 / threads {
                            std::hint::black_box(keys.ci().sign(b"a payload"));
                        }
                    });
                }
            });
        },
    );
    row("a thousand calls (1000 signatures)", &pairs, "under 500 ms");
}

/// The two calls of a login.
const CALLS: &str = r#"OUT=$(aws sts assume-role-with-web-identity --role-arn $ROLE_ARN --role-session-name bench --web-identity-token $TOKEN --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
export $(printf "AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s" $OUT)
aws sts get-caller-identity"#;

fn write_scenarios(directory: &Path) {
    let world = format!(
        "name: Speed\nworld:\n  gitlab: {{ projects: [{{ path: group/project }}] }}\n  aws:\n    accounts:\n      \
         \"111122223333\":\n        oidc_providers: [{{ url: https://gitlab.com, client_ids: [https://gitlab.com] }}]\n        \
         roles: {{ deploy: {{ trust_policy: '{TRUST}' }} }}\n"
    );
    let quick = format!("{world}run: {{ script: 'true' }}\nexpect: {{ job: success }}\n");
    let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let calls: String = CALLS.lines().map(|line| format!("    {line}\n")).collect();
    let two = format!(
        "{world}needs: [aws]\nvariables: {{ ROLE_ARN: {ROLE} }}\nrun:\n  id_tokens: {{ TOKEN: {{ aud: https://gitlab.com }} }}\n  \
         script: |\n{calls}expect: {{ job: success, output: {{ contains: assumed-role/deploy/bench }} }}\n"
    );
    let numbers_of_calls: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    let calls = format!(
        "{world}matrix: {{ number: [{}] }}\ntrigger: {{ branch: 'b$[[ matrix.number ]]' }}\nrun:\n  call:\n    operation: \
         AssumeRoleWithWebIdentity\n    parameters: {{ RoleArn: '{ROLE}', RoleSessionName: ci }}\nexpect:\n  response: {{ \
         status: 200 }}\n  decision: {{ effect: allow }}\n",
        numbers_of_calls.join(", ")
    );
    let files = [
        ("calls-1000.yml", calls),
        ("true.yml", quick.clone()),
        (
            "true-200.yml",
            format!("{quick}matrix: {{ number: [{}] }}\n", numbers.join(", ")),
        ),
        ("two-calls.yml", two),
    ];
    for (name, text) in files {
        std::fs::write(directory.join(name), text).expect("a file");
    }
}

fn trustcheck(directory: &Path, executor: &str, scenario: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["run", "--executor", executor, scenario])
        .current_dir(directory);
    command
}

fn succeed(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The `PATH` under which a job of the program finds the AWS CLI.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark has no context to take the environment from"
)]
fn path_with_aws(cache: &Path) -> Option<String> {
    let path = std::env::var("PATH").ok()?;
    if trustcheck::execute::find_program("aws", &path).is_some() {
        return Some(path);
    }
    let mut provided = std::fs::read_dir(cache.join("tools"))
        .ok()?
        .flatten()
        .map(|entry| entry.path().join("bin"));
    let bin = provided.find(|bin| bin.join("aws").is_file())?;
    Some(format!("{}:{path}", bin.display()))
}

/// Measures two things in turn, `count` times each after one round that does not count.
fn in_turn(
    count: usize,
    mut ours: impl FnMut(),
    mut baseline: impl FnMut(),
) -> (Vec<Duration>, Vec<Duration>) {
    let time = |what: &mut dyn FnMut()| {
        let began = Instant::now();
        what();
        began.elapsed()
    };
    ours();
    baseline();
    (0..count).map(|_| (time(&mut ours), time(&mut baseline))).unzip()
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

fn row(what: &str, pairs: &(Vec<Duration>, Vec<Duration>), goal: &str) {
    let shown = |times: &[Duration]| {
        let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e3);
        format!(
            "{:.2} ms [{:.1}–{:.1}]",
            ms(Some(&median(times))),
            ms(times.iter().min()),
            ms(times.iter().max())
        )
    };
    println!(
        "{what:<34} {:>22} {:>22}  {goal}",
        shown(&pairs.0),
        shown(&pairs.1)
    );
}
