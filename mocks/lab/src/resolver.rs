//! The DNS of a job: the world's names lead to the job's own loopback device, and no other name exists.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::dns::{self, Answer, Kind, Question};
use crate::journal::{Journal, Record, Refused};
use crate::names::Names;

/// How long a client may take for its question over TCP.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait after an error of a socket, which another try at once would meet again.
pub(crate) const PAUSE: Duration = Duration::from_millis(10);

/// How many unknown names are told apart; of what a job asks beyond, each question is journalled.
const MOST_NAMES: usize = 10_000;

/// A resolver that belongs to one job.
#[derive(Debug)]
pub(crate) struct Resolver {
    pub(crate) names: Names,
    /// Hosts outside the world that the job may reach, with the addresses at which it finds them.
    pub(crate) allowed: HashMap<String, Ipv4Addr>,
    pub(crate) journal: Journal,
    pub(crate) attempts: Mutex<Attempts>,
}

impl Resolver {
    /// Answers over UDP, for ever.
    pub(crate) async fn serve(&self, socket: UdpSocket) {
        let mut message = [0; 1500];
        loop {
            let Ok((length, client)) = socket.recv_from(&mut message).await else {
                // A client's that went away before its answer came, or the system's, which may pass.
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            if let Some(answer) = self.answer(&message[..length]) {
                let _ = socket.send_to(&answer, client).await;
            }
        }
    }

    /// Answers over TCP (RFC 7766), for ever. One client at a time: nobody asks this way but after a shortened answer,
    /// which there is none of.
    pub(crate) async fn serve_tcp(&self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let _ = timeout(PATIENCE, self.conversation(stream)).await;
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    async fn conversation(&self, mut stream: TcpStream) -> io::Result<()> {
        loop {
            let mut message = vec![0; usize::from(stream.read_u16().await?)];
            stream.read_exact(&mut message).await?;
            let Some(answer) = self.answer(&message) else {
                return Ok(());
            };
            let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
            stream
                .write_all(&[&length.to_be_bytes(), answer.as_slice()].concat())
                .await?;
        }
    }

    fn answer(&self, message: &[u8]) -> Option<Vec<u8>> {
        let query = match dns::read(message) {
            Ok(query) => query,
            Err(refusal) => return refusal,
        };
        let answer = self.find(&query.question.name);
        if answer == Answer::NoSuchName {
            self.note(&query.question);
        }
        Some(query.answer(answer))
    }

    fn find(&self, name: &str) -> Answer {
        if let Some(&address) = self.allowed.get(name) {
            return Answer::Address(address);
        }
        match self.names.find(name, "") {
            Some(_) => Answer::Address(Ipv4Addr::LOCALHOST),
            None => Answer::NoSuchName,
        }
    }

    fn note(&self, question: &Question) {
        // The name of an address is asked for to be shown, not to go there.
        if question.name.ends_with(".arpa") {
            return;
        }
        let is_attempt = self
            .attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .count(question);
        if is_attempt {
            self.journal.write(Record::Refused(Refused {
                host: question.name.clone(),
            }));
        }
    }
}

/// How often each unknown name was asked for.
///
/// A client that wants to reach a host asks twice, for its IPv4 and its IPv6 address, in any order. That is one attempt: a
/// question begins another one only where it was asked more often than every other about the same name.
#[derive(Debug, Default)]
pub(crate) struct Attempts(HashMap<String, HashMap<Kind, u64>>);

impl Attempts {
    /// Counts a question; whether it begins an attempt.
    fn count(&mut self, question: &Question) -> bool {
        if self.0.len() >= MOST_NAMES && !self.0.contains_key(&question.name) {
            return true;
        }
        let kinds = self.0.entry(question.name.clone()).or_default();
        let most = kinds.values().copied().max().unwrap_or_default();
        let count = kinds.entry(question.kind).or_default();
        *count += 1;
        *count > most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::both_families(&[Kind::A, Kind::Aaaa], 1)]
    #[case::in_any_order(&[Kind::Aaaa, Kind::A], 1)]
    #[case::twice(&[Kind::A, Kind::Aaaa, Kind::A, Kind::Aaaa], 2)]
    #[case::mixed_up(&[Kind::A, Kind::Aaaa, Kind::Aaaa, Kind::A], 2)]
    #[case::one_family(&[Kind::Aaaa, Kind::Aaaa], 2)]
    fn an_attempt_is_counted_once(#[case] kinds: &[Kind], #[case] expected: usize) {
        let mut attempts = Attempts::default();
        let begun = kinds.iter().filter(|&&kind| {
            attempts.count(&Question {
                name: "example.org".to_owned(),
                kind,
            })
        });
        assert_eq!(begun.count(), expected);
    }
}
