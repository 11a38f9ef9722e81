//! UpdateRole, UpdateRoleDescription and UpdateAssumeRolePolicy.

use super::{OneRole, RoleShape, View, find_mut, role_name};
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{DOCUMENT, ROLE_DESCRIPTION};
use crate::iam::document;
use crate::iam::shape::Empty;
use crate::query::{Failure, Violations};

/// What is not given stays as it is (recorded AWS behaviour). The result is an empty element.
pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let new_description = asked.text("Description");
    let duration = asked.parameters.integer("MaxSessionDuration")?;
    let mut violations = Violations::without_values();
    violations.optional("description", new_description, ROLE_DESCRIPTION);
    violations.range("maxSessionDuration", duration, 3600, 43_200);
    let name = role_name(asked, violations, call)?;
    asked.change(|account| {
        let role = find_mut(account, name)?;
        if let Some(text) = new_description {
            role.description = described(text);
        }
        if let Some(seconds) = duration.and_then(|seconds| seconds.try_into().ok()) {
            role.max_session_duration = seconds;
        }
        Ok(())
    })?;
    Ok(asked.answer(&Empty {}))
}

pub(in crate::iam) fn description(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let text = asked.text("Description");
    let mut violations = Violations::without_values();
    violations.required("description", text, ROLE_DESCRIPTION);
    let name = role_name(asked, violations, call)?;
    let role = asked.change(|account| {
        let role = find_mut(account, name)?;
        role.description = described(text.unwrap_or_default());
        Ok(role.clone())
    })?;
    Ok(asked.answer(&OneRole {
        role: RoleShape::of(asked, &role, View::Described),
    }))
}

/// An empty description is none (assumed).
fn described(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

pub(in crate::iam) fn trust_policy(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let text = asked.text("PolicyDocument");
    let mut violations = Violations::without_values();
    violations.required("policyDocument", text, DOCUMENT);
    let name = role_name(asked, violations, call)?;
    super::find(&asked.newest(), name)?;
    let policy = document::trust(asked, text.unwrap_or_default())?;
    asked.change(|account| {
        find_mut(account, name)?.trust_policy = policy;
        Ok(())
    })?;
    Ok(asked.done())
}
