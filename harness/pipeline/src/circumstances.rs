//! What a pipeline is created for.

use std::collections::HashMap;

use crate::expand::Variable;

/// What started the pipeline, and the variables that exist before it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// `CI_PIPELINE_SOURCE`.
    pub source: String,
    /// The short name of the branch or tag.
    pub git_ref: String,
    /// Whether that is a tag.
    pub is_tag: bool,
    /// Whether it is a pipeline of a merge request.
    pub is_merge_request: bool,
    /// The project's path.
    pub project: String,
    /// The files that were changed; `None` where that is not known, and then everything counts as changed.
    pub changed: Option<Vec<String>>,
    /// The pipeline's inputs, as YAML texts by name.
    pub inputs: Vec<(String, String)>,
    /// The variables that a job's own ones beat: those of the project and the pipeline that GitLab predefines.
    pub early: Vec<Variable>,
    /// The variables that beat a job's own ones: the user's, then those of the instance, the groups, the project and
    /// the pipeline. Only variables for every environment belong here.
    pub late: Vec<Variable>,
}

impl Default for Circumstances {
    /// A push to `main`.
    fn default() -> Self {
        Self {
            source: "push".to_owned(),
            git_ref: "main".to_owned(),
            is_tag: false,
            is_merge_request: false,
            project: String::new(),
            changed: None,
            inputs: Vec::new(),
            early: Vec::new(),
            late: Vec::new(),
        }
    }
}

impl Circumstances {
    /// The changed files, as far as GitLab looks at them: those of a push to a branch and of a merge request.
    pub(crate) fn changed_paths(&self) -> Option<&[String]> {
        let compares = self.is_merge_request || (self.source == "push" && !self.is_tag);
        self.changed.as_deref().filter(|_| compares)
    }

    /// The values of the variables with others between them; of one name the last counts.
    pub(crate) fn lookup<'v>(
        &'v self,
        job: impl IntoIterator<Item = (&'v str, &'v str)>,
        yaml: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> HashMap<&'v str, &'v str> {
        let plain =
            |variables: &'v [Variable]| variables.iter().map(|it| (it.key.as_str(), it.value.as_str()));
        job.into_iter()
            .chain(plain(&self.early))
            .chain(yaml)
            .chain(plain(&self.late))
            .collect()
    }
}
