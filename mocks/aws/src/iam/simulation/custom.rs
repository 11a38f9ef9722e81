//! SimulateCustomPolicy: policies that are nobody's.

use iam_policy::{AwsPrincipal, Principal};

use super::evaluation::{Caller, answer};
use super::input::Input;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::DOCUMENT;
use crate::iam::resource::Resource;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    if asked.parameters.list("PolicyInputList", None).is_empty() {
        violations.required("policyInputList", None, DOCUMENT);
    }
    let mut input = Input::read(asked, violations)?;
    asked.allow(&Resource::any(), call)?;
    let arn = input.caller.unwrap_or(&asked.signer.caller.arn);
    let named = |(index, policy)| (format!("PolicyInputList.{}", index + 1), policy);
    let caller = Caller {
        principal: Principal::Aws(AwsPrincipal::new(arn)),
        policies: input.policies.drain(..).enumerate().map(named).collect(),
        boundary: input.boundaries.pop(),
    };
    answer(asked, &input, &caller)
}
