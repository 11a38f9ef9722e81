//! A load tool: keep-alive connections that send requests as fast as they are answered. It does as little as a client
//! can, so that what is measured is the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After this time.
    Time(Duration),
    /// After so many answers on each connection.
    Answers(usize),
}

/// What came of a load.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// How many requests were answered.
    pub answers: usize,
    /// In which time.
    pub time: Duration,
}

impl Load {
    /// Answers a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.answers as f64 / self.time.as_secs_f64()
    }
}

/// A POST request of HTTP/1.1 to `/`, as bytes.
#[must_use]
pub fn post(headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut request = format!("POST / HTTP/1.1\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    (request + "\r\n" + body).into_bytes()
}

/// Sends the requests in turn over each connection, from a thread of the tool's own.
///
/// # Panics
/// Where a connection breaks, or an answer is not a success: such a load would measure something else.
#[must_use]
pub fn drive(address: SocketAddr, connections: usize, requests: &Arc<Vec<Vec<u8>>>, until: Until) -> Load {
    let requests = Arc::clone(requests);
    let driven = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut open = Vec::new();
            for _ in 0..connections {
                let stream = TcpStream::connect(address).await.expect("it listens");
                stream.set_nodelay(true).expect("a socket");
                open.push(stream);
            }
            let began = Instant::now();
            let tasks: Vec<_> = open
                .into_iter()
                .enumerate()
                .map(|(number, stream)| {
                    tokio::spawn(connection(stream, number, Arc::clone(&requests), until, began))
                })
                .collect();
            let mut answers = 0;
            for task in tasks {
                answers += task.await.expect("a connection");
            }
            Load {
                answers,
                time: began.elapsed(),
            }
        })
    });
    driven.join().expect("the load tool")
}

async fn connection(
    mut stream: TcpStream,
    number: usize,
    requests: Arc<Vec<Vec<u8>>>,
    until: Until,
    began: Instant,
) -> usize {
    let mut answer = Vec::with_capacity(8 * 1024);
    for (count, request) in requests.iter().cycle().skip(number).enumerate() {
        let is_over = match until {
            Until::Time(time) => began.elapsed() >= time,
            Until::Answers(answers) => count >= answers,
        };
        if is_over {
            return count;
        }
        stream.write_all(request).await.expect("it takes the request");
        answer.clear();
        let mut whole = None;
        while whole.is_none_or(|whole| answer.len() < whole) {
            let read = stream.read_buf(&mut answer).await.expect("it answers");
            assert!(read > 0, "it closed the connection");
            whole = whole.or_else(|| length(&answer));
        }
        assert!(
            answer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    0
}

/// How many bytes an answer has, once its head is there.
fn length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..head]).ok()?.to_ascii_lowercase();
    let (_, rest) = text.split_once("content-length: ")?;
    Some(head + rest.split("\r\n").next()?.parse::<usize>().ok()?)
}

/// The memory of this process that is in use now, in bytes (`/proc/self/statm`); nothing where the system does not tell.
#[must_use]
pub fn resident_memory() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size())
}
