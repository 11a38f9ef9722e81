//! Lists in parts: `Marker` and `MaxItems` ("Paginating", IAM API Reference).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::constraint::MARKER;
use super::error;
use crate::cause::Cause;
use crate::query::{Failure, Parameters, Violations};

/// How many items there are at once unless stated.
const DEFAULT: usize = 100;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    marker: Option<&'a str>,
    most: Option<i32>,
}

/// A part of a list.
#[derive(Debug)]
pub(super) struct Part<T> {
    pub(super) items: Vec<T>,
    /// Where the next part begins; `None` for the last.
    pub(super) marker: Option<String>,
}

impl<'a> Page<'a> {
    /// Reads both parameters.
    pub(super) fn read(parameters: &'a Parameters, violations: &mut Violations) -> Result<Self, Failure> {
        let page = Page {
            marker: parameters.get("Marker"),
            most: parameters.integer("MaxItems")?,
        };
        violations.optional("marker", page.marker, MARKER);
        violations.range("maxItems", page.most, 1, 1000);
        Ok(page)
    }

    /// The part of all items. A marker stands for the last item of the part before it, by its key, so that items that come
    /// and go meanwhile do no harm. At AWS it is opaque, too.
    pub(super) fn of<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Part<T>, Failure> {
        if let Some(marker) = self.marker {
            let last = STANDARD
                .decode(marker)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(last) = last else {
                let why = format!("`{marker}` is no marker of an answer of this AWS");
                return Err(error::invalid_marker().because(Cause::InvalidInput { why }));
            };
            let after = items.iter().position(|item| key(item) == last).map(|at| at + 1);
            let next = || items.iter().position(|item| key(item) > last);
            items.drain(..after.or_else(next).unwrap_or(items.len()));
        }
        let most = self.most.and_then(|most| most.try_into().ok()).unwrap_or(DEFAULT);
        let more = items.len() > most;
        items.truncate(most);
        let marker = items
            .last()
            .filter(|_| more)
            .map(|last| STANDARD.encode(key(last)));
        Ok(Part { items, marker })
    }
}

impl<T> Part<T> {
    /// Whether there are more parts.
    pub(super) fn is_truncated(&self) -> bool {
        self.marker.is_some()
    }

    /// The same part with its items in another form.
    pub(super) fn map<U>(self, form: impl FnMut(T) -> U) -> Part<U> {
        Part {
            items: self.items.into_iter().map(form).collect(),
            marker: self.marker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(items: &[&str], marker: Option<&str>) -> Part<String> {
        let page = Page {
            marker,
            most: Some(2),
        };
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        page.of(items, String::clone).unwrap()
    }

    #[test]
    fn parts_follow_each_other() {
        let first = part(&["a", "b", "c", "d", "e"], None);
        assert_eq!(first.items, ["a", "b"]);
        let marker = first.marker.unwrap();
        // `b` has gone, `bb` has come
        let second = part(&["a", "bb", "c", "d", "e"], Some(&marker));
        assert_eq!(second.items, ["bb", "c"]);
        let last = part(&["d", "e"], second.marker.as_deref());
        assert_eq!(last.items, ["d", "e"]);
        assert!(!last.is_truncated());
    }

    #[test]
    fn what_is_no_marker_is_refused() {
        let page = Page {
            marker: Some("?"),
            most: None,
        };
        let failure = page.of(vec![String::new()], String::clone).unwrap_err();
        assert_eq!(failure.error.code, "ValidationError");
    }
}
