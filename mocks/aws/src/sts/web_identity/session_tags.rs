//! Session tags in the token ("Pass session tags in AWS STS", IAM User Guide).

use serde_json::{Map, Value};

use crate::cause::Cause;
use crate::query::{ApiError, Failure};
use crate::sts::constraint::MOST_TAGS;
use crate::sts::error;
use crate::sts::session_tags::SessionTags;

const CLAIM: &str = "https://aws.amazon.com/tags";
const FLAT_TAG: &str = "https://aws.amazon.com/tags/principal_tags/";
const FLAT_TRANSITIVE: &str = "https://aws.amazon.com/tags/transitive_tag_keys";

/// Keys and values have at most so many characters.
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

impl SessionTags {
    /// Reads the nested form, with values that are lists of one, and the flat form, with values that are texts
    /// (recorded AWS behaviour). Both at once add up.
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, Failure> {
        let mut tags = SessionTags::default();
        if let Some(nested) = claims.get(CLAIM).filter(|nested| !nested.is_null()) {
            tags.read_nested(nested)?;
        }
        for (claim, value) in claims {
            if let Some(key) = claim.strip_prefix(FLAT_TAG) {
                let value = value
                    .as_str()
                    .ok_or_else(|| malformed_tags(claim, "in the flat form a value has to be text"))?;
                tags.add(claim, key, value)?;
            }
        }
        if let Some(keys) = claims.get(FLAT_TRANSITIVE).filter(|keys| !keys.is_null()) {
            tags.read_transitive(FLAT_TRANSITIVE, keys)?;
        }
        tags.check_keys()?;
        Ok(tags)
    }

    fn read_nested(&mut self, nested: &Value) -> Result<(), Failure> {
        let Some(nested) = nested.as_object() else {
            return Err(malformed_tags(CLAIM, "it is not an object"));
        };
        if let Some(principal_tags) = nested.get("principal_tags").filter(|tags| !tags.is_null()) {
            let Some(principal_tags) = principal_tags.as_object() else {
                return Err(malformed_tags(CLAIM, "`principal_tags` is not an object"));
            };
            for (key, value) in principal_tags {
                let Some([Value::String(value)]) = value.as_array().map(Vec::as_slice) else {
                    return Err(malformed_tags(
                        CLAIM,
                        &format!("the value of `{key}` is {value}, and has to be a list of one text"),
                    ));
                };
                self.add(CLAIM, key, value)?;
            }
        }
        match nested.get("transitive_tag_keys").filter(|keys| !keys.is_null()) {
            Some(keys) => self.read_transitive(CLAIM, keys),
            None => Ok(()),
        }
    }

    fn add(&mut self, claim: &str, key: &str, value: &str) -> Result<(), Failure> {
        let too_long = |text: &str, most| text.encode_utf16().count() > most;
        if key.is_empty() || too_long(key, LONGEST_KEY) || too_long(value, LONGEST_VALUE) {
            let why = format!(
                "`{key}`: a key has 1 to {LONGEST_KEY} characters and a value at most {LONGEST_VALUE}"
            );
            return Err(malformed_tags(claim, &why));
        }
        self.tags.insert(key.to_owned(), value.to_owned());
        if self.tags.len() > MOST_TAGS {
            return Err(malformed_tags(
                claim,
                &format!("there are more than {MOST_TAGS} tags"),
            ));
        }
        Ok(())
    }

    fn read_transitive(&mut self, claim: &str, keys: &Value) -> Result<(), Failure> {
        let keys: Option<Vec<String>> = keys
            .as_array()
            .and_then(|keys| keys.iter().map(|key| key.as_str().map(str::to_owned)).collect());
        let Some(keys) = keys else {
            return Err(malformed(
                error::malformed_transitive_tag_keys(),
                claim,
                "`transitive_tag_keys` is not a list of texts",
            ));
        };
        for key in keys {
            if !self.transitive.contains(&key) {
                self.transitive.push(key);
            }
        }
        Ok(())
    }

    /// Keys are compared without regard to case.
    fn check_keys(&self) -> Result<(), Failure> {
        let lower = self.lowered_keys();
        if lower.len() < self.tags.len() {
            let why = "two keys differ only in case";
            return Err(malformed(error::duplicate_tag_keys(), CLAIM, why));
        }
        match self
            .transitive
            .iter()
            .find(|key| !lower.contains(&key.to_lowercase()))
        {
            Some(key) => {
                let why = format!("`{key}` is to be transitive, and is not a tag");
                Err(malformed(error::transitive_key_without_tag(), CLAIM, &why))
            }
            None => Ok(()),
        }
    }
}

fn malformed_tags(claim: &str, why: &str) -> Failure {
    malformed(error::malformed_principal_tags(), claim, why)
}

fn malformed(error: ApiError, claim: &str, why: &str) -> Failure {
    error.because(Cause::MalformedAwsClaim {
        claim: claim.to_owned(),
        why: why.to_owned(),
    })
}
