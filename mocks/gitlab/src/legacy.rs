//! `CI_JOB_JWT`, `CI_JOB_JWT_V1` and `CI_JOB_JWT_V2`: the tokens that every job had before 17.0.
//!
//! Sources: GitLab docs, "Deprecations and removals by version" and "OpenID Connect (OIDC) authentication using ID
//! tokens" (15.x to 17.x); GitLab's `Ci::Build#job_jwt_variables`.

use crate::job::Job;
use crate::version::Version;

/// Whether a job has the legacy tokens.
///
/// They were removed in 17.0. In 16.x a job that declares `id_tokens` does not get them; in 15.x it does, unless the
/// project limits JWT access.
pub(crate) fn exposed(version: Version, job: &Job, declares_id_tokens: bool) -> bool {
    if version.has(Version::new(17, 0)) {
        false
    } else if version.has(Version::new(16, 0)) {
        !declares_id_tokens
    } else {
        !job.pipeline.project.limit_jwt_access
    }
}
