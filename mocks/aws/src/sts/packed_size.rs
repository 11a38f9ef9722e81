//! How much of a session's space policies and tags take.

use super::error;
use super::session_tags::SessionTags;
use crate::cause::Cause;
use crate::query::Failure;

/// What the limits of the plain text are, in characters: more fills a session in this reckoning.
const ALLOTTED: usize = 4096;

/// Percentages of the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackedSize {
    pub(super) policies: usize,
    pub(super) tags: usize,
}

impl PackedSize {
    /// Reckons with the plain text, and refuses tags that do not fit by themselves.
    ///
    /// DIVERGENCE: AWS packs policies and tags into a binary form that is not published. Here their plain length without
    /// white space counts, and 4096 characters fill a session.
    pub(super) fn of(
        policy: Option<&str>,
        policy_arns: &[&str],
        tags: &SessionTags,
    ) -> Result<Self, Failure> {
        let percent = |characters: usize| characters * 100 / ALLOTTED;
        let policy = policy.map_or(0, |policy| {
            policy.chars().filter(|it| !it.is_whitespace()).count()
        });
        let arns: usize = policy_arns.iter().map(|arn| arn.len()).sum();
        let tags = percent(tags.tags.iter().map(|(key, value)| key.len() + value.len()).sum());
        if tags > 100 {
            return Err(error::packed_tags_too_large(tags).because(Cause::SessionTooLarge { percent: tags }));
        }
        Ok(PackedSize {
            policies: percent(policy + arns),
            tags,
        })
    }

    /// Everything together with what the session itself takes, in percent, refused if policies make it too much.
    pub(super) fn total(self, base: usize) -> Result<usize, Failure> {
        let total = base + self.policies + self.tags;
        if self.policies > 0 && total > 100 {
            return Err(
                error::packed_policy_too_large(total).because(Cause::SessionTooLarge { percent: total })
            );
        }
        Ok(total.min(100))
    }
}
