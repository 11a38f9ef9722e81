//! ListInstanceProfilesForRole and RemoveRoleFromInstanceProfile, which Terraform calls before it deletes a role. There are
//! no instance profiles here, as those who make them are refused by name.

use serde::Serialize;

use super::{checked_name, find, role_name};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::INSTANCE_PROFILE_NAME;
use crate::iam::error;
use crate::iam::page::Page;
use crate::iam::resource::Resource;
use crate::iam::shape::{Empty, Members};
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListInstanceProfilesForRoleResult {
    instance_profiles: Members<Empty>,
    is_truncated: bool,
}

pub(in crate::iam) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    Page::read(asked.parameters, &mut violations)?;
    let name = role_name(asked, violations, call)?;
    find(&asked.account(), name)?;
    Ok(asked.answer(&ListInstanceProfilesForRoleResult {
        instance_profiles: Members::from_iter([]),
        is_truncated: false,
    }))
}

pub(in crate::iam) fn remove(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let profile = asked.text("InstanceProfileName");
    let mut violations = Violations::without_values();
    violations.required("instanceProfileName", profile, INSTANCE_PROFILE_NAME);
    checked_name(asked, violations)?;
    let profile = profile.unwrap_or_default();
    let account = asked.account_id();
    let resource = format!("arn:aws:iam::{account}:instance-profile/{profile}");
    asked.allow(&Resource::by_arn(resource), call)?;
    Err(
        error::no_such_instance_profile(profile).because(Cause::NoSuchEntity {
            what: "instance profile",
            name: profile.to_owned(),
            account: account.to_owned(),
            nearest: None,
        }),
    )
}
