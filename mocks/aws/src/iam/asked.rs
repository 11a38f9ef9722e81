//! One call of IAM, and what its operation does with it.

use std::sync::Arc;

use http::StatusCode;
use iam_policy::layers::ResourceLayer;
use iam_policy::{Context, ContextValue, Request, evaluate};
use jiff::Timestamp;
use serde::Serialize;

use super::NAMESPACE;
use super::operation::Operation;
use super::resource::Resource;
use super::shape::Empty;
use crate::accounts::Account;
use crate::accounts::Tag;
use crate::authentication::{Signer, authenticate};
use crate::authorization::{OwnPolicies, add_call_keys, add_caller_keys};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::{ApiError, Failure, Parameters, operation_document, refused};
use crate::request::ApiRequest;
use crate::session::Identity;
use crate::sigv4::{ExpectedScope, Refusal, RefusalKind};

/// Parameters worth showing in the journal.
const SHOWN: [&str; 14] = [
    "RoleName",
    "PolicyName",
    "PolicyArn",
    "PolicySourceArn",
    "PermissionsBoundary",
    "OpenIDConnectProviderArn",
    "Url",
    "ClientID",
    "VersionId",
    "Path",
    "PathPrefix",
    "UserName",
    "InstanceProfileName",
    "MaxSessionDuration",
];

/// A call whose signature is good.
pub(super) struct Asked<'a> {
    pub(super) aws: &'a Aws,
    pub(super) parameters: &'a Parameters,
    pub(super) signer: Signer,
    pub(super) now: Timestamp,
    request: &'a ApiRequest<'a>,
    operation: &'static Operation,
}

impl<'a> Asked<'a> {
    /// Verifies the signature. IAM is signed for `us-east-1` wherever it is called from.
    pub(super) fn read(
        aws: &'a Aws,
        request: &'a ApiRequest<'a>,
        operation: &'static Operation,
        call: &mut Call,
    ) -> Result<Self, Failure> {
        let expected = ExpectedScope {
            service: "iam",
            region: request.route.endpoint_region.as_deref(),
        };
        let signer = authenticate(aws, &request.http, expected).map_err(refused)?;
        call.caller = Some(signer.caller.clone());
        check_kind(&signer)?;
        refuse_parameters(&request.parameters)?;
        for name in SHOWN {
            if let Some(value) = request.parameters.get(name) {
                call.parameters.insert(name, value.to_owned());
            }
        }
        Ok(Asked {
            aws,
            parameters: &request.parameters,
            signer,
            now: call.at,
            request,
            operation,
        })
    }

    /// A parameter.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.parameters.get(name)
    }

    /// The id of the caller's account, which is the one all operations work on.
    pub(super) fn account_id(&self) -> &str {
        &self.signer.caller.account
    }

    /// The account as it is seen.
    pub(super) fn account(&self) -> Arc<Account> {
        let account = self.aws.directory.account(self.account_id());
        account.unwrap_or_else(|| Arc::new(Account::new(self.account_id())))
    }

    /// The account as the last change left it, which is what changes are checked against.
    pub(super) fn newest(&self) -> Arc<Account> {
        let account = self.aws.directory.newest(self.account_id());
        account.unwrap_or_else(|| Arc::new(Account::new(self.account_id())))
    }

    /// Changes the account; a failure changes nothing.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Account) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.aws.directory.write(self.account_id(), change)
    }

    /// A date of what IAM keeps: what has none is as old as the world.
    pub(super) fn date(&self, created: Option<Timestamp>) -> Timestamp {
        created.unwrap_or(self.aws.began)
    }

    /// Refuses the call unless the caller's own policies allow it on the resource.
    ///
    /// That the permission comes after the constraints of the parameters, and before anything else, is assumed.
    pub(super) fn allow(&self, resource: &Resource, call: &mut Call) -> Result<(), Failure> {
        self.allow_with(resource, [], &[], call)
    }

    /// The same with the condition keys that follow from parameters, and the tags in them.
    pub(super) fn allow_with<const KEYS: usize>(
        &self,
        resource: &Resource,
        keys: [(&str, Option<&str>); KEYS],
        tags: &[Tag],
        call: &mut Call,
    ) -> Result<(), Failure> {
        let mut context = Context::new();
        add_call_keys(&mut context, self.request, self.now);
        add_caller_keys(&mut context, &self.signer);
        for (key, value) in keys {
            if let Some(value) = value {
                context.insert(key, value);
            }
        }
        for tag in &resource.tags {
            context.insert(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
            context.insert(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
        }
        for tag in tags {
            context.insert(format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
        }
        if !tags.is_empty() {
            let keys: Vec<&str> = tags.iter().map(|tag| tag.key.as_str()).collect();
            context.insert("aws:TagKeys", ContextValue::from(keys));
        }
        self.decide(resource, &context, call)
    }

    fn decide(&self, resource: &Resource, context: &Context, call: &mut Call) -> Result<(), Failure> {
        let own = OwnPolicies::of(self.aws, &self.signer);
        let action = self.operation.permission;
        let request = Request {
            principal: &own.principal,
            action,
            resource: resource.arn.as_deref(),
            context,
        };
        let layers = own.layers(ResourceLayer::None, true);
        let verdict = layers.decide(&request);
        let Some(denial) = verdict.denial(action) else {
            return Ok(());
        };
        // the trace of the policy that denies; of a lack of permission there is one only if there is one policy to blame
        call.decision = layers
            .policies_of(verdict.layer)
            .map(|policy| evaluate(policy, &request))
            .find(|decision| decision.effect == verdict.effect)
            .map(Into::into);
        let caller = &self.signer.caller.arn;
        let shown = &resource.shown;
        let error = ApiError::sender(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            format!("User: {caller} is not authorized to perform: {action} on resource: {shown} {denial}"),
        );
        let why = if own.identity.is_empty() {
            "its role has no permission policies".to_owned()
        } else {
            denial
        };
        Err(error.because(Cause::CallerNotAllowed {
            caller: caller.clone(),
            action: action.to_owned(),
            why,
        }))
    }

    /// The answer with a result.
    pub(super) fn answer(&self, result: &impl Serialize) -> String {
        self.document(Some(result))
    }

    /// The answer of an operation that has none.
    pub(super) fn done(&self) -> String {
        self.document(None::<&Empty>)
    }

    fn document(&self, result: Option<&impl Serialize>) -> String {
        let Operation {
            response,
            result: name,
            ..
        } = self.operation;
        operation_document(response, name, result, NAMESPACE, self.request.request_id)
    }
}

/// Newer parameters, which bear on more than is mocked, are refused and not ignored.
fn refuse_parameters(parameters: &Parameters) -> Result<(), Failure> {
    const REFUSED: [&str; 3] = [
        "ContextProvider",
        "IdentityCenterInstanceArn",
        "MaxSigninSessionDuration",
    ];
    match REFUSED.into_iter().find(|name| parameters.has(name)) {
        None => Ok(()),
        Some(parameter) => Err(
            ApiError::not_mocked(&format!("The parameter {parameter}")).because(Cause::ParameterNotMocked {
                parameter: parameter.to_owned(),
            }),
        ),
    }
}

/// IAM does not take temporary credentials of GetSessionToken and GetFederationToken that no device confirmed ("Compare AWS
/// STS credentials", IAM User Guide). It answers as to a key it does not know, as clients report.
fn check_kind(signer: &Signer) -> Result<(), Failure> {
    let origin = match signer.session.as_ref().map(|session| &session.identity) {
        Some(Identity::User { .. }) => "GetSessionToken",
        Some(Identity::FederatedUser { .. }) => "GetFederationToken",
        None | Some(Identity::Role { .. }) => return Ok(()),
    };
    let cause = Cause::CredentialsNotForIam {
        caller: signer.caller.arn.clone(),
        origin,
    };
    Err(refused(Refusal::new(RefusalKind::InvalidToken, cause)))
}
