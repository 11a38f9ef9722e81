//! The keywords of each level, and how far this crate goes with them.
//!
//! To support a keyword: give it an entry under `entry/`, read it there, and change its line here.

/// What is done with a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Support {
    /// Read and acted upon.
    Read,
    /// Accepted; it can change nothing about a login.
    Inert,
    /// Refused by name.
    NotYet,
}

use Support::{Inert, NotYet, Read};

/// Keywords of the file itself.
pub(crate) const ROOT: &[(&str, Support)] = &[
    ("default", Read),
    ("variables", Read),
    ("stages", Read),
    ("image", Read),
    ("before_script", Read),
    ("after_script", Read),
    ("include", Read),
    ("services", Read),
    ("cache", Read),
    ("workflow", Read),
    ("spec", NotYet),
];

/// Keywords of `default:`.
pub(crate) const DEFAULT: &[(&str, Support)] = &[
    ("image", Read),
    ("before_script", Read),
    ("after_script", Read),
    ("id_tokens", Read),
    ("timeout", Read),
    ("tags", Read),
    ("interruptible", Read),
    ("artifacts", Read),
    ("cache", Read),
    ("hooks", Read),
    ("retry", Read),
    ("services", Read),
    ("identity", NotYet),
];

/// Keywords of a job.
pub(crate) const JOB: &[(&str, Support)] = &[
    ("script", Read),
    ("before_script", Read),
    ("after_script", Read),
    ("stage", Read),
    ("image", Read),
    ("variables", Read),
    ("id_tokens", Read),
    ("extends", Read),
    ("inherit", Read),
    ("timeout", Read),
    ("tags", Read),
    ("interruptible", Read),
    ("resource_group", Read),
    ("allow_failure", Read),
    ("artifacts", Read),
    ("cache", Read),
    ("dependencies", Read),
    ("environment", Read),
    ("except", Read),
    ("hooks", Read),
    ("needs", Read),
    ("only", Read),
    ("parallel", Read),
    ("retry", Read),
    ("rules", Read),
    ("secrets", Read),
    ("services", Read),
    ("start_in", Read),
    ("when", Read),
    ("coverage", Inert),
    ("dast_configuration", Inert),
    ("manual_confirmation", Inert),
    ("pages", Inert),
    ("publish", Inert),
    ("release", Inert),
    ("identity", NotYet),
    ("inputs", NotYet),
    ("run", NotYet),
];

/// Keywords of a job that starts another pipeline.
pub(crate) const BRIDGE: &[(&str, Support)] = &[
    ("trigger", Read),
    ("stage", Read),
    ("variables", Read),
    ("extends", Read),
    ("inherit", Read),
    ("interruptible", Read),
    ("resource_group", Read),
    ("allow_failure", Read),
    ("environment", Read),
    ("except", Read),
    ("needs", Read),
    ("only", Read),
    ("parallel", Read),
    ("rules", Read),
    ("when", Read),
    ("inputs", NotYet),
    ("manual_confirmation", Inert),
];

/// The support of a keyword, if the level knows it.
pub(crate) fn support(level: &[(&str, Support)], name: &str) -> Option<Support> {
    level
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, support)| *support)
}

/// The names of a level.
pub(crate) fn names<'a>(level: &'a [(&'a str, Support)]) -> impl Iterator<Item = &'a str> {
    level.iter().map(|(name, _)| *name)
}
