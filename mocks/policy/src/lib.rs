//! The IAM policy language: documents, evaluation and explanation.
//!
//! Pure and synchronous: a [`Policy`] and a [`Request`] in, an [`Effect`] ([`decide`]) or a [`Decision`] with its whole trace
//! ([`evaluate`]) out. Nothing here reads a file, the network or a clock.
//!
//! ```
//! use iam_policy::{Context, Effect, Policy, Principal, Request, evaluate};
//!
//! let provider = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
//! let policy = Policy::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": {{
//!     "Effect": "Allow",
//!     "Principal": {{"Federated": "{provider}"}},
//!     "Action": "sts:AssumeRoleWithWebIdentity",
//!     "Condition": {{"StringEquals": {{"gitlab.com:sub": "project_path:group/*:ref_type:branch:ref:main"}}}}
//! }}}}"#)).unwrap();
//! let request = Request {
//!     principal: &Principal::Federated(provider.to_owned()),
//!     action: "sts:AssumeRoleWithWebIdentity",
//!     resource: None,
//!     context: &Context::new().with("gitlab.com:sub", "project_path:group/app:ref_type:branch:ref:main"),
//! };
//! let decision = evaluate(&policy, &request);
//! assert_eq!(decision.effect, Effect::ImplicitDeny);
//! let edit = decision.failed().next().unwrap().reason.suggestion().unwrap();
//! assert_eq!(edit.words, "write `StringLike` instead of `StringEquals`");
//! ```

mod context;
mod decision;
mod diagnosis;
mod distance;
pub mod document;
mod edit;
mod error;
mod evaluation;
mod json;
pub mod layers;
mod letter_case;
mod matching;
mod operand;
mod operator;
mod pattern;
mod policy;
pub mod provider_keys;
mod reason;
mod request;
mod span;
mod template;
mod validation;

pub use context::{Context, ContextValue};
pub use decision::{ConditionTrace, Decision, Effect, ElementTrace, StatementTrace, ValueTrace};
pub use edit::Edit;
pub use error::{Fault, ParseError};
pub use evaluation::{decide, evaluate};
pub use json::{MAX_CHARACTERS, MAX_DEPTH};
pub use operator::{Comparison, Operator, Quantifier};
pub use pattern::{Pattern, Token};
pub use policy::Policy;
pub use reason::Reason;
pub use request::{AwsPrincipal, Principal, Request, account_of};
pub use span::{Span, Spanned};
pub use template::{Part, Template};
pub use validation::{Note, NoteCode, PolicyKind, ValidationRules};
