//! GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy: the condition keys that policies ask for.

use std::collections::BTreeSet;

use iam_policy::Policy;
use iam_policy::document::Statement;
use serde::Serialize;

use super::input::policy;
use super::principal::find;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{ARN, DOCUMENT};
use crate::iam::resource::Resource;
use crate::iam::shape::Members;
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetContextKeysForPolicyResult {
    context_key_names: Members<String>,
}

pub(in crate::iam) fn of_custom(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    if asked.parameters.list("PolicyInputList", None).is_empty() {
        violations.required("policyInputList", None, DOCUMENT);
    }
    let given = given(asked, violations)?;
    asked.allow(&Resource::any(), call)?;
    Ok(answer(asked, &given))
}

pub(in crate::iam) fn of_principal(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let source = asked.text("PolicySourceArn");
    let mut violations = Violations::without_values();
    violations.required("policySourceArn", source, ARN);
    let mut policies = given(asked, violations)?;
    let source = source.unwrap_or_default();
    asked.allow(&Resource::by_arn(source), call)?;
    let account = asked.account();
    policies.extend(account.permissions_of(find(&account, source)?));
    Ok(answer(asked, &policies))
}

/// The policies in the parameters.
fn given(asked: &Asked<'_>, mut violations: Violations) -> Result<Vec<Policy>, Failure> {
    let texts = asked.parameters.list("PolicyInputList", None);
    violations.texts("policyInputList", &texts, DOCUMENT);
    violations.into_result()?;
    texts.into_iter().map(policy).collect()
}

fn answer(asked: &Asked<'_>, policies: &[Policy]) -> String {
    let statements = policies.iter().flat_map(Policy::statements);
    let keys: BTreeSet<&str> = statements
        .flat_map(Statement::conditions)
        .map(|condition| condition.key.as_str())
        .collect();
    asked.answer(&GetContextKeysForPolicyResult {
        context_key_names: keys.into_iter().map(str::to_owned).collect(),
    })
}
