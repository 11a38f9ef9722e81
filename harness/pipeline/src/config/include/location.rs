//! Where the files of an `include` are.
//!
//! DIVERGENCE: `~latest` and a part of a version take the highest of the refs that are mapped, where GitLab takes the
//! highest version that was released to the catalogue.

use std::sync::Arc;

use located_yaml::Node;

use crate::Span;
use crate::expand::audience;
use crate::glob;
use crate::library::{Library, Missing, Repository};
use crate::value::{self, Value};

/// A file that an entry names, its variables filled in.
#[derive(Debug)]
pub(super) enum Wanted {
    Local(String),
    Project {
        project: String,
        reference: Option<String>,
        file: String,
    },
    Remote(String),
    Component(String),
}

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found {
    /// What GitLab calls it in messages.
    pub(super) location: String,
    /// What a person calls it.
    pub(super) name: String,
    pub(super) text: String,
    /// Where its own local includes are.
    pub(super) repository: Arc<dyn Repository>,
}

/// The ways to name a file, of which an entry uses one.
const SUBKEYS: [&str; 6] = ["local", "project", "remote", "template", "component", "artifact"];

/// The other keys of an entry.
const OTHERS: [&str; 7] = ["file", "ref", "inputs", "rules", "job", "integrity", "cache"];

type Wrong = (String, Span, Option<String>);

/// What an entry names.
pub(super) fn wanted<'v>(
    item: &Node,
    lookup: &dyn Fn(&str) -> Option<&'v str>,
) -> Result<Vec<Wanted>, Wrong> {
    let expand = |text: &str| audience::expand(text, lookup);
    let wrong = |message: String| (message, item.site(), None);
    if let Some(text) = value::text(item) {
        let location = expand(text);
        return Ok(vec![
            if location.starts_with("https://") || location.starts_with("http://") {
                Wanted::Remote(location)
            } else {
                Wanted::Local(location)
            },
        ]);
    }
    let Value::Hash(_) = value::of(item) else {
        return Err(wrong("include config should be a string or a hash".to_owned()));
    };
    if let Some((key, entry)) =
        value::entries(item).find(|(key, _)| !SUBKEYS.contains(key) && !OTHERS.contains(key))
    {
        let known = SUBKEYS.iter().chain(&OTHERS).copied();
        return Err((
            format!("include config contains unknown keys: {key}"),
            entry.key.site(),
            crate::nearest::did_you_mean(key, known),
        ));
    }
    let used: Vec<&str> = SUBKEYS
        .into_iter()
        .filter(|key| item.get(key).is_some_and(|value| !value::is_null(value)))
        .collect();
    let text = |key: &str| {
        item.get(key)
            .filter(|value| !value::is_null(value))
            .map(|value| (value, value::text(value)))
    };
    let needed = |key: &str| match text(key) {
        Some((_, Some(text))) => Ok(expand(text)),
        Some((node, None)) => {
            let shown = value::of(node).inspect();
            Err((
                format!("Included file `{shown}` needs to be a string"),
                node.site(),
                None,
            ))
        }
        None => Err(wrong(format!("include config missing required keys: {key}"))),
    };
    match used.as_slice() {
        ["local"] => Ok(vec![Wanted::Local(needed("local")?)]),
        ["remote"] => Ok(vec![Wanted::Remote(needed("remote")?)]),
        ["component"] => Ok(vec![Wanted::Component(needed("component")?)]),
        ["project"] => {
            let project = needed("project")?;
            let reference = text("ref").and_then(|(_, text)| text).map(&expand);
            let files = match item.get("file").map(|file| (file, value::of(file))) {
                Some((_, Value::Text(file))) => vec![expand(file)],
                Some((node, Value::List(_))) => value::texts(node)
                    .ok_or_else(|| wrong("include config file should be an array of strings".to_owned()))?
                    .iter()
                    .map(|file| expand(file))
                    .collect(),
                _ => {
                    return Err(wrong(
                        "include config must specify the file where to fetch the config from".to_owned(),
                    ));
                }
            };
            let made = files.into_iter().map(|file| Wanted::Project {
                project: project.clone(),
                reference: reference.clone(),
                file,
            });
            Ok(made.collect())
        }
        [key @ ("template" | "artifact")] => Err((
            format!("`include:{key}` is not supported"),
            item.entry(key).map_or(item.site(), |entry| entry.key.site()),
            Some(if *key == "template" {
                "GitLab's own templates are not here; map a copy of the file and include it by `project` or `local`".to_owned()
            } else {
                "a file that a job makes is not known before it has run".to_owned()
            }),
        )),
        [] => Err(wrong(format!(
            "`{}` does not have a valid subkey for include. Valid subkeys are: `{}`",
            value::of(item).inspect(),
            SUBKEYS.join("`, `")
        ))),
        _ => Err(wrong(format!(
            "Each include must use only one of: `{}`",
            SUBKEYS.join("`, `")
        ))),
    }
}

/// The files that are wanted: several for a pattern.
pub(super) fn find(
    wanted: &Wanted,
    repository: &Arc<dyn Repository>,
    library: &Library,
) -> Result<Vec<Found>, String> {
    match wanted {
        Wanted::Local(location) => local(location, repository),
        Wanted::Project {
            project,
            reference,
            file,
        } => {
            let path = file.trim_start_matches('/');
            check_extension(path)?;
            let lower = project.to_lowercase();
            let files = library
                .project(project, reference.as_deref())
                .map_err(|missing| match missing {
                    Missing::Project => format!(
                        "Project `{lower}` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined."
                    ),
                    Missing::Reference => format!(
                        "Project `{lower}` reference `{}` does not exist!",
                        reference.as_deref().unwrap_or("HEAD")
                    ),
                })?;
            let text = read(files, path)?
                .ok_or_else(|| format!("Project `{lower}` file `{path}` does not exist!"))?;
            if text.trim().is_empty() {
                return Err(format!("Project `{lower}` file `{path}` is empty!"));
            }
            Ok(vec![Found {
                location: path.to_owned(),
                name: files.shown(path),
                text,
                repository: Arc::clone(files),
            }])
        }
        Wanted::Remote(url) => {
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return Err(format!("Remote file `{url}` does not have a valid address!"));
            }
            check_extension(url.split(['?', '#']).next().unwrap_or(url))?;
            let text = library.remote(url).ok_or_else(|| {
                format!("Remote file `{url}` could not be fetched because of a socket error!")
            })?;
            Ok(vec![Found {
                location: url.clone(),
                name: url.clone(),
                text: text.to_owned(),
                repository: Arc::clone(repository),
            }])
        }
        Wanted::Component(address) => component(address, library).map(|found| vec![found]),
    }
}

fn local(location: &str, repository: &Arc<dyn Repository>) -> Result<Vec<Found>, String> {
    let path = location.trim_start_matches('/');
    let found = |path: &str| {
        check_extension(path)?;
        let text = read(repository, path)?.ok_or_else(|| format!("Local file `{path}` does not exist!"))?;
        if text.trim().is_empty() {
            return Err(format!("Local file `{path}` is empty!"));
        }
        Ok(Found {
            location: path.to_owned(),
            name: repository.shown(path),
            text,
            repository: Arc::clone(repository),
        })
    };
    if !path.contains('*') {
        return found(path).map(|found| vec![found]);
    }
    let mut paths = repository.paths();
    paths.retain(|known| glob::matches_include(path, known));
    paths.sort_unstable();
    paths.iter().map(|path| found(path)).collect()
}

fn read(repository: &Arc<dyn Repository>, path: &str) -> Result<Option<String>, String> {
    if path.split('/').any(|part| part == ".." || part == ".") {
        return Ok(None); // git knows no such path
    }
    repository.read(path)
}

fn check_extension(path: &str) -> Result<(), String> {
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    if stem.is_some_and(|stem| !stem.is_empty()) {
        Ok(())
    } else {
        Err(format!("Included file `{path}` does not have YAML extension!"))
    }
}

/// `host/group/project/name@version`: the file `templates/name.yml` or `templates/name/template.yml` of the project.
fn component(address: &str, library: &Library) -> Result<Found, String> {
    let fail = |reason: &str| Err(format!("component '{address}' - {reason}"));
    let Some((path, version)) = address
        .rsplit_once('@')
        .filter(|(_, version)| !version.is_empty())
    else {
        return fail("the version is missing");
    };
    let Some(path) = path
        .strip_prefix(&library.host)
        .and_then(|path| path.strip_prefix('/'))
    else {
        return fail("the component path is not supported");
    };
    let Some((project, name)) = path.rsplit_once('/') else {
        return fail("the component path is not supported");
    };
    // `~latest` and parts of a version are resolved by the catalogue; here any mapped version that fits is taken.
    let fits = |mapped: &str| {
        version == "~latest"
            || mapped == version
            || mapped
                .strip_prefix(version)
                .is_some_and(|rest| rest.starts_with('.'))
    };
    let known: Vec<_> = library
        .projects
        .iter()
        .filter(|mapped| mapped.project.eq_ignore_ascii_case(project))
        .collect();
    if known.is_empty() {
        return fail("the project does not exist or you don't have sufficient permissions");
    }
    let mut fitting: Vec<_> = known
        .into_iter()
        .filter(|mapped| mapped.reference.as_deref().is_none_or(fits))
        .collect();
    // The highest version counts, number by number.
    fitting.sort_by_key(|mapped| {
        let numbers = mapped.reference.as_deref().unwrap_or_default().split('.');
        numbers
            .map(|part| part.parse::<u64>().unwrap_or(0))
            .collect::<Vec<_>>()
    });
    let Some(mapped) = fitting.pop() else {
        return fail("content not found");
    };
    for path in [
        format!("templates/{name}.yml"),
        format!("templates/{name}/template.yml"),
    ] {
        if let Some(text) = read(&mapped.files, &path)?
            && !text.trim().is_empty()
        {
            return Ok(Found {
                location: address.to_owned(),
                name: mapped.files.shown(&path),
                text,
                repository: Arc::clone(&mapped.files),
            });
        }
    }
    fail("content not found")
}
