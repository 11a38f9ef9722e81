//! One line: a request.

use std::borrow::Cow;
use std::fmt;

use iam_policy::{Context, Principal};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::principal;
use crate::diagnostic::nearest;
use crate::explain::json;

/// What a line has to say.
const KEYS: [&str; 6] = ["id", "policy", "principal", "action", "resource", "context"];

/// A request.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) id: Option<&'a RawValue>,
    pub(super) policy: &'a RawValue,
    pub(super) principal: Principal,
    pub(super) action: Cow<'a, str>,
    pub(super) resource: Option<Cow<'a, str>>,
    pub(super) context: Context,
}

/// The values of a line's keys, unread.
#[derive(Debug, Default)]
struct Fields<'a> {
    values: [Option<&'a RawValue>; KEYS.len()],
    mistake: Option<String>,
}

impl<'a> Line<'a> {
    /// Reads a line. The error says what is wrong with it.
    ///
    /// Keys that are nothing like the known ones are passed over, so that lines may carry more than a request; one that
    /// looks like a slip of the pen is an error, since what it says would be left out of the decision.
    pub(super) fn read(text: &'a str) -> Result<Line<'a>, String> {
        if !text.trim_start().starts_with('{') {
            return Err("a line is a JSON object".to_owned());
        }
        let fields: Fields<'a> = serde_json::from_str(text).map_err(|error| {
            format!(
                "not valid JSON at column {}: {}",
                error.column(),
                json::words(&error)
            )
        })?;
        if let Some(mistake) = fields.mistake {
            return Err(mistake);
        }
        let [id, policy, principal, action, resource, context] = fields.values;
        let need =
            |value: Option<&'a RawValue>, name: &str| value.ok_or_else(|| format!("there is no `{name}`"));
        let text_of = |value: &'a RawValue, name: &str| {
            serde_json::from_str::<Text<'a>>(value.get())
                .map(|text| text.0)
                .map_err(|_| format!("`{name}` is a string"))
        };
        Ok(Line {
            id,
            policy: need(policy, "policy")?,
            principal: principal::read(need(principal, "principal")?.get())?,
            action: text_of(need(action, "action")?, "action")?,
            resource: resource.map(|value| text_of(value, "resource")).transpose()?,
            context: match context {
                None => Context::new(),
                Some(context) => serde_json::from_str(context.get())
                    .map_err(|error| format!("`context`: {}", json::words(&error)))?,
            },
        })
    }
}

/// The id of a line that is otherwise wrong, if that much can be read.
pub(super) fn id_of(text: &str) -> Option<Box<RawValue>> {
    let fields: Fields<'_> = serde_json::from_str(text).ok()?;
    fields.values[0].map(RawValue::to_owned)
}

/// Text, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Fields::default();
                while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
                    let Some(index) = KEYS.iter().position(|known| *known == key) else {
                        map.next_value::<IgnoredAny>()?;
                        if let Some(known) = nearest(&key, KEYS.into_iter().filter(|known| known.len() > 2)) {
                            fields.mistake =
                                Some(format!("there is no key `{key}`: did you mean `{known}`?"));
                        }
                        continue;
                    };
                    if fields.values[index].is_some() {
                        fields.mistake = Some(format!("`{key}` is there twice"));
                    }
                    fields.values[index] = Some(map.next_value()?);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Object)
    }
}
