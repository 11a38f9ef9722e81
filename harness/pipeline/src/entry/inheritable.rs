//! The keywords that a job may take from `default:`, from the file's own level, or set itself.
//!
//! A value replaces an inherited one whole: a job with `id_tokens` of its own has no token of the default's.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::entry::inherit::Selection;
use crate::entry::{commands, id_tokens, image, inert, timeout};
use crate::findings::{Findings, Location};
use crate::value;
use crate::{IdToken, Image, Span};

/// The keywords of the file's own level that are defaults of every job, an older form of `default:`.
pub(crate) const GLOBALS: [&str; 3] = ["image", "before_script", "after_script"];

/// The values that are set; a value of null is not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inheritable {
    pub(crate) image: Option<Image>,
    pub(crate) before_script: Option<Vec<String>>,
    pub(crate) after_script: Option<Vec<String>>,
    pub(crate) id_tokens: Option<IndexMap<String, IdToken>>,
    pub(crate) timeout: Option<u64>,
    pub(crate) tags: Option<Vec<String>>,
    /// Where each is written, also those with no consequence here.
    pub(crate) places: IndexMap<&'static str, Span>,
}

impl Inheritable {
    /// Reads the keywords of a mapping; `at` names the location of a key.
    pub(crate) fn read(node: &Node, at: impl Fn(&str) -> Location, findings: &mut Findings) -> Self {
        let mut set = Self::default();
        let mut given = |key: &'static str| {
            let value = node.get(key).filter(|value| !value::is_null(value))?;
            set.places.insert(key, value.site());
            Some((at(key), value))
        };
        let image = given("image");
        let before_script = given("before_script");
        let after_script = given("after_script");
        let id_tokens = given("id_tokens");
        let timeout = given("timeout");
        let tags = given("tags");
        if let Some((at, node)) = given("interruptible") {
            inert::interruptible(&at, node, findings);
        }
        set.image = image.and_then(|(at, node)| image::read(&at, node, findings));
        set.before_script = before_script.and_then(|(at, node)| commands::read(&at, node, findings));
        set.after_script = after_script.and_then(|(at, node)| commands::read(&at, node, findings));
        set.id_tokens = id_tokens.and_then(|(at, node)| id_tokens::read(&at, node, findings));
        set.timeout = timeout.and_then(|(at, node)| timeout::read(&at, node, findings));
        set.tags = tags.and_then(|(at, node)| inert::tags(&at, node, findings));
        set
    }

    /// These values, and in place of those not set the defaults that the selection includes.
    pub(crate) fn or(mut self, defaults: &Self, selection: &Selection) -> Self {
        let takes = |key: &str, places: &IndexMap<&'static str, Span>| {
            !places.contains_key(key) && selection.includes(key)
        };
        macro_rules! inherit {
            ($($key:ident),*) => {$(
                if takes(stringify!($key), &self.places) {
                    self.$key.clone_from(&defaults.$key);
                }
            )*};
        }
        inherit!(image, before_script, after_script, id_tokens, timeout, tags);
        for (key, span) in &defaults.places {
            if takes(key, &self.places) {
                self.places.insert(key, span.clone());
            }
        }
        self
    }
}
