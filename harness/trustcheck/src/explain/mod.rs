//! `trustcheck explain` without its command line: a trust policy and a token in, the decision and why out.
//!
//! ```text
//! policy file ─read→ TrustPolicy ─┐
//! claims, JWT ─read→ Claims ──────┴ Question ─answer→ Answer ─render→ text, or as JSON
//! JSON lines ─────────────────────────────────batch→ JSON lines
//! ```

mod account;
mod answer;
mod batch;
mod caret;
mod claims;
mod json;
mod layout;
mod percent;
mod policy;
mod remark;
mod render;
mod try_edits;

pub use account::Home;
pub use answer::{Answer, Question};
pub use batch::{BatchSummary, LONGEST_LINE, batch};
pub use claims::Claims;
pub use policy::TrustPolicy;
pub use remark::Remark;
pub use render::render;
