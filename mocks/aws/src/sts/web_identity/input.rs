//! The parameters of the operation, and their constraints in the published service model.

use crate::event::Call;
use crate::query::{Constraint, Failure, Parameters, Violations};
use crate::sts::constraint::{ARN, POLICY, SESSION_NAME};

/// The parameters, within their constraints.
#[derive(Debug)]
pub(super) struct Input<'a> {
    pub(super) role_arn: &'a str,
    pub(super) session_name: &'a str,
    pub(super) token: &'a str,
    pub(super) provider_id: Option<&'a str>,
    pub(super) policy: Option<&'a str>,
    pub(super) policy_arns: Vec<&'a str>,
    pub(super) duration: Option<u32>,
    /// The model has no description of it; its name says that the session token is to be padded.
    pub(super) minimum_token_size: usize,
}

const TOKEN: Constraint = Constraint {
    min: 4,
    max: 20_000,
    pattern: None,
    sensitive: true,
};
const PROVIDER_ID: Constraint = Constraint {
    min: 4,
    max: 2048,
    pattern: None,
    sensitive: false,
};
impl<'a> Input<'a> {
    /// Reads the parameters and notes those worth showing.
    pub(super) fn read(parameters: &'a Parameters, call: &mut Call) -> Result<Self, Failure> {
        for name in [
            "RoleArn",
            "RoleSessionName",
            "DurationSeconds",
            "ProviderId",
            "Policy",
        ] {
            if let Some(value) = parameters.get(name) {
                call.parameters.insert(name, value.to_owned());
            }
        }
        let policy_arns = parameters.list("PolicyArns", Some("arn"));
        if !policy_arns.is_empty() {
            call.parameters.insert("PolicyArns", policy_arns.join(" "));
        }
        let duration = parameters.integer("DurationSeconds")?;
        let minimum_token_size = parameters.integer("MinimumSessionTokenSize")?;
        let text = |name| parameters.get(name);
        let (role_arn, session_name) = (text("RoleArn"), text("RoleSessionName"));
        let (token, provider_id, policy) = (text("WebIdentityToken"), text("ProviderId"), text("Policy"));

        let mut violations = Violations::default();
        violations.required("roleArn", role_arn, ARN);
        violations.required("roleSessionName", session_name, SESSION_NAME);
        violations.required("webIdentityToken", token, TOKEN);
        violations.optional("providerId", provider_id, PROVIDER_ID);
        violations.list("policyArns", &policy_arns, 10);
        for (index, arn) in policy_arns.iter().enumerate() {
            violations.required(&format!("policyArns.{}.member.arn", index + 1), Some(arn), ARN);
        }
        violations.optional("policy", policy, POLICY);
        violations.range("durationSeconds", duration, 900, 43_200);
        violations.range("minimumSessionTokenSize", minimum_token_size, 0, 4096);
        violations.into_result()?;

        Ok(Input {
            role_arn: role_arn.unwrap_or_default(),
            session_name: session_name.unwrap_or_default(),
            token: token.unwrap_or_default(),
            provider_id,
            policy,
            policy_arns,
            duration: duration.and_then(|seconds| seconds.try_into().ok()),
            minimum_token_size: minimum_token_size
                .and_then(|size| size.try_into().ok())
                .unwrap_or(0),
        })
    }
}
