//! What a world's GitLabs keep for their pipelines: CI/CD variables, and the files of projects.

use std::sync::Arc;

use located_yaml::{Node, Value};

use super::files::{Files, named};
use super::repository::{self, Folder};
use super::variables::{self, Variable};
use crate::reader::{Fields, Reader};

/// CI/CD variables and files that the pipelines of a world can use.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The instance's variables.
    pub instance: Vec<Variable>,
    /// The groups' variables, by the path of the group.
    pub groups: Vec<(String, Vec<Variable>)>,
    /// The projects' variables, by the path of the project.
    pub projects: Vec<(String, Vec<Variable>)>,
    /// The projects' files, by path and ref; without a ref they stand for every one.
    pub files: Vec<(String, Option<String>, Arc<Folder>)>,
    /// Files of the web, by their URL.
    pub remotes: Vec<(String, String)>,
}

impl Given {
    /// Takes what an instance has out of its mapping: `variables`, `groups` and `remotes`.
    pub(super) fn take_of_instance(
        &mut self,
        fields: &mut Fields<'_>,
        files: &dyn Files,
        reader: &mut Reader<'_>,
    ) {
        if let Some(node) = fields.take("variables") {
            self.instance
                .extend(variables::read(node, reader).unwrap_or_default());
        }
        if let Some(node) = fields.take("groups") {
            let groups = reader.list(node, "`groups`", group);
            self.groups.extend(groups.unwrap_or_default());
        }
        if let Some(node) = fields.take("remotes") {
            self.read_remotes(node, files, reader);
        }
    }

    /// Takes what a project has out of its mapping: `variables` and `files`.
    pub(super) fn take_of_project(
        &mut self,
        path: &str,
        fields: &mut Fields<'_>,
        files: &dyn Files,
        reader: &mut Reader<'_>,
    ) {
        if let Some(node) = fields.take("variables") {
            let variables = variables::read(node, reader).unwrap_or_default();
            self.projects.push((path.to_owned(), variables));
        }
        if let Some(node) = fields.take("files") {
            let folders = repository::of_refs(node, files, reader).into_iter();
            let folders = folders.map(|(reference, folder)| (path.to_owned(), reference, folder));
            self.files.extend(folders);
        }
    }

    /// `remotes`: files that `include:remote` finds, by their URL.
    fn read_remotes(&mut self, node: &Node, files: &dyn Files, reader: &mut Reader<'_>) {
        let Value::Mapping(entries) = &node.value else {
            reader.wrong_type(node, "`remotes`", "a mapping of URLs to files");
            return;
        };
        for entry in entries {
            let url = reader.some_text(&entry.key, "a URL");
            let file = named(&entry.value, "the file", files, reader);
            if let (Some(url), Some(file)) = (url, file) {
                self.remotes.push((url.value, file.text().to_owned()));
            }
        }
    }
}

/// `groups`: their variables.
fn group(reader: &mut Reader<'_>, node: &Node) -> Option<(String, Vec<Variable>)> {
    let mut fields = reader.fields(node, "a group")?;
    let path = fields
        .need("path", reader)
        .and_then(|node| reader.some_text(node, "`path`"));
    let variables = fields
        .take("variables")
        .and_then(|node| variables::read(node, reader));
    fields.finish(reader);
    Some((path?.value, variables.unwrap_or_default()))
}
