//! ListEntitiesForPolicy: who a managed policy is attached to. Here only roles can be.

use serde::Serialize;

use super::list::USAGES;
use super::{find, policy_arn};
use crate::accounts::Role;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::path_prefix;
use crate::iam::page::Page;
use crate::iam::shape::{Empty, Members};
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListEntitiesForPolicyResult<'a> {
    policy_groups: Members<Empty>,
    policy_users: Members<Empty>,
    policy_roles: Members<PolicyRole<'a>>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyRole<'a> {
    role_name: &'a str,
    role_id: &'a str,
}

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (filter, prefix) = (asked.text("EntityFilter"), asked.text("PathPrefix"));
    let usage = asked.text("PolicyUsageFilter");
    let mut violations = Violations::without_values();
    let filters = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
    violations.choice("entityFilter", filter, &filters);
    path_prefix(&mut violations, prefix);
    violations.choice("policyUsageFilter", usage, &USAGES);
    let page = Page::read(asked.parameters, &mut violations)?;
    let arn = policy_arn(asked, violations, call)?;
    let account = asked.account();
    find(&account, arn)?;
    let uses = |role: &&Role| {
        let attached =
            usage != Some("PermissionsBoundary") && role.attached_policies.iter().any(|it| it == arn);
        let bounding =
            usage != Some("PermissionsPolicy") && role.permissions_boundary.as_deref() == Some(arn);
        let wanted = filter.is_none_or(|filter| filter == "Role");
        wanted && role.path.starts_with(prefix.unwrap_or("/")) && (attached || bounding)
    };
    let mut roles: Vec<&Role> = account.roles.iter().filter(uses).collect();
    roles.sort_by(|one, other| one.name.cmp(&other.name));
    let part = page.of(roles, |role| role.name.clone())?;
    Ok(asked.answer(&ListEntitiesForPolicyResult {
        policy_groups: Members::from_iter([]),
        policy_users: Members::from_iter([]),
        is_truncated: part.is_truncated(),
        policy_roles: part
            .items
            .into_iter()
            .map(|role| PolicyRole {
                role_name: &role.name,
                role_id: &role.id,
            })
            .collect(),
        marker: part.marker,
    }))
}
