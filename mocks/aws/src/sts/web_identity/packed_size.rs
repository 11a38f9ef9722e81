//! How much of a session's space is taken.

use super::input::Input;
use crate::query::Failure;
use crate::sts::packed_size::PackedSize;
use crate::sts::session_tags::SessionTags;

/// `PackedPolicySize`, in percent.
///
/// AWS packs policies, tags and more of the session into a binary form that it does not describe. Recorded AWS
/// behaviour: 25 for a token with a subject of 13 characters and neither policy nor tags, 24 with a subject of 0 or 1,
/// 34 with one of 300, 26 with a source identity; one small tag did not change it. So one percent for 30 characters of
/// the subject, at least 25 for a subject worth the name, and one for a source identity.
///
/// DIVERGENCE: what the packed form takes is reckoned from these recordings, and what policies and tags add to it from
/// their plain length ([`PackedSize`]).
pub(super) fn packed_size(
    input: &Input<'_>,
    subject: &str,
    tags: &SessionTags,
    source_identity: Option<&str>,
) -> Result<usize, Failure> {
    let size = PackedSize::of(input.policy, &input.policy_arns, tags)?;
    let subject = subject.chars().count();
    let least = if subject < 2 { 24 } else { 25 };
    let base = (24 + subject / 30).max(least) + usize::from(source_identity.is_some());
    size.total(base)
}
