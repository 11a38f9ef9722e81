//! trustcheck rehearses a GitLab CI/CD job's login to AWS, offline, and tells why it is let in or turned away.
//!
//! ```text
//! scenario file ─parse→ Case ─boot→ World ─prepare→ jobs ─execute→ Observation ─judge→ CaseReport ─→ reports
//!                                     └───────── Journal (every request, token, decision) ──────┘
//! ```
//!
//! Modules depend on those before them in this list: `context`, `diagnostic`; `execute`, `client`, `spoil` and `tools`;
//! `schema`, `reader`; `observation` and `expect`; `scenario`; `collect` and `partition`; `run`; `report`; `explain`; `mint`;
//! `serve`, `exec`;
//! `cli`.

pub mod cli;
pub mod client;
pub mod collect;
pub mod context;
pub mod diagnostic;
pub mod exec;
pub mod execute;
pub mod expect;
pub mod explain;
pub mod infer;
pub mod mint;
pub mod observation;
pub mod partition;
pub mod reader;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schema;
pub mod serve;
pub mod spoil;
pub mod tools;
