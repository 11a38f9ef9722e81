//! CreatePolicy.

use iam_policy::Fault;
use serde::Serialize;

use super::{PolicyShape, View};
use crate::accounts::ManagedPolicy;
use crate::accounts::tag::KeyCase;
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{DOCUMENT, POLICY_DESCRIPTION, POLICY_NAME, policy_path};
use crate::iam::resource::Resource;
use crate::iam::{document, error, tags};
use crate::query::{Failure, Violations};

/// So many customer managed policies an account may have.
const MOST: usize = 1500;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnePolicy<'a> {
    pub(super) policy: PolicyShape<'a>,
}

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (name, path) = (asked.text("PolicyName"), asked.text("Path"));
    let (text, description) = (asked.text("PolicyDocument"), asked.text("Description"));
    let mut violations = Violations::without_values();
    let new_tags = tags::read(asked.parameters, &mut violations);
    policy_path(&mut violations, "path", path);
    violations.required("policyDocument", text, DOCUMENT);
    violations.optional("description", description, POLICY_DESCRIPTION);
    violations.required("policyName", name, POLICY_NAME);
    violations.into_result()?;

    let (name, path) = (name.unwrap_or_default(), path.unwrap_or("/"));
    let resource = Resource {
        shown: format!("policy {name}"),
        ..Resource::by_arn(format!("arn:aws:iam::{}:policy{path}{name}", asked.account_id()))
    };
    asked.allow_with(&resource, [], &new_tags, call)?;
    tags::check(&new_tags, KeyCase::Counts)?;
    // of this operation alone what is no JSON at all has errors of syntax (recorded AWS behaviour)
    let document = document::identity(text.unwrap_or_default(), true, Fault::Syntax)?;
    let mut policy = ManagedPolicy::new(asked.account_id(), name, document).with_path(path);
    policy.id = asked.aws.identifiers.entity_id("ANPA");
    policy.description = description.filter(|text| !text.is_empty()).map(str::to_owned);
    policy.tags = new_tags;
    policy.created = Some(asked.now);
    policy.updated = Some(asked.now);
    policy.versions[0].created = Some(asked.now);
    let account = asked.change(|account| {
        let own = || account.policies.iter().filter(|known| !known.of_aws);
        if own().any(|known| known.name.eq_ignore_ascii_case(name)) {
            let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(error::already_exists(message).because(Cause::EntityExists {
                what: "managed policy",
                name: name.to_owned(),
            }));
        }
        if own().count() >= MOST {
            let why = format!("the account has {MOST} managed policies");
            return Err(error::quota("PoliciesPerAccount", MOST).because(Cause::QuotaReached { why }));
        }
        account.policies.push(policy.clone());
        Ok(account.clone())
    })?;
    Ok(asked.answer(&OnePolicy {
        policy: PolicyShape::of(asked, &account, &policy, View::Created),
    }))
}
