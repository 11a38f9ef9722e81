//! Merge keys (`<<`), by the rules of Ruby's loader.
//!
//! The loader reads a mapping from top to bottom, and `<<` copies the merged keys over what is there already. So a key
//! written *before* `<<: *x` loses to the merged one and a key after it wins; of two `<<` the later wins; in
//! `<<: [*a, *b]` the first list item wins. A `<<` whose value is no mapping and no list of mappings is an ordinary key.
//! A key that is written twice keeps its first place and its last value.
//!
//! Source: `Psych::Visitors::ToRuby#revive_hash`; the outcomes were measured with Psych 4.

use std::collections::{HashMap, HashSet};

use crate::{Entry, Node, Value};

const MERGE_KEY: &str = "<<";
const STRING_TAG: &str = "tag:yaml.org,2002:str";

/// Resolves every merge key in a tree, from the leaves up; no mapping has a duplicate scalar key afterwards.
pub fn apply(node: &mut Node) {
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter_mut().for_each(apply),
        Value::Mapping(entries) => {
            for entry in entries.iter_mut() {
                apply(&mut entry.key);
                apply(&mut entry.value);
            }
            if needs_work(entries) {
                let mut merged = Merged::default();
                std::mem::take(entries)
                    .into_iter()
                    .for_each(|entry| merged.write(entry));
                *entries = merged.entries;
            }
        }
    }
}

/// Whether a mapping has a merge key or a key twice.
fn needs_work(entries: &[Entry]) -> bool {
    let mut seen = HashSet::new();
    entries
        .iter()
        .any(|entry| is_merge_key(&entry.key) || entry.key.as_str().is_some_and(|key| !seen.insert(key)))
}

/// A mapping under construction.
#[derive(Default)]
struct Merged {
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl Merged {
    fn write(&mut self, entry: Entry) {
        if !is_merge_key(&entry.key) {
            return self.insert(entry);
        }
        match entry.value.value {
            Value::Mapping(entries) => entries.into_iter().for_each(|entry| self.insert(entry)),
            // The loader tests the node as written, so a list behind an alias is not looked into.
            Value::Sequence(items) if !entry.value.is_alias && items.iter().all(is_mapping) => {
                let mut sources = Merged::default();
                for item in items.into_iter().rev() {
                    if let Value::Mapping(entries) = item.value {
                        entries.into_iter().for_each(|entry| sources.insert(entry));
                    }
                }
                sources.entries.into_iter().for_each(|entry| self.insert(entry));
            }
            value => self.insert(Entry {
                key: entry.key,
                value: Node { value, ..entry.value },
            }),
        }
    }

    fn insert(&mut self, entry: Entry) {
        let Some(key) = entry.key.as_str() else {
            self.entries.push(entry);
            return;
        };
        match self.places.get(key) {
            Some(place) => self.entries[*place] = entry,
            None => {
                self.places.insert(key.to_owned(), self.entries.len());
                self.entries.push(entry);
            }
        }
    }
}

fn is_merge_key(key: &Node) -> bool {
    key.as_str() == Some(MERGE_KEY) && key.tag.as_deref() != Some(STRING_TAG)
}

fn is_mapping(node: &Node) -> bool {
    node.as_mapping().is_some()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    fn merged(text: &str) -> String {
        let mut documents = crate::parse(text).expect("valid YAML");
        let mut root = documents.remove(0);
        super::apply(&mut root);
        let entries = root
            .get("r")
            .and_then(crate::Node::as_mapping)
            .expect("a mapping under r");
        let shown: Vec<_> = entries
            .iter()
            .map(|entry| {
                let value = entry
                    .value
                    .as_str()
                    .map_or_else(|| entry.value.kind_name().to_owned(), str::to_owned);
                format!("{}={value}", entry.key.as_str().unwrap_or("?"))
            })
            .collect();
        shown.join(" ")
    }

    const ANCHORS: &str = "a: &a {x: ax, y: ay}\nb: &b {x: bx, z: bz}\nl: &l [*a, *b]\ns: &s text\n";

    #[rstest]
    #[case::a_key_before_loses("r: {x: own, <<: *a}", "x=ax y=ay")]
    #[case::a_key_after_wins("r: {<<: *a, x: own}", "x=own y=ay")]
    #[case::of_two_the_later_wins("r:\n  <<: *a\n  <<: *b", "x=bx y=ay z=bz")]
    #[case::in_a_list_the_first_wins("r: {<<: [*a, *b]}", "x=ax z=bz y=ay")]
    #[case::inline_mapping("r: {<<: {q: 1}}", "q=1")]
    #[case::quoted_is_still_a_merge_key("r: {'<<': *a}", "x=ax y=ay")]
    #[case::tagged_as_string_is_a_key("r: {!!str <<: *a}", "<<=a mapping")]
    #[case::a_list_through_an_alias_is_a_key("r: {<<: *l}", "<<=a list")]
    #[case::through_another_alias("c: &c {<<: [*a, *b]}\nr: *c", "x=ax z=bz y=ay")]
    #[case::a_list_through_two_aliases_is_a_key("c: &c {<<: *l}\nr: *c", "<<=a list")]
    #[case::a_scalar_is_a_key("r: {<<: *s}", "<<=text")]
    #[case::a_list_with_a_scalar_is_a_key("r: {<<: [*a, *s]}", "<<=a list")]
    #[case::duplicates_keep_the_first_place("r: {p: 1, q: 2, p: 3}", "p=3 q=2")]
    #[case::chained("c: &c {<<: *a, y: cy}\nr: {<<: *c}", "x=ax y=cy")]
    fn follows_the_loader(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(merged(&format!("{ANCHORS}{text}")), expected);
    }
}
