//! YAML as a tree of nodes that know their place in the text.
//!
//! [`parse`] reads a text into one [`Node`] per document. Nothing is lost on the way: mappings keep the order of
//! their entries and their duplicate keys, scalars keep their style and are not yet numbers or booleans, merge keys
//! (`<<`) stay as written. A consumer chooses the rest: [`scalar::core`] reads plain scalars as YAML 1.2 does,
//! [`scalar::psych`] as Ruby's loader does, and [`merge::apply`] resolves merge keys.
//!
//! DIVERGENCE: the grammar is that of YAML 1.2, while GitLab's loader (libyaml) follows 1.1. Where both accept a text
//! they read the same from it, save for anchors with odd names; 1.2 accepts some texts that libyaml refuses, such as
//! tabs on lines without content. Compared on tens of thousands of damaged pipeline files.
//!
//! Spans are byte ranges in the text. [`LineIndex`] turns an offset into a line and a column.
//!
//! ```
//! let documents = located_yaml::parse("job:\n  script: [echo hi]\n").expect("valid YAML");
//! let script = documents[0].get("job").and_then(|job| job.get("script")).expect("present");
//! assert_eq!(script.span, 15..24);
//! assert_eq!(script.as_sequence().expect("a list")[0].as_str(), Some("echo hi"));
//! ```

mod arena;
mod error;
mod expand;
mod limits;
pub mod merge;
mod node;
mod position;
pub mod scalar;
mod slip;
mod syntax;

pub use error::{Error, ErrorKind};
pub use limits::Limits;
pub use node::{Entry, Node, Scalar, Span, Style, Value};
pub use position::{LineIndex, position};

/// Reads a YAML text into one node per document, within the default [`Limits`].
///
/// An empty text has no documents; `---` alone has one, which is null.
///
/// # Errors
/// The first syntax error or the first limit that was exceeded, with its place.
pub fn parse(text: &str) -> Result<Vec<Node>, Error> {
    parse_within(text, &Limits::default())
}

/// Reads a YAML text as [`parse`] does, within limits of one's own.
///
/// # Errors
/// The first syntax error or the first limit that was exceeded, with its place.
pub fn parse_within(text: &str, limits: &Limits) -> Result<Vec<Node>, Error> {
    let arena = arena::build(text, limits)?;
    expand::documents(&arena, limits)
}

#[cfg(test)]
mod tests;
