//! `parallel`: how many jobs one is.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// Jobs that one may be.
const LIMIT: u32 = 200;

/// How many jobs, and with which variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parallel {
    Number(u32),
    /// The variables of each.
    Matrix(Vec<IndexMap<String, String>>),
}

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Parallel> {
    match value::of(node) {
        Value::Int(digits) => {
            let number: Option<i64> = digits.parse().ok();
            match number {
                Some(number) if number < 1 => {
                    findings.entry(at, "config must be greater than or equal to 1", node.site(), None);
                    None
                }
                Some(number) if number <= i64::from(LIMIT) => {
                    u32::try_from(number).ok().map(Parallel::Number)
                }
                _ => {
                    let error = format!("config must be less than or equal to {LIMIT}");
                    findings.entry(at, error, node.site(), None);
                    None
                }
            }
        }
        Value::Float(_) => {
            findings.entry(at, "config must be an integer", node.site(), None);
            None
        }
        Value::Hash(_) => {
            keys::allow(at, node, &["matrix"], findings);
            let Some(matrix) = node.get("matrix") else {
                findings.entry(at, "config missing required keys: matrix", node.site(), None);
                return None;
            };
            rows(&at.child("matrix"), matrix, findings).map(Parallel::Matrix)
        }
        _ => {
            findings.entry(at, "should be an integer or a hash", node.site(), None);
            None
        }
    }
}

fn rows(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<IndexMap<String, String>>> {
    let items = node
        .as_sequence()
        .filter(|items| items.iter().all(|item| item.as_mapping().is_some()));
    let Some(items) = items else {
        findings.entry(at, "config should be an array of hashes", node.site(), None);
        return None;
    };
    let mut rows: Vec<IndexMap<String, String>> = Vec::new();
    for item in items {
        let mut made = vec![IndexMap::new()];
        for (name, entry) in value::entries(item) {
            let values = match value::of(&entry.value) {
                Value::List(items) => items.iter().map(|item| value::of(item).to_text()).collect(),
                Value::Null => None,
                scalar => scalar.to_text().map(|text| vec![text]),
            };
            let Some(values) = values.filter(|values: &Vec<String>| !values.is_empty()) else {
                let error = "variables config should be a hash of key value pairs, value can be an array";
                findings.entry(at, error, entry.key.site(), None);
                return None;
            };
            if made.len().saturating_mul(values.len()) > LIMIT as usize {
                return too_many(at, node, findings);
            }
            made = made
                .into_iter()
                .flat_map(|row: IndexMap<String, String>| {
                    values.iter().map(move |value| {
                        let mut row = row.clone();
                        row.insert(name.to_owned(), value.clone());
                        row
                    })
                })
                .collect();
        }
        rows.extend(made);
        if rows.len() > LIMIT as usize {
            return too_many(at, node, findings);
        }
    }
    Some(rows)
}

fn too_many<T>(at: &Location, node: &Node, findings: &mut Findings) -> Option<T> {
    let error = format!("config generates too many jobs (maximum is {LIMIT})");
    findings.entry(at, error, node.site(), None);
    None
}

impl Parallel {
    /// The names of the jobs, with the variables that the matrix gives each.
    pub(crate) fn copies(&self, name: &str) -> Vec<(String, IndexMap<String, String>)> {
        match self {
            Parallel::Number(total) => (1..=*total)
                .map(|index| (format!("{name} {index}/{total}"), IndexMap::new()))
                .collect(),
            Parallel::Matrix(rows) => rows
                .iter()
                .map(|row| {
                    let values: Vec<_> = row.values().map(String::as_str).collect();
                    (format!("{name}: [{}]", values.join(", ")), row.clone())
                })
                .collect(),
        }
    }
}
