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
    let address = free_address();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let began = Instant::now();
    let mut command = Command::new(PROGRAM);
    command
        .args(["serve", "--listen", &address.to_string()])
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
    let mut client = Client::new(address, host, path);
    client.ask();
}

/// Requests a second of some clients that each wait for one answer before the next request.
fn requests_a_second(address: SocketAddr, host: &str, path: &str) -> f64 {
    let count: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = Client::new(address, host, path);
                    let end = Instant::now() + ROUND;
                    let mut count = 0;
                    while Instant::now() < end {
                        client.ask();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("it asks"))
            .sum()
    });
    count as f64 / ROUND.as_secs_f64()
}

/// A client that costs as little as it can, and the same for both sides.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Client {
    fn new(address: SocketAddr, host: &str, path: &str) -> Client {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("an option");
        Client {
            stream,
            request: format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
            buffer: vec![0; 16 * 1024],
        }
    }

    /// Asks, and reads the whole answer, which has to be 200.
    fn ask(&mut self) {
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
            assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
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
                return;
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
