//! A **world**: the GitLab instances and the AWS of one rehearsal, with their clock, journal, certificates and names.
//!
//! A [`World`] belongs to one test case. It boots in a few milliseconds, listens on one loopback port, and is gone
//! when it is dropped:
//!
//! ```text
//!            ┌────────────── World ──────────────┐
//!  job ────▶ │ edge (TLS, plain HTTP, CONNECT)   │
//!            │   ├─ gitlab.com, … ─▶ mock-gitlab │
//!            │   └─ everything AWS ─▶ mock-aws   │──▶ Journal
//!            └───────────────────────────────────┘
//! ```
//!
//! For tests of your own there is [`Lab`], which puts a world together in code.
//!
//! STS reaches the issuers as any other client does: by name, over TLS, through the edge.

mod authority;
mod certificates;
mod clock;
pub mod control;
mod dns;
mod doors;
mod edge;
mod export;
mod fault;
mod faults;
mod happening;
mod java;
mod journal;
mod lab;
mod names;
mod network;
mod options;
mod reach;
mod resolver;
mod rotation;
mod site;
mod tls;
mod token_order;
mod world;

pub use authority::Authority;
pub use clock::{Clock, WorldClock, host_now};
pub use doors::{Doors, OpenDoors};
pub use edge::Limits;
pub use fault::{
    CertificateFault, Delay, ErrorStatus, Fault, FaultError, FaultKind, KeyFault, PageFault, Skew,
};
pub use happening::{HappeningError, WorldEvent};
pub use journal::{Change, Entry, FaultMet, Journal, Record, Refused, TurnedAway};
pub use lab::{Lab, LabBuilder, LabError};
pub use names::{Destination, Names};
pub use options::BootOptions;
pub use reach::{NoAuthorities, Reach};
pub use rotation::Rotation;
pub use token_order::{MintError, TokenOrder};
pub use world::{BootError, World, WorldSpec};

pub use mock_aws as aws;
pub use mock_gitlab as gitlab;

/// Makes aws-lc-rs the process's provider of TLS cryptography.
///
/// Call it once at the start of a program or test; later calls change nothing.
pub fn install_crypto_provider() {
    // Fails only where a provider is installed already, which is what we want.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
