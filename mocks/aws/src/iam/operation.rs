//! The operations of IAM.

use super::asked::Asked;
use super::not_mocked::NOT_MOCKED;
use super::{account_alias, authorization_details, managed_policy, oidc_provider, role, simulation, user};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::{ApiError, Failure};
use crate::request::ApiRequest;

const VERSION: &str = "2010-05-08";

/// An operation: its names on the wire and in policies, and what serves it.
#[derive(Debug)]
pub(super) struct Operation {
    name: &'static str,
    pub(super) response: &'static str,
    pub(super) result: &'static str,
    pub(super) permission: &'static str,
}

type Serve = fn(&Asked<'_>, &mut Call) -> Result<String, Failure>;

macro_rules! operation {
    ($name:ident) => {
        Operation {
            name: stringify!($name),
            response: concat!(stringify!($name), "Response"),
            result: concat!(stringify!($name), "Result"),
            permission: concat!("iam:", stringify!($name)),
        }
    };
}

macro_rules! operations {
    ($($name:ident: $serve:expr;)*) => {
        [$((operation!($name), $serve as Serve)),*]
    };
}

/// The one operation that asks somebody else: the issuer, for its certificate.
static CREATE_PROVIDER: Operation = operation!(CreateOpenIDConnectProvider);

/// The others, one line each.
static OPERATIONS: &[(Operation, Serve)] = &operations! {
    AddClientIDToOpenIDConnectProvider: oidc_provider::client_ids::add;
    DeleteOpenIDConnectProvider: oidc_provider::delete::serve;
    GetOpenIDConnectProvider: oidc_provider::get::serve;
    ListOpenIDConnectProviderTags: oidc_provider::tags::list;
    ListOpenIDConnectProviders: oidc_provider::list::serve;
    RemoveClientIDFromOpenIDConnectProvider: oidc_provider::client_ids::remove;
    TagOpenIDConnectProvider: oidc_provider::tags::tag;
    UntagOpenIDConnectProvider: oidc_provider::tags::untag;
    UpdateOpenIDConnectProviderThumbprint: oidc_provider::thumbprints::update;

    AttachRolePolicy: role::attachment::attach;
    CreateRole: role::create::serve;
    DeleteRole: role::delete::serve;
    DeleteRolePermissionsBoundary: role::boundary::delete;
    DeleteRolePolicy: role::inline_policy::delete;
    DetachRolePolicy: role::attachment::detach;
    GetRole: role::get::serve;
    GetRolePolicy: role::inline_policy::get;
    ListAttachedRolePolicies: role::attachment::list;
    ListInstanceProfilesForRole: role::instance_profile::list;
    ListRolePolicies: role::inline_policy::list;
    ListRoleTags: role::tags::list;
    ListRoles: role::list::serve;
    PutRolePermissionsBoundary: role::boundary::put;
    PutRolePolicy: role::inline_policy::put;
    RemoveRoleFromInstanceProfile: role::instance_profile::remove;
    TagRole: role::tags::tag;
    UntagRole: role::tags::untag;
    UpdateAssumeRolePolicy: role::update::trust_policy;
    UpdateRole: role::update::serve;
    UpdateRoleDescription: role::update::description;

    CreatePolicy: managed_policy::create::serve;
    CreatePolicyVersion: managed_policy::version::create;
    DeletePolicy: managed_policy::delete::serve;
    DeletePolicyVersion: managed_policy::version::delete;
    GetPolicy: managed_policy::get::serve;
    GetPolicyVersion: managed_policy::version::get;
    ListEntitiesForPolicy: managed_policy::entities::serve;
    ListPolicies: managed_policy::list::serve;
    ListPolicyTags: managed_policy::tags::list;
    ListPolicyVersions: managed_policy::version::list;
    SetDefaultPolicyVersion: managed_policy::version::set_default;
    TagPolicy: managed_policy::tags::tag;
    UntagPolicy: managed_policy::tags::untag;

    GetAccountAuthorizationDetails: authorization_details::serve;
    CreateAccountAlias: account_alias::create;
    DeleteAccountAlias: account_alias::delete;
    GetContextKeysForCustomPolicy: simulation::context_keys::of_custom;
    GetContextKeysForPrincipalPolicy: simulation::context_keys::of_principal;
    GetUser: user::get;
    ListAccountAliases: account_alias::list;
    SimulateCustomPolicy: simulation::custom::serve;
    SimulatePrincipalPolicy: simulation::principal::serve;
};

/// Serves an operation; `None` if IAM has none of this name in this version. Names are case-sensitive (assumed).
pub(crate) async fn serve(
    aws: &Aws,
    request: &ApiRequest<'_>,
    action: &str,
    version: &str,
    call: &mut Call,
) -> Option<Result<String, Failure>> {
    if version != VERSION {
        return None;
    }
    if action == CREATE_PROVIDER.name {
        return Some(match Asked::read(aws, request, &CREATE_PROVIDER, call) {
            Ok(asked) => oidc_provider::create::serve(&asked, call).await,
            Err(failure) => Err(failure),
        });
    }
    let found = OPERATIONS.iter().find(|(operation, _)| operation.name == action);
    let Some((operation, serve)) = found else {
        return NOT_MOCKED.contains(&action).then(|| Err(not_mocked(action)));
    };
    Some(Asked::read(aws, request, operation, call).and_then(|asked| serve(&asked, call)))
}

fn not_mocked(action: &str) -> Failure {
    ApiError::not_mocked(&format!("The operation {action}")).because(Cause::OperationNotMocked {
        service: "iam".into(),
        action: action.into(),
    })
}
