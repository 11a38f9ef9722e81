//! The files that `include` can reach, and which a caller provides.

use std::fmt;
use std::sync::Arc;

/// The files of one repository, at one commit.
pub trait Repository: fmt::Debug + Send + Sync {
    /// The text of a file; `None` where there is no such file. `path` has no slash in front.
    ///
    /// # Errors
    /// Why a file that is there cannot be read, in words for a person.
    fn read(&self, path: &str) -> Result<Option<String>, String>;

    /// The paths of all files, without a slash in front.
    fn paths(&self) -> Vec<String>;

    /// How a file is named to a person.
    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// A repository without any file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Empty;

impl Repository for Empty {
    fn read(&self, _: &str) -> Result<Option<String>, String> {
        Ok(None)
    }

    fn paths(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Another project, at one of its refs.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The project's full path.
    pub project: String,
    /// The branch, tag or commit, also the version of a component; `None` stands for any.
    pub reference: Option<String>,
    /// Its files.
    pub files: Arc<dyn Repository>,
}

/// Everything that `include` can reach.
#[derive(Clone, Debug)]
pub struct Library {
    /// The project's own repository.
    pub own: Arc<dyn Repository>,
    /// Other projects, for `project` and `component`.
    pub projects: Vec<Mapped>,
    /// Files of the web, by their URL.
    pub remotes: Vec<(String, String)>,
    /// The instance's host, with its port: what the address of a component begins with.
    pub host: String,
}

impl Default for Library {
    fn default() -> Self {
        Self {
            own: Arc::new(Empty),
            projects: Vec::new(),
            remotes: Vec::new(),
            host: "gitlab.com".to_owned(),
        }
    }
}

impl Library {
    /// The project at a ref. GitLab does not tell upper from lower case in paths.
    pub(crate) fn project(
        &self,
        path: &str,
        reference: Option<&str>,
    ) -> Result<&Arc<dyn Repository>, Missing> {
        let mut known = self
            .projects
            .iter()
            .filter(|mapped| mapped.project.eq_ignore_ascii_case(path))
            .peekable();
        if known.peek().is_none() {
            return Err(Missing::Project);
        }
        let fits = |mapped: &&Mapped| match (&mapped.reference, reference) {
            (None, _) | (_, None) => true,
            (Some(mapped), Some(wanted)) => mapped == wanted,
        };
        known
            .find(fits)
            .map(|mapped| &mapped.files)
            .ok_or(Missing::Reference)
    }

    pub(crate) fn remote(&self, url: &str) -> Option<&str> {
        self.remotes
            .iter()
            .find(|(known, _)| known == url)
            .map(|(_, text)| text.as_str())
    }
}

/// What of a project was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    Project,
    Reference,
}
