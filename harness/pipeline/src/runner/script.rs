//! The script that the runner pipes to a shell for one stage of a job.
//!
//! What follows from its form, and holds for the rendered text in a real shell:
//! a failing command ends the script with its status (`errexit`), a failing part of a pipeline too where the shell has
//! `pipefail`; so does a failing `X=$(…)`, but not `export X=$(…)`, whose status is that of `export`; the commands
//! share one shell, so that exports and `cd` last; standard input is empty.

use crate::expand::Variable;
use crate::runner::quote::{ansi_c, double};
use crate::runner::shell::Shell;

const BOLD_GREEN: &str = "\x1b[32;1m";
const RESET: &str = "\x1b[0;m";

/// What the runner prints before the commands of `after_script`.
pub const AFTER_SCRIPT_NOTICE: &str = "Running after script...";

/// The name, in the temporary directory, of the file whose `KEY=VALUE` lines every stage exports.
pub const ENVIRONMENT_FILE: &str = "gitlab_runner_env";

/// A variable as the script exports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// `NAME=value`.
    Value {
        /// The name.
        name: String,
        /// The value.
        value: String,
    },
    /// A file variable: the script writes the file and exports its path.
    File {
        /// The name.
        name: String,
        /// The path of the file.
        path: String,
        /// The content of the file.
        content: String,
    },
}

impl Export {
    /// A variable with a value.
    #[must_use]
    pub fn value(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Value {
            name: name.into(),
            value: value.into(),
        }
    }
}

impl Export {
    /// A variable as the script exports it: a file variable's file is named after it, in the directory.
    #[must_use]
    pub fn of(variable: &Variable, temporary_directory: &str) -> Self {
        if !variable.file {
            return Self::value(&variable.key, &variable.value);
        }
        Self::File {
            name: variable.key.clone(),
            path: format!("{}/{}", temporary_directory.trim_end_matches('/'), variable.key),
            content: variable.value.clone(),
        }
    }
}

/// One stage of a job for one shell.
#[derive(Clone, Debug)]
pub struct Script<'a> {
    /// The shell that the first line names.
    pub shell: Shell,
    /// The variables in the order in which they are exported; of one name the last counts.
    pub exports: &'a [Export],
    /// The directory for the files of file variables and for [`ENVIRONMENT_FILE`].
    pub temporary_directory: &'a str,
    /// Whether to export `GITLAB_ENV` and what its file holds, as the runner does. It costs the script two processes,
    /// which a caller may save that knows that no command writes the file.
    pub environment_file: bool,
    /// The directory that the commands start in.
    pub project_directory: &'a str,
    /// A line to print before the commands, such as [`AFTER_SCRIPT_NOTICE`].
    pub notice: Option<&'a str>,
    /// The commands, each as it stands in the pipeline file.
    pub commands: &'a [String],
    /// Whether the shell traces what it does (`CI_DEBUG_TRACE`).
    pub trace: bool,
}

impl Script<'_> {
    /// The text for the shell's standard input.
    #[must_use]
    pub fn render(&self) -> String {
        let trace = if self.trace { "set -o xtrace\n" } else { "" };
        format!(
            "#!/usr/bin/env {shell}\n\n\
             trap 'exit 1' TERM\n\n\
             {trace}case \"$(set -o)\" in *\"pipefail\"*) set -o pipefail;; esac; set -o errexit\n\
             set +o noclobber\n\
             (trap 'exit 1' TERM; eval {body}) < /dev/null\n\
             exit 0\n",
            shell = self.shell.name(),
            body = ansi_c(&self.body()),
        )
    }

    /// The lines that the shell evaluates.
    fn body(&self) -> String {
        let mut lines = Vec::new();
        for export in self.exports {
            self.export(export, &mut lines);
        }
        if self.environment_file {
            let path = format!(
                "{}/{ENVIRONMENT_FILE}",
                self.temporary_directory.trim_end_matches('/')
            );
            lines.push(format!("export GITLAB_ENV={}", ansi_c(&path)));
            lines.push(format!("mkdir -p {}", double(self.temporary_directory)));
            lines.push(format!("touch {}", double(&path)));
            lines.push(format!(
                "while read -r line; do export \"$line\"; done < {}",
                double(&path)
            ));
        }
        lines.push(format!("cd {}", ansi_c(self.project_directory)));
        if let Some(notice) = self.notice {
            lines.push(echo(notice));
        }
        for command in self.commands {
            let command = command.trim();
            lines.push(announcement(command));
            lines.push(command.to_owned());
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn export(&self, export: &Export, lines: &mut Vec<String>) {
        match export {
            Export::Value { name, value } => lines.push(format!("export {}={}", ansi_c(name), ansi_c(value))),
            Export::File { name, path, content } => {
                lines.push(format!("mkdir -p {}", double(self.temporary_directory)));
                lines.push(format!("printf '%s' {} > {}", ansi_c(content), double(path)));
                lines.push(format!("export {}={}", ansi_c(name), double(path)));
            }
        }
    }
}

/// The line that shows a command in the log: its first line, and a bare line for an empty one.
fn announcement(command: &str) -> String {
    match command.split_once('\n') {
        _ if command.is_empty() => "echo".to_owned(),
        Some((first, _)) => echo(&format!("$ {first} # collapsed multi-line command")),
        None => echo(&format!("$ {command}")),
    }
}

fn echo(text: &str) -> String {
    format!("echo {}", ansi_c(&format!("{BOLD_GREEN}{text}{RESET}")))
}

#[cfg(test)]
mod tests;
