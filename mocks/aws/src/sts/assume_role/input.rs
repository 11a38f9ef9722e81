//! The parameters of the operation, and their constraints in the published service model.

use crate::cause::Cause;
use crate::event::Call;
use crate::query::{ApiError, Constraint, Failure, Parameters, Pattern, Violations};
use crate::sts::constraint::{ARN, NAME, POLICY, SESSION_NAME};
use crate::sts::mfa::MfaCode;
use crate::sts::request_tags::RequestTags;

/// The parameters, within their constraints.
#[derive(Debug)]
pub(super) struct Input<'a> {
    pub(super) role_arn: &'a str,
    pub(super) session_name: &'a str,
    pub(super) policy: Option<&'a str>,
    pub(super) policy_arns: Vec<&'a str>,
    /// In seconds.
    pub(super) duration: u32,
    pub(super) tags: RequestTags<'a>,
    pub(super) external_id: Option<&'a str>,
    pub(super) mfa: MfaCode<'a>,
    pub(super) source_identity: Option<&'a str>,
}

/// What a session lasts unless stated, in seconds.
const DEFAULT_DURATION: u32 = 3600;

const EXTERNAL_ID: Constraint = Constraint {
    min: 2,
    max: 1224,
    pattern: Some(Pattern {
        text: r"[\w+=,.@:\/-]*",
        matches: |character| character.is_ascii_alphanumeric() || "_+=,.@:/-".contains(character),
    }),
    sensitive: false,
};
/// The model says at most 64; 256 is recorded AWS behaviour.
const SOURCE_IDENTITY: Constraint = Constraint {
    min: 2,
    max: 256,
    pattern: Some(NAME),
    sensitive: false,
};
/// Of this operation alone the model does not limit the length.
const UNLIMITED_POLICY: Constraint = Constraint {
    max: usize::MAX,
    ..POLICY
};

impl<'a> Input<'a> {
    /// Reads the parameters and notes those worth showing.
    pub(super) fn read(parameters: &'a Parameters, call: &mut Call) -> Result<Self, Failure> {
        for name in [
            "RoleArn",
            "RoleSessionName",
            "DurationSeconds",
            "Policy",
            "ExternalId",
            "SourceIdentity",
        ] {
            if let Some(value) = parameters.get(name) {
                call.parameters.insert(name, value.to_owned());
            }
        }
        let policy_arns = parameters.list("PolicyArns", Some("arn"));
        if !policy_arns.is_empty() {
            call.parameters.insert("PolicyArns", policy_arns.join(" "));
        }
        let tags = RequestTags::read(parameters, call);
        let mfa = MfaCode::read(parameters, call);
        let duration = parameters.integer("DurationSeconds")?;
        let text = |name| parameters.get(name);
        let (role_arn, session_name) = (text("RoleArn"), text("RoleSessionName"));
        let (policy, external_id) = (text("Policy"), text("ExternalId"));
        let source_identity = text("SourceIdentity");

        let mut violations = Violations::default();
        violations.required("roleArn", role_arn, ARN);
        violations.required("roleSessionName", session_name, SESSION_NAME);
        violations.list("policyArns", &policy_arns, 10);
        for (index, arn) in policy_arns.iter().enumerate() {
            violations.required(&format!("policyArns.{}.member.arn", index + 1), Some(arn), ARN);
        }
        violations.optional("policy", policy, UNLIMITED_POLICY);
        violations.range("durationSeconds", duration, 900, 43_200);
        tags.constrain(&mut violations);
        violations.optional("externalId", external_id, EXTERNAL_ID);
        mfa.constrain(&mut violations);
        violations.optional("sourceIdentity", source_identity, SOURCE_IDENTITY);
        violations.into_result()?;
        refuse_provided_contexts(parameters)?;

        Ok(Input {
            role_arn: role_arn.unwrap_or_default(),
            session_name: session_name.unwrap_or_default(),
            policy,
            policy_arns,
            duration: duration
                .and_then(|seconds| seconds.try_into().ok())
                .unwrap_or(DEFAULT_DURATION),
            tags,
            external_id,
            mfa,
            source_identity,
        })
    }
}

/// DIVERGENCE: assertions of trusted context providers (IAM Identity Center) cannot be verified here. They bear on the
/// permissions of the session, so that they are not ignored but refused.
fn refuse_provided_contexts(parameters: &Parameters) -> Result<(), Failure> {
    let contexts = parameters.structures("ProvidedContexts", ["ProviderArn", "ContextAssertion"]);
    if contexts.is_empty() {
        return Ok(());
    }
    let parameter = "ProvidedContexts".to_owned();
    Err(ApiError::not_mocked("The parameter ProvidedContexts")
        .because(Cause::ParameterNotMocked { parameter }))
}
