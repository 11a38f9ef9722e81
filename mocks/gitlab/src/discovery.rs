//! The discovery document of an instance.

use serde::Serialize;

use crate::base_url::BaseUrl;

/// OpenID Provider Metadata as gitlab.com serves it, in its order.
///
/// Sources: the doorkeeper-openid_connect gem's `DiscoveryController`, and gitlab.com's document of 2025-26. Its
/// `claims_supported` speaks of the tokens of people who sign in: no claim of a CI token is listed.
//
// DIVERGENCE: all versions have the scopes and claims of the newest; the real lists grew over time. No verifier of CI
// tokens reads them.
#[derive(Serialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    scopes_supported: &'static [&'static str],
    response_types_supported: &'static [&'static str],
    response_modes_supported: &'static [&'static str],
    grant_types_supported: &'static [&'static str],
    token_endpoint_auth_methods_supported: &'static [&'static str],
    subject_types_supported: &'static [&'static str],
    id_token_signing_alg_values_supported: &'static [&'static str],
    claim_types_supported: &'static [&'static str],
    claims_supported: &'static [&'static str],
    code_challenge_methods_supported: &'static [&'static str],
}

/// The path of the discovery document below the instance's URL.
pub(crate) const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";
/// The path of the key set below the instance's URL.
pub(crate) const JWKS_PATH: &str = "/oauth/discovery/keys";

/// The document of the instance at `url`.
///
/// `issuer` is always the instance's URL, also when CI tokens name another issuer.
pub(crate) fn document(url: &BaseUrl) -> Vec<u8> {
    render(url, url.to_string(), format!("{url}{JWKS_PATH}"))
}

/// The copy of the document that the owner of a custom issuer publishes there: `issuer` and `jwks_uri` are changed.
///
/// Source: GitLab docs, "Configure a non-public GitLab instance".
pub(crate) fn published_copy(url: &BaseUrl, issuer: &str, at: &BaseUrl) -> Vec<u8> {
    render(url, issuer.to_owned(), format!("{at}{JWKS_PATH}"))
}

fn render(url: &BaseUrl, issuer: String, jwks_uri: String) -> Vec<u8> {
    let at = |path: &str| format!("{url}{path}");
    let document = Discovery {
        issuer,
        authorization_endpoint: at("/oauth/authorize"),
        token_endpoint: at("/oauth/token"),
        revocation_endpoint: at("/oauth/revoke"),
        introspection_endpoint: at("/oauth/introspect"),
        userinfo_endpoint: at("/oauth/userinfo"),
        jwks_uri,
        scopes_supported: &[
            "api",
            "read_api",
            "read_user",
            "create_runner",
            "manage_runner",
            "k8s_proxy",
            "self_rotate",
            "mcp",
            "read_repository",
            "write_repository",
            "read_registry",
            "write_registry",
            "read_virtual_registry",
            "write_virtual_registry",
            "read_observability",
            "write_observability",
            "ai_features",
            "sudo",
            "admin_mode",
            "read_service_ping",
            "openid",
            "profile",
            "email",
            "ai_workflows",
            "user:*",
        ],
        response_types_supported: &["code"],
        response_modes_supported: &["query", "fragment", "form_post"],
        grant_types_supported: &[
            "authorization_code",
            "password",
            "client_credentials",
            "device_code",
            "refresh_token",
        ],
        token_endpoint_auth_methods_supported: &["client_secret_basic", "client_secret_post"],
        subject_types_supported: &["public"],
        id_token_signing_alg_values_supported: &["RS256"],
        claim_types_supported: &["normal"],
        claims_supported: &[
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "sub_legacy",
            "name",
            "nickname",
            "preferred_username",
            "email",
            "email_verified",
            "website",
            "profile",
            "picture",
            "groups",
            "groups_direct",
            "https://gitlab.org/claims/groups/owner",
            "https://gitlab.org/claims/groups/maintainer",
            "https://gitlab.org/claims/groups/developer",
        ],
        code_challenge_methods_supported: &["plain", "S256"],
    };
    serde_json::to_vec(&document).expect("a struct of strings has a JSON form")
}
