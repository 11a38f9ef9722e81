//! An OpenID Connect provider of an account: the record that makes IAM accept an issuer's tokens.

use jiff::Timestamp;

use super::tag::Tag;

/// An OIDC provider.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OidcProvider {
    /// The issuer's URL without `https://`, as IAM prints it: `gitlab.com`, `gitlab.example.com/gitlab`.
    pub url: String,
    /// The audiences it accepts.
    pub client_ids: Vec<String>,
    /// SHA-1 of the certificate at the top of the issuer's chain, in lower-case hex. Consulted only when the
    /// chain does not lead to a certificate authority that AWS trusts.
    pub thumbprints: Vec<String>,
    /// Tags, in the order they were set.
    pub tags: Vec<Tag>,
    /// When it was made, to the millisecond. `None`: when the world began.
    pub created: Option<Timestamp>,
}

/// A URL that IAM does not take for a provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProviderUrl {
    /// IAM answers `Invalid Open ID Connect Provider URL`.
    #[error("the URL of an OIDC provider begins with https://, and `{0}` does not")]
    NotHttps(String),
    /// IAM answers `Unknown`.
    #[error("the URL of an OIDC provider has neither a query nor a fragment, and `{0}` has")]
    QueryOrFragment(String),
    /// Longer than IAM's limit, or nothing at all after the scheme.
    #[error("the URL of an OIDC provider has a host and 1 to 255 characters, and `{0}` has not")]
    Length(String),
}

impl OidcProvider {
    /// A provider for an issuer's URL, with the audiences it accepts.
    ///
    /// # Errors
    ///
    /// When IAM would refuse the URL: another scheme than `https`, a query or a fragment, no host or too long.
    /// A port of 443 is dropped, a trailing slash is kept, and so is the case of the host (recorded AWS
    /// behaviour).
    pub fn new(
        url: &str,
        client_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, InvalidProviderUrl> {
        let Some(rest) = url.strip_prefix("https://") else {
            return Err(InvalidProviderUrl::NotHttps(url.into()));
        };
        if rest.contains(['?', '#']) {
            return Err(InvalidProviderUrl::QueryOrFragment(url.into()));
        }
        if url.len() > 255 || rest.is_empty() || rest.starts_with(['/', ':']) {
            return Err(InvalidProviderUrl::Length(url.into()));
        }
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.strip_suffix(":443").unwrap_or(host);
        let mut unique: Vec<String> = Vec::new();
        for id in client_ids {
            let id = id.into();
            if !unique.contains(&id) {
                unique.push(id);
            }
        }
        Ok(OidcProvider {
            url: format!("{host}{path}"),
            client_ids: unique,
            thumbprints: Vec::new(),
            tags: Vec::new(),
            created: None,
        })
    }

    /// The same provider with thumbprints, lower-cased as IAM does.
    #[must_use]
    pub fn with_thumbprints(mut self, thumbprints: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.thumbprints = thumbprints
            .into_iter()
            .map(|print| print.as_ref().to_ascii_lowercase())
            .collect();
        self
    }

    /// The ARN: `arn:aws:iam::111122223333:oidc-provider/gitlab.com`.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:oidc-provider/{}", self.url)
    }

    /// The issuer's URL with its scheme.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("https://{}", self.url)
    }

    /// Whether this is the provider for the `iss` of a token. The comparison is literal: a slash at the end, or
    /// another case, is another issuer.
    #[must_use]
    pub fn is_for(&self, issuer: &str) -> bool {
        issuer
            .strip_prefix("https://")
            .is_some_and(|rest| rest == self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("https://gitlab.com", "gitlab.com")]
    #[case::default_port("https://gitlab.com:443", "gitlab.com")]
    #[case::default_port_and_path("https://gitlab.example.com:443/gitlab", "gitlab.example.com/gitlab")]
    #[case::other_port("https://gitlab.example.com:8443", "gitlab.example.com:8443")]
    #[case::slash_is_kept("https://gitlab.com/", "gitlab.com/")]
    #[case::case_is_kept("https://GitLab.com", "GitLab.com")]
    fn urls(#[case] given: &str, #[case] kept: &str) {
        assert_eq!(OidcProvider::new(given, ["a"]).unwrap().url, kept);
    }

    #[rstest]
    #[case::http("http://gitlab.com")]
    #[case::no_scheme("gitlab.com")]
    #[case::query("https://gitlab.com?x=1")]
    #[case::fragment("https://gitlab.com#x")]
    #[case::no_host("https://")]
    #[case::only_a_port("https://:443")]
    fn bad_urls(#[case] given: &str) {
        OidcProvider::new(given, ["a"]).unwrap_err();
    }

    #[test]
    fn issuers_are_compared_literally() {
        let provider = OidcProvider::new("https://gitlab.com", ["a", "b", "a"]).unwrap();
        assert_eq!(provider.client_ids, ["a", "b"]);
        assert!(provider.is_for("https://gitlab.com"));
        for other in [
            "https://gitlab.com/",
            "http://gitlab.com",
            "gitlab.com",
            "https://GITLAB.com",
        ] {
            assert!(!provider.is_for(other), "{other}");
        }
    }
}
