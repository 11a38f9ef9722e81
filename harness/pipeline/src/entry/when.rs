//! `when`.

use located_yaml::Node;

use crate::When;
use crate::findings::{Findings, Location};
use crate::value;

/// What a rule may say.
pub(crate) const OF_RULE: [When; 6] = [
    When::OnSuccess,
    When::OnFailure,
    When::Always,
    When::Never,
    When::Manual,
    When::Delayed,
];

/// What a job may say.
pub(crate) const OF_JOB: [When; 5] = [
    When::OnSuccess,
    When::OnFailure,
    When::Always,
    When::Manual,
    When::Delayed,
];

/// What a job that starts another pipeline may say.
pub(crate) const OF_BRIDGE: [When; 4] = [When::OnSuccess, When::OnFailure, When::Always, When::Manual];

pub(crate) fn parse(node: &Node, allowed: &[When]) -> Option<When> {
    let word = value::text(node)?;
    allowed.iter().copied().find(|when| when.word() == word)
}

/// The `when` of a job.
pub(crate) fn read(
    at: &Location,
    node: Option<&Node>,
    allowed: &[When],
    findings: &mut Findings,
) -> Option<When> {
    let node = node.filter(|node| !value::is_null(node))?;
    let when = parse(node, allowed);
    if when.is_none() {
        let words: Vec<_> = allowed.iter().map(|when| when.word()).collect();
        let help = (value::text(node) == Some("never")).then(|| "`never` belongs into `rules`".to_owned());
        findings.entry(
            at,
            format_args!("when should be one of: {}", words.join(", ")),
            node.site(),
            help,
        );
    }
    when
}
