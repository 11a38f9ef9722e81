//! The inline session policy.

use iam_policy::Policy;

use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

/// Refuses what is not a policy. Whether the managed policies in `PolicyArns` exist is not checked: what AWS answers
/// when they do not is not known.
pub(crate) fn check(policy: Option<&str>) -> Result<(), Failure> {
    match policy.map(Policy::parse) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(fault)) => {
            let cause = Cause::MalformedSessionPolicy {
                why: fault.to_string(),
            };
            Err(error::malformed_session_policy(fault.message()).because(cause))
        }
    }
}
