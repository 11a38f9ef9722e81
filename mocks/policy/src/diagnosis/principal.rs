//! Why a principal element did or did not name the caller.

use super::{Situation, replace};
use crate::document::{PrincipalElement, PrincipalEntry, PrincipalType};
use crate::edit::{Edit, json_string};
use crate::matching::grant;
use crate::provider_keys::issuer_of;
use crate::reason::Reason;
use crate::request::{Principal, account_of};

impl Situation<'_> {
    /// The reason for a principal element's outcome.
    pub(crate) fn principal(&self, element: &PrincipalElement, matched: bool) -> Reason {
        let caller = self.request.request.principal;
        let request = caller.to_string();
        match (element.negated, matched) {
            (true, true) => Reason::PrincipalNotExcepted { request },
            (true, false) => Reason::PrincipalExcepted { request },
            (false, true) => {
                let named = element
                    .entries
                    .iter()
                    .find(|entry| grant(entry, caller).is_some());
                Reason::PrincipalNamed {
                    value: named.map_or(request, |entry| entry.value.clone()),
                }
            }
            (false, false) => element
                .entries
                .iter()
                .filter_map(|entry| near_miss(element, entry, caller))
                .min_by_key(|(rank, _)| *rank)
                .map_or_else(|| other(element, request), |(_, reason)| reason),
        }
    }
}

fn other(element: &PrincipalElement, request: String) -> Reason {
    let named = element.entries.iter().map(|entry| entry.value.clone()).collect();
    Reason::OtherPrincipal {
        named,
        request,
        edit: None,
    }
}

/// What is amiss with one entry, and how near it is to naming the caller (0 is nearest).
fn near_miss(element: &PrincipalElement, entry: &PrincipalEntry, caller: &Principal) -> Option<(u8, Reason)> {
    let request = caller.to_string();
    let value = entry.value.clone();
    let wanted = kind_of(caller)?;
    let edit = replace(&entry.span, &value, &request);
    let trimmed = |text: &str| text.trim_end_matches('/').to_owned();
    if value == request {
        let written = entry.kind.map_or("", PrincipalType::name).to_owned();
        let edit = move_to(element, wanted, &request);
        return Some((
            0,
            Reason::OtherPrincipalType {
                written,
                wanted: wanted.name().to_owned(),
                edit,
            },
        ));
    }
    if value == "*" {
        let Principal::Federated(provider) = caller else {
            return None;
        };
        let edit = move_to(element, wanted, provider);
        return Some((
            3,
            Reason::EveryoneIsNoWebIdentity {
                provider: provider.clone(),
                edit,
            },
        ));
    }
    if entry.kind != Some(wanted) {
        return None;
    }
    if trimmed(&value) == trimmed(&request) {
        return Some((0, Reason::PrincipalTrailingSlash { value, request, edit }));
    }
    if value.eq_ignore_ascii_case(&request) {
        return Some((0, Reason::PrincipalCaseDiffers { value, request, edit }));
    }
    if value.contains(['*', '?']) {
        return Some((2, Reason::PrincipalWildcard { value, request, edit }));
    }
    match caller {
        Principal::Federated(provider) => federated_miss(entry, provider, edit),
        Principal::Aws(principal) => {
            let named = account_of(&value).unwrap_or(&value);
            let account = principal.account()?;
            let is_account = named.len() == 12 && named.bytes().all(|byte| byte.is_ascii_digit());
            (is_account && named != account).then(|| {
                let reason = Reason::OtherAccount {
                    named: named.to_owned(),
                    account: account.to_owned(),
                    edit: None,
                };
                (4, reason)
            })
        }
        _ => None,
    }
}

fn federated_miss(entry: &PrincipalEntry, provider: &str, edit: Option<Edit>) -> Option<(u8, Reason)> {
    let issuer = issuer_of(provider)?;
    let value = entry.value.as_str();
    let bare = value
        .strip_prefix("https://")
        .or_else(|| value.strip_prefix("http://"))
        .unwrap_or(value);
    if !value.starts_with("arn:") && bare.trim_end_matches('/') == issuer.trim_end_matches('/') {
        let (value, provider) = (value.to_owned(), provider.to_owned());
        return Some((
            1,
            Reason::ProviderWithoutArn {
                value,
                provider,
                edit,
            },
        ));
    }
    let trusted = issuer_of(value)?;
    if trusted == issuer {
        let (named, account) = (account_of(value)?.to_owned(), account_of(provider)?.to_owned());
        return Some((1, Reason::OtherAccount { named, account, edit }));
    }
    Some((
        4,
        Reason::OtherProvider {
            trusted: trusted.to_owned(),
            issuer: issuer.to_owned(),
            edit,
        },
    ))
}

fn kind_of(caller: &Principal) -> Option<PrincipalType> {
    match caller {
        Principal::Federated(_) => Some(PrincipalType::Federated),
        Principal::Aws(_) => Some(PrincipalType::Aws),
        Principal::Service(_) => Some(PrincipalType::Service),
        Principal::CanonicalUser(_) => Some(PrincipalType::CanonicalUser),
        Principal::Anonymous => None,
    }
}

/// Puts the caller under its own type, where the element names nobody else.
fn move_to(element: &PrincipalElement, kind: PrincipalType, caller: &str) -> Option<Edit> {
    (element.entries.len() == 1).then(|| {
        let replacement = format!("{{{}: {}}}", json_string(kind.name()), json_string(caller));
        let words = format!("name `{caller}` under `{}`", kind.name());
        Edit {
            span: element.span.clone(),
            replacement,
            words,
        }
    })
}
