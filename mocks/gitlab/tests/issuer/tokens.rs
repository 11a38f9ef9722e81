//! ID tokens: issuer, audience, users, times, determinism.

use std::sync::Arc;

use mock_gitlab::{
    Actor, Audience, EventSink, Identity, Instance, JobSpec, Settings, Trigger, User, test_key_set,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::sample::{branch, instance, job, now, project, push_job, settings, settings_of};

const PARENT: &str = "my-group/my-project";

fn audience() -> Audience {
    Audience::from("https://gitlab.com")
}

fn claims(gitlab: &Instance, trigger: &Trigger, spec: JobSpec) -> mock_gitlab::Claims {
    gitlab
        .id_token(&job(gitlab, trigger, spec), &audience(), now())
        .unwrap()
        .claims
}

#[rstest]
#[case::gitlab_com("https://gitlab.com", "19.4", None, "https://gitlab.com")]
#[case::port(
    "https://gitlab.example.com:8443",
    "19.4",
    None,
    "https://gitlab.example.com:8443"
)]
#[case::http("http://gitlab.example.com", "19.4", None, "http://gitlab.example.com")]
#[case::path("https://example.com/gitlab", "16.0", None, "https://example.com/gitlab")]
#[case::path_before_16("https://example.com/gitlab", "15.11", None, "https://example.com")]
#[case::custom(
    "https://gitlab.internal",
    "18.1",
    Some("https://public.example.com"),
    "https://public.example.com"
)]
#[case::custom_to_the_letter(
    "https://gitlab.internal",
    "18.1",
    Some("https://public.example.com/"),
    "https://public.example.com/"
)]
fn issuers(#[case] url: &str, #[case] version: &str, #[case] custom: Option<&str>, #[case] iss: &str) {
    let gitlab = instance(Settings {
        url: url.parse().unwrap(),
        ci_id_tokens_issuer_url: custom.map(str::to_owned),
        ..settings_of(version)
    });
    assert_eq!(gitlab.issuer(), iss);
    assert_eq!(
        claims(&gitlab, &Trigger::push(branch("main")), JobSpec::new("test"))["iss"],
        iss
    );
}

#[rstest]
#[case::usual(
    "https://gitlab.example.com",
    "gitlab.example.com/my-group/my-project//.gitlab-ci.yml@refs/heads/main"
)]
#[case::port(
    "https://gitlab.example.com:8443",
    "gitlab.example.com:8443/my-group/my-project//.gitlab-ci.yml@refs/heads/main"
)]
#[case::path(
    "https://example.com/gitlab",
    "example.com/gitlab/my-group/my-project//.gitlab-ci.yml@refs/heads/main"
)]
fn ci_config_ref_uri(#[case] url: &str, #[case] uri: &str) {
    let gitlab = instance(Settings {
        url: url.parse().unwrap(),
        ..settings()
    });
    assert_eq!(
        claims(&gitlab, &Trigger::push(branch("main")), JobSpec::new("test"))["ci_config_ref_uri"],
        uri
    );
}

#[rstest]
#[case::another_file(
    "ci/main.yml",
    Some("gitlab.com/my-group/my-project//ci/main.yml@refs/heads/main")
)]
#[case::another_project(".gitlab-ci.yml@other/project", None)]
#[case::another_server("https://example.com/ci.yml", None)]
fn ci_config_elsewhere(#[case] ci_config_path: &str, #[case] uri: Option<&str>) {
    let mut settings = settings();
    settings.projects[0].ci_config_path = ci_config_path.to_owned();
    let gitlab = instance(settings);
    let claims = claims(&gitlab, &Trigger::push(branch("main")), JobSpec::new("test"));
    assert_eq!(claims.get("ci_config_ref_uri").and_then(Value::as_str), uri);
    assert_eq!(claims.contains_key("ci_config_sha"), uri.is_some());
}

#[rstest]
#[case::string(Audience::One("sts.amazonaws.com".into()), json!("sts.amazonaws.com"))]
#[case::undefined_variable(Audience::One(String::new()), json!(""))]
#[case::list_of_one(Audience::Many(vec!["a".into()]), json!(["a"]))]
#[case::list(Audience::Many(vec!["a".into(), String::new()]), json!(["a", ""]))]
fn aud_keeps_its_shape(#[case] audience: Audience, #[case] expected: Value) {
    let gitlab = instance(settings());
    let token = gitlab.id_token(&push_job(&gitlab), &audience, now()).unwrap();
    assert_eq!(token.claims["aud"], expected);
}

#[test]
fn nobody_runs_it() {
    let gitlab = instance(settings());
    let trigger = Trigger {
        user: Actor::Nobody,
        ..Trigger::push(branch("main"))
    };
    let claims = claims(&gitlab, &trigger, JobSpec::new("test"));
    assert_eq!(claims["user_id"], "");
    for name in ["user_login", "user_email", "user_access_level"] {
        assert_eq!(claims[name], Value::Null, "{name}");
    }
}

#[test]
fn a_user_without_a_role_has_a_null_level() {
    let gitlab = instance(Settings {
        users: vec![User::default(), User::new(2, "guest")],
        ..settings()
    });
    let trigger = Trigger {
        user: Actor::Login("guest".into()),
        ..Trigger::push(branch("x"))
    };
    let claims = claims(&gitlab, &trigger, JobSpec::new("test"));
    assert_eq!(
        (&claims["user_login"], &claims["user_access_level"]),
        (&json!("guest"), &Value::Null)
    );
}

#[rstest]
#[case::preference_off("19.4", false, None)]
#[case::preference_on("19.4", true, Some(json!([{ "provider": "saml", "extern_uid": "u-1" }])))]
#[case::before_16("15.11", true, None)]
fn identities(#[case] version: &str, #[case] pass_identities: bool, #[case] expected: Option<Value>) {
    let identities = vec![Identity {
        provider: "saml".into(),
        extern_uid: "u-1".into(),
    }];
    let user = User {
        identities,
        pass_identities,
        ..User::default()
    };
    let gitlab = instance(Settings {
        users: vec![user],
        ..settings_of(version)
    });
    let claims = claims(&gitlab, &Trigger::push(branch("main")), JobSpec::new("test"));
    assert_eq!(claims.get("user_identities"), expected.as_ref());
}

#[rstest]
#[case::by_version("17.2", None, 2, true)]
#[case::gone("17.3", None, 2, false)]
#[case::flag_on("19.4", Some(true), 2, true)]
#[case::flag_off("17.2", Some(false), 2, false)]
#[case::no_groups_is_an_empty_list("17.2", None, 0, true)]
#[case::as_many_as_allowed("17.2", None, 200, true)]
#[case::too_many("17.2", None, 201, false)]
fn groups_direct(
    #[case] version: &str,
    #[case] flag: Option<bool>,
    #[case] count: usize,
    #[case] present: bool,
) {
    let groups: Vec<String> = (0..count).map(|number| format!("group-{number}")).collect();
    let users = vec![User {
        groups: groups.clone(),
        ..User::default()
    }];
    let gitlab = instance(Settings {
        users,
        groups_direct: flag,
        ..settings_of(version)
    });
    let claims = claims(&gitlab, &Trigger::push(branch("main")), JobSpec::new("test"));
    assert_eq!(
        claims.get("groups_direct"),
        present.then(|| json!(groups)).as_ref()
    );
}

#[rstest]
#[case::gitlab_com("https://gitlab.com", "gitlab-hosted")]
#[case::self_managed("https://gitlab.example.com", "self-hosted")]
#[case::another_port("https://gitlab.com:8443", "self-hosted")]
fn the_usual_runner(#[case] url: &str, #[case] environment: &str) {
    let gitlab = instance(Settings {
        url: url.parse().unwrap(),
        ..settings()
    });
    let claims = claims(&gitlab, &Trigger::push(branch("main")), JobSpec::new("test"));
    assert_eq!(claims["runner_environment"], environment);
    assert!(claims["runner_id"].is_u64());
}

#[rstest]
#[case::default(None, 3600, 3600)]
#[case::of_the_project(None, 600, 600)]
#[case::of_the_job(Some(60), 3600, 60)]
#[case::absurd(Some(u64::MAX), 3600, i64::MAX - 1_760_000_000)]
fn a_token_lives_as_long_as_its_job(
    #[case] timeout: Option<u64>,
    #[case] of_project: u64,
    #[case] lifetime: i64,
) {
    let mut settings = settings();
    settings.projects[0].timeout_seconds = of_project;
    let gitlab = instance(settings);
    let spec = JobSpec {
        timeout_seconds: timeout,
        ..JobSpec::new("test")
    };
    let claims = claims(&gitlab, &Trigger::push(branch("main")), spec);
    let [iat, nbf, exp] = ["iat", "nbf", "exp"].map(|name| claims[name].as_i64().unwrap());
    assert_eq!((iat, iat - nbf, exp - iat), (1_760_000_000, 5, lifetime));
}

/// Tokens of one job differ in `jti` alone; a fraction of a second is cut.
#[test]
fn every_token_has_its_own_jti() {
    let gitlab = instance(settings());
    let job = push_job(&gitlab);
    let later = now() + jiff::SignedDuration::from_millis(999);
    let [mut first, mut second] =
        [now(), later].map(|now| gitlab.id_token(&job, &audience(), now).unwrap().claims);
    let ids = [first["jti"].take(), second["jti"].take()];
    assert_ne!(ids[0], ids[1]);
    assert_eq!(first, second);
    let form =
        regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").unwrap();
    assert!(
        ids.iter().all(|id| form.is_match(id.as_str().unwrap())),
        "{ids:?}"
    );
}

#[test]
fn a_seed_repeats_tokens_and_another_does_not() {
    let jwt = |seed| {
        let gitlab = Instance::new(settings(), test_key_set(), seed, EventSink::none()).unwrap();
        gitlab
            .id_token(&push_job(&gitlab), &audience(), now())
            .unwrap()
            .jwt
    };
    assert_eq!(jwt(7), jwt(7));
    assert_ne!(jwt(7), jwt(8));
}

#[test]
fn ids_count_up_unless_they_are_given() {
    let gitlab = instance(settings());
    let ids = |trigger: &Trigger, id| {
        let job = job(
            &gitlab,
            trigger,
            JobSpec {
                id,
                ..JobSpec::new("test")
            },
        );
        (job.pipeline.id, job.pipeline.iid, job.id)
    };
    let push = Trigger::push(branch("main"));
    assert_eq!(ids(&push, None), (574, 12, 302));
    assert_eq!(ids(&push, None), (575, 13, 303));
    assert_eq!(
        ids(
            &Trigger {
                pipeline_id: Some(9),
                ..push
            },
            Some(8)
        ),
        (9, 14, 8)
    );
}

/// Two jobs of one pipeline share it.
#[test]
fn jobs_share_their_pipeline() {
    let gitlab = instance(settings());
    let pipeline = gitlab
        .pipeline(PARENT, &Trigger::push(branch("main")), now())
        .unwrap();
    let [one, two] = ["one", "two"].map(|name| gitlab.job(&pipeline, JobSpec::new(name), now()));
    assert!(Arc::ptr_eq(&one.pipeline, &two.pipeline));
    assert_ne!((one.id, &one.token), (two.id, &two.token));
}

#[test]
fn nothing_that_is_printed_holds_a_token() {
    let gitlab = instance(Settings {
        projects: vec![project()],
        ..settings()
    });
    let token = gitlab.id_token(&push_job(&gitlab), &audience(), now()).unwrap();
    let signature = token.jwt.rsplit('.').next().unwrap();
    assert!(!format!("{token:?} {gitlab:?}").contains(signature));
}
