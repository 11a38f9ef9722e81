//! How much of a session's space is taken.

use super::input::Input;
use super::session_tags::SessionTags;
use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

/// What the limits of the plain text are, in characters: more fills a session in this reckoning.
const ALLOTTED: usize = 4096;

/// `PackedPolicySize`, in percent.
///
/// AWS packs policies, tags and more of the session into a binary form that it does not describe. Recorded AWS
/// behaviour: 25 for a token with a subject of 13 characters and neither policy nor tags, 24 with a subject of 0 or 1,
/// 34 with one of 300, 26 with a source identity; one small tag did not change it. So one percent for 30 characters of
/// the subject, at least 25 for a subject worth the name, and one for a source identity.
///
/// DIVERGENCE: what policies and tags take is reckoned from their plain length without white space, since AWS's packed
/// form is not published: 4096 characters fill a session. AssumeRole once reported 16 for a small inline policy.
pub(super) fn packed_size(
    input: &Input<'_>,
    subject: &str,
    tags: &SessionTags,
    source_identity: Option<&str>,
) -> Result<usize, Failure> {
    let percent = |characters: usize| characters * 100 / ALLOTTED;
    let policy = input.policy.map_or(0, |policy| {
        policy.chars().filter(|it| !it.is_whitespace()).count()
    });
    let arns: usize = input.policy_arns.iter().map(|arn| arn.len()).sum();
    let policies = percent(policy + arns);
    let tags = percent(tags.tags.iter().map(|(key, value)| key.len() + value.len()).sum());
    if tags > 100 {
        return Err(error::packed_tags_too_large(tags).because(Cause::SessionTooLarge { percent: tags }));
    }
    let subject = subject.chars().count();
    let least = if subject < 2 { 24 } else { 25 };
    let base = (24 + subject / 30).max(least) + usize::from(source_identity.is_some());
    let total = base + policies + tags;
    if policies > 0 && total > 100 {
        return Err(error::packed_policy_too_large(total).because(Cause::SessionTooLarge { percent: total }));
    }
    Ok(total.min(100))
}
