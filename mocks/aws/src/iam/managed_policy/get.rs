//! GetPolicy.

use super::create::OnePolicy;
use super::{PolicyShape, View, find, policy_arn};
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let arn = policy_arn(asked, Violations::without_values(), call)?;
    let account = asked.account();
    Ok(asked.answer(&OnePolicy {
        policy: PolicyShape::of(asked, &account, find(&account, arn)?, View::Whole),
    }))
}
