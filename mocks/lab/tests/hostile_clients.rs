//! Clients that mean harm, or are broken: each gets the right refusal in bounded time, and the others are served.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use mock_gitlab::KeyPool;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use trustcheck_lab::{BootOptions, Limits, Record, World, WorldSpec};

/// A limit that runs out at once.
const SOON: Duration = Duration::from_millis(30);

/// A limit that no test waits for.
const NEVER: Duration = Duration::from_secs(600);

/// Limits of which none runs out.
fn patient() -> Limits {
    Limits {
        head: NEVER,
        idle: NEVER,
        body: NEVER,
        write: NEVER,
        ..Limits::default()
    }
}

/// A world of AWS alone.
async fn world(limits: Limits) -> World {
    trustcheck_lab::install_crypto_provider();
    let spec = WorldSpec::new(Vec::new(), Vec::new());
    let keys = KeyPool::open("no-keys-are-needed");
    World::boot_with(spec, &keys, 1, BootOptions::default().limits(limits))
        .await
        .unwrap()
}

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.edge()).await.unwrap()
}

/// Everything that comes until the world ends the connection.
async fn until_closed(mut client: TcpStream) -> String {
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// The statuses of the answers to these bytes, until the world ends the connection.
async fn statuses(world: &World, sent: &[u8]) -> Vec<u16> {
    let mut client = connect(world).await;
    client.write_all(sent).await.unwrap();
    statuses_in(&until_closed(client).await)
}

fn statuses_in(answers: &str) -> Vec<u16> {
    answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| answer[..3].parse().unwrap())
        .collect()
}

/// A good request on a connection of its own.
async fn assert_serves(world: &World) {
    let host = world.edge();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert_eq!(statuses(world, request.as_bytes()).await, [302]);
}

#[rstest::rstest]
#[case::no_host("GET / HTTP/1.1\r\n\r\n", 400)]
#[case::two_hosts("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
#[case::bare_lf("GET / HTTP/1.1\nHost: a\n\n", 400)]
#[case::length_and_chunked(
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n",
    400
)]
#[case::two_lengths(
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    400
)]
#[case::no_chunk(
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    400
)]
#[case::garbage("\u{3}\u{0}\u{1}", 400)]
#[case::http_2("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)]
#[case::body_announced_too_large(
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000000\r\n\r\n",
    413
)]
#[case::announced_and_asked_for(
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n",
    413
)]
#[tokio::test]
async fn what_is_no_request_is_refused(#[case] sent: &str, #[case] status: u16) {
    let world = world(patient()).await;
    assert_eq!(statuses(&world, sent.as_bytes()).await, [status]);
    assert_serves(&world).await;
}

#[tokio::test]
async fn a_refusal_takes_its_turn_and_is_the_last_answer() {
    let world = world(patient()).await;
    let good = "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    let post = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
    let sent = format!("{good}{post}{good}GET / HTTP/1.1\r\n\r\n{good}");
    assert_eq!(statuses(&world, sent.as_bytes()).await, [302, 302, 302, 400]);
    let told: Vec<_> = world
        .journal()
        .entries()
        .into_iter()
        .filter_map(|entry| match entry.record {
            Record::TurnedAway(away) => Some((away.status, away.why)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(400, "there is no Host")]);
}

#[rstest::rstest]
#[case::one_line(1, 1 << 20)]
#[case::many_lines(10_000, 10)]
#[tokio::test]
async fn a_head_without_measure_is_431_and_the_answer_arrives(#[case] lines: usize, #[case] length: usize) {
    let world = world(patient()).await;
    let line = format!("X: {}\r\n", "a".repeat(length));
    let head = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{}", line.repeat(lines));
    assert_eq!(statuses(&world, head.as_bytes()).await, [431]);
    assert_serves(&world).await;
}

#[tokio::test]
async fn a_head_that_does_not_end_is_408() {
    let world = world(Limits {
        head: SOON,
        ..patient()
    })
    .await;
    assert_eq!(
        statuses(&world, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX").await,
        [408]
    );
    assert_serves(&world).await;
}

#[tokio::test]
async fn a_body_that_does_not_end_is_408() {
    let world = world(Limits {
        body: SOON,
        ..patient()
    })
    .await;
    let head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nAction=";
    let mut client = connect(&world).await;
    client.write_all(head).await.unwrap();
    let answer = until_closed(client).await;
    assert_eq!(statuses_in(&answer), [408]);
    assert!(answer.contains("<Code>RequestTimeout</Code>"), "{answer}");
    assert_serves(&world).await;
}

#[tokio::test]
async fn a_body_without_end_is_413() {
    let world = world(patient()).await;
    let (mut reads, mut writes) = connect(&world).await.into_split();
    let head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    writes.write_all(head).await.unwrap();
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    let pours = async {
        while writes.write_all(chunk.as_bytes()).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    let mut answer = [0; 12];
    tokio::select! {
        () = pours => {}
        read = reads.read_exact(&mut answer) => { read.unwrap(); }
    }
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert_serves(&world).await;
}

#[rstest::rstest]
#[case::nothing(b"")]
#[case::part_of_a_handshake(b"\x16\x03\x01\x02\x00\x01")]
#[tokio::test]
async fn who_says_nothing_is_let_go(#[case] sent: &[u8]) {
    let world = world(Limits {
        head: SOON,
        ..patient()
    })
    .await;
    assert_eq!(statuses(&world, sent).await, [0_u16; 0]);
    assert_serves(&world).await;
}

#[tokio::test]
async fn a_connection_at_rest_is_let_go_after_its_answer() {
    let world = world(Limits {
        idle: SOON,
        ..patient()
    })
    .await;
    let request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    assert_eq!(statuses(&world, request).await, [302]);
}

#[tokio::test]
async fn half_a_request_and_no_more_to_come_ends_the_connection() {
    let world = world(patient()).await;
    let mut client = connect(&world).await;
    client.write_all(b"GET / HTTP/1.1\r\nHos").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(until_closed(client).await, "");
    assert_serves(&world).await;
}

#[tokio::test]
async fn who_does_not_read_is_let_go() {
    let world = world(Limits {
        write: SOON,
        ..patient()
    })
    .await;
    let mut client = connect(&world).await;
    let request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(1000);
    while client.write_all(&request).await.is_ok() {}
    assert_serves(&world).await;
}

#[tokio::test]
async fn garbage_where_a_handshake_is_announced_is_an_alert() {
    let world = world(patient()).await;
    let mut client = connect(&world).await;
    // a handshake message of no known type
    client
        .write_all(b"\x16\x03\x01\x00\x05\xff\x00\x00\x01\x00")
        .await
        .unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer.first(), Some(&0x15), "{answer:?}");
    assert_serves(&world).await;
}

#[tokio::test]
async fn who_waited_longest_makes_room_for_the_next() {
    let world = world(Limits {
        connections: 4,
        ..patient()
    })
    .await;
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(connect(&world).await);
        assert_serves(&world).await;
    }
    let first = crowd.remove(0);
    assert_eq!(until_closed(first).await, "");
}

#[tokio::test]
async fn a_request_that_is_answered_is_not_sent_away_for_others() {
    let world = world(Limits {
        connections: 1,
        ..patient()
    })
    .await;
    let mut busy = connect(&world).await;
    let head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    busy.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    busy.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    let other = connect(&world).await;
    busy.write_all(b"ab").await.unwrap();
    assert_eq!(statuses_in(&until_closed(busy).await), [302]);
    drop(other);
}
