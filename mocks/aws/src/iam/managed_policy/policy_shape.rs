//! A managed policy in answers.

use std::borrow::Cow;

use serde::Serialize;

use crate::accounts::{Account, ManagedPolicy, PolicyVersion};
use crate::iam::asked::Asked;
use crate::iam::shape::{Members, TagShape, date, tags, tags_if_any, text};
use crate::query::percent_encoded;

/// Which members an operation shows (recorded AWS behaviour).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::iam) enum View {
    /// CreatePolicy: no description, tags only if there are any.
    Created,
    /// GetPolicy: everything.
    Whole,
    /// ListPolicies: neither description nor tags.
    Listed,
    /// GetAccountAuthorizationDetails: the description, no tags.
    Detailed,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::iam) struct PolicyShape<'a> {
    policy_name: &'a str,
    policy_id: &'a str,
    arn: String,
    path: &'a str,
    default_version_id: String,
    attachment_count: usize,
    permissions_boundary_usage_count: usize,
    is_attachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'a, str>>,
    create_date: String,
    update_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Members<TagShape<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version_list: Option<Members<VersionShape>>,
}

impl<'a> PolicyShape<'a> {
    pub(in crate::iam) fn of(
        asked: &Asked<'_>,
        account: &Account,
        policy: &'a ManagedPolicy,
        view: View,
    ) -> Self {
        let arn = policy.arn(&account.id);
        let usage = Usage::of(account, &arn);
        let created = asked.date(policy.created);
        let description = text(policy.description.as_deref());
        PolicyShape {
            policy_name: &policy.name,
            policy_id: &policy.id,
            path: &policy.path,
            default_version_id: format!("v{}", policy.default_version),
            attachment_count: usage.attached,
            permissions_boundary_usage_count: usage.bounding,
            is_attachable: true,
            description: description.filter(|_| matches!(view, View::Whole | View::Detailed)),
            create_date: date(created),
            update_date: date(policy.updated.unwrap_or(created)),
            tags: match view {
                View::Created => tags_if_any(&policy.tags),
                View::Whole => Some(tags(&policy.tags)),
                View::Listed | View::Detailed => None,
            },
            policy_version_list: (view == View::Detailed).then(|| {
                let versions = policy.versions.iter().rev();
                versions
                    .map(|version| VersionShape::of(asked, policy, version, true))
                    .collect()
            }),
            arn,
        }
    }
}

/// How often a policy is used.
#[derive(Debug, Clone, Copy)]
pub(in crate::iam) struct Usage {
    /// Roles it is attached to.
    pub(in crate::iam) attached: usize,
    /// Roles it is the boundary of.
    pub(in crate::iam) bounding: usize,
}

impl Usage {
    pub(in crate::iam) fn of(account: &Account, arn: &str) -> Self {
        let count = |uses: &dyn Fn(&crate::accounts::Role) -> bool| {
            account.roles.iter().filter(|role| uses(role)).count()
        };
        Usage {
            attached: count(&|role| role.attached_policies.iter().any(|it| it == arn)),
            bounding: count(&|role| role.permissions_boundary.as_deref() == Some(arn)),
        }
    }
}

/// A version of a policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::iam) struct VersionShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    version_id: String,
    is_default_version: bool,
    create_date: String,
}

impl VersionShape {
    pub(in crate::iam) fn of(
        asked: &Asked<'_>,
        policy: &ManagedPolicy,
        version: &PolicyVersion,
        with_document: bool,
    ) -> Self {
        VersionShape {
            document: with_document.then(|| percent_encoded(version.policy.text())),
            version_id: version.id(),
            is_default_version: version.number == policy.default_version,
            create_date: date(asked.date(version.created)),
        }
    }
}
