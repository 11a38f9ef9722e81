//! More doors to a world: sockets that were opened in another network, such as that of a job in a sandbox.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::World;
use crate::journal::{Journal, Record, Refused};
use crate::resolver::{PAUSE, Resolver};

/// Sockets of another network, and what that network's names lead to.
///
/// The kernel lets a process accept connections on a listener of a network it is not in; so nothing need be passed on.
#[derive(Debug)]
pub struct Doors {
    /// DNS over UDP.
    pub dns: std::net::UdpSocket,
    /// DNS over TCP.
    pub dns_over_tcp: std::net::TcpListener,
    /// Every listener: those at 127.0.0.1 and `::1` lead to the world, others to the allowed host of that address.
    pub tcp: Vec<std::net::TcpListener>,
    /// Hosts outside the world that may be reached, each with a loopback address of its own.
    pub allowed: Vec<(String, Ipv4Addr)>,
}

/// Open doors: closed when this is dropped.
#[derive(Debug)]
pub struct OpenDoors {
    _closing: DropGuard,
}

impl World {
    /// The ports at which the world's sites want to be found, besides those of HTTPS and HTTP.
    #[must_use]
    pub fn ports(&self) -> Vec<u16> {
        self.front.names.ports().collect()
    }

    /// Answers at `doors` too, until the result is dropped: the world's names by TLS with certificates of its authority, plain
    /// HTTP, and DNS, in which the world's names lead to 127.0.0.1 and no other name exists. The attempt to reach one is
    /// journalled.
    ///
    /// # Errors
    /// Where the sockets cannot be used.
    pub fn open(&self, doors: Doors) -> io::Result<OpenDoors> {
        let closed = self.stop.child_token();
        let resolver = Arc::new(Resolver {
            names: self.front.names.clone(),
            allowed: doors.allowed.iter().cloned().collect(),
            journal: self.journal.clone(),
            attempts: Default::default(),
        });
        let hosts: HashMap<IpAddr, String> = doors
            .allowed
            .into_iter()
            .map(|(host, address)| (address.into(), host))
            .collect();

        doors.dns.set_nonblocking(true)?;
        let (udp, answering) = (UdpSocket::from_std(doors.dns)?, Arc::clone(&resolver));
        self.until(&closed, async move { answering.serve(udp).await });
        let tcp = listener(doors.dns_over_tcp)?;
        self.until(&closed, async move { resolver.serve_tcp(tcp).await });
        for door in doors.tcp {
            let door = listener(door)?;
            let address = door.local_addr()?;
            if let Some(host) = hosts.get(&address.ip()) {
                let (host, journal) = (host.clone(), self.journal.clone());
                self.until(&closed, async move {
                    let relay = Relay {
                        host: &host,
                        port: address.port(),
                        journal: &journal,
                    };
                    relay.serve(door).await;
                });
            } else {
                let front = Arc::clone(&self.front);
                self.until(&closed, async move { front.serve(door).await });
            }
        }
        Ok(OpenDoors {
            _closing: closed.drop_guard(),
        })
    }

    fn until(&self, closed: &CancellationToken, work: impl Future<Output = ()> + Send + 'static) {
        let closed = closed.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = closed.cancelled() => {}
                () = work => {}
            }
        });
    }
}

fn listener(listener: std::net::TcpListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// The way to one allowed host: bytes to and fro, from a listener of the job's network to this host's.
struct Relay<'a> {
    host: &'a str,
    port: u16,
    journal: &'a Journal,
}

impl Relay<'_> {
    async fn serve(&self, listener: TcpListener) {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let Ok((mut inside, _)) = listener.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            while connections.try_join_next().is_some() {}
            let (host, port, journal) = (self.host.to_owned(), self.port, self.journal.clone());
            connections.spawn(async move {
                match TcpStream::connect((host.as_str(), port)).await {
                    Ok(mut outside) => {
                        // Its error is one side's that went away.
                        let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
                    }
                    // The job sees its connection closed; why is in the journal.
                    Err(_) => journal.write(Record::Refused(Refused {
                        host: format!("{host}:{port}"),
                    })),
                }
            });
        }
    }
}
