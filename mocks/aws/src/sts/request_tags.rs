//! Session tags in the parameters: `Tags.member.N.Key`, `Tags.member.N.Value`, `TransitiveTagKeys.member.N` ("Pass
//! session tags in AWS STS", IAM User Guide).

use super::constraint::{MOST_TAGS, TAG_KEY, TAG_VALUE};
use super::error;
use super::session_tags::SessionTags;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::{ApiError, Failure, Parameters, Violations};
use crate::session::Session;

/// Tags as sent.
#[derive(Debug)]
pub(super) struct RequestTags<'a> {
    tags: Vec<[Option<&'a str>; 2]>,
    transitive: Vec<&'a str>,
}

impl<'a> RequestTags<'a> {
    /// Reads the tags and the keys to be transitive, and notes them.
    pub(super) fn read(parameters: &'a Parameters, call: &mut Call) -> Self {
        let tags = RequestTags {
            transitive: parameters.list("TransitiveTagKeys", None),
            ..Self::read_tags(parameters, call)
        };
        if !tags.transitive.is_empty() {
            call.parameters
                .insert("TransitiveTagKeys", tags.transitive.join(" "));
        }
        tags
    }

    /// Reads the tags alone, for an operation without transitive ones, and notes them.
    pub(super) fn read_tags(parameters: &'a Parameters, call: &mut Call) -> Self {
        let tags = RequestTags {
            tags: parameters.structures("Tags", ["Key", "Value"]),
            transitive: Vec::new(),
        };
        if !tags.tags.is_empty() {
            let shown = tags
                .tags
                .iter()
                .map(|tag| tag.map(Option::unwrap_or_default).join("="));
            call.parameters
                .insert("Tags", shown.collect::<Vec<_>>().join(" "));
        }
        tags
    }

    /// Holds the tags against the constraints of the model.
    pub(super) fn constrain(&self, violations: &mut Violations) {
        let keys: Vec<&str> = self.tags.iter().map(|[key, _]| key.unwrap_or_default()).collect();
        violations.list("tags", &keys, MOST_TAGS);
        for (index, [key, value]) in self.tags.iter().enumerate() {
            let member = |field| format!("tags.{}.member.{field}", index + 1);
            violations.required(&member("key"), *key, TAG_KEY);
            violations.required(&member("value"), *value, TAG_VALUE);
        }
        violations.list("transitiveTagKeys", &self.transitive, MOST_TAGS);
        violations.texts("transitiveTagKeys", &self.transitive, TAG_KEY);
    }

    /// The tags for a session, by themselves: keys differ in more than case, and those to be transitive are among them.
    /// A transitive tag of the calling session cannot be set again, not even to the same value.
    ///
    /// Errors are recorded AWS behaviour, their order is assumed.
    pub(super) fn for_session(&self, calling: Option<&Session>) -> Result<SessionTags, Failure> {
        let mut tags = SessionTags::default();
        for [key, value] in &self.tags {
            let (key, value) = (key.unwrap_or_default(), value.unwrap_or_default());
            tags.tags.insert(key.to_owned(), value.to_owned());
        }
        let lowered = tags.lowered_keys();
        if lowered.len() < self.tags.len() {
            let why = "two keys are the same, or differ only in case";
            return Err(refused(error::duplicate_tag_keys(), why));
        }
        let inherited = calling.map_or(&[][..], |session| &session.transitive_tag_keys);
        if let Some(key) = inherited.iter().find(|key| lowered.contains(&key.to_lowercase())) {
            let why =
                format!("`{key}` is a transitive tag of the calling session, which cannot be set again");
            return Err(refused(error::transitive_tag_conflict(), &why));
        }
        for key in &self.transitive {
            if !lowered.contains(&key.to_lowercase()) {
                let why = format!("`{key}` is to be transitive, and is not a tag");
                return Err(refused(error::transitive_key_without_tag(), &why));
            }
            if !tags.transitive.iter().any(|known| known == key) {
                tags.transitive.push((*key).to_owned());
            }
        }
        Ok(tags)
    }
}

fn refused(error: ApiError, why: &str) -> Failure {
    error.because(Cause::InvalidSessionTags { why: why.to_owned() })
}
