//! Which claims of an OIDC token AWS turns into condition keys, by provider.
//!
//! Sources: IAM user guide, "Available keys for AWS web identity federation" and "Shared OIDC providers"; Service
//! Authorization Reference, condition keys of AWS STS (2026); GitLab docs, "Configure OpenID Connect in AWS".
//! Only `gitlab.com` itself has keys of its own: self-managed GitLab and GitLab Dedicated have the common ones.

/// The claims every OIDC provider has a key for. `aud` holds `azp` where the token has one, and then `oaud` the original
/// audience; `amr` is multi-valued.
pub const COMMON: &[&str] = &["aud", "oaud", "sub", "amr", "email"];

const GITLAB: &[&str] = &[
    "aud",
    "oaud",
    "sub",
    "amr",
    "email",
    "namespace_id",
    "project_id",
    "user_id",
    "user_login",
    "user_email",
    "user_access_level",
    "ref_protected",
    "pipeline_source",
    "runner_environment",
];

const GITHUB: &[&str] = &[
    "aud",
    "oaud",
    "sub",
    "amr",
    "email",
    "actor",
    "actor_id",
    "job_workflow_ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
    "ref",
    "environment",
    "enterprise_id",
];

const GOOGLE: &[&str] = &["aud", "oaud", "sub", "amr", "email", "google/organization_number"];

const CIRCLECI: &[&str] = &[
    "aud",
    "oaud",
    "sub",
    "amr",
    "email",
    "oidc.circleci.com/project-id",
];

const ORACLE: &[&str] = &["aud", "oaud", "sub", "amr", "email", "rpst_id"];

const BUILDKITE: &[&str] = &[
    "aud",
    "oaud",
    "sub",
    "amr",
    "email",
    "organization_slug",
    "organization_id",
    "pipeline_slug",
    "pipeline_id",
    "cluster_name",
    "cluster_id",
    "build_branch",
];

/// The claims for which AWS offers a condition key `<issuer>:<claim>`, given the issuer without `https://`.
pub fn claim_keys(issuer: &str) -> &'static [&'static str] {
    let host = issuer.split('/').next().unwrap_or(issuer);
    match issuer {
        "gitlab.com" => GITLAB,
        "accounts.google.com" => GOOGLE,
        "agent.buildkite.com" => BUILDKITE,
        _ if host == "token.actions.githubusercontent.com" => GITHUB,
        _ if host.starts_with("token.actions.") && host.ends_with(".ghe.com") => GITHUB,
        _ if issuer.starts_with("oidc.circleci.com/org/") => CIRCLECI,
        // The issuer's form is not documented in the reference, only that the provider is Oracle's cloud.
        _ if host.starts_with("identity.") && host.ends_with(".oraclecloud.com") => ORACLE,
        _ => COMMON,
    }
}

/// Whether AWS offers a condition key for a claim of an issuer. Case-insensitive, as condition keys are.
pub fn is_offered(issuer: &str, claim: &str) -> bool {
    claim_keys(issuer)
        .iter()
        .any(|known| known.eq_ignore_ascii_case(claim))
}

/// Whether the key takes several values.
pub fn is_multivalued(claim: &str) -> bool {
    claim.eq_ignore_ascii_case("amr") || claim.eq_ignore_ascii_case("oaud")
}

/// The condition key of a claim: `gitlab.com:sub`. The issuer's path and a trailing slash are part of the key.
pub fn condition_key(issuer: &str, claim: &str) -> String {
    format!("{issuer}:{claim}")
}

/// The issuer, as AWS writes it, behind a `Federated` principal: what follows `oidc-provider/` in its ARN, or the domain of a
/// built-in provider. `None` for other ARNs (SAML).
pub fn issuer_of(provider: &str) -> Option<&str> {
    if !provider.starts_with("arn:") {
        return Some(provider);
    }
    let resource = provider.splitn(6, ':').nth(5)?;
    resource.strip_prefix("oidc-provider/")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::gitlab("gitlab.com", "project_id", true)]
    #[case::gitlab_case("gitlab.com", "PROJECT_ID", true)]
    #[case::gitlab_path("gitlab.com", "project_path", false)]
    #[case::gitlab_iss("gitlab.com", "iss", false)]
    #[case::self_managed("gitlab.example.com", "project_id", false)]
    #[case::self_managed_sub("gitlab.example.com", "sub", true)]
    #[case::github("token.actions.githubusercontent.com", "ref", true)]
    #[case::github_enterprise("token.actions.githubusercontent.com/octo", "repository", true)]
    #[case::github_residency("token.actions.octo.ghe.com", "repository", true)]
    #[case::google("accounts.google.com", "google/organization_number", true)]
    #[case::circleci("oidc.circleci.com/org/1", "oidc.circleci.com/project-id", true)]
    #[case::oracle("identity.eu-frankfurt-1.oraclecloud.com", "rpst_id", true)]
    #[case::buildkite("agent.buildkite.com", "build_branch", true)]
    fn offers(#[case] issuer: &str, #[case] claim: &str, #[case] offered: bool) {
        assert_eq!(is_offered(issuer, claim), offered);
    }

    #[test]
    fn every_provider_has_the_common_ones() {
        for issuer in [
            "gitlab.com",
            "accounts.google.com",
            "agent.buildkite.com",
            "oidc.circleci.com/org/1",
            "x.example",
        ] {
            assert!(COMMON.iter().all(|claim| is_offered(issuer, claim)));
        }
    }

    #[test]
    fn finds_the_issuer_in_an_arn() {
        assert_eq!(
            issuer_of("arn:aws:iam::111122223333:oidc-provider/host/path"),
            Some("host/path")
        );
        assert_eq!(issuer_of("arn:aws:iam::111122223333:saml-provider/x"), None);
        assert_eq!(issuer_of("accounts.google.com"), Some("accounts.google.com"));
        assert_eq!(condition_key("host/path", "sub"), "host/path:sub");
    }
}
