//! The tools that scenarios need: found on the host, or provided once from their ordinary registry at a pinned version.

mod found;
mod pypi;

use std::collections::BTreeMap;
use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::execute::find_program;

/// A tool that a scenario may name in `needs:`.
#[derive(Debug)]
pub struct Tool {
    /// Its name in `needs:`.
    pub name: &'static str,
    /// The program it is on `PATH`.
    program: &'static str,
    /// The arguments that print its version, and so show that it runs.
    version_arguments: &'static [&'static str],
    /// What brings it; nothing where only the host's own will do.
    package: Option<pypi::Package>,
}

/// Every tool that is known.
static TOOLS: [Tool; 3] = [
    Tool {
        name: "aws",
        program: "aws",
        version_arguments: &["--version"],
        package: Some(pypi::Package {
            name: "awscli",
            version: "1.46.3",
            requirements: include_str!("aws.txt"),
        }),
    },
    Tool {
        name: "python/boto3",
        program: "python3",
        version_arguments: &["-c", "import boto3; print('boto3', boto3.__version__)"],
        package: Some(pypi::Package {
            name: "boto3",
            version: "1.44.5",
            requirements: include_str!("boto3.txt"),
        }),
    },
    Tool {
        name: "dash",
        program: "dash",
        version_arguments: &["-c", "echo dash"],
        package: None,
    },
];

/// The names of all known tools.
pub fn names() -> impl Iterator<Item = &'static str> {
    TOOLS.iter().map(|tool| tool.name)
}

/// The tool of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// A tool that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The directory to put in front of `PATH`; nothing where the tool is on the host's `PATH` already.
    pub directory: Option<PathBuf>,
    /// What it says of its version.
    pub version: String,
}

/// Why a tool is not there, and what would bring it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; {remedy}")]
pub struct Missing {
    /// Why, in one line.
    pub reason: String,
    /// The command that installs it.
    pub remedy: String,
}

impl Tool {
    /// Finds the tool on the host, else in the cache, else brings it into the cache.
    ///
    /// `progress` is told what is being done, where it takes longer than a moment.
    ///
    /// # Errors
    /// Where the host lacks it and it cannot be provided.
    pub async fn provide(
        &self,
        context: &Context,
        stop: &CancellationToken,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<Ready, Missing> {
        let path = context.variable("PATH").unwrap_or_default();
        if let Some(program) = find_program(self.program, path) {
            // One that is there but does not run (a broken virtual environment, say) is as good as absent.
            if let Some(version) = found::version(&program, self.version_arguments, context).await {
                return Ok(Ready {
                    directory: None,
                    version,
                });
            }
        }
        self.pinned(context, stop, progress).await
    }

    /// Finds the tool in the cache, else brings it there, whatever the host has: for those who need the pinned version and
    /// no other.
    ///
    /// # Errors
    /// Where it cannot be provided.
    pub async fn pinned(
        &self,
        context: &Context,
        stop: &CancellationToken,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<Ready, Missing> {
        let Some(package) = &self.package else {
            return Err(Missing {
                reason: format!("the host has no `{}`", self.program),
                remedy: format!("install the system's package `{}`", self.name),
            });
        };
        let home = context
            .cache
            .join("tools")
            .join(format!("{}-{}", package.name, package.version));
        let directory = package.provide(&home, context, stop, progress).await?;
        Ok(Ready {
            directory: Some(directory),
            version: format!("{} {}", package.name, package.version),
        })
    }
}

/// Provides each tool of `needed` once; what could not be provided says why.
pub async fn provide(
    needed: impl Iterator<Item = &'static Tool>,
    context: &Context,
    stop: &CancellationToken,
    progress: &(dyn Fn(&str) + Sync),
) -> BTreeMap<&'static str, Result<Ready, Missing>> {
    let mut provided = BTreeMap::new();
    for tool in needed {
        if !provided.contains_key(tool.name) {
            provided.insert(tool.name, tool.provide(context, stop, progress).await);
        }
    }
    provided
}
