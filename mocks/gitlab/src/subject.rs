//! `sub`: who a token speaks for.

use std::fmt;
use std::str::FromStr;

use crate::unknown_name::UnknownName;
use crate::version::Version;

/// One part of `sub`, from the project's setting `ci_id_token_sub_claim_components`.
///
/// Sources: GitLab docs, "Configure OpenID Connect" and "Projects API"; GitLab's `ProjectCiCdSetting`. Which release of
/// 19.x let an id lead is not documented; assumed is 19.1, the one whose error message recommends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubComponent {
    /// The path of the project; leads.
    ProjectPath,
    /// The id of the same project; leads (19.1).
    ProjectId,
    /// The id of the project the job runs in; leads (assumed: 19.4).
    JobProjectId,
    /// The id of the project the commits come from; leads (assumed: 19.4).
    SourceProjectId,
    /// `branch` or `tag`.
    RefType,
    /// The name of the branch or tag.
    Ref,
    /// Whether it is protected (18.7).
    RefProtected,
    /// Whether the environment is protected (18.7); left out of `sub` for a job without one.
    EnvironmentProtected,
    /// The environment's tier (18.7); left out of `sub` for a job without one.
    DeploymentTier,
}

impl SubComponent {
    /// `project_path:…:ref_type:…:ref:…`.
    pub const DEFAULT: [SubComponent; 3] = [
        SubComponent::ProjectPath,
        SubComponent::RefType,
        SubComponent::Ref,
    ];

    const ALL: [SubComponent; 9] = [
        SubComponent::ProjectPath,
        SubComponent::ProjectId,
        SubComponent::JobProjectId,
        SubComponent::SourceProjectId,
        SubComponent::RefType,
        SubComponent::Ref,
        SubComponent::RefProtected,
        SubComponent::EnvironmentProtected,
        SubComponent::DeploymentTier,
    ];

    /// The name as in the setting and in `sub`.
    pub fn as_str(self) -> &'static str {
        match self {
            SubComponent::ProjectPath => "project_path",
            SubComponent::ProjectId => "project_id",
            SubComponent::JobProjectId => "job_project_id",
            SubComponent::SourceProjectId => "source_project_id",
            SubComponent::RefType => "ref_type",
            SubComponent::Ref => "ref",
            SubComponent::RefProtected => "ref_protected",
            SubComponent::EnvironmentProtected => "environment_protected",
            SubComponent::DeploymentTier => "deployment_tier",
        }
    }

    fn since(self) -> Version {
        match self {
            SubComponent::ProjectPath | SubComponent::RefType | SubComponent::Ref => Version::new(17, 10),
            SubComponent::RefProtected
            | SubComponent::EnvironmentProtected
            | SubComponent::DeploymentTier => Version::new(18, 7),
            SubComponent::ProjectId => Version::new(19, 1),
            SubComponent::JobProjectId | SubComponent::SourceProjectId => Version::new(19, 4),
        }
    }

    fn leads(self) -> bool {
        matches!(
            self,
            SubComponent::ProjectPath
                | SubComponent::ProjectId
                | SubComponent::JobProjectId
                | SubComponent::SourceProjectId
        )
    }
}

impl fmt::Display for SubComponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SubComponent {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<SubComponent, UnknownName> {
        UnknownName::find("a component of `sub`", text, &SubComponent::ALL, |component| {
            component.as_str()
        })
    }
}

/// Why GitLab would not save these components.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubComponentsError {
    /// The setting has to have one at least.
    #[error("`ci_id_token_sub_claim_components` is empty")]
    Empty,
    /// Before 17.10 there is no such setting.
    #[error("GitLab {0} cannot customise `sub`; that came with 17.10")]
    NoSetting(Version),
    /// The component came later.
    #[error("GitLab {version} does not know the `sub` component `{component}`; it came with {}.{}", since.major, since.minor)]
    TooNew {
        /// The component.
        component: SubComponent,
        /// The instance's version.
        version: Version,
        /// The first version with it.
        since: Version,
    },
    /// A project must come first.
    #[error("`sub` must start with the project, not with `{0}`")]
    First(SubComponent),
    /// The same component again.
    #[error("the `sub` component `{0}` is given twice")]
    Twice(SubComponent),
}

/// Checks a project's components as GitLab does when they are saved.
///
/// Assumed, as the validation of 19.x is not documented: a component may not be given twice.
pub(crate) fn check_components(
    components: &[SubComponent],
    version: Version,
) -> Result<(), SubComponentsError> {
    if components == SubComponent::DEFAULT {
        return Ok(());
    }
    if !version.has(Version::new(17, 10)) {
        return Err(SubComponentsError::NoSetting(version));
    }
    let first = *components.first().ok_or(SubComponentsError::Empty)?;
    if let Some(component) = components
        .iter()
        .copied()
        .find(|component| !version.has(component.since()))
    {
        return Err(SubComponentsError::TooNew {
            component,
            version,
            since: component.since(),
        });
    }
    if !first.leads() {
        return Err(SubComponentsError::First(first));
    }
    let again = components
        .iter()
        .enumerate()
        .find(|(at, component)| components[..*at].contains(component));
    again.map_or(Ok(()), |(_, component)| {
        Err(SubComponentsError::Twice(*component))
    })
}

/// Joins names and values: `project_path:g/p:ref:main`. A component without a value vanishes, name and all; nothing is
/// escaped.
pub(crate) fn render(components: &[SubComponent], value: impl Fn(SubComponent) -> Option<String>) -> String {
    let parts = components
        .iter()
        .filter_map(|component| Some(format!("{component}:{}", value(*component)?)));
    parts.collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn components(names: &str) -> Vec<SubComponent> {
        names
            .split_whitespace()
            .map(|name| name.parse().unwrap())
            .collect()
    }

    #[rstest]
    #[case::default_everywhere("15.7", "project_path ref_type ref")]
    #[case::path_only("17.10", "project_path")]
    #[case::order_is_free("17.10", "project_path ref ref_type")]
    #[case::protection("18.7", "project_path ref_protected environment_protected deployment_tier")]
    #[case::id("19.1", "project_id ref_type ref")]
    #[case::job_id("19.4", "job_project_id ref")]
    fn accepted(#[case] version: &str, #[case] names: &str) {
        assert_eq!(
            check_components(&components(names), version.parse().unwrap()),
            Ok(())
        );
    }

    #[rstest]
    #[case::empty("18.0", "", "is empty")]
    #[case::before_the_setting("17.9", "project_path", "that came with 17.10")]
    #[case::protection_too_early("18.6", "project_path ref_protected", "came with 18.7")]
    #[case::id_too_early("19.0", "project_id ref", "came with 19.1")]
    #[case::no_project("18.0", "ref_type ref", "must start with the project, not with `ref_type`")]
    #[case::project_later("18.0", "ref project_path", "must start with the project")]
    #[case::twice("18.0", "project_path ref ref", "`ref` is given twice")]
    fn refused(#[case] version: &str, #[case] names: &str, #[case] message: &str) {
        let error = check_components(&components(names), version.parse().unwrap())
            .expect_err("refused")
            .to_string();
        assert!(error.contains(message), "{error}");
    }

    #[rstest]
    #[case::all("project_path ref", "project_path:g/p:ref:a/b")]
    #[case::absent_vanishes("project_path deployment_tier ref", "project_path:g/p:ref:a/b")]
    #[case::one("project_path", "project_path:g/p")]
    fn rendering(#[case] names: &str, #[case] sub: &str) {
        let value = |component| match component {
            SubComponent::ProjectPath => Some("g/p".to_owned()),
            SubComponent::Ref => Some("a/b".to_owned()),
            _ => None,
        };
        assert_eq!(render(&components(names), value), sub);
    }
}
