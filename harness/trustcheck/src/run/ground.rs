//! What the jobs of one pipeline share: the pipeline that its GitLab started, the variables that were set for it, and
//! the files that it can reach.

use std::sync::Arc;

use gitlab_pipeline::expand::Variable;
use gitlab_pipeline::{Circumstances, Empty, Library, Mapped, Repository};
use jiff::Timestamp;
use mock_gitlab::{Environment, GitRef, Instance, Pipeline, PipelineSource, Trigger};
use trustcheck_lab::World;

use crate::scenario::{self, Described, PipelineWork, Start};

/// A pipeline that has been started at its GitLab.
#[derive(Debug, Clone)]
pub(super) struct Ground<'a> {
    pub(super) world: &'a World,
    pub(super) gitlab: &'a Arc<Instance>,
    pub(super) pipeline: Arc<Pipeline>,
    /// The number of the GitLab in the world.
    index: usize,
    /// The environment of jobs whose file names none.
    pub(super) environment: Option<Environment>,
    described: &'a Described,
    /// What starts it, with the default filled in.
    trigger: Trigger,
    /// The variables set for it, in GitLab's order.
    settings: Vec<scenario::Variable>,
}

impl<'a> Ground<'a> {
    /// Starts the pipeline. `variables` are the project's, beside those that the world has for it.
    pub(super) fn start(
        described: &'a Described,
        start: &Start,
        variables: &[scenario::Variable],
        world: &'a World,
    ) -> Result<Self, String> {
        let named = start.project.as_ref().map(|project| project.value.as_str());
        let Some((index, project)) = described.project(named) else {
            return Err("the world has no project to run a pipeline in".to_owned());
        };
        let gitlab = &world.gitlabs()[index];
        let trigger = start
            .trigger
            .clone()
            .unwrap_or_else(|| Trigger::push(GitRef::Branch(project.default_branch.clone())));
        let pipeline = gitlab
            .pipeline(&project.path, &trigger, world.time_at(index))
            .map_err(|error| error.to_string())?;
        let settings = in_order(described, &project.path, variables, &start.variables);
        Ok(Self {
            world,
            gitlab,
            pipeline,
            index,
            environment: start.environment.clone(),
            described,
            trigger,
            settings,
        })
    }

    /// The time on the GitLab's clock.
    pub(super) fn now(&self) -> Timestamp {
        self.world.time_at(self.index)
    }

    /// Starts a child pipeline, which gets `variables` as its pipeline's own.
    pub(super) fn child(&self, variables: Vec<scenario::Variable>) -> Result<Self, String> {
        let trigger = Trigger {
            source: PipelineSource::ParentPipeline,
            merge_request: self
                .pipeline
                .merge_request
                .as_ref()
                .map(|request| request.told.clone()),
            ..self.trigger.clone()
        };
        let pipeline = self
            .gitlab
            .pipeline(&self.pipeline.project.path, &trigger, self.now())
            .map_err(|error| error.to_string())?;
        let mut settings = self.settings.clone();
        settings.extend(variables);
        Ok(Self {
            pipeline,
            trigger,
            settings,
            ..self.clone()
        })
    }

    /// The variables set for jobs of an environment, or for those of none, in GitLab's order: the last of a name counts.
    pub(super) fn settings(&self, environment: Option<&str>) -> Vec<&scenario::Variable> {
        let visible = |variable: &&scenario::Variable| {
            (!variable.protected || self.pipeline.ref_protected)
                && match environment {
                    _ if variable.environment_scope == "*" => true,
                    Some(name) => scope_covers(&variable.environment_scope, name),
                    None => false,
                }
        };
        self.settings.iter().filter(visible).collect()
    }

    /// What the pipeline is created for.
    pub(super) fn circumstances(&self, work: &PipelineWork) -> Circumstances {
        let predefined = self.gitlab.pipeline_variables(&self.pipeline);
        let of_user = self.pipeline.user.as_ref().map(|user| {
            [
                Variable::new("GITLAB_USER_ID", user.id.to_string()),
                Variable::new("GITLAB_USER_EMAIL", user.email.as_str()),
                Variable::new("GITLAB_USER_LOGIN", user.login.as_str()),
                Variable::new("GITLAB_USER_NAME", user.name.as_str()),
            ]
        });
        let settings = self.settings(None);
        Circumstances {
            source: self.pipeline.source.as_str().to_owned(),
            git_ref: self.pipeline.git_ref.name().to_owned(),
            is_tag: self.pipeline.git_ref.is_tag(),
            is_merge_request: self.pipeline.merge_request.is_some(),
            project: self.pipeline.project.path.clone(),
            changed: work.changes.clone(),
            inputs: work.inputs.clone(),
            early: predefined
                .iter()
                .map(|variable| Variable::new(&variable.name, &variable.value))
                .collect(),
            late: of_user
                .into_iter()
                .flatten()
                .chain(settings.into_iter().map(expandable))
                .collect(),
        }
    }

    /// The files that the pipeline file can include.
    pub(super) fn library(&self, work: &PipelineWork) -> Library {
        let own: Arc<dyn Repository> = match work.files.as_ref().or(work.beside.as_ref()) {
            Some(folder) => Arc::clone(folder) as Arc<dyn Repository>,
            None => Arc::new(Empty),
        };
        let given = &self.described.given;
        let mapped = given.files.iter().map(|(project, reference, folder)| Mapped {
            project: project.clone(),
            reference: reference.clone(),
            files: Arc::clone(folder) as Arc<dyn Repository>,
        });
        Library {
            own,
            projects: mapped.collect(),
            remotes: given.remotes.clone(),
            host: self.gitlab.url().authority(),
        }
    }
}

/// A variable of the settings, as the expanders take it.
pub(super) fn expandable(variable: &scenario::Variable) -> Variable {
    Variable {
        raw: variable.raw,
        file: variable.file,
        ..Variable::new(&variable.name, &variable.value)
    }
}

/// Instance, groups from the outermost in, project, pipeline; within each, those for more environments first.
fn in_order(
    described: &Described,
    path: &str,
    of_scenario: &[scenario::Variable],
    of_pipeline: &[scenario::Variable],
) -> Vec<scenario::Variable> {
    let given = &described.given;
    let mut groups: Vec<_> = given
        .groups
        .iter()
        .filter(|(group, _)| {
            path.strip_prefix(group.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        })
        .collect();
    groups.sort_by_key(|(group, _)| group.len());
    let of_project = given.projects.iter().filter(|(project, _)| project == path);
    let levels = std::iter::once(given.instance.as_slice())
        .chain(groups.into_iter().map(|(_, variables)| variables.as_slice()))
        .chain(of_project.map(|(_, variables)| variables.as_slice()))
        .chain([of_scenario, of_pipeline]);
    let sorted = |level: &[scenario::Variable]| {
        let mut level = level.to_vec();
        level.sort_by_key(|variable| specificity(&variable.environment_scope));
        level
    };
    levels.flat_map(sorted).collect()
}

/// How narrow a scope is. Source: GitLab docs, "Limit the environment scope of a CI/CD variable".
fn specificity(scope: &str) -> usize {
    match scope {
        "*" => 0,
        scope if scope.contains('*') => 1 + scope.len(),
        _ => usize::MAX,
    }
}

/// Whether a scope covers an environment: `*` stands for any characters.
fn scope_covers(scope: &str, environment: &str) -> bool {
    let mut parts = scope.split('*');
    let Some(mut rest) = environment.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::all("*", "production", true)]
    #[case::exact("production", "production", true)]
    #[case::no_prefix("production", "production/eu", false)]
    #[case::pattern("review/*", "review/x", true)]
    #[case::pattern_not("review/*", "staging", false)]
    #[case::middle("a*b*c", "a-b-c", true)]
    #[case::overlap("ab*ba", "aba", false)]
    fn scopes(#[case] scope: &str, #[case] environment: &str, #[case] expected: bool) {
        assert_eq!(super::scope_covers(scope, environment), expected);
    }

    #[test]
    fn narrower_scopes_come_later() {
        let mut scopes = ["production", "review/*", "*", "review/feature-*"];
        scopes.sort_by_key(|scope| super::specificity(scope));
        assert_eq!(scopes, ["*", "review/*", "review/feature-*", "production"]);
    }
}
