//! The faults that a world has at the moment.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{OnceLock, PoisonError, RwLock};

use jiff::SignedDuration;
use mock_gitlab::Page;
use tokio::net::TcpSocket;

use crate::fault::{CertificateFault, Fault, FaultKind, PageFault, Skew};

/// The faults of each GitLab, in the order of the world's GitLabs.
#[derive(Debug)]
pub(crate) struct Faults {
    gitlabs: Vec<RwLock<Vec<Fault>>>,
    closed: OnceLock<ClosedPort>,
}

/// A port that refuses connections: its socket is bound, so that nobody else gets it, and never listens.
#[derive(Debug)]
struct ClosedPort {
    _socket: TcpSocket,
    address: SocketAddr,
}

impl ClosedPort {
    fn open() -> io::Result<ClosedPort> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(ClosedPort {
            address: socket.local_addr()?,
            _socket: socket,
        })
    }
}

impl Faults {
    /// No faults in a world of so many GitLabs.
    pub(crate) fn none(gitlabs: usize) -> Faults {
        Faults {
            gitlabs: (0..gitlabs).map(|_| RwLock::default()).collect(),
            closed: OnceLock::new(),
        }
    }

    /// Sets a fault, in place of one of its kind.
    pub(crate) fn set(&self, gitlab: usize, fault: Fault) -> io::Result<()> {
        if matches!(
            fault,
            Fault::Discovery(PageFault::Down) | Fault::Jwks(PageFault::Down)
        ) && self.closed.get().is_none()
        {
            // two at once make two, and one of them is dropped
            let _ = self.closed.set(ClosedPort::open()?);
        }
        self.change(gitlab, |faults| {
            faults.retain(|other| other.kind() != fault.kind());
            faults.push(fault);
        });
        Ok(())
    }

    /// Clears the fault of a kind, or all of them.
    pub(crate) fn clear(&self, gitlab: usize, kind: Option<FaultKind>) {
        self.change(gitlab, |faults| {
            faults.retain(|fault| kind.is_some_and(|kind| fault.kind() != kind));
        });
    }

    /// The faults of a GitLab, in the order in which they were set.
    pub(crate) fn of(&self, gitlab: usize) -> Vec<Fault> {
        self.find(gitlab, |faults| Some(faults.to_vec()))
            .unwrap_or_default()
    }

    /// What is wrong with a page.
    pub(crate) fn of_page(&self, gitlab: usize, page: Page) -> Option<PageFault> {
        self.find(gitlab, |faults| {
            faults.iter().find_map(|fault| match (fault, page) {
                (Fault::Discovery(fault), Page::Discovery) | (Fault::Jwks(fault), Page::Jwks) => Some(*fault),
                _ => None,
            })
        })
    }

    /// The faults that change what the discovery document says.
    pub(crate) fn of_discovery(&self, gitlab: usize) -> Vec<Fault> {
        self.find(gitlab, |faults| {
            let changes = |fault: &&Fault| matches!(fault, Fault::Issuer(_) | Fault::JwksUri(_));
            Some(faults.iter().filter(changes).cloned().collect())
        })
        .unwrap_or_default()
    }

    /// What is wrong with the certificate.
    pub(crate) fn of_certificate(&self, gitlab: usize) -> Option<CertificateFault> {
        self.find(gitlab, |faults| {
            faults.iter().find_map(|fault| match fault {
                Fault::Certificate(fault) => Some(*fault),
                _ => None,
            })
        })
    }

    /// How far the clock is ahead.
    pub(crate) fn of_clock(&self, gitlab: usize) -> SignedDuration {
        self.find(gitlab, |faults| {
            faults.iter().find_map(|fault| match fault {
                Fault::Clock(Skew(by)) => Some(*by),
                _ => None,
            })
        })
        .unwrap_or(SignedDuration::ZERO)
    }

    /// The address that refuses connections, once a fault needs it.
    pub(crate) fn closed_port(&self) -> Option<SocketAddr> {
        self.closed.get().map(|closed| closed.address)
    }

    fn find<T>(&self, gitlab: usize, find: impl FnOnce(&[Fault]) -> Option<T>) -> Option<T> {
        let faults = self
            .gitlabs
            .get(gitlab)?
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        // the usual case, on the way of every request
        if faults.is_empty() { None } else { find(&faults) }
    }

    fn change(&self, gitlab: usize, change: impl FnOnce(&mut Vec<Fault>)) {
        if let Some(faults) = self.gitlabs.get(gitlab) {
            change(&mut faults.write().unwrap_or_else(PoisonError::into_inner));
        }
    }
}
