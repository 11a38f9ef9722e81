//! Which keys of the file are jobs.

use located_yaml::{Entry, Node};

use crate::findings::{Findings, Location};
use crate::keyword::{self, ROOT};
use crate::nearest::nearest;
use crate::value::{self, Value};

/// The jobs of a file that pipelines may have.
#[derive(Debug, Default)]
pub(crate) struct Jobs<'a> {
    /// Jobs with a script, in the order of the file.
    pub(crate) scripts: Vec<(&'a str, &'a Entry)>,
    /// Jobs that start another pipeline.
    pub(crate) bridges: Vec<(&'a str, &'a Entry)>,
    /// Where each job comes among all entries, by where its name is written.
    pub(crate) order: std::collections::HashMap<usize, usize>,
}

/// What an entry of the file is, if it is a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Hidden,
    Script,
    Bridge,
}

fn kind(name: &str, node: &Node) -> Option<Kind> {
    if name.starts_with('.') {
        return Some(Kind::Hidden);
    }
    let has = |key| node.entry(key).is_some();
    if has("script") || has("run") {
        Some(Kind::Script)
    } else if has("trigger") || has("needs") {
        Some(Kind::Bridge)
    } else {
        None
    }
}

/// Whether a key with this value belongs to the file itself and is no job. A `default` with a script is a job.
pub(crate) fn is_root_keyword(name: &str, node: &Node) -> bool {
    keyword::support(ROOT, name).is_some()
        && !(matches!(name, "default" | "workflow") && kind(name, node).is_some())
}

/// Sorts the entries of a file.
pub(crate) fn find<'a>(root: &'a Node, findings: &mut Findings) -> Jobs<'a> {
    let mut jobs = Jobs::default();
    let at = Location::root("jobs");
    for (number, (name, entry)) in value::entries(root).enumerate() {
        jobs.order.insert(entry.key.span.start, number);
        if is_root_keyword(name, &entry.value) {
            continue;
        }
        match kind(name, &entry.value) {
            Some(Kind::Script) => jobs.scripts.push((name, entry)),
            Some(Kind::Bridge) => jobs.bridges.push((name, entry)),
            Some(Kind::Hidden) => {
                if matches!(
                    value::of(&entry.value),
                    Value::Null | Value::Hash([]) | Value::List([]) | Value::Text("")
                ) {
                    findings.entry(&at.child(name), "config can't be blank", entry.key.site(), None);
                }
            }
            None => {
                let error = format!(
                    "{} config should implement the script:, run:, or trigger: keyword",
                    human(name)
                );
                findings.entry(&at, error, entry.key.site(), help(name, entry));
            }
        }
    }
    if jobs.scripts.is_empty() && jobs.bridges.is_empty() {
        findings.entry(&at, "config should contain at least one visible job", 0..0, None);
    }
    jobs
}

/// A job's name as GitLab shows it in this one error: as a sentence's word, and if that leaves only letters and
/// spaces, with underscores again.
fn human(name: &str) -> String {
    let words = name.replace('.', "_");
    let words = words.trim_start_matches('_');
    let words = words
        .strip_suffix("_id")
        .unwrap_or(words)
        .replace('_', " ")
        .to_lowercase();
    if words.chars().all(|c| c.is_ascii_lowercase() || c.is_whitespace()) {
        words.replace(' ', "_")
    } else {
        words
    }
}

fn help(name: &str, entry: &Entry) -> Option<String> {
    if name == "id_tokens" {
        return Some("`id_tokens` belongs into a job or under `default:`".to_owned());
    }
    if keyword::support(keyword::JOB, name).is_some() {
        return Some(format!(
            "`{name}` belongs into a job: indent it under the job's name (if the file was copied, its indentation may be lost)"
        ));
    }
    if let Some(near) = nearest(name, keyword::names(ROOT)) {
        return Some(format!(
            "a key of the file is a keyword or a job; did you mean `{near}`?"
        ));
    }
    let known = || keyword::names(keyword::JOB).filter(|known| matches!(*known, "script" | "run"));
    match value::of(&entry.value) {
        Value::Hash(_) => {
            let near = value::entries(&entry.value).find_map(|(key, _)| Some((key, nearest(key, known())?)));
            Some(match near {
                Some((key, near)) => format!("`{key}` is no keyword; did you mean `{near}`?"),
                None => format!("add a `script:` to the job, or name it `.{name}` to hide it"),
            })
        }
        Value::Null => Some("nothing is indented under this key, so the job is empty".to_owned()),
        _ => None,
    }
}
