//! SimulatePrincipalPolicy: what a role's policies allow, together with others that it does not have yet.

use iam_policy::{AwsPrincipal, Principal};

use super::evaluation::{Caller, answer};
use super::input::Input;
use crate::accounts::{Account, Role, RoleArn};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::ARN;
use crate::iam::error;
use crate::iam::resource::Resource;
use crate::nearest::nearest;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let source = asked.text("PolicySourceArn");
    let mut violations = Violations::without_values();
    violations.required("policySourceArn", source, ARN);
    let mut input = Input::read(asked, violations)?;
    let source = source.unwrap_or_default();
    asked.allow(&Resource::by_arn(source), call)?;
    let account = asked.account();
    let role = find(&account, source)?;
    let mut policies: Vec<_> = role
        .inline_policies
        .iter()
        .map(|inline| {
            (
                format!("role_{}_{}", role.name, inline.name),
                inline.policy.clone(),
            )
        })
        .collect();
    for arn in &role.attached_policies {
        let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
        policies.extend(account.document(arn).map(|policy| (name, policy)));
    }
    let given = input.policies.drain(..).enumerate();
    policies.extend(given.map(|(index, policy)| (format!("PolicyInputList.{}", index + 1), policy)));
    let own_boundary = role.permissions_boundary.as_deref();
    let caller = Caller {
        principal: Principal::Aws(AwsPrincipal {
            role_arn: Some(source.to_owned()),
            unique_id: Some(role.id.clone()),
            ..AwsPrincipal::new(input.caller.unwrap_or(source))
        }),
        policies,
        boundary: input
            .boundaries
            .pop()
            .or_else(|| own_boundary.and_then(|arn| account.document(arn))),
    };
    answer(asked, &input, &caller)
}

/// The role; users have no policies here, and there are no groups.
pub(super) fn find<'a>(account: &'a Account, arn: &str) -> Result<&'a Role, Failure> {
    let role = RoleArn::parse(arn).ok().filter(|role| role.account == account.id);
    let role = role.and_then(|role| account.role(&role.path, &role.name));
    role.ok_or_else(|| {
        let arns: Vec<String> = account.roles.iter().map(|role| role.arn(&account.id)).collect();
        let name = arn.rsplit('/').next().unwrap_or(arn);
        error::no_such_role(name).because(Cause::NoSuchEntity {
            what: "role",
            name: arn.to_owned(),
            account: account.id.clone(),
            nearest: nearest(arn, arns.iter().map(String::as_str)),
        })
    })
}
