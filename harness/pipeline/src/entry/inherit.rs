//! `inherit`: which defaults and which of the file's variables a job takes.

use located_yaml::Node;

use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::keyword;
use crate::nearest::did_you_mean;
use crate::value::{self, Value};

/// What a job inherits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inherit {
    pub(crate) default: Selection,
    pub(crate) variables: Selection,
}

/// All, none, or some by name.
#[derive(Clone, Debug, Default)]
pub(crate) enum Selection {
    #[default]
    All,
    None,
    Some(Vec<String>),
}

impl Selection {
    pub(crate) fn includes(&self, name: &str) -> bool {
        match self {
            Selection::All => true,
            Selection::None => false,
            Selection::Some(names) => names.iter().any(|listed| listed == name),
        }
    }
}

pub(crate) fn read(at: &Location, node: Option<&Node>, findings: &mut Findings) -> Inherit {
    let Some(node) = node.filter(|node| !value::is_null(node)) else {
        return Inherit::default();
    };
    let Value::Hash(_) = value::of(node) else {
        findings.entry(at, "config should be a hash", node.site(), None);
        return Inherit::default();
    };
    keys::allow(at, node, &["default", "variables"], findings);
    let default = selection(&at.child("default"), node.get("default"), findings);
    if let (Some(node), Selection::Some(_)) = (node.get("default"), &default) {
        check_names(&at.child("default"), node, findings);
    }
    Inherit {
        default,
        variables: selection(&at.child("variables"), node.get("variables"), findings),
    }
}

fn selection(at: &Location, node: Option<&Node>, findings: &mut Findings) -> Selection {
    let Some(node) = node else { return Selection::All };
    match value::of(node) {
        Value::Null | Value::Bool(true) => Selection::All,
        Value::Bool(false) => Selection::None,
        Value::List(_) => match value::texts(node) {
            Some(names) => Selection::Some(names),
            None => {
                findings.entry(at, "config should be an array of strings", node.site(), None);
                Selection::All
            }
        },
        _ => {
            findings.entry(at, "should be a bool or array of strings", node.site(), None);
            Selection::All
        }
    }
}

/// Only keywords of `default:` can be inherited from it.
fn check_names(at: &Location, node: &Node, findings: &mut Findings) {
    for item in node.as_sequence().unwrap_or_default() {
        let name = value::text(item).unwrap_or_default();
        if keyword::support(keyword::DEFAULT, name).is_none() {
            let help = did_you_mean(name, keyword::names(keyword::DEFAULT));
            findings.entry(
                at,
                format_args!("config contains unknown values: {name}"),
                item.site(),
                help,
            );
        }
    }
}
