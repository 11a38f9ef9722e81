//! Every kind of trigger on the versions at which tokens changed.
//!
//! Each snapshot is one trigger: the payload of the oldest version, then what each later version changed. The rows of
//! GitLab's history, with their sources:
//!
//! | version | change | source |
//! |---|---|---|
//! | 15.7 | ID tokens | GitLab docs, "`id_tokens`" |
//! | 16.0 | `ref_path`, `runner_*`, `sha`; `iss` after `exp` | GitLab docs, "ID token payload"; captured tokens |
//! | 16.2 | `ci_config_*` | as above |
//! | 16.3 | `project_visibility` | as above |
//! | 16.5 | `environment_action` | as above |
//! | 16.9 | `user_access_level` | as above |
//! | 16.11 to 17.2 | `groups_direct` | as above |
//! | 17.0 | `CI_JOB_JWT*` end | GitLab docs, "Deprecations and removals by version", 17.0 |
//! | 17.10 | what `sub` is made of can be chosen | GitLab docs, "Projects API"; merge request 159485 |
//! | 18.1 | an issuer of its own | GitLab docs, "Configure OpenID Connect in AWS" |
//! | 18.4 | `job_project_*`, `job_namespace_*`; forks speak for themselves | GitLab docs; `jwt.rb` |
//! | 18.7 | protection and tier in `sub` | GitLab docs, "Configure OpenID Connect" |
//! | 18.9 | `job_source` | GitLab docs, "ID token payload" |
//! | 19.1 | burned paths; an id may lead `sub` | `Authn::BurnedProjectRoute`, `RegisterJobService`; their specs |
//!
//! And those of its triggers:
//!
//! | trigger | what is its own | source |
//! |---|---|---|
//! | push, web, schedule, api, trigger token, pipelines | `pipeline_source` and `job_source` | GitLab docs, "`CI_PIPELINE_SOURCE`" |
//! | tag | `ref_type`, `ref_path`; tags are protected apart | `Gitlab::Ci::JwtV2`; GitLab docs, "Protected tags" |
//! | merge request | the source branch, as a branch, unprotected | `Ci::Pipeline#source_ref_path`; GitLab docs, example token C |
//! | of a fork, run in the parent | whose project it is (18.4) | `Gitlab::Ci::Jwt#source_project` |
//! | of a fork, run in the fork | the fork everywhere | GitLab docs, "Use with forked projects" |
//! | environment | four claims, the tier guessed from the name | `Gitlab::Ci::Jwt#environment_claims`; `Environment#guess_tier` |
//! | runner | a number, and whose runner it is | GitLab docs, "ID token payload" |
//! | nobody | an empty `user_id`, the rest `null` | `JSONWebToken::UserProjectTokenClaims` |

use std::fmt::Write as _;
use std::sync::Arc;

use mock_gitlab::{
    Actor, Audience, Claims, Environment, EnvironmentAction, EventSink, GitRef, Identity, Instance, JobSpec,
    MergeRequest, PipelineSource, Runner, Settings, SubComponent, Trigger, User, test_key_set,
};
use rstest::{Context, rstest};

use crate::sample::{branch, now, settings, tag};

const VERSIONS: [&str; 18] = [
    "15.7", "15.9", "15.11", "16.0", "16.2", "16.3", "16.5", "16.9", "16.11", "17.0", "17.3", "17.10",
    "18.1", "18.4", "18.7", "18.9", "19.1", "19.4",
];

fn from(source: PipelineSource, git_ref: GitRef) -> Trigger {
    Trigger::new(source, git_ref)
}

fn plain() -> JobSpec {
    JobSpec::new("assume role")
}

fn deploying(environment: Environment) -> JobSpec {
    JobSpec {
        environment: Some(environment),
        ..plain()
    }
}

const PARENT: &str = "my-group/my-project";
const FORK: &str = "fork-user/my-project";

#[rstest]
#[case::push(PARENT, from(PipelineSource::Push, branch("main")), plain())]
#[case::push_unprotected(PARENT, from(PipelineSource::Push, branch("feature/x")), plain())]
#[case::tag(PARENT, from(PipelineSource::Push, tag("v1.2.0")), plain())]
#[case::web(PARENT, from(PipelineSource::Web, branch("main")), plain())]
#[case::schedule(PARENT, from(PipelineSource::Schedule, branch("main")), plain())]
#[case::api(PARENT, from(PipelineSource::Api, branch("main")), plain())]
#[case::trigger_token(PARENT, from(PipelineSource::Trigger, branch("main")), plain())]
#[case::child(PARENT, from(PipelineSource::ParentPipeline, branch("main")), plain())]
#[case::multi_project(PARENT, from(PipelineSource::Pipeline, branch("main")), plain())]
#[case::merge_request(PARENT, Trigger::merge_request("feature/x", MergeRequest::new()), plain())]
#[case::fork_in_parent(
    PARENT,
    Trigger::merge_request("feature/x", MergeRequest::from_fork(FORK)),
    plain()
)]
#[case::fork_in_fork(
    FORK,
    Trigger::merge_request("feature/x", MergeRequest::into_parent(PARENT)),
    plain()
)]
#[case::deployment(
    PARENT,
    from(PipelineSource::Push, branch("main")),
    deploying(Environment::new("production"))
)]
#[case::review_stop(
    PARENT,
    from(PipelineSource::Push, branch("feature/x")),
    deploying(Environment { action: EnvironmentAction::Stop, ..Environment::new("review/feature-x") })
)]
fn payloads(
    #[context] context: Context,
    #[case] project: &str,
    #[case] trigger: Trigger,
    #[case] spec: JobSpec,
) {
    snapshot(
        &context,
        &table(
            &settings(),
            project,
            &trigger,
            &spec,
            &"https://gitlab.com".into(),
        ),
    );
}

fn with_components(components: &[SubComponent]) -> Settings {
    let mut settings = settings();
    settings.projects[0].sub_claim_components = components.to_vec();
    settings
}

fn with_user(user: User) -> Settings {
    Settings {
        users: vec![user],
        ..settings()
    }
}

fn self_managed(url: &str, issuer: Option<&str>) -> Settings {
    Settings {
        url: url.parse().unwrap(),
        ci_id_tokens_issuer_url: issuer.map(str::to_owned),
        ..settings()
    }
}

fn reclaimed() -> Settings {
    let mut settings = settings();
    settings.projects[0].path_reclaimed = true;
    settings
}

/// The same pipeline, a push to `main` that deploys to production, on instances that are set up otherwise.
#[rstest]
#[case::self_hosted_runner(
    settings(),
    Trigger { runner: Some(Runner::self_hosted()), ..Trigger::push(branch("main")) },
    "https://gitlab.com".into()
)]
#[case::nobody(
    settings(),
    Trigger { user: Actor::Nobody, ..Trigger::push(branch("main")) },
    "https://gitlab.com".into()
)]
#[case::audiences(
    settings(),
    Trigger::push(branch("main")),
    Audience::Many(vec!["https://gitlab.com".to_owned(), "sts.amazonaws.com".to_owned()])
)]
#[case::list_of_one_audience(
    settings(),
    Trigger::push(branch("main")),
    Audience::Many(vec!["https://gitlab.com".to_owned()])
)]
#[case::identities(
    with_user(User {
        identities: vec![Identity { provider: "saml".to_owned(), extern_uid: "u-1".to_owned() }],
        pass_identities: true,
        groups: vec!["my-group".to_owned(), "my-group/sub".to_owned()],
        ..User::default()
    }),
    Trigger::push(branch("main")),
    "https://gitlab.com".into()
)]
#[case::port_and_path(
    self_managed("https://git.example.com:8443/gitlab", None),
    Trigger::push(branch("main")),
    "https://git.example.com".into()
)]
#[case::plain_http(
    self_managed("http://git.example.com", None),
    Trigger::push(branch("main")),
    "https://git.example.com".into()
)]
#[case::custom_issuer(
    self_managed("https://git.example.com:8443", Some("https://oidc.example.com/")),
    Trigger::push(branch("main")),
    "https://git.example.com".into()
)]
#[case::subject_of_the_path_alone(
    with_components(&[SubComponent::ProjectPath]),
    Trigger::push(branch("main")),
    "https://gitlab.com".into()
)]
#[case::subject_with_protection(
    with_components(&[
        SubComponent::ProjectPath,
        SubComponent::RefProtected,
        SubComponent::EnvironmentProtected,
        SubComponent::DeploymentTier,
    ]),
    Trigger::push(branch("main")),
    "https://gitlab.com".into()
)]
#[case::subject_by_id(
    with_components(&[SubComponent::ProjectId, SubComponent::RefType, SubComponent::Ref]),
    Trigger::push(branch("main")),
    "https://gitlab.com".into()
)]
#[case::burned_path(reclaimed(), Trigger::push(branch("main")), "https://gitlab.com".into())]
fn payloads_by_settings(
    #[context] context: Context,
    #[case] settings: Settings,
    #[case] trigger: Trigger,
    #[case] audience: Audience,
) {
    let spec = deploying(Environment::new("production"));
    snapshot(&context, &table(&settings, PARENT, &trigger, &spec, &audience));
}

fn snapshot(context: &Context, table: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(context.description.unwrap(), table);
    });
}

/// What each version makes of a trigger: a token, or a refusal; and which of the tokens before ID tokens there are.
fn table(
    settings: &Settings,
    project: &str,
    trigger: &Trigger,
    spec: &JobSpec,
    audience: &Audience,
) -> String {
    let mut table = String::new();
    let (mut before, mut legacy_before) = (Claims::new(), String::new());
    for version in VERSIONS {
        writeln!(table, "# {version}").unwrap();
        let settings = Settings {
            version: version.parse().unwrap(),
            ..settings.clone()
        };
        let made = Instance::new(settings, test_key_set(), 1, EventSink::none());
        let gitlab = match made {
            Ok(gitlab) => Arc::new(gitlab),
            Err(error) => {
                writeln!(table, "! {error}").unwrap();
                continue;
            }
        };
        let pipeline = gitlab.pipeline(project, trigger, now()).unwrap();
        let job = gitlab.job(&pipeline, spec.clone(), now());
        let legacy = gitlab.legacy_tokens(&job, false, now());
        let legacy: Vec<_> = legacy.iter().map(|(name, _)| *name).collect();
        let legacy = legacy.join(" ");
        if legacy != legacy_before {
            let gone = if legacy.is_empty() {
                "none any more"
            } else {
                &legacy
            };
            writeln!(table, "legacy: {gone}").unwrap();
            legacy_before = legacy;
        }
        match gitlab.id_token(&job, audience, now()) {
            Ok(mut token) => {
                token.claims["jti"] = "…".into();
                describe_changes(&mut table, &before, &token.claims);
                before = token.claims;
            }
            Err(refusal) => writeln!(table, "! {refusal}").unwrap(),
        }
    }
    table
}

fn describe_changes(table: &mut String, before: &Claims, after: &Claims) {
    let mut previous: Option<&str> = None;
    for (name, value) in after {
        match before.get(name) {
            Some(old) if old == value => {}
            Some(old) => writeln!(table, "~ {name}: {value} (was {old})").unwrap(),
            None if before.is_empty() => writeln!(table, "{name}: {value}").unwrap(),
            None => writeln!(
                table,
                "+ {name}: {value} (after {})",
                previous.unwrap_or("nothing")
            )
            .unwrap(),
        }
        previous = Some(name);
    }
    for (name, _) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        writeln!(table, "- {name}").unwrap();
    }
    let order = |claims: &Claims, others: &Claims| -> Vec<String> {
        claims
            .keys()
            .filter(|name| others.contains_key(*name))
            .cloned()
            .collect()
    };
    if order(before, after) != order(after, before) {
        writeln!(
            table,
            "order: {}",
            after.keys().cloned().collect::<Vec<_>>().join(" ")
        )
        .unwrap();
    }
}
