//! The keys that an entry may have.

use located_yaml::Node;

use crate::findings::{Findings, Location};
use crate::keyword::{self, Support};
use crate::nearest::did_you_mean;
use crate::value;

/// Reports keys that the level does not know, and keywords with a value that are not interpreted yet.
///
/// DIVERGENCE: GitLab names all unknown keys of an entry in one message; here each has its own, for its place.
pub(crate) fn check(at: &Location, node: &Node, level: &[(&str, Support)], findings: &mut Findings) {
    for (key, entry) in value::entries(node) {
        match keyword::support(level, key) {
            None => unknown(at, key, entry, keyword::names(level), findings),
            // A null means that the keyword is not there: so `extends` takes an inherited value away.
            Some(Support::NotYet) if !value::is_null(&entry.value) => {
                findings.not_supported(key, entry.key.site());
            }
            Some(_) => {}
        }
    }
}

/// Reports the keys of a small entry that are not among those it may have.
pub(crate) fn allow(at: &Location, node: &Node, allowed: &[&str], findings: &mut Findings) {
    for (key, entry) in value::entries(node) {
        if !allowed.contains(&key) {
            unknown(at, key, entry, allowed.iter().copied(), findings);
        }
    }
}

fn unknown<'a>(
    at: &Location,
    key: &str,
    entry: &located_yaml::Entry,
    known: impl IntoIterator<Item = &'a str>,
    findings: &mut Findings,
) {
    let help = did_you_mean(key, known);
    findings.entry(
        at,
        format_args!("config contains unknown keys: {key}"),
        entry.key.site(),
        help,
    );
}
