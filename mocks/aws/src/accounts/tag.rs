//! The tags of what IAM keeps.

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tag {
    /// The key, 1 to 128 characters.
    pub key: String,
    /// The value, up to 256 characters, perhaps none.
    pub value: String,
}

impl Tag {
    /// A tag.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Tag {
            key: key.into(),
            value: value.into(),
        }
    }
}

/// Whether keys that differ only in case are the same key. They are on roles, and not on OIDC providers and managed
/// policies (recorded AWS behaviour).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyCase {
    Ignored,
    Counts,
}

impl KeyCase {
    pub(crate) fn same(self, one: &str, other: &str) -> bool {
        match self {
            KeyCase::Ignored => one.to_lowercase() == other.to_lowercase(),
            KeyCase::Counts => one == other,
        }
    }
}

/// Sets tags: a key that is there gets the new value and stays in its place (recorded AWS behaviour).
pub(crate) fn set_tags(tags: &mut Vec<Tag>, new: Vec<Tag>, case: KeyCase) {
    for tag in new {
        match tags.iter_mut().find(|known| case.same(&known.key, &tag.key)) {
            Some(known) => known.value = tag.value,
            None => tags.push(tag),
        }
    }
}

/// Takes tags away; keys that are not there are fine.
pub(crate) fn remove_tags(tags: &mut Vec<Tag>, keys: &[&str], case: KeyCase) {
    tags.retain(|tag| !keys.iter().any(|key| case.same(key, &tag.key)));
}
