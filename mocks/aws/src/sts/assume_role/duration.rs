//! How long the session may be.

use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

/// What a session that was assumed with temporary credentials lasts at most, in seconds ("Role chaining", IAM User
/// Guide). Credentials from GetSessionToken count, too, as clients report.
const CHAINED: u32 = 3600;

/// Refuses what is too long: for the role first, then for a chain (recorded AWS behaviour).
pub(super) fn check(requested: u32, role_arn: &str, maximum: u32, chained: bool) -> Result<(), Failure> {
    if requested > maximum {
        return Err(
            error::duration_above_role_maximum().because(Cause::DurationAboveRoleMaximum {
                role_arn: role_arn.to_owned(),
                requested,
                maximum,
            }),
        );
    }
    if chained && requested > CHAINED {
        return Err(
            error::duration_above_chaining_limit().because(Cause::DurationAboveChainingLimit {
                requested,
                limit: CHAINED,
            }),
        );
    }
    Ok(())
}
