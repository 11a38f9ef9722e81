//! DeletePolicy.

use super::{Usage, find_mut, policy_arn};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::error;
use crate::query::{Failure, Violations};

/// A policy must be attached to nothing and have no versions but the one that counts (IAM API Reference). The texts are as
/// clients report them; that a boundary counts as an attachment is assumed.
pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let arn = policy_arn(asked, Violations::without_values(), call)?;
    asked.change(|account| {
        let usage = Usage::of(account, arn);
        let versions = find_mut(account, arn)?.versions.len();
        let (message, why) = if usage.attached + usage.bounding > 0 {
            let message = "Cannot delete a policy attached to entities.";
            (message, format!("{} roles use it", usage.attached + usage.bounding))
        } else if versions > 1 {
            let message = "This policy has more than one version. Before you delete a policy, you must delete the \
                           policy's versions. The default version is deleted with the policy.";
            (message, format!("it has {versions} versions"))
        } else {
            let id = account.id.clone();
            account.policies.retain(|policy| policy.arn(&id) != arn);
            return Ok(());
        };
        let name = arn.to_owned();
        Err(error::delete_conflict(message).because(Cause::EntityInUse { name, why }))
    })?;
    Ok(asked.done())
}
