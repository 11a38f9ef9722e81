//! The world of the tests: that of GitLab's own sample tokens.

use std::sync::Arc;

use jiff::Timestamp;
use mock_gitlab::{
    EventSink, GitRef, Instance, Job, JobSpec, Project, Role, Settings, Trigger, Visibility, test_key_set,
};

/// The commit that the sample tokens name.
pub(crate) const SHA: &str = "714a629c0b401fdce83e847fc9589983fc6f46bc";

/// 2025-10-09T08:53:20Z
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_760_000_000).unwrap()
}

pub(crate) fn branch(name: &str) -> GitRef {
    GitRef::Branch(name.to_owned())
}

pub(crate) fn tag(name: &str) -> GitRef {
    GitRef::Tag(name.to_owned())
}

pub(crate) fn project() -> Project {
    Project {
        id: 20,
        namespace_id: 72,
        title: "My Project".to_owned(),
        members: vec![("sample-user".to_owned(), Role::Developer)],
        protected_environments: vec!["production".to_owned()],
        ..Project::new("my-group/my-project").protecting(["main", "v*"])
    }
}

pub(crate) fn fork() -> Project {
    Project {
        id: 4711,
        namespace_id: 9001,
        visibility: Visibility::Public,
        members: vec![("sample-user".to_owned(), Role::Owner)],
        ..Project::new("fork-user/my-project")
    }
}

/// GitLab.com with a project and a fork of it.
pub(crate) fn settings() -> Settings {
    Settings {
        projects: vec![project(), fork()],
        ..Settings::default()
    }
}

pub(crate) fn settings_of(version: &str) -> Settings {
    Settings {
        version: version.parse().unwrap(),
        ..settings()
    }
}

pub(crate) fn instance(settings: Settings) -> Arc<Instance> {
    Arc::new(Instance::new(settings, test_key_set(), 1, EventSink::none()).unwrap())
}

/// A job in `my-group/my-project`.
pub(crate) fn job(gitlab: &Instance, trigger: &Trigger, spec: JobSpec) -> Job {
    let pipeline = gitlab.pipeline("my-group/my-project", trigger, now()).unwrap();
    gitlab.job(&pipeline, spec, now())
}

/// A job for a push to `main`.
pub(crate) fn push_job(gitlab: &Instance) -> Job {
    job(
        gitlab,
        &Trigger::push(branch("main")),
        JobSpec::new("assume role"),
    )
}
