//! CreateRole.

use super::{OneRole, RoleShape, View, boundary, checked_name};
use crate::accounts::Role;
use crate::accounts::tag::KeyCase;
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{ARN, DOCUMENT, ROLE_DESCRIPTION, role_path};
use crate::iam::resource::Resource;
use crate::iam::{document, error, tags};
use crate::query::{Failure, Violations};

/// So many an account may have.
const MOST: usize = 1000;
/// The longest session unless stated, in seconds.
const DEFAULT_DURATION: u32 = 3600;

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (trust, path) = (asked.text("AssumeRolePolicyDocument"), asked.text("Path"));
    let (description, bound) = (asked.text("Description"), asked.text("PermissionsBoundary"));
    let duration = asked.parameters.integer("MaxSessionDuration")?;
    let mut violations = Violations::without_values();
    let new_tags = tags::read(asked.parameters, &mut violations);
    role_path(&mut violations, path);
    violations.required("assumeRolePolicyDocument", trust, DOCUMENT);
    violations.optional("description", description, ROLE_DESCRIPTION);
    violations.range("maxSessionDuration", duration, 3600, 43_200);
    violations.optional("permissionsBoundary", bound, ARN);
    let name = checked_name(asked, violations)?;

    let path = path.unwrap_or("/");
    let arn = format!("arn:aws:iam::{}:role{path}{name}", asked.account_id());
    let keys = [("iam:PermissionsBoundary", bound)];
    asked.allow_with(&Resource::by_arn(arn), keys, &new_tags, call)?;
    tags::check(&new_tags, KeyCase::Ignored)?;
    if let Some(bound) = bound {
        boundary::check(&asked.newest(), bound)?;
    }
    let trust_policy = document::trust(asked, trust.unwrap_or_default())?;
    let role = Role {
        id: asked.aws.identifiers.entity_id("AROA"),
        path: path.to_owned(),
        max_session_duration: duration
            .and_then(|seconds| seconds.try_into().ok())
            .unwrap_or(DEFAULT_DURATION),
        description: description.map(str::to_owned),
        tags: new_tags,
        permissions_boundary: bound.map(str::to_owned),
        created: Some(asked.now),
        ..Role::new(asked.account_id(), name, trust_policy)
    };
    asked.change(|account| {
        if account.role_named(name).is_some() {
            let message = format!("Role with name {name} already exists.");
            let name = name.to_owned();
            let cause = Cause::EntityExists { what: "role", name };
            return Err(error::already_exists(message).because(cause));
        }
        if account.roles.len() >= MOST {
            let why = format!("the account has {MOST} roles");
            return Err(error::quota("RolesPerAccount", MOST).because(Cause::QuotaReached { why }));
        }
        account.roles.push(role.clone());
        Ok(())
    })?;
    Ok(asked.answer(&OneRole {
        role: RoleShape::of(asked, &role, View::Created),
    }))
}
