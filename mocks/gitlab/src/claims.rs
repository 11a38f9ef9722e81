//! The claims of a job's tokens: which there are, of which type, in which order.
//!
//! Sources: GitLab's `lib/gitlab/ci/jwt.rb`, `jwt_v2.rb`, `jwt_v2/claim_mapper*.rb` and
//! `lib/json_web_token/user_project_token_claims.rb`; GitLab docs, "ID token payload". All values are strings but
//! `runner_id` (a number), `groups_direct` and `user_identities` (arrays). Their order is that of 18.x in all versions.

use serde_json::{Map, Value, json};

use crate::job::Job;
use crate::project::Project;
use crate::subject::{self, SubComponent};
use crate::user::User;
use crate::version::Version;

/// A claims set, in the order in which it is written.
pub type Claims = Map<String, Value>;

/// Since when claims exist.
mod since {
    use crate::version::Version;

    pub(super) const REF_PATH_RUNNER_SHA_IDENTITIES: Version = Version::new(16, 0);
    pub(super) const CI_CONFIG: Version = Version::new(16, 2);
    pub(super) const PROJECT_VISIBILITY: Version = Version::new(16, 3);
    pub(super) const ENVIRONMENT_ACTION: Version = Version::new(16, 5);
    pub(super) const USER_ACCESS_LEVEL: Version = Version::new(16, 9);
    pub(super) const JOB_PROJECT: Version = Version::new(18, 4);
    pub(super) const JOB_SOURCE: Version = Version::new(18, 9);
}

/// What of an instance decides its claims.
#[derive(Clone, Debug)]
pub(crate) struct ClaimRules {
    pub(crate) version: Version,
    pub(crate) fork_claims: ForkClaims,
    pub(crate) groups_direct: bool,
    pub(crate) fqdn: String,
}

/// Whose project the claims name, in a fork's merge request pipeline that runs in the parent project.
///
/// It decides who can get in: a trust policy that names the parent's path lets every fork in on an instance that names
/// the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ForkClaims {
    /// The parent's, in `project_*`, `namespace_*` and `sub`: before 18.4.
    Target,
    /// The fork's; the parent's are in `job_project_*`: since 18.4.
    Source,
}

impl ForkClaims {
    pub(crate) fn of(version: Version) -> ForkClaims {
        if version.has(since::JOB_PROJECT) {
            ForkClaims::Source
        } else {
            ForkClaims::Target
        }
    }
}

impl ClaimRules {
    /// The project that `project_path` and `sub` name.
    fn subject_project<'a>(&self, job: &'a Job) -> &'a Project {
        match self.fork_claims {
            ForkClaims::Source => job.pipeline.source_project(),
            ForkClaims::Target => &job.pipeline.project,
        }
    }

    /// The claims of `CI_JOB_JWT`, which are the first of all tokens.
    pub(crate) fn first_claims(&self, job: &Job) -> Claims {
        let (version, pipeline) = (self.version, &*job.pipeline);
        let mut claims = Claims::new();
        let project = self.subject_project(job);
        project_claims(&mut claims, "", project);
        self.user_claims(&mut claims, project, pipeline.user.as_deref());
        if version.has(since::JOB_PROJECT) {
            project_claims(&mut claims, "job_", &pipeline.project);
        }
        put(&mut claims, "pipeline_id", pipeline.id.to_string());
        put(&mut claims, "pipeline_source", pipeline.source.as_str());
        put(&mut claims, "job_id", job.id.to_string());
        put(&mut claims, "ref", pipeline.git_ref.name());
        put(&mut claims, "ref_type", pipeline.git_ref.kind());
        if version.has(since::REF_PATH_RUNNER_SHA_IDENTITIES) {
            put(&mut claims, "ref_path", pipeline.git_ref.path());
        }
        put(&mut claims, "ref_protected", pipeline.ref_protected.to_string());
        self.groups_claim(&mut claims, pipeline.user.as_deref());
        if let Some(environment) = &job.spec.environment {
            put(&mut claims, "environment", environment.name.as_str());
            put(
                &mut claims,
                "environment_protected",
                job.environment_protected().unwrap_or(false).to_string(),
            );
            put(
                &mut claims,
                "deployment_tier",
                environment.deployment_tier().as_str(),
            );
            if version.has(since::ENVIRONMENT_ACTION) {
                put(&mut claims, "environment_action", environment.action.as_str());
            }
        }
        // Its place among the claims is not documented.
        if version.has(since::JOB_SOURCE) {
            put(&mut claims, "job_source", pipeline.source.as_str());
        }
        claims
    }

    /// The claims of ID tokens and of `CI_JOB_JWT_V2`.
    pub(crate) fn all_claims(&self, job: &Job) -> Claims {
        let (version, pipeline) = (self.version, &*job.pipeline);
        let mut claims = self.first_claims(job);
        if version.has(since::REF_PATH_RUNNER_SHA_IDENTITIES) {
            put(&mut claims, "runner_id", pipeline.runner.id);
            put(
                &mut claims,
                "runner_environment",
                pipeline.runner.environment.as_str(),
            );
            put(&mut claims, "sha", pipeline.sha.as_str());
        }
        if version.has(since::PROJECT_VISIBILITY) {
            put(
                &mut claims,
                "project_visibility",
                pipeline.project.visibility.as_str(),
            );
        }
        if version.has(since::REF_PATH_RUNNER_SHA_IDENTITIES)
            && let Some(user) = pipeline.user.as_deref().filter(|user| user.pass_identities)
        {
            put(&mut claims, "user_identities", json!(user.identities));
        }
        if version.has(since::CI_CONFIG)
            && let Some(uri) = self.ci_config_ref_uri(job)
        {
            put(&mut claims, "ci_config_ref_uri", uri);
            put(&mut claims, "ci_config_sha", pipeline.sha.as_str());
        }
        claims
    }

    /// The `sub` of ID tokens and of `CI_JOB_JWT_V2`.
    pub(crate) fn subject(&self, job: &Job, components: &[SubComponent]) -> String {
        let pipeline = &*job.pipeline;
        let project = self.subject_project(job);
        subject::render(components, |component| match component {
            SubComponent::ProjectPath => Some(project.path.clone()),
            SubComponent::ProjectId => Some(project.id.to_string()),
            SubComponent::JobProjectId => Some(pipeline.project.id.to_string()),
            SubComponent::SourceProjectId => Some(pipeline.source_project().id.to_string()),
            SubComponent::RefType => Some(pipeline.git_ref.kind().to_owned()),
            SubComponent::Ref => Some(pipeline.git_ref.name().to_owned()),
            SubComponent::RefProtected => Some(pipeline.ref_protected.to_string()),
            SubComponent::EnvironmentProtected => {
                job.environment_protected().map(|protected| protected.to_string())
            }
            SubComponent::DeploymentTier => job
                .spec
                .environment
                .as_ref()
                .map(|environment| environment.deployment_tier().to_string()),
        })
    }

    fn user_claims(&self, claims: &mut Claims, project: &Project, user: Option<&User>) {
        put(
            claims,
            "user_id",
            user.map_or(String::new(), |user| user.id.to_string()),
        );
        put(claims, "user_login", user.map(|user| user.login.as_str()));
        put(claims, "user_email", user.map(|user| user.email.as_str()));
        if self.version.has(since::USER_ACCESS_LEVEL) {
            let role = user.and_then(|user| project.role_of(user));
            put(claims, "user_access_level", role.map(crate::user::Role::as_str));
        }
    }

    fn groups_claim(&self, claims: &mut Claims, user: Option<&User>) {
        /// A user in more groups has no such claim.
        const MAX_GROUPS: usize = 200;
        if let Some(user) = user
            && self.groups_direct
            && user.groups.len() <= MAX_GROUPS
        {
            put(claims, "groups_direct", json!(user.groups));
        }
    }

    /// Where the pipeline's configuration came from, as `host/path//file@ref`.
    ///
    /// `None` where it is in another project or on another server: the keys are absent then.
    //
    // DIVERGENCE: for such a configuration the documentation says `null`, GitLab's code leaves the keys out, and a feature
    // flag of newer versions (`default_jwt_ci_config_ref_uri`) fills in the project's own path. Here they are left out.
    fn ci_config_ref_uri(&self, job: &Job) -> Option<String> {
        let pipeline = &*job.pipeline;
        let file = pipeline.project.ci_config_path.as_str();
        let elsewhere = file.contains('@') || file.starts_with("https://") || file.starts_with("http://");
        let ref_path = pipeline.git_ref.path();
        (!elsewhere).then(|| format!("{}/{}//{file}@{ref_path}", self.fqdn, pipeline.project.path))
    }
}

/// Whether an instance of this version has the claim `groups_direct` by default: since 16.11, and no longer since 17.3,
/// which put it behind a feature flag.
pub(crate) fn has_groups_direct(version: Version) -> bool {
    (Version::new(16, 11)..Version::new(17, 3)).contains(&version)
}

fn project_claims(claims: &mut Claims, prefix: &str, project: &Project) {
    put(claims, &format!("{prefix}project_id"), project.id.to_string());
    put(claims, &format!("{prefix}project_path"), project.path.as_str());
    put(
        claims,
        &format!("{prefix}namespace_id"),
        project.namespace_id.to_string(),
    );
    put(
        claims,
        &format!("{prefix}namespace_path"),
        project.namespace_path(),
    );
}

fn put(claims: &mut Claims, name: &str, value: impl Into<Value>) {
    claims.insert(name.to_owned(), value.into());
}
