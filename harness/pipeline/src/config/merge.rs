//! Hashes merged into hashes, as `deep_merge` does it: what is no hash takes the place of what was there.

use std::collections::HashMap;

use located_yaml::{Entry, Value};

/// Entries among which looking at each is faster than an index.
const FEW: usize = 16;

/// Merges entries over others; a key that was there keeps its place.
pub(crate) fn deep_merge(base: &mut Vec<Entry>, over: Vec<Entry>) {
    let mut index: Option<HashMap<String, usize>> = (base.len() > FEW).then(|| {
        let named = base
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| Some((entry.key.as_str()?.to_owned(), place)));
        named.collect()
    });
    for entry in over {
        let place = entry.key.as_str().and_then(|key| match &index {
            Some(index) => index.get(key).copied(),
            None => base.iter().position(|below| below.key.as_str() == Some(key)),
        });
        let Some(existing) = place.and_then(|place| base.get_mut(place)) else {
            if let (Some(index), Some(key)) = (&mut index, entry.key.as_str()) {
                index.insert(key.to_owned(), base.len());
            }
            base.push(entry);
            continue;
        };
        match (&mut existing.value.value, entry.value.value) {
            (Value::Mapping(below), Value::Mapping(above)) => deep_merge(below, above),
            (_, value) => {
                existing.key = entry.key;
                existing.value = located_yaml::Node { value, ..entry.value };
            }
        }
    }
}
