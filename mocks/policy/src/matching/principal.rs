//! Whether a principal element names the caller.

use crate::document::{PrincipalElement, PrincipalEntry, PrincipalType};
use crate::request::{AwsPrincipal, Principal, account_of};

/// How a policy names a caller. The order is of directness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    /// By the account: it hands the decision to the account's own policies.
    Account,
    /// By the role behind the session.
    Role,
    /// As one of everybody.
    Everyone,
    /// By name.
    Direct,
}

/// Whether the element matches the caller.
///
/// `NotPrincipal` matches those it does not name. AWS "might validate the account first, then the role, and then the
/// assumed-role user" (IAM user guide, `NotPrincipal`), so a session is only excepted when its account, its role and itself
/// are all named; this takes the "might" for "does".
pub(super) fn matches(element: &PrincipalElement, principal: &Principal) -> bool {
    if !element.negated {
        return element
            .entries
            .iter()
            .any(|entry| grant(entry, principal).is_some());
    }
    let everyone = element
        .entries
        .iter()
        .any(|entry| grant(entry, principal) == Some(Grant::Everyone));
    if everyone {
        return false;
    }
    let named = |wanted: Grant| {
        element
            .entries
            .iter()
            .any(|entry| grant(entry, principal) == Some(wanted))
    };
    match principal {
        Principal::Aws(AwsPrincipal {
            role_arn: Some(_), ..
        }) => !(named(Grant::Account) && named(Grant::Role) && named(Grant::Direct)),
        Principal::Aws(caller) if !caller.arn.ends_with(":root") => {
            !(named(Grant::Account) && named(Grant::Direct))
        }
        Principal::Aws(_) => !(named(Grant::Account) || named(Grant::Direct)),
        _ => !named(Grant::Direct),
    }
}

/// How an entry names the caller, if it does.
///
/// `*` stands for everybody with or without AWS credentials, but not for web identities: recorded AWS behaviour is that
/// `{"AWS": "*"}` does not let an OIDC caller assume a role. A wildcard in part of a name matches nothing (IAM user guide).
pub(crate) fn grant(entry: &PrincipalEntry, principal: &Principal) -> Option<Grant> {
    let direct = |is: bool| is.then_some(Grant::Direct);
    match (entry.kind, principal) {
        (None | Some(PrincipalType::Aws), Principal::Aws(_) | Principal::Anonymous) if entry.value == "*" => {
            Some(Grant::Everyone)
        }
        (Some(PrincipalType::Aws), Principal::Aws(caller)) => aws_grant(&entry.value, caller),
        (Some(PrincipalType::Federated), Principal::Federated(provider)) => direct(entry.value == *provider),
        (Some(PrincipalType::Service), Principal::Service(service)) => direct(entry.value == *service),
        (Some(PrincipalType::CanonicalUser), Principal::CanonicalUser(user)) => direct(entry.value == *user),
        _ => None,
    }
}

fn aws_grant(value: &str, caller: &AwsPrincipal) -> Option<Grant> {
    let account = caller.account();
    if caller.arn == value || caller.unique_id.as_deref() == Some(value) {
        return Some(Grant::Direct);
    }
    if caller.role_arn.as_deref() == Some(value) {
        return Some(Grant::Role);
    }
    let named = if value.ends_with(":root") {
        account_of(value)
    } else {
        Some(value)
    };
    (named.is_some() && named == account).then_some(Grant::Account)
}
