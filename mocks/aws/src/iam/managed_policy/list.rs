//! ListPolicies.

use serde::Serialize;

use super::{PolicyShape, Usage, View};
use crate::accounts::ManagedPolicy;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::policy_path;
use crate::iam::page::Page;
use crate::iam::resource::Resource;
use crate::iam::shape::Members;
use crate::query::{Failure, Violations};

/// What a policy is used for.
pub(super) const USAGES: [&str; 2] = ["PermissionsPolicy", "PermissionsBoundary"];

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListPoliciesResult<'a> {
    policies: Members<PolicyShape<'a>>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// The account's policies by their names, then AWS's own by theirs (assumed).
///
/// DIVERGENCE: of AWS's own managed policies there are those that pipelines usually attach, and what an account imports.
pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (scope, prefix) = (asked.text("Scope"), asked.text("PathPrefix"));
    let usage = asked.text("PolicyUsageFilter");
    let only_attached = asked.parameters.boolean("OnlyAttached")?.unwrap_or(false);
    let mut violations = Violations::without_values();
    violations.choice("scope", scope, &["All", "AWS", "Local"]);
    policy_path(&mut violations, "pathPrefix", prefix);
    violations.choice("policyUsageFilter", usage, &USAGES);
    let page = Page::read(asked.parameters, &mut violations)?;
    violations.into_result()?;

    let (scope, prefix) = (scope.unwrap_or("All"), prefix.unwrap_or("/"));
    let resource = Resource {
        shown: format!("policy path {prefix}"),
        ..Resource::any()
    };
    asked.allow(&resource, call)?;
    let account = asked.account();
    let wanted = |policy: &&ManagedPolicy| {
        let used = Usage::of(&account, &policy.arn(&account.id));
        let counted = match usage {
            Some("PermissionsBoundary") => used.bounding,
            Some(_) => used.attached,
            None => used.attached + used.bounding,
        };
        let in_scope = match scope {
            "AWS" => policy.of_aws,
            "Local" => !policy.of_aws,
            _ => true,
        };
        in_scope && policy.path.starts_with(prefix) && (counted > 0 || !(only_attached || usage.is_some()))
    };
    let mut policies: Vec<&ManagedPolicy> = account.managed_policies().filter(wanted).collect();
    policies.sort_by(|one, other| (one.of_aws, &one.name).cmp(&(other.of_aws, &other.name)));
    let part = page.of(policies, |policy| {
        format!("{} {}", u8::from(policy.of_aws), policy.name)
    })?;
    Ok(asked.answer(&ListPoliciesResult {
        is_truncated: part.is_truncated(),
        policies: part
            .items
            .into_iter()
            .map(|policy| PolicyShape::of(asked, &account, policy, View::Listed))
            .collect(),
        marker: part.marker,
    }))
}
