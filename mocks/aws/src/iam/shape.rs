//! The shapes of answers that several operations have in common, by the published service model.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use super::page::Part;
use crate::accounts::Tag;
use crate::query::xml_text;

/// A list: `<X><member>…</member></X>`, and `<X/>` if it is empty.
#[derive(Debug, Serialize)]
pub(super) struct Members<T> {
    member: Vec<T>,
}

impl<T> FromIterator<T> for Members<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Members {
            member: items.into_iter().collect(),
        }
    }
}

/// An element without content.
#[derive(Debug, Serialize)]
pub(super) struct Empty {}

/// A tag.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagShape<'a> {
    key: &'a str,
    value: &'a str,
}

impl<'a> TagShape<'a> {
    fn of(tag: &'a Tag) -> Self {
        TagShape {
            key: &tag.key,
            value: &tag.value,
        }
    }
}

/// Tags in the order they were set.
pub(super) fn tags(tags: &[Tag]) -> Members<TagShape<'_>> {
    tags.iter().map(TagShape::of).collect()
}

/// Tags, unless there are none.
pub(super) fn tags_if_any(all: &[Tag]) -> Option<Members<TagShape<'_>>> {
    (!all.is_empty()).then(|| tags(all))
}

/// Tags in parts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagList<'a> {
    tags: Members<TagShape<'a>>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl<'a> TagList<'a> {
    pub(super) fn of(part: Part<&'a Tag>) -> Self {
        let is_truncated = part.is_truncated();
        TagList {
            is_truncated,
            tags: part.items.into_iter().map(TagShape::of).collect(),
            marker: part.marker,
        }
    }
}

/// A permissions boundary. Its type is `Policy` on the wire, whatever the model says (recorded AWS behaviour).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BoundaryShape<'a> {
    permissions_boundary_type: &'static str,
    permissions_boundary_arn: &'a str,
}

impl<'a> BoundaryShape<'a> {
    pub(super) fn of(arn: &'a str) -> Self {
        BoundaryShape {
            permissions_boundary_type: "Policy",
            permissions_boundary_arn: arn,
        }
    }
}

/// A description, or the like.
pub(super) fn text(text: Option<&str>) -> Option<Cow<'_, str>> {
    text.map(xml_text)
}

/// A date with seconds, `2026-02-10T12:00:00Z` (recorded AWS behaviour).
pub(super) fn date(date: Timestamp) -> String {
    date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A date with milliseconds, as OIDC providers have it (recorded AWS behaviour).
pub(super) fn precise_date(date: Timestamp) -> String {
    date.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
