//! The tags of what IAM keeps.

use located_yaml::{Node, Value};
use mock_aws::accounts::Tag;

use crate::reader::Reader;

/// Reads a mapping of keys to values.
pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Vec<Tag> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`tags`", "a mapping of keys to values");
        return Vec::new();
    };
    entries
        .iter()
        .filter_map(|entry| {
            let key = reader.some_text(&entry.key, "a tag's key")?;
            let value = reader.text(&entry.value, "a tag's value")?;
            Some(Tag::new(key.value, value.value))
        })
        .collect()
}
