//! ListRoles.

use serde::Serialize;

use super::{RoleShape, View};
use crate::accounts::Role;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::path_prefix;
use crate::iam::page::Page;
use crate::iam::resource::Resource;
use crate::iam::shape::Members;
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListRolesResult<'a> {
    roles: Members<RoleShape<'a>>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// Roles in the order of their names (assumed).
pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let prefix = asked.text("PathPrefix");
    let mut violations = Violations::without_values();
    path_prefix(&mut violations, prefix);
    let page = Page::read(asked.parameters, &mut violations)?;
    violations.into_result()?;
    let (account, prefix) = (asked.account(), prefix.unwrap_or("/"));
    asked.allow(&Resource::roles(&account, prefix), call)?;
    let mut roles: Vec<&Role> = account
        .roles
        .iter()
        .filter(|role| role.path.starts_with(prefix))
        .collect();
    roles.sort_by(|one, other| one.name.cmp(&other.name));
    let part = page.of(roles, |role| role.name.clone())?;
    Ok(asked.answer(&ListRolesResult {
        is_truncated: part.is_truncated(),
        roles: part
            .items
            .into_iter()
            .map(|role| RoleShape::of(asked, role, View::Listed))
            .collect(),
        marker: part.marker,
    }))
}
