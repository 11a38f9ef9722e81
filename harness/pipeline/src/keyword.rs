//! The keywords of each level, and how far this crate goes with them.
//!
//! To support a keyword: give it an entry under `entry/`, read it there, and change its line here.

/// What is done with a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Support {
    /// Read and acted upon.
    Read,
    /// Validated; it can change nothing about a login.
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
    ("include", NotYet),
    ("services", NotYet),
    ("cache", NotYet),
    ("workflow", NotYet),
    ("spec", NotYet),
];

/// Keywords of `default:`.
pub(crate) const DEFAULT: &[(&str, Support)] = &[
    ("image", Read),
    ("before_script", Read),
    ("after_script", Read),
    ("id_tokens", Read),
    ("timeout", Read),
    ("tags", Inert),
    ("interruptible", Inert),
    ("artifacts", NotYet),
    ("cache", NotYet),
    ("hooks", NotYet),
    ("identity", NotYet),
    ("retry", NotYet),
    ("services", NotYet),
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
    ("tags", Inert),
    ("interruptible", Inert),
    ("coverage", Inert),
    ("resource_group", Inert),
    ("allow_failure", NotYet),
    ("artifacts", NotYet),
    ("cache", NotYet),
    ("dast_configuration", NotYet),
    ("dependencies", NotYet),
    ("environment", NotYet),
    ("except", NotYet),
    ("hooks", NotYet),
    ("identity", NotYet),
    ("inputs", NotYet),
    ("manual_confirmation", NotYet),
    ("needs", NotYet),
    ("only", NotYet),
    ("pages", NotYet),
    ("parallel", NotYet),
    ("publish", NotYet),
    ("release", NotYet),
    ("retry", NotYet),
    ("rules", NotYet),
    ("run", NotYet),
    ("secrets", NotYet),
    ("services", NotYet),
    ("start_in", NotYet),
    ("when", NotYet),
];

/// Keywords of a job that starts another pipeline.
pub(crate) const BRIDGE: &[(&str, Support)] = &[
    ("trigger", NotYet),
    ("stage", Read),
    ("variables", Read),
    ("extends", Read),
    ("inherit", Read),
    ("interruptible", Inert),
    ("resource_group", Inert),
    ("allow_failure", NotYet),
    ("environment", NotYet),
    ("except", NotYet),
    ("inputs", NotYet),
    ("needs", NotYet),
    ("only", NotYet),
    ("parallel", NotYet),
    ("rules", NotYet),
    ("when", NotYet),
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
