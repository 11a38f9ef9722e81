//! What a session takes over from the session that assumed it ("Chaining roles with session tags" and "Monitor and
//! control actions taken with assumed roles", IAM User Guide).

use crate::cause::Cause;
use crate::query::Failure;
use crate::session::Session;
use crate::sts::error;
use crate::sts::session_tags::SessionTags;

/// The tags of the new session: those asked for, and the transitive ones of the calling session, which stay transitive.
pub(super) fn tags(asked: &SessionTags, calling: Option<&Session>) -> SessionTags {
    let mut tags = asked.clone();
    let Some(calling) = calling else { return tags };
    for transitive in &calling.transitive_tag_keys {
        let lowered = transitive.to_lowercase();
        let inherited = calling.tags.iter().find(|(key, _)| key.to_lowercase() == lowered);
        if let Some((key, value)) = inherited {
            tags.tags.insert(key.clone(), value.clone());
            tags.transitive.push(key.clone());
        }
    }
    tags
}

/// The source identity of the new session. Once set it goes on to every session of the chain; it may be repeated and
/// not changed (recorded AWS behaviour).
pub(super) fn source_identity(
    asked: Option<&str>,
    calling: Option<&Session>,
) -> Result<Option<String>, Failure> {
    let inherited = calling.and_then(|session| session.source_identity.as_deref());
    match (asked, inherited) {
        (Some(asked), Some(inherited)) if asked != inherited => Err(error::source_identity_fixed().because(
            Cause::SourceIdentityFixed {
                asked: asked.to_owned(),
                inherited: inherited.to_owned(),
            },
        )),
        _ => Ok(asked.or(inherited).map(str::to_owned)),
    }
}
