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
//! | 18.4 | `job_project_*`, `job_namespace_*`; forks speak for themselves | GitLab docs; `jwt.rb` |
//! | 18.9 | `job_source` | GitLab docs, "ID token payload" |

use std::fmt::Write as _;

use mock_gitlab::{
    Audience, Claims, Environment, EnvironmentAction, GitRef, JobSpec, MergeRequest, PipelineSource, Trigger,
};
use rstest::{Context, rstest};

use crate::sample::{branch, instance, now, settings_of, tag};

const VERSIONS: [&str; 12] = [
    "15.7", "15.11", "16.0", "16.2", "16.3", "16.5", "16.9", "16.11", "17.3", "18.4", "18.9", "19.4",
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
    let mut table = String::new();
    let mut before = Claims::new();
    for version in VERSIONS {
        let gitlab = instance(settings_of(version));
        let pipeline = gitlab.pipeline(project, &trigger, now()).unwrap();
        let job = gitlab.job(&pipeline, spec.clone(), now());
        let mut token = gitlab
            .id_token(&job, &Audience::from("https://gitlab.com"), now())
            .unwrap();
        token.claims["jti"] = "…".into();
        describe_changes(&mut table, version, &before, &token.claims);
        before = token.claims;
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(context.description.unwrap(), table);
    });
}

fn describe_changes(table: &mut String, version: &str, before: &Claims, after: &Claims) {
    writeln!(table, "# {version}").unwrap();
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
