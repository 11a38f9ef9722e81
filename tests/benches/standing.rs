//! How fast a world that stays up is, each figure beside its baseline in the same run:
//! `cargo bench -p trustcheck-tests --bench standing`.
//!
//! Baselines are a bare axum server in a process of its own, asked in the same way, and raw signatures.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use rustix::process::{Pid, Signal, kill_process};
use trustcheck::client::{Order, send};
use trustcheck_lab::aws::SigningKeys;

const PROGRAM: &str = env!("CARGO_BIN_EXE_trustcheck-under-test");
const BARE: &str = env!("CARGO_BIN_EXE_bare-axum");

/// How long a round of requests lasts.
const ROUND: Duration = Duration::from_millis(700);

/// How many clients ask at once.
const CLIENTS: usize = 8;

fn main() {
    // `cargo test --benches` only asks whether it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let keys = directory.path().join("warm");
    println!("{:<34} {:>22} {:>22}  goal", "", "trustcheck", "baseline");
    cold_start(directory.path(), &keys);
    pages(&keys);
    tokens(directory.path(), &keys);
}

/// From the start of the process to the first good answer: a signed GetCallerIdentity and the issuer's discovery document;
/// of the bare server, its one page.
fn cold_start(directory: &Path, keys: &Path) {
    drop(ready_world(keys)); // makes the keys
    let (mut warm, mut bare, mut cold) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..25 {
        warm.push(ready_world(keys).1);
        bare.push(ready_bare().1);
        if round % 5 == 0 {
            let nowhere = directory.join(format!("cold-{round}"));
            cold.push(ready_world(&nowhere).1);
        }
    }
    row("cold start, keys made before", &warm, &bare, "at most 3 times");
    ratio(&warm, &bare);
    row("cold start, keys made anew", &cold, &bare, "under 300 ms");
    let world = ready_world(keys).0;
    println!(
        "{:<34} {:>18.1} MiB {:>22}  under 15 MiB",
        "memory at rest (resident)",
        world.resident_mib(),
        ""
    );
}

/// JWKS and discovery, in requests a second.
fn pages(keys: &Path) {
    let (world, bare) = (ready_world(keys).0, ready_bare().0);
    for (what, path) in [
        ("JWKS", "/oauth/discovery/keys"),
        ("discovery", "/.well-known/openid-configuration"),
    ] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..7 {
            ours.push(requests_a_second(world.address, "gitlab.com", path));
            theirs.push(requests_a_second(bare.address, "localhost", "/"));
        }
        let (ours, theirs) = (middle(&ours), middle(&theirs));
        println!(
            "{:<34} {ours:>20.0}/s {theirs:>20.0}/s  at least 0.5",
            format!("{what} (a bare axum GET)")
        );
        println!("{:<34} {:>22.2}", "  ratio", ours / theirs);
    }
}

/// Tokens minted over HTTP, a second, beside signatures of the same kind made by all cores.
fn tokens(directory: &Path, keys: &Path) {
    let ready = directory.join("ready.json");
    let world = ready_world_with(keys, &["--ready-file", ready.to_str().expect("a path of text")]).0;
    let (address, request) = mint_request(&ready);
    let mut client = Client::new(address, &request, 201);
    let first = client.ask().to_vec();
    assert_ne!(client.ask(), first, "each token is made anew");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let (mut spent, mut spent_on_signatures) = (0.0, 0.0);
    for _ in 0..9 {
        let before = processor_seconds(world.process.id());
        ours.push(answers_a_second(address, &request, 201));
        let between = processor_seconds(std::process::id());
        spent += processor_seconds(world.process.id()) - before;
        theirs.push(signatures_a_second(&key));
        spent_on_signatures += processor_seconds(std::process::id()) - between;
    }
    drop(world);
    println!(
        "{:<34} {:>20.0}/s {:>20.0}/s  at least 0.55",
        "tokens (RS256 of all cores)",
        middle(&ours),
        middle(&theirs)
    );
    let ratios: Vec<f64> = ours
        .iter()
        .zip(&theirs)
        .map(|(ours, theirs)| ours / theirs)
        .collect();
    println!("{:<34} {:>22.2}", "  ratio, pair by pair", middle(&ratios));
    // What other work on the machine does not change.
    let each =
        |seconds: f64, rates: &[f64]| seconds * 1e3 / (rates.iter().sum::<f64>() * ROUND.as_secs_f64());
    println!(
        "{:<34} {:>19.3} ms {:>19.3} ms",
        "  processor time of the server",
        each(spent, &ours),
        each(spent_on_signatures, &theirs)
    );
}

/// The processor time that a process has taken, in seconds.
fn processor_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // After the name, which is in parentheses: `utime` and `stime` are the 14th and 15th fields of the line.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let ticks = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap_or(f64::NAN));
    ticks.sum::<f64>() / rustix::param::clock_ticks_per_second() as f64
}

/// Where the control plane of a ready file is, and the request of a job's token.
fn mint_request(ready: &Path) -> (SocketAddr, Vec<u8>) {
    let began = Instant::now();
    let text = loop {
        match std::fs::read(ready) {
            Ok(text) => break text,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(60), "{error}"),
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let ready: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let control = |name: &str| ready["control"][name].as_str().expect("a text").to_owned();
    let (url, token) = (control("url"), control("token"));
    let host = url.strip_prefix("http://").expect("plain HTTP");
    let body = r#"{"branch":"main","aud":"sts.amazonaws.com"}"#;
    let length = body.len();
    let request = format!(
        "POST /v1/tokens HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    (host.parse().expect("an address"), request.into_bytes())
}

/// Signatures a second of as many threads as there are cores, over messages as long as a token.
fn signatures_a_second(key: &KeyPair) -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    at_once(cores, || {
        let (message, random) = ([b'a'; 1_400], SystemRandom::new());
        let mut signature = vec![0; key.public_modulus_len()];
        move || {
            key.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature)
                .expect("a signature");
        }
    })
}

/// A server in a process of its own, ended when it is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(command: &mut Command, address: SocketAddr) -> Server {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        Server { process, address }
    }

    /// Memory that is resident, in MiB.
    fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let kib = status.ok().and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            line.trim().strip_suffix(" kB")?.parse::<f64>().ok()
        });
        kib.map_or(f64::NAN, |kib| kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        let _ = self.process.wait();
    }
}

/// A world whose keys are kept below a directory, once it answers, and how long that took.
fn ready_world(keys: &Path) -> (Server, Duration) {
    ready_world_with(keys, &[])
}

/// The same with more on the command line.
fn ready_world_with(keys: &Path, more: &[&str]) -> (Server, Duration) {
    let address = free_address();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let began = Instant::now();
    let mut command = Command::new(PROGRAM);
    command
        .args(["serve", "--listen", &address.to_string()])
        .args(more)
        .env("TRUSTCHECK_CACHE", keys);
    let server = Server::start(&mut command, address);
    until_it_listens(address);
    let parameters = [
        ("Action".to_owned(), "GetCallerIdentity".to_owned()),
        ("Version".to_owned(), "2011-06-15".to_owned()),
    ];
    let keys = SigningKeys {
        access_key_id: "test",
        secret_access_key: "test",
        session_token: None,
    };
    let order = Order {
        edge: address,
        host: "sts.us-east-1.amazonaws.com",
        method: "POST".parse().expect("a method"),
        parameters: &parameters,
        signed: Some((keys, ("sts", "us-east-1"), trustcheck_lab::host_now())),
    };
    let answer = runtime.block_on(send(&order)).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.shown);
    get(address, "gitlab.com", "/.well-known/openid-configuration");
    (server, began.elapsed())
}

fn ready_bare() -> (Server, Duration) {
    let address = free_address();
    let began = Instant::now();
    let server = Server::start(Command::new(BARE).arg(address.port().to_string()), address);
    until_it_listens(address);
    get(address, "localhost", "/");
    (server, began.elapsed())
}

fn free_address() -> SocketAddr {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("an address")
}

fn until_it_listens(address: SocketAddr) {
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not listen");
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// One good answer on a connection of its own.
fn get(address: SocketAddr, host: &str, path: &str) {
    Client::new(address, &page_request(host, path), 200).ask();
}

fn page_request(host: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes()
}

/// Requests for a page a second.
fn requests_a_second(address: SocketAddr, host: &str, path: &str) -> f64 {
    answers_a_second(address, &page_request(host, path), 200)
}

/// Answers a second, each with this status, to some clients that each wait for one answer before the next request.
fn answers_a_second(address: SocketAddr, request: &[u8], status: u16) -> f64 {
    at_once(CLIENTS, || {
        let mut client = Client::new(address, request, status);
        move || {
            client.ask();
        }
    })
}

/// How often a second some threads together do something, each as `prepare` has prepared it.
fn at_once<Act: FnMut()>(threads: usize, prepare: impl Fn() -> Act + Sync) -> f64 {
    let count: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut act = prepare();
                    let end = Instant::now() + ROUND;
                    let mut count = 0;
                    while Instant::now() < end {
                        act();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it goes on"))
            .sum()
    });
    count as f64 / ROUND.as_secs_f64()
}

/// A client that costs as little as it can, and the same for both sides.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    status: u16,
    buffer: Vec<u8>,
}

impl Client {
    fn new(address: SocketAddr, request: &[u8], status: u16) -> Client {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("an option");
        Client {
            stream,
            request: request.to_vec(),
            status,
            buffer: vec![0; 16 * 1024],
        }
    }

    /// Asks, and reads the whole answer, which has to have the status. Its body.
    fn ask(&mut self) -> &[u8] {
        self.stream.write_all(&self.request).expect("it reads");
        let mut read = 0;
        loop {
            let count = self.stream.read(&mut self.buffer[read..]).expect("an answer");
            assert!(count > 0, "it hung up");
            read += count;
            let answer = &self.buffer[..read];
            let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&answer[..end]).expect("a head of text");
            let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
            assert_eq!(
                status.and_then(|status| status.parse().ok()),
                Some(self.status),
                "{head}"
            );
            let length: usize = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .expect("a length");
            if read >= end + 4 + length {
                return &self.buffer[end + 4..read];
            }
        }
    }
}

fn middle(figures: &[f64]) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn row(what: &str, ours: &[Duration], theirs: &[Duration], goal: &str) {
    let shown = |times: &[Duration]| {
        let ms: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        format!(
            "{:.1} ms [{:.1}–{:.1}]",
            middle(&ms),
            ms.iter().copied().fold(f64::INFINITY, f64::min),
            ms.iter().copied().fold(0.0, f64::max)
        )
    };
    println!("{what:<34} {:>22} {:>22}  {goal}", shown(ours), shown(theirs));
}

/// The middle of the ratios, pair by pair.
fn ratio(ours: &[Duration], theirs: &[Duration]) {
    let ratios: Vec<f64> = ours
        .iter()
        .zip(theirs)
        .map(|(ours, theirs)| ours.as_secs_f64() / theirs.as_secs_f64())
        .collect();
    println!("{:<34} {:>22.2}", "  ratio, pair by pair", middle(&ratios));
}
