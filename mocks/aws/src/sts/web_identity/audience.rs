//! Whether the token is meant for the provider.

use super::claims::Claims;
use crate::accounts::{Account, OidcProvider};
use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

/// The audience has to be one of the provider's client ids, to the letter.
pub(super) fn check(provider: &OidcProvider, account: &Account, claims: &Claims) -> Result<(), Failure> {
    let (audience, claim) = claims.audience();
    if provider.client_ids.iter().any(|id| id == audience) {
        return Ok(());
    }
    Err(error::not_validated().because(Cause::AudienceNotRegistered {
        hint: provider
            .client_ids
            .iter()
            .find_map(|id| small_difference(audience, id)),
        audience: audience.to_owned(),
        claim: claim.to_owned(),
        provider: provider.arn(&account.id),
        client_ids: provider.client_ids.clone(),
    }))
}

/// What an audience differs in from a client id, when it is so little that it is easily overlooked.
fn small_difference(audience: &str, id: &str) -> Option<String> {
    let bare = |text: &str| {
        let text = text.trim().to_lowercase();
        let text = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .unwrap_or(&text);
        text.trim_end_matches('/').to_owned()
    };
    if bare(audience) != bare(id) || bare(id).is_empty() {
        return None;
    }
    let scheme = |text: &str| text.split_once("://").map(|(scheme, _)| scheme.to_lowercase());
    let what = if audience.trim() != audience {
        "in white space"
    } else if scheme(audience) != scheme(id) {
        "in the scheme"
    } else if audience.ends_with('/') != id.ends_with('/') {
        "in the slash at the end"
    } else {
        "in upper and lower case"
    };
    Some(format!("`{id}` differs only {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::slash("https://gitlab.com/", "https://gitlab.com", Some("in the slash at the end"))]
    #[case::no_slash("https://gitlab.com", "https://gitlab.com/", Some("in the slash at the end"))]
    #[case::no_scheme("gitlab.com", "https://gitlab.com", Some("in the scheme"))]
    #[case::other_scheme("http://gitlab.com", "https://gitlab.com", Some("in the scheme"))]
    #[case::case("https://GitLab.com", "https://gitlab.com", Some("in upper and lower case"))]
    #[case::blank("https://gitlab.com ", "https://gitlab.com", Some("in white space"))]
    #[case::another("sts.amazonaws.com", "https://gitlab.com", None)]
    #[case::empty("", "https://", None)]
    fn names_what_is_overlooked(#[case] audience: &str, #[case] id: &str, #[case] expected: Option<&str>) {
        let expected = expected.map(|what| format!("`{id}` differs only {what}"));
        assert_eq!(small_difference(audience, id), expected);
    }
}
