//! GetAccountAuthorizationDetails: everything at once, in parts.

use serde::Serialize;

use super::asked::Asked;
use super::managed_policy::{PolicyShape, Usage, View};
use super::page::Page;
use super::resource::Resource;
use super::role::attachment::{AttachedPolicy, attached};
use super::shape::{BoundaryShape, Empty, Members, TagShape, date, tags};
use crate::accounts::{Account, ManagedPolicy, Role};
use crate::event::Call;
use crate::query::{Failure, Violations, percent_encoded};

/// What `Filter` may name.
const KINDS: [&str; 5] = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetAccountAuthorizationDetailsResult<'a> {
    user_detail_list: Members<UserDetail<'a>>,
    group_detail_list: Members<Empty>,
    role_detail_list: Members<RoleDetail<'a>>,
    policies: Members<PolicyShape<'a>>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// Users are those who have access keys; what they may do is not kept in policies here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserDetail<'a> {
    path: &'static str,
    user_name: &'a str,
    user_id: &'a str,
    arn: &'a str,
    create_date: String,
    group_list: Members<Empty>,
    attached_managed_policies: Members<Empty>,
    tags: Members<TagShape<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleDetail<'a> {
    path: &'a str,
    role_name: &'a str,
    role_id: &'a str,
    arn: String,
    create_date: String,
    assume_role_policy_document: String,
    instance_profile_list: Members<Empty>,
    role_policy_list: Members<PolicyDetail<'a>>,
    attached_managed_policies: Members<AttachedPolicy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<BoundaryShape<'a>>,
    tags: Members<TagShape<'a>>,
    role_last_used: Empty,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDetail<'a> {
    policy_name: &'a str,
    policy_document: String,
}

/// One of what the parts are made of.
#[derive(Clone, Copy)]
enum Item<'a> {
    User {
        arn: &'a str,
        name: &'a str,
        id: &'a str,
    },
    Role(&'a Role),
    Policy(&'a ManagedPolicy),
}

impl Item<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Item::User { .. } => "User",
            Item::Role(_) => "Role",
            Item::Policy(policy) if policy.of_aws => "AWSManagedPolicy",
            Item::Policy(_) => "LocalManagedPolicy",
        }
    }

    fn key(&self) -> String {
        let name = match self {
            Item::User { name, .. } => name,
            Item::Role(role) => role.name.as_str(),
            Item::Policy(policy) => policy.name.as_str(),
        };
        format!("{} {name}", self.kind())
    }
}

/// Of AWS's own policies those that are used (as the CLI prints of real accounts).
pub(super) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let filter = asked.parameters.list("Filter", None);
    let mut violations = Violations::without_values();
    for kind in &filter {
        violations.choice("filter", Some(kind), &KINDS);
    }
    let page = Page::read(asked.parameters, &mut violations)?;
    violations.into_result()?;
    asked.allow(&Resource::any(), call)?;
    let account = asked.account();
    let mut items = users(asked);
    items.extend(account.roles.iter().map(Item::Role));
    items.extend(policies(&account).into_iter().map(Item::Policy));
    items.retain(|item| filter.is_empty() || filter.contains(&item.kind()));
    items.sort_by_key(|item| (KINDS.iter().position(|kind| *kind == item.kind()), item.key()));
    let part = page.of(items, Item::key)?;
    let roles = part.items.iter().filter_map(|item| match item {
        Item::Role(role) => Some(role_detail(asked, &account, role)),
        _ => None,
    });
    let policies = part.items.iter().filter_map(|item| match item {
        Item::Policy(policy) => Some(PolicyShape::of(asked, &account, policy, View::Detailed)),
        _ => None,
    });
    let users = part.items.iter().filter_map(|item| match *item {
        Item::User { arn, name, id } => Some(UserDetail {
            path: "/",
            user_name: name,
            user_id: id,
            arn,
            create_date: date(asked.date(None)),
            group_list: Members::from_iter([]),
            attached_managed_policies: Members::from_iter([]),
            tags: tags(&[]),
        }),
        _ => None,
    });
    Ok(asked.answer(&GetAccountAuthorizationDetailsResult {
        user_detail_list: users.collect(),
        group_detail_list: Members::from_iter([]),
        role_detail_list: roles.collect(),
        policies: policies.collect(),
        is_truncated: part.is_truncated(),
        marker: part.marker.clone(),
    }))
}

fn users<'a>(asked: &Asked<'a>) -> Vec<Item<'a>> {
    let keys = asked.aws.access_keys.values();
    let mut users: Vec<Item<'a>> = keys
        .filter(|key| key.account == asked.account_id())
        .filter_map(|key| {
            let (_, name) = key.arn.split_once(":user/")?;
            Some(Item::User {
                arn: &key.arn,
                name,
                id: &key.user_id,
            })
        })
        .collect();
    // a user may have two keys
    users.sort_by_key(Item::key);
    users.dedup_by_key(|user| user.key());
    users
}

/// The account's policies, and AWS's own that a role has.
fn policies(account: &Account) -> Vec<&ManagedPolicy> {
    let used = |policy: &&ManagedPolicy| {
        let usage = Usage::of(account, &policy.arn(&account.id));
        !policy.of_aws || usage.attached + usage.bounding > 0
    };
    account.managed_policies().filter(used).collect()
}

fn role_detail<'a>(asked: &Asked<'_>, account: &'a Account, role: &'a Role) -> RoleDetail<'a> {
    RoleDetail {
        path: &role.path,
        role_name: &role.name,
        role_id: &role.id,
        arn: role.arn(&account.id),
        create_date: date(asked.date(role.created)),
        assume_role_policy_document: percent_encoded(role.trust_policy.text()),
        instance_profile_list: Members::from_iter([]),
        role_policy_list: role
            .inline_policies
            .iter()
            .map(|inline| PolicyDetail {
                policy_name: &inline.name,
                policy_document: percent_encoded(inline.policy.text()),
            })
            .collect(),
        attached_managed_policies: attached(account, role, "/").into_iter().collect(),
        permissions_boundary: role.permissions_boundary.as_deref().map(BoundaryShape::of),
        tags: tags(&role.tags),
        role_last_used: Empty {},
    }
}
