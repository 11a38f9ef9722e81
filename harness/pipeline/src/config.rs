//! The file as GitLab composes it before it looks at any entry: loaded, its includes merged in, extended, its
//! references resolved.

mod budget;
mod document;
mod extends;
mod header;
mod include;
mod inputs;
mod interpolation;
mod merge;
mod reference;

use located_yaml::Node;

use crate::circumstances::Circumstances;
use crate::findings::Findings;
use crate::library::Library;
use crate::sources::Sources;

pub(crate) use include::Entries;

/// Composes a file. In the mapping that comes back no key is written twice.
///
/// # Errors
/// What is wrong with the texts as YAML, with `include`, with `extends` or with `!reference`.
pub(crate) fn compose(
    name: &str,
    text: &str,
    library: &Library,
    circumstances: &Circumstances,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Node> {
    let root = include::file(name, text, library, circumstances, sources, findings)?;
    finish(root, findings)
}

/// Composes the files that a `trigger:include` names, which make up a child pipeline.
pub(crate) fn compose_child(
    entries: &Entries,
    library: &Library,
    circumstances: &Circumstances,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Node> {
    let root = include::entries(entries, library, circumstances, sources, findings)?;
    finish(root, findings)
}

fn finish(mut root: Node, findings: &mut Findings) -> Option<Node> {
    let mut budget = budget::Budget::default();
    extends::resolve(&mut root, &mut budget, findings);
    reference::resolve(&mut root, &mut budget, findings);
    findings.is_empty().then_some(root)
}
