//! The parameters that both operations have in common.

use iam_policy::{Context, ContextValue, Policy};

use crate::cause::Cause;
use crate::iam::asked::Asked;
use crate::iam::constraint::{ACTION_NAME, DOCUMENT, RESOURCE_NAME};
use crate::iam::error;
use crate::iam::page::Page;
use crate::query::{Failure, Parameters, Violations};

/// What is to be simulated.
pub(super) struct Input<'a> {
    pub(super) policies: Vec<Policy>,
    pub(super) boundaries: Vec<Policy>,
    pub(super) actions: Vec<&'a str>,
    /// `*` if none is given.
    pub(super) resources: Vec<&'a str>,
    pub(super) resource_policy: Option<Policy>,
    pub(super) resource_owner: Option<&'a str>,
    pub(super) caller: Option<&'a str>,
    pub(super) context: Context,
    pub(super) page: Page<'a>,
}

impl<'a> Input<'a> {
    /// Reads the parameters and checks them with those whose violations are given.
    pub(super) fn read(asked: &Asked<'a>, mut violations: Violations) -> Result<Self, Failure> {
        let parameters = asked.parameters;
        let policies = parameters.list("PolicyInputList", None);
        let boundaries = parameters.list("PermissionsBoundaryPolicyInputList", None);
        let actions = parameters.list("ActionNames", None);
        let resources = parameters.list("ResourceArns", None);
        let resource_policy = parameters.get("ResourcePolicy");
        let (resource_owner, caller) = (parameters.get("ResourceOwner"), parameters.get("CallerArn"));
        violations.texts("policyInputList", &policies, DOCUMENT);
        violations.texts("permissionsBoundaryPolicyInputList", &boundaries, DOCUMENT);
        if actions.is_empty() {
            violations.required("actionNames", None, ACTION_NAME);
        }
        violations.texts("actionNames", &actions, ACTION_NAME);
        violations.texts("resourceArns", &resources, RESOURCE_NAME);
        violations.optional("resourcePolicy", resource_policy, DOCUMENT);
        violations.optional("resourceOwner", resource_owner, RESOURCE_NAME);
        violations.optional("callerArn", caller, RESOURCE_NAME);
        let page = Page::read(parameters, &mut violations)?;
        violations.into_result()?;
        if resource_policy.is_some() && caller.is_none() && parameters.get("PolicySourceArn").is_none() {
            return Err(invalid(
                "`ResourcePolicy` needs `CallerArn`, which says who calls".to_owned(),
            ));
        }
        let read = |texts: Vec<&str>| texts.into_iter().map(policy).collect::<Result<Vec<_>, _>>();
        Ok(Input {
            policies: read(policies)?,
            boundaries: read(boundaries)?,
            actions,
            resources: if resources.is_empty() {
                vec!["*"]
            } else {
                resources
            },
            resource_policy: resource_policy.map(policy).transpose()?,
            resource_owner,
            caller,
            context: context(parameters),
            page,
        })
    }
}

/// A document that can be read; which error AWS has for others is not recorded.
pub(super) fn policy(text: &str) -> Result<Policy, Failure> {
    Policy::parse(text).map_err(|error| {
        let why = format!("a policy cannot be read: {error}");
        error::invalid_input(error.message().to_owned()).because(Cause::InvalidInput { why })
    })
}

fn invalid(why: String) -> Failure {
    error::invalid_input("Invalid Entity Arn: null").because(Cause::InvalidInput { why })
}

/// `ContextEntries.member.N`: a key, its values, and their type, which says whether there may be several.
fn context(parameters: &Parameters) -> Context {
    let mut context = Context::new();
    for number in 1.. {
        let entry = format!("ContextEntries.member.{number}");
        let Some(name) = parameters.get(&format!("{entry}.ContextKeyName")) else {
            break;
        };
        let values = parameters.list(&format!("{entry}.ContextKeyValues"), None);
        let kind = parameters
            .get(&format!("{entry}.ContextKeyType"))
            .unwrap_or("string");
        let value = match values.first() {
            Some(first) if !kind.ends_with("List") => ContextValue::from(*first),
            _ => ContextValue::from(values),
        };
        context.insert(name, value);
    }
    context
}
