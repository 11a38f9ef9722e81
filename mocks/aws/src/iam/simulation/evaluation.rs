//! Evaluating each action for each resource.

use std::collections::BTreeSet;

use iam_policy::layers::{Layer, LayeredDecision, Layers, ResourceLayer};
use iam_policy::{Effect, Policy, Principal, Request, account_of};
use serde::Serialize;

use super::input::Input;
use crate::iam::asked::Asked;
use crate::iam::shape::Members;
use crate::query::Failure;

/// The policies of who calls, each with the name that the answer has for it.
pub(super) struct Caller {
    pub(super) principal: Principal,
    pub(super) policies: Vec<(String, Policy)>,
    pub(super) boundary: Option<Policy>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SimulatePolicyResult<'a> {
    evaluation_results: Members<EvaluationResult<'a>>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EvaluationResult<'a> {
    eval_action_name: &'a str,
    eval_resource_name: &'a str,
    eval_decision: &'static str,
    matched_statements: Members<MatchedStatement>,
    missing_context_values: Members<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary_decision_detail: Option<BoundaryDetail>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BoundaryDetail {
    allowed_by_permissions_boundary: bool,
}

/// A statement that decided, by its place in its policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MatchedStatement {
    source_policy_id: String,
    source_policy_type: &'static str,
    start_position: Position,
    end_position: Position,
}

/// Counted from 1.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Position {
    line: usize,
    column: usize,
}

/// The answer: a result for each action and resource, in parts.
pub(super) fn answer(asked: &Asked<'_>, input: &Input<'_>, caller: &Caller) -> Result<String, Failure> {
    let cases = input.actions.iter();
    let cases = cases.flat_map(|action| input.resources.iter().map(move |resource| (*action, *resource)));
    let part = input.page.of(cases.collect(), |(action, resource)| {
        format!("{action} {resource}")
    })?;
    let missing = missing_keys(input, caller);
    let identity: Vec<Policy> = caller.policies.iter().map(|(_, policy)| policy.clone()).collect();
    let part = part.map(|(action, resource)| evaluated(input, caller, &identity, &missing, action, resource));
    Ok(asked.answer(&SimulatePolicyResult {
        is_truncated: part.is_truncated(),
        evaluation_results: part.items.into_iter().collect(),
        marker: part.marker,
    }))
}

fn evaluated<'a>(
    input: &Input<'_>,
    caller: &Caller,
    identity: &[Policy],
    missing: &BTreeSet<String>,
    action: &'a str,
    resource: &'a str,
) -> EvaluationResult<'a> {
    let account = match &caller.principal {
        Principal::Aws(principal) => principal.account(),
        _ => None,
    };
    let layers = Layers {
        identity,
        boundary: caller.boundary.as_ref(),
        session: None,
        resource: input
            .resource_policy
            .as_ref()
            .map_or(ResourceLayer::None, ResourceLayer::Policy),
        same_account: input
            .resource_owner
            .is_none_or(|owner| account.is_none_or(|account| account_of(owner).unwrap_or(owner) == account)),
    };
    let decision = layers.evaluate(&Request {
        principal: &caller.principal,
        action,
        resource: Some(resource).filter(|resource| *resource != "*"),
        context: &input.context,
    });
    let bounded = decision
        .decisions
        .iter()
        .find(|of| of.layer == Layer::Boundary)
        .map(|of| of.decision.effect == Effect::Allow);
    EvaluationResult {
        eval_action_name: action,
        eval_resource_name: resource,
        eval_decision: match decision.verdict.effect {
            Effect::Allow => "allowed",
            Effect::ImplicitDeny => "implicitDeny",
            Effect::ExplicitDeny => "explicitDeny",
        },
        matched_statements: matched(&decision, caller),
        missing_context_values: missing.iter().cloned().collect(),
        permissions_boundary_decision_detail: bounded.map(|allowed| BoundaryDetail {
            allowed_by_permissions_boundary: allowed,
        }),
    }
}

/// The statements that decided: those that deny, else those that allow. Of a lack of permission there are none.
fn matched(decision: &LayeredDecision, caller: &Caller) -> Members<MatchedStatement> {
    let effect = decision.verdict.effect;
    let deciding = decision
        .decisions
        .iter()
        .filter(|of| of.decision.effect == effect && effect != Effect::ImplicitDeny)
        .filter(|of| matches!(of.layer, Layer::Identity | Layer::Resource));
    let statements = deciding.flat_map(|of| {
        let id = match of.layer {
            Layer::Resource => "ResourcePolicy".to_owned(),
            _ => caller.policies[of.index].0.clone(),
        };
        let text = &of.decision.policy;
        of.decision.deciding.iter().map(move |index| {
            let span = &of.decision.statements[*index].span;
            MatchedStatement {
                source_policy_id: id.clone(),
                source_policy_type: "IAM Policy",
                start_position: Position::of(text, span.start),
                end_position: Position::of(text, span.end),
            }
        })
    });
    statements.collect()
}

impl Position {
    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// The condition keys that the policies ask for and the parameters do not give.
fn missing_keys(input: &Input<'_>, caller: &Caller) -> BTreeSet<String> {
    let policies = caller.policies.iter().map(|(_, policy)| policy);
    let all = policies.chain(&caller.boundary).chain(&input.resource_policy);
    all.flat_map(Policy::statements)
        .flat_map(iam_policy::document::Statement::conditions)
        .filter(|condition| input.context.get(&condition.key).is_none())
        .map(|condition| condition.key.clone())
        .collect()
}
