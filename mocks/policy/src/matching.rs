//! Whether the elements of a statement match a request. The one place where it is decided; both the fast path and the
//! explaining one come here.

mod condition;
mod principal;
#[cfg(test)]
mod tests;

pub(crate) use condition::value_matches;
pub(crate) use principal::{Grant, grant};

use crate::document::{
    ActionElement, ActionPattern, PrincipalElement, ResourceElement, ResourcePattern, Statement,
};
use crate::request::Request;

/// A request with what is computed once for all statements.
#[derive(Debug, Clone)]
pub(crate) struct Prepared<'a> {
    pub(crate) request: Request<'a>,
    /// Actions are case-insensitive.
    pub(crate) action: String,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(request: &Request<'a>) -> Self {
        Self {
            request: *request,
            action: crate::letter_case::lower(request.action).into_owned(),
        }
    }

    /// What `Resource` is compared with.
    pub(crate) fn resource(&self) -> &'a str {
        self.request.resource.unwrap_or("*")
    }
}

impl Statement {
    /// Whether the whole statement matches.
    pub(crate) fn matches(&self, request: &Prepared<'_>) -> bool {
        self.action
            .as_ref()
            .is_none_or(|element| element.matches(request))
            && self
                .principal
                .as_ref()
                .is_none_or(|element| element.matches(request))
            && self
                .resource
                .as_ref()
                .is_none_or(|element| element.matches(request))
            && self
                .conditions()
                .all(|condition| condition.holds(request.request.context, self.effect.value))
    }
}

impl PrincipalElement {
    /// Whether the element matches the caller.
    pub(crate) fn matches(&self, request: &Prepared<'_>) -> bool {
        principal::matches(self, request.request.principal)
    }
}

impl ActionElement {
    /// Whether the element matches the action.
    pub(crate) fn matches(&self, request: &Prepared<'_>) -> bool {
        self.values.iter().any(|value| value.matches(request)) != self.negated
    }
}

impl ActionPattern {
    /// Whether the pattern matches the action.
    pub(crate) fn matches(&self, request: &Prepared<'_>) -> bool {
        self.pattern.matches(&request.action)
    }
}

impl ResourceElement {
    /// Whether the element matches the resource.
    pub(crate) fn matches(&self, request: &Prepared<'_>) -> bool {
        self.values.iter().any(|value| value.matches(request)) != self.negated
    }
}

impl ResourcePattern {
    /// Whether the pattern matches the resource. One with a variable that has no value matches none (IAM user guide,
    /// "Policy variables with no value"), so under `NotResource` it excepts none.
    pub(crate) fn matches(&self, request: &Prepared<'_>) -> bool {
        self.template.matches(request.resource(), request.request.context)
    }
}
