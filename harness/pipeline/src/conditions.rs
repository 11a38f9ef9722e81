//! The conditions of a rule: `if`, `changes` and `exists`, all of which must hold.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::expand::audience;
use crate::expression::Expression;
use crate::glob;
use crate::library::{Library, Repository};

/// Comparisons of a path with a pattern, after which GitLab takes `exists` for true.
const MAX_EXISTS_COMPARISONS: usize = 10_000;

/// Comparisons of a path with a pattern, after which GitLab takes `changes` for true.
const MAX_CHANGES_COMPARISONS: usize = 50_000;

/// What a rule asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    pub(crate) expression: Option<Expression>,
    pub(crate) changes: Option<Changes>,
    pub(crate) exists: Option<Exists>,
}

#[derive(Clone, Debug)]
pub(crate) struct Changes {
    pub(crate) paths: Vec<String>,
    /// With a ref to compare with, tags and schedules have changes too.
    pub(crate) compares: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Exists {
    pub(crate) paths: Vec<String>,
    pub(crate) project: Option<String>,
    pub(crate) reference: Option<String>,
}

/// What the conditions are held against.
#[derive(Debug)]
pub(crate) struct Scene<'s> {
    pub(crate) variables: HashMap<&'s str, &'s str>,
    /// The changes that GitLab would look at, and all that are known.
    pub(crate) changed: (Option<&'s [String]>, Option<&'s [String]>),
    pub(crate) files: &'s Files<'s>,
}

/// The files of a repository, listed when they are first asked for.
#[derive(Debug)]
pub(crate) struct Files<'s> {
    library: &'s Library,
    own: &'s dyn Repository,
    paths: OnceCell<Vec<String>>,
}

impl<'s> Files<'s> {
    pub(crate) fn of(library: &'s Library, own: &'s dyn Repository) -> Self {
        Self {
            library,
            own,
            paths: OnceCell::new(),
        }
    }

    fn paths(&self) -> &[String] {
        self.paths.get_or_init(|| self.own.paths())
    }
}

impl Conditions {
    /// Whether they hold.
    ///
    /// # Errors
    /// GitLab's words for an `exists` that names a project or ref that is not there.
    pub(crate) fn hold(&self, scene: &Scene<'_>) -> Result<bool, String> {
        let lookup = |name: &str| scene.variables.get(name).copied();
        if self.expression.as_ref().is_some_and(|it| !it.holds(&lookup)) {
            return Ok(false);
        }
        if self.changes.as_ref().is_some_and(|it| !it.hold(scene)) {
            return Ok(false);
        }
        self.exists.as_ref().map_or(Ok(true), |it| it.hold(scene))
    }
}

fn expanded(globs: &[String], scene: &Scene<'_>) -> Vec<String> {
    let expand = |glob: &String| audience::expand_existing(glob, |name| scene.variables.get(name).copied());
    globs.iter().map(expand).collect()
}

impl Changes {
    pub(crate) fn hold(&self, scene: &Scene<'_>) -> bool {
        let (looked_at, known) = scene.changed;
        let Some(changed) = (if self.compares { known } else { looked_at }) else {
            return true;
        };
        let globs = expanded(&self.paths, scene);
        if changed.len().saturating_mul(globs.len()) > MAX_CHANGES_COMPARISONS {
            return true;
        }
        changed
            .iter()
            .any(|path| globs.iter().any(|glob| glob::matches(glob, path)))
    }
}

impl Exists {
    fn hold(&self, scene: &Scene<'_>) -> Result<bool, String> {
        let globs = expanded(&self.paths, scene);
        let lookup = |name: &str| scene.variables.get(name).copied();
        let elsewhere = match &self.project {
            None => None,
            Some(project) => {
                let project = audience::expand_existing(project, lookup);
                let reference = self
                    .reference
                    .as_ref()
                    .map(|reference| audience::expand_existing(reference, lookup));
                let found = scene.files.library.project(&project, reference.as_deref());
                Some(found.map_err(|missing| match missing {
                    crate::library::Missing::Project => {
                        format!("rules:exists:project `{project}` is not a valid project path")
                    }
                    crate::library::Missing::Reference => format!(
                        "rules:exists:ref `{}` is not a valid ref in project `{project}`",
                        reference.unwrap_or_default()
                    ),
                })?)
            }
        };
        let listed;
        let paths = match elsewhere {
            Some(files) => {
                listed = files.paths();
                &listed
            }
            None => scene.files.paths(),
        };
        let mut comparisons = 0;
        for glob in &globs {
            for path in paths {
                comparisons += 1;
                if comparisons > MAX_EXISTS_COMPARISONS && glob.contains(['*', '?', '[', '{']) {
                    return Ok(true);
                }
                if glob == path || glob::matches(glob, path) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
