//! The keywords that a job may take from `default:`, from the file's own level, or set itself.
//!
//! A value replaces an inherited one whole: a job with `id_tokens` of its own has no token of the default's.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::entry::inherit::Selection;
use crate::entry::{artifacts, cache, commands, id_tokens, image, inert, keys, retry, services, timeout};
use crate::findings::{Findings, Location};
use crate::value;
use crate::{Artifacts, Cache, IdToken, Image, Retry, Service, Span};

/// The keywords of the file's own level that are defaults of every job, an older form of `default:`.
pub(crate) const GLOBALS: [&str; 5] = ["image", "before_script", "after_script", "services", "cache"];

/// The values that are set; a value of null is not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inheritable {
    pub(crate) image: Option<Image>,
    pub(crate) before_script: Option<Vec<String>>,
    pub(crate) after_script: Option<Vec<String>>,
    pub(crate) id_tokens: Option<IndexMap<String, IdToken>>,
    pub(crate) timeout: Option<u64>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) services: Option<Vec<Service>>,
    pub(crate) artifacts: Option<Artifacts>,
    pub(crate) cache: Option<Vec<Cache>>,
    pub(crate) retry: Option<Retry>,
    pub(crate) interruptible: Option<bool>,
    pub(crate) hooks: Option<Vec<String>>,
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
        let interruptible = given("interruptible");
        let services = given("services");
        let artifacts = given("artifacts");
        let cache = given("cache");
        let retry = given("retry");
        let hooks = given("hooks");
        set.interruptible = interruptible.and_then(|(at, node)| inert::interruptible(&at, node, findings));
        set.services = services.and_then(|(at, node)| services::read(&at, node, findings));
        set.artifacts = artifacts.and_then(|(at, node)| artifacts::read(&at, node, findings));
        set.cache = cache.and_then(|(at, node)| cache::read(&at, node, findings));
        set.retry = retry.and_then(|(at, node)| retry::read(&at, node, findings));
        set.hooks = hooks.and_then(|(at, node)| read_hooks(&at, node, findings));
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
        inherit!(
            image,
            before_script,
            after_script,
            id_tokens,
            timeout,
            tags,
            services,
            artifacts,
            cache,
            retry,
            interruptible,
            hooks
        );
        for (key, span) in &defaults.places {
            if takes(key, &self.places) {
                self.places.insert(key, span.clone());
            }
        }
        self
    }
}

/// `hooks`: commands at points of a job's life, of which there is one.
fn read_hooks(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<String>> {
    if node.as_mapping().is_none() {
        findings.entry(at, "config should be a hash", node.site(), None);
        return None;
    }
    keys::allow(at, node, &["pre_get_sources_script"], findings);
    let script = node.get("pre_get_sources_script")?;
    commands::read(&at.child("pre_get_sources_script"), script, findings)
}
