//! `needs`: the jobs that a job waits for.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::Span;
use crate::entry::{keys, parallel};
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// A need as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) job: String,
    pub(crate) artifacts: bool,
    pub(crate) optional: bool,
    /// Which of the jobs that `parallel` makes.
    pub(crate) matrix: Option<Vec<IndexMap<String, String>>>,
    pub(crate) span: Span,
}

/// The needs; `None` if the value is wrong and that was reported.
pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<Written>> {
    let items: Vec<&Node> = match value::of(node) {
        Value::List(items) => items.iter().collect(),
        Value::Hash(_) => vec![node],
        _ => {
            findings.entry(at, "config can only be a hash or an array", node.site(), None);
            return None;
        }
    };
    let at = &at.child("need");
    Some(
        items
            .into_iter()
            .filter_map(|item| need(at, item, findings))
            .collect(),
    )
}

fn need(at: &Location, item: &Node, findings: &mut Findings) -> Option<Written> {
    let blank = |findings: &mut Findings| {
        findings.entry(at, "config can't be blank", item.site(), None);
    };
    match value::of(item) {
        Value::Text("") => {
            blank(findings);
            None
        }
        Value::Text(job) => Some(Written {
            job: job.to_owned(),
            artifacts: true,
            optional: false,
            matrix: None,
            span: item.site(),
        }),
        Value::Hash(_) => hash(at, item, findings),
        _ => {
            findings.entry(at, "has an unsupported type", item.site(), None);
            None
        }
    }
}

fn hash(at: &Location, item: &Node, findings: &mut Findings) -> Option<Written> {
    for key in ["project", "pipeline"] {
        if let Some(entry) = item.entry(key) {
            findings.not_supported(&format!("needs:{key}"), entry.key.site());
            return None;
        }
    }
    keys::allow(at, item, &["job", "artifacts", "optional", "parallel"], findings);
    let Some(job) = item
        .get("job")
        .and_then(value::text)
        .filter(|job| !job.is_empty())
    else {
        let site = item.get("job").map_or_else(|| item.site(), Node::site);
        findings.entry(at, "job should be a string", site, None);
        return None;
    };
    let mut boolean = |key: &str, default| match item.get(key).map(|node| (node, value::of(node))) {
        None | Some((_, Value::Null)) => default,
        Some((_, Value::Bool(truth))) => truth,
        Some((node, _)) => {
            findings.entry(
                at,
                format_args!("{key} should be a boolean value"),
                node.site(),
                None,
            );
            default
        }
    };
    let (artifacts, optional) = (boolean("artifacts", true), boolean("optional", false));
    let matrix = item
        .get("parallel")
        .filter(|parallel| !value::is_null(parallel))
        .and_then(|node| parallel::read(&at.child("parallel"), node, findings));
    let matrix = match matrix {
        Some(parallel::Parallel::Matrix(rows)) => Some(rows),
        Some(parallel::Parallel::Number(_)) => {
            findings.entry(
                &at.child("parallel"),
                "config cannot use \"parallel: <number>\".",
                item.site(),
                None,
            );
            None
        }
        None => None,
    };
    if let Some(rows) = &matrix
        && rows
            .iter()
            .flat_map(IndexMap::values)
            .any(|value| value.contains("$[["))
    {
        findings.not_supported("needs:parallel:matrix with $[[ matrix ]]", item.site());
    }
    Some(Written {
        job: job.to_owned(),
        artifacts,
        optional,
        matrix,
        span: item.site(),
    })
}
