//! The exchange of a GitLab's CI key.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of a CI key that is replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rotation {
    /// The key set goes on showing it beside the new one: tokens of both are good.
    Kept,
    /// The key set shows the new one only, as after GitLab's documented repair. Tokens of the old one are good as long as STS has
    /// the old key set; a token of the new one makes STS fetch again, and then those of the old one are refused for want of their
    /// key.
    #[default]
    Dropped,
    /// The same, but STS goes on with the old key set until that is an hour old, as AWS may for a time that it does not state:
    /// tokens of the new key are refused for want of their key, and those of the old one are good.
    Cached,
}
