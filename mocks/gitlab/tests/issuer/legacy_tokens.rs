//! `CI_JOB_JWT*`: which version gives them to which job, and what they claim.

use mock_gitlab::{Claims, Environment, JobSpec, Settings, Trigger};
use rstest::rstest;
use serde_json::json;

use crate::sample::{branch, instance, job, now, push_job, settings_of};

fn names(claims: &Claims) -> String {
    claims.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[rstest]
#[case::v15("15.7", false, false, true)]
#[case::v15_with_id_tokens("15.11", true, false, true)]
#[case::v15_limited("15.11", false, true, false)]
#[case::v16("16.0", false, false, true)]
#[case::v16_with_id_tokens("16.11", true, false, false)]
#[case::v16_has_no_limit("16.11", false, true, true)]
#[case::v17("17.0", false, false, false)]
#[case::newest("19.4", false, false, false)]
fn who_has_them(
    #[case] version: &str,
    #[case] declares_id_tokens: bool,
    #[case] limit_jwt_access: bool,
    #[case] exposed: bool,
) {
    let mut settings = settings_of(version);
    settings.projects[0].limit_jwt_access = limit_jwt_access;
    let gitlab = instance(settings);
    let tokens = gitlab.legacy_tokens(&push_job(&gitlab), declares_id_tokens, now());
    let names: Vec<&str> = tokens.iter().map(|(name, _)| *name).collect();
    let expected: &[&str] = if exposed {
        &["CI_JOB_JWT", "CI_JOB_JWT_V1", "CI_JOB_JWT_V2"]
    } else {
        &[]
    };
    assert_eq!(names, expected);
}

/// The first generation: the bare host as issuer, the job as subject, no audience. AWS calls that a missing claim.
#[rstest]
#[case::v15(
    "15.11",
    "project_id project_path namespace_id namespace_path user_id user_login user_email pipeline_id pipeline_source job_id \
     ref ref_type ref_protected environment environment_protected deployment_tier jti iss iat nbf exp sub"
)]
#[case::v16(
    "16.11",
    "project_id project_path namespace_id namespace_path user_id user_login user_email user_access_level pipeline_id \
     pipeline_source job_id ref ref_type ref_path ref_protected groups_direct environment environment_protected \
     deployment_tier environment_action jti iat nbf exp iss sub"
)]
fn the_first_generation(#[case] version: &str, #[case] expected: &str) {
    let gitlab = instance(settings_of(version));
    let spec = JobSpec {
        environment: Some(Environment::new("production")),
        ..JobSpec::new("deploy")
    };
    let tokens = gitlab.legacy_tokens(&job(&gitlab, &Trigger::push(branch("main")), spec), false, now());
    let (first, same) = (&tokens[0].1, &tokens[1].1);
    assert_eq!(first, same);
    assert_eq!(names(&first.claims), expected);
    assert_eq!(
        (&first.claims["iss"], &first.claims["sub"]),
        (&json!("gitlab.com"), &json!("job_302"))
    );
    assert_eq!(first.claims["exp"], 1_760_003_600);
}

#[rstest]
#[case::gitlab_com("https://gitlab.com", "16.11", "https://gitlab.com", "https://gitlab.com")]
#[case::port(
    "https://git.example.com:8443",
    "15.11",
    "https://git.example.com:8443",
    "https://git.example.com:8443"
)]
#[case::path(
    "https://example.com/gitlab",
    "16.11",
    "https://example.com/gitlab",
    "https://example.com"
)]
#[case::path_in_15(
    "https://example.com/gitlab",
    "15.11",
    "https://example.com",
    "https://example.com"
)]
fn the_second_generation(#[case] url: &str, #[case] version: &str, #[case] iss: &str, #[case] aud: &str) {
    let gitlab = instance(Settings {
        url: url.parse().unwrap(),
        ..settings_of(version)
    });
    let job = push_job(&gitlab);
    let second = &gitlab.legacy_tokens(&job, false, now())[2].1;
    assert_eq!(
        (&second.claims["iss"], &second.claims["aud"]),
        (&json!(iss), &json!(aud))
    );
    assert_eq!(
        second.claims["sub"],
        "project_path:my-group/my-project:ref_type:branch:ref:main"
    );
    // It claims what the ID token for the same audience would.
    let id_token = gitlab.id_token(&job, &aud.into(), now()).unwrap();
    let without_jti = |claims: &Claims| {
        let mut claims = claims.clone();
        claims["jti"].take();
        claims
    };
    assert_eq!(without_jti(&second.claims), without_jti(&id_token.claims));
}

/// The bare host, without the port.
#[test]
fn the_first_generation_names_a_host() {
    let gitlab = instance(Settings {
        url: "https://git.example.com:8443/gitlab".parse().unwrap(),
        ..settings_of("15.11")
    });
    assert_eq!(
        gitlab.legacy_tokens(&push_job(&gitlab), false, now())[0].1.claims["iss"],
        "git.example.com"
    );
}
