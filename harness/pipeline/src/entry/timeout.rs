//! `timeout`: a duration of less than a month.

use located_yaml::Node;

use crate::entry::duration;
use crate::findings::{Findings, Location};
use crate::value;

/// GitLab's largest job timeout is a month, which it takes for 2 629 746 seconds.
const LIMIT: f64 = 2_629_746.0;

/// Seconds; `None` if the value is wrong and that was reported.
pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<u64> {
    let Some(seconds) = value::text(node).and_then(duration::parse) else {
        let help = "write a duration in quotes, such as `\"1h 30m\"`".to_owned();
        findings.entry(at, "config should be a duration", node.site(), Some(help));
        return None;
    };
    if seconds >= LIMIT {
        findings.entry(
            at,
            "config should not exceed the limit",
            node.site(),
            Some("the limit is a month".to_owned()),
        );
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the limit"
    )]
    Some(seconds as u64)
}
