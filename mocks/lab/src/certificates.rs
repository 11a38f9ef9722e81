//! Which certificate a name is shown: that of the world's authority, or the bad one that a fault puts in its place.

use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::authority::Authority;
use crate::fault::Fault;
use crate::faults::Faults;
use crate::journal::{FaultMet, Journal, Record};
use crate::names::{Destination, Names};

/// The name of clients that connect to a loopback address and so send no SNI.
const LOOPBACK: &str = "localhost";

#[derive(Debug)]
pub(crate) struct Certificates {
    pub(crate) authority: Arc<Authority>,
    pub(crate) names: Names,
    pub(crate) faults: Arc<Faults>,
    pub(crate) journal: Journal,
}

impl ResolvesServerCert for Certificates {
    /// A certificate for the name the client asks for (SNI).
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name().unwrap_or(LOOPBACK).to_ascii_lowercase();
        let fault = match self.names.find(&host, "") {
            Some(Destination::GitLab(index) | Destination::Published(index)) => {
                self.faults.of_certificate(index)
            }
            _ => None,
        };
        if let Some(fault) = fault {
            self.journal.write(Record::Fault(FaultMet {
                gitlab: format!("https://{host}"),
                path: String::new(),
                fault: Fault::Certificate(fault),
            }));
        }
        self.authority.leaf(&host, fault).ok()
    }
}
