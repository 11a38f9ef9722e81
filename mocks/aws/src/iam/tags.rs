//! Tags in parameters: `Tags.member.N.Key`, `Tags.member.N.Value`, `TagKeys.member.N`.

use super::error;
use crate::accounts::tag::{KeyCase, Tag, set_tags};
use crate::cause::Cause;
use crate::query::{Failure, MOST_TAGS, Parameters, TAG_KEY, TAG_VALUE, Violations};

/// Reads tags and holds them against the constraints of the model.
pub(super) fn read(parameters: &Parameters, violations: &mut Violations) -> Vec<Tag> {
    let tags = parameters.structures("Tags", ["Key", "Value"]);
    let keys: Vec<&str> = tags.iter().map(|[key, _]| key.unwrap_or_default()).collect();
    violations.list("tags", &keys, MOST_TAGS);
    for (index, [key, value]) in tags.iter().enumerate() {
        let member = |field| format!("tags.{}.member.{field}", index + 1);
        violations.required(&member("key"), *key, TAG_KEY);
        violations.required(&member("value"), *value, TAG_VALUE);
    }
    tags.iter()
        .map(|[key, value]| Tag::new(key.unwrap_or_default(), value.unwrap_or_default()))
        .collect()
}

/// Reads the keys of tags to be taken away.
pub(super) fn read_keys<'a>(parameters: &'a Parameters, violations: &mut Violations) -> Vec<&'a str> {
    let keys = parameters.list("TagKeys", None);
    violations.list("tagKeys", &keys, MOST_TAGS);
    violations.texts("tagKeys", &keys, TAG_KEY);
    keys
}

/// Refuses tags with the same key.
pub(super) fn check(tags: &[Tag], case: KeyCase) -> Result<(), Failure> {
    let repeated = tags
        .iter()
        .enumerate()
        .find(|(at, tag)| tags[..*at].iter().any(|before| case.same(&before.key, &tag.key)));
    let Some((_, tag)) = repeated else { return Ok(()) };
    let error = match case {
        KeyCase::Ignored => error::duplicate_tag_keys_of_role(),
        KeyCase::Counts => error::duplicate_tag_keys(),
    };
    let why = format!("the tag key `{}` is there twice", tag.key);
    Err(error.because(Cause::InvalidInput { why }))
}

/// Sets tags, unless there would be too many.
pub(super) fn set(tags: &mut Vec<Tag>, new: Vec<Tag>, case: KeyCase) -> Result<(), Failure> {
    set_tags(tags, new, case);
    if tags.len() > MOST_TAGS {
        let why = format!("there would be {} tags, and there may be {MOST_TAGS}", tags.len());
        return Err(error::too_many_tags().because(Cause::QuotaReached { why }));
    }
    Ok(())
}
