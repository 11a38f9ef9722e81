//! What is known about a request when a policy is decided: the condition keys and their values.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::letter_case::lower;

/// The condition keys of a request. Names are case-insensitive, also after the `/` of `aws:RequestTag/Name`.
///
/// As JSON: an object of key to text or list of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// By lower-cased name.
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    value: ContextValue,
}

/// The value of a condition key.
///
/// The difference matters: an operator without `ForAnyValue:` or `ForAllValues:` never matches a multi-valued key, not even
/// with one value in it (recorded AWS behaviour with `aws:TagKeys`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// A single-valued key.
    One(String),
    /// A multi-valued key. Without any value it counts as absent.
    Many(Vec<String>),
}

impl Context {
    /// A context without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more key; a key set before is replaced.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<ContextValue>) -> Self {
        self.insert(key, value);
        self
    }

    /// Sets a key: to one value if given a string, to several if given a list.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<ContextValue>) {
        let name = key.into();
        self.entries.insert(
            lower(&name).into_owned(),
            Entry {
                name,
                value: value.into(),
            },
        );
    }

    /// A key's value, whatever the case it is asked in.
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        self.lookup(&lower(key))
    }

    /// Every key, as it was written, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.entries
            .values()
            .map(|entry| (entry.name.as_str(), &entry.value))
    }

    /// The value of a key that is lower-cased already. A key without any value is absent.
    pub(crate) fn lookup(&self, lowered: &str) -> Option<&ContextValue> {
        self.entries
            .get(lowered)
            .map(|entry| &entry.value)
            .filter(|value| !value.values().is_empty())
    }
}

impl ContextValue {
    /// The values.
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// Whether the key takes several values.
    pub fn is_multivalued(&self) -> bool {
        matches!(self, Self::Many(_))
    }
}

impl From<String> for ContextValue {
    fn from(value: String) -> Self {
        Self::One(value)
    }
}

impl From<&str> for ContextValue {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

impl<S: Into<String>> From<Vec<S>> for ContextValue {
    fn from(values: Vec<S>) -> Self {
        Self::Many(values.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for ContextValue {
    fn from(values: [S; N]) -> Self {
        Self::Many(values.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<String>, V: Into<ContextValue>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        pairs
            .into_iter()
            .fold(Self::default(), |context, (key, value)| context.with(key, value))
    }
}

impl Serialize for ContextValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(value) => serializer.serialize_str(value),
            Self::Many(values) => serializer.collect_seq(values),
        }
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Context;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of condition keys")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Context, A::Error> {
                let mut context = Context::default();
                while let Some((key, value)) = map.next_entry::<String, ContextValue>()? {
                    context.insert(key, value);
                }
                Ok(context)
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A number or a Boolean is read as its text: in AWS every value of a condition key is one.
impl<'de> Deserialize<'de> for ContextValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = ContextValue;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string, a number, a Boolean or a list of them")
            }
            fn visit_str<E>(self, value: &str) -> Result<ContextValue, E> {
                Ok(ContextValue::One(value.to_owned()))
            }
            fn visit_bool<E>(self, value: bool) -> Result<ContextValue, E> {
                Ok(ContextValue::One(value.to_string()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<ContextValue, E> {
                Ok(ContextValue::One(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<ContextValue, E> {
                Ok(ContextValue::One(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<ContextValue, E> {
                Ok(ContextValue::One(value.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ContextValue, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element::<ContextValue>()? {
                    match value {
                        ContextValue::One(value) => values.push(value),
                        ContextValue::Many(_) => {
                            return Err(serde::de::Error::custom(
                                "a list inside a list is no value of a condition key",
                            ));
                        }
                    }
                }
                Ok(ContextValue::Many(values))
            }
        }
        deserializer.deserialize_any(Values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ignore_case_and_keep_it() {
        let context = Context::new()
            .with("aws:RequestTag/Team", "a")
            .with("AWS:requesttag/team", "b");
        assert_eq!(context.get("aws:requestTag/TEAM"), Some(&"b".into()));
        assert_eq!(
            context.iter().collect::<Vec<_>>(),
            [("AWS:requesttag/team", &ContextValue::from("b"))]
        );
    }

    #[test]
    fn a_key_without_values_is_absent_to_policies() {
        let context = Context::new().with("aws:TagKeys", Vec::<String>::new());
        assert!(context.get("aws:TagKeys").is_none());
    }

    #[test]
    fn json_round_trip() {
        let json = r#"{"a:b":"c","d:e":["f"]}"#;
        let context: Context = serde_json::from_str(json).unwrap();
        assert_eq!(context, Context::new().with("a:b", "c").with("d:e", ["f"]));
        assert_eq!(serde_json::to_string(&context).unwrap(), json);
        let typed: Context = serde_json::from_str(r#"{"a:b":1,"c:d":true,"e:f":1.5,"g:h":[2]}"#).unwrap();
        let texts = Context::new()
            .with("a:b", "1")
            .with("c:d", "true")
            .with("e:f", "1.5")
            .with("g:h", ["2"]);
        assert_eq!(typed, texts);
        assert!(serde_json::from_str::<Context>(r#"{"a:b":null}"#).is_err());
        assert!(serde_json::from_str::<Context>(r#"{"a:b":[["c"]]}"#).is_err());
    }
}
