//! Identity, session, boundary and resource policies together, in AWS's order.
//!
//! Source: IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation logic". A Deny in any of them
//! decides. Else, within one account, an Allow by the resource's policy or by the identity's policies is needed, and the
//! permissions boundary and the session policies have to allow it too; across accounts both sides have to allow it.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;

use crate::decision::{Decision, Effect};
use crate::document::StatementEffect;
use crate::evaluation::{decide, evaluate};
use crate::matching::{Grant, Prepared, grant};
use crate::policy::Policy;
use crate::request::{AwsPrincipal, Principal, Request};

/// The policies that bear on a request.
#[derive(Debug, Clone, Copy)]
pub struct Layers<'a> {
    /// The identity's own policies, managed and inline.
    pub identity: &'a [Policy],
    /// The identity's permissions boundary.
    pub boundary: Option<&'a Policy>,
    /// The policies the session was made with; `None` if it was made without any.
    pub session: Option<&'a [Policy]>,
    /// The policy of the resource.
    pub resource: ResourceLayer<'a>,
    /// Whether the resource belongs to the caller's account.
    pub same_account: bool,
}

/// The policy of a resource.
#[derive(Debug, Clone, Copy)]
pub enum ResourceLayer<'a> {
    /// The resource has none, or is of a kind that has none.
    None,
    /// A policy that grants beside the identity's: a bucket's, a secret's.
    Policy(&'a Policy),
    /// A role's trust policy: nobody assumes the role whom it does not allow, whatever the identity's policies say.
    Trust(&'a Policy),
}

/// One of the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The resource's policy.
    Resource,
    /// A role's trust policy.
    Trust,
    /// The identity's policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// The session policies.
    Session,
}

/// The outcome of all layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The outcome.
    pub effect: Effect,
    /// The layer that decided: whose Deny matched, or whose Allow was lacking, or that allowed.
    pub layer: Layer,
}

/// The outcome with the decision of every policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayeredDecision {
    /// The outcome.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The action asked for.
    pub action: String,
    /// Each policy that was asked, in AWS's order of layers.
    pub decisions: Vec<LayerDecision>,
}

/// What one policy said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerDecision {
    /// The layer it belongs to.
    pub layer: Layer,
    /// Its place within the layer, counted from 0.
    pub index: usize,
    /// Its decision.
    pub decision: Decision,
}

impl<'a> Layers<'a> {
    /// The identity's policies alone, within one account.
    pub fn of_identity(identity: &'a [Policy]) -> Self {
        Self {
            identity,
            boundary: None,
            session: None,
            resource: ResourceLayer::None,
            same_account: true,
        }
    }

    /// Decides a request.
    pub fn decide(&self, request: &Request<'_>) -> Verdict {
        let effects: Vec<(Layer, Effect)> = self
            .policies()
            .map(|(layer, _, policy)| (layer, decide(policy, request)))
            .collect();
        self.combine(&effects, request)
    }

    /// Decides a request and keeps what every policy said.
    pub fn evaluate(&self, request: &Request<'_>) -> LayeredDecision {
        let decisions: Vec<LayerDecision> = self
            .policies()
            .map(|(layer, index, policy)| LayerDecision {
                layer,
                index,
                decision: evaluate(policy, request),
            })
            .collect();
        let effects: Vec<(Layer, Effect)> = decisions
            .iter()
            .map(|decision| (decision.layer, decision.decision.effect))
            .collect();
        let verdict = self.combine(&effects, request);
        LayeredDecision {
            verdict,
            action: request.action.to_owned(),
            decisions,
        }
    }

    /// The policies of one layer.
    pub fn policies_of(&self, layer: Layer) -> impl Iterator<Item = &'a Policy> {
        let of_layer = self.policies().filter(move |(of, _, _)| *of == layer);
        of_layer.map(|(_, _, policy)| policy)
    }

    /// Every policy with its layer, in AWS's order.
    fn policies(&self) -> impl Iterator<Item = (Layer, usize, &'a Policy)> {
        let resource = match self.resource {
            ResourceLayer::None => None,
            ResourceLayer::Policy(policy) => Some((Layer::Resource, 0, policy)),
            ResourceLayer::Trust(policy) => Some((Layer::Trust, 0, policy)),
        };
        let identity = self
            .identity
            .iter()
            .enumerate()
            .map(|(index, policy)| (Layer::Identity, index, policy));
        let boundary = self.boundary.map(|policy| (Layer::Boundary, 0, policy));
        let session = self.session.unwrap_or_default().iter().enumerate();
        let session = session.map(|(index, policy)| (Layer::Session, index, policy));
        resource
            .into_iter()
            .chain(identity)
            .chain(boundary)
            .chain(session)
    }

    fn combine(&self, effects: &[(Layer, Effect)], request: &Request<'_>) -> Verdict {
        let verdict = |effect, layer| Verdict { effect, layer };
        if let Some((layer, _)) = effects.iter().find(|(_, effect)| *effect == Effect::ExplicitDeny) {
            return verdict(Effect::ExplicitDeny, *layer);
        }
        let allows = |layer| effects.contains(&(layer, Effect::Allow));
        let granted = self.granted(request);
        let (required, resource) = match self.resource {
            ResourceLayer::Trust(_) => (true, Layer::Trust),
            _ => (!self.same_account, Layer::Resource),
        };
        if required && granted.is_none() {
            return verdict(Effect::ImplicitDeny, resource);
        }
        // Callers who are no identity of IAM have nothing but the resource's policy.
        let has_identity = matches!(request.principal, Principal::Aws(_));
        if !has_identity {
            let effect = if granted.is_some() {
                Effect::Allow
            } else {
                Effect::ImplicitDeny
            };
            return verdict(effect, resource);
        }
        let direct = self.same_account && matches!(granted, Some(Grant::Direct | Grant::Everyone));
        if direct {
            return verdict(Effect::Allow, resource);
        }
        let by_role = self.same_account && granted == Some(Grant::Role);
        if !by_role && !allows(Layer::Identity) {
            return verdict(Effect::ImplicitDeny, Layer::Identity);
        }
        if self.boundary.is_some() && !allows(Layer::Boundary) {
            return verdict(Effect::ImplicitDeny, Layer::Boundary);
        }
        if self.session.is_some() && !allows(Layer::Session) {
            return verdict(Effect::ImplicitDeny, Layer::Session);
        }
        verdict(Effect::Allow, if by_role { resource } else { Layer::Identity })
    }

    /// How directly the resource's policy allows the caller, by the most direct of its matching Allow statements.
    ///
    /// A grant to the caller itself (user or session) stands alone; one to the role behind a session is still limited by
    /// boundary and session policies; one to the account only lets the account's own policies decide (IAM user guide). That
    /// `*` counts as a grant to the caller itself is assumed.
    fn granted(&self, request: &Request<'_>) -> Option<Grant> {
        let (ResourceLayer::Policy(policy) | ResourceLayer::Trust(policy)) = self.resource else {
            return None;
        };
        let prepared = Prepared::new(request);
        policy
            .statements()
            .iter()
            .filter(|statement| {
                statement.effect.value == StatementEffect::Allow && statement.matches(&prepared)
            })
            .filter_map(|statement| match &statement.principal {
                Some(element) if !element.negated => element
                    .entries
                    .iter()
                    .filter_map(|entry| grant(entry, request.principal))
                    .max(),
                _ => Some(Grant::Everyone),
            })
            .map(|grant| match request.principal {
                // an account's root is the account
                Principal::Aws(AwsPrincipal { arn, .. }) if arn.ends_with(":root") => {
                    grant.max(Grant::Direct)
                }
                _ => grant,
            })
            .max()
    }
}

impl LayeredDecision {
    /// The words with which AWS's access-denied messages end, e.g. `because no identity-based policy allows the s3:GetObject
    /// action`; `None` if it is allowed.
    ///
    /// Source: IAM user guide, "Troubleshoot access denied error messages". For session policies the guide prints "sessions
    /// policy" where live messages say "session policy"; this follows the live ones.
    pub fn denial(&self) -> Option<String> {
        self.verdict.denial(&self.action)
    }
}

impl Verdict {
    /// As [`LayeredDecision::denial`].
    pub fn denial(&self, action: &str) -> Option<String> {
        let layer = self.layer;
        match self.effect {
            Effect::Allow => None,
            Effect::ImplicitDeny => Some(format!("because no {layer} allows the {action} action")),
            Effect::ExplicitDeny => {
                let article = match layer {
                    Layer::Identity => "an",
                    Layer::Trust => "the",
                    _ => "a",
                };
                Some(format!("with an explicit deny in {article} {layer}"))
            }
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
        })
    }
}
