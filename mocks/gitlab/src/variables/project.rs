//! The server and the project.

use super::slug::slug;
use super::{List, Server};
use crate::project::Project;
use crate::version::Version;

pub(super) fn server(list: &mut List, server: &Server<'_>) {
    let (url, version) = (server.url, server.version);
    list.add("CI", "true");
    list.add("GITLAB_CI", "true");
    if version.has(Version::new(16, 10)) {
        list.add("CI_SERVER_FQDN", url.fqdn());
    }
    list.add("CI_SERVER_URL", url.to_string());
    list.add("CI_SERVER_HOST", url.host());
    list.add("CI_SERVER_PORT", url.port().to_string());
    list.add("CI_SERVER_PROTOCOL", url.scheme());
    if version.has(Version::new(15, 11)) {
        list.add("CI_SERVER_SHELL_SSH_HOST", url.host());
        list.add("CI_SERVER_SHELL_SSH_PORT", "22");
    }
    list.add("CI_SERVER_NAME", "GitLab");
    list.add("CI_SERVER_VERSION", version.to_string());
    list.add("CI_SERVER_VERSION_MAJOR", version.major.to_string());
    list.add("CI_SERVER_VERSION_MINOR", version.minor.to_string());
    list.add("CI_SERVER_VERSION_PATCH", version.patch.to_string());
}

pub(super) fn project(list: &mut List, server: &Server<'_>, project: &Project) {
    let url = server.url;
    list.add("CI_PROJECT_ID", project.id.to_string());
    list.add("CI_PROJECT_NAME", project.name());
    list.add("CI_PROJECT_TITLE", project.title.as_str());
    list.add("CI_PROJECT_PATH", project.path.as_str());
    list.add("CI_PROJECT_PATH_SLUG", slug(&project.path));
    list.add("CI_PROJECT_NAMESPACE", project.namespace_path());
    list.add("CI_PROJECT_NAMESPACE_ID", project.namespace_id.to_string());
    list.add("CI_PROJECT_ROOT_NAMESPACE", project.root_namespace());
    list.add("CI_PROJECT_URL", format!("{url}/{}", project.path));
    list.add("CI_PROJECT_VISIBILITY", project.visibility.as_str());
    list.add("CI_DEFAULT_BRANCH", project.default_branch.as_str());
    list.add("CI_CONFIG_PATH", project.ci_config_path.as_str());
    // The registry's host is a setting of its own; `registry.` before the instance's is the common choice, and gitlab.com's.
    let registry = format!("registry.{}", url.host());
    list.add(
        "CI_REGISTRY_IMAGE",
        format!("{registry}/{}", project.path.to_lowercase()),
    );
    list.add("CI_REGISTRY", registry);
    list.add("CI_API_V4_URL", format!("{url}/api/v4"));
    if server.version.has(Version::new(15, 11)) {
        list.add("CI_API_GRAPHQL_URL", format!("{url}/api/graphql"));
    }
    list.add("CI_TEMPLATE_REGISTRY_HOST", "registry.gitlab.com");
}
