//! A role in answers.

use std::borrow::Cow;

use serde::Serialize;

use crate::accounts::Role;
use crate::iam::asked::Asked;
use crate::iam::shape::{BoundaryShape, Empty, Members, TagShape, date, tags_if_any, text};
use crate::query::percent_encoded;

/// Which members an operation shows (recorded AWS behaviour).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::iam) enum View {
    /// CreateRole: neither description nor longest session.
    Created,
    /// GetRole: everything. When the role was last used is told some hours later at AWS, and here never.
    Whole,
    /// ListRoles: neither tags nor boundary.
    Listed,
    /// UpdateRoleDescription: no longest session.
    Described,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::iam) struct RoleShape<'a> {
    path: &'a str,
    role_name: &'a str,
    role_id: &'a str,
    arn: String,
    create_date: String,
    assume_role_policy_document: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_session_duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<BoundaryShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Members<TagShape<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_last_used: Option<Empty>,
}

impl<'a> RoleShape<'a> {
    pub(in crate::iam) fn of(asked: &Asked<'_>, role: &'a Role, view: View) -> Self {
        let boundary = role.permissions_boundary.as_deref().map(BoundaryShape::of);
        RoleShape {
            path: &role.path,
            role_name: &role.name,
            role_id: &role.id,
            arn: role.arn(asked.account_id()),
            create_date: date(asked.date(role.created)),
            assume_role_policy_document: percent_encoded(role.trust_policy.text()),
            description: text(role.description.as_deref()).filter(|_| view != View::Created),
            max_session_duration: matches!(view, View::Whole | View::Listed)
                .then_some(role.max_session_duration),
            permissions_boundary: boundary.filter(|_| view != View::Listed),
            tags: tags_if_any(&role.tags).filter(|_| view != View::Listed),
            role_last_used: (view == View::Whole).then_some(Empty {}),
        }
    }
}

/// `RoleResult` of all operations that answer with one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneRole<'a> {
    pub(super) role: RoleShape<'a>,
}
