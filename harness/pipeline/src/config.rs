//! The file as GitLab composes it before it looks at any entry: loaded, extended, its references resolved.

mod budget;
mod document;
mod extends;
mod reference;

use located_yaml::Node;

use crate::Diagnostic;
use crate::findings::Findings;

/// Composes a file. In the mapping that comes back no key is written twice.
///
/// # Errors
/// What is wrong with the text as YAML, with `extends` or with `!reference`.
pub(crate) fn compose(text: &str) -> Result<Node, Vec<Diagnostic>> {
    let mut root = document::load(text)?;
    let mut findings = Findings::default();
    let mut budget = budget::Budget::default();
    extends::resolve(&mut root, &mut budget, &mut findings);
    reference::resolve(&mut root, &mut budget, &mut findings);
    if findings.is_empty() {
        Ok(root)
    } else {
        Err(findings.into_diagnostics())
    }
}
