//! A policy's decision for the journal, whose trace is made when somebody looks at it.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use iam_policy::{Context, Decision, Policy, Principal, Request, evaluate};
use serde::{Serialize, Serializer};

/// A decision of a policy: to whoever reads it a [`Decision`]. Most of those that a busy world makes are read by nobody.
#[derive(Clone)]
pub struct Explained(Arc<LazyLock<Decision, Trace>>);

type Trace = Box<dyn FnOnce() -> Decision + Send + Sync>;

impl Explained {
    /// What the policy says of a request that names no resource, to be traced when it is read.
    pub(crate) fn later(
        policy: &Policy,
        principal: Principal,
        action: &'static str,
        context: Context,
    ) -> Self {
        let policy = policy.clone();
        Explained::traced_by(Box::new(move || {
            let request = Request {
                principal: &principal,
                action,
                resource: None,
                context: &context,
            };
            evaluate(&policy, &request)
        }))
    }

    fn traced_by(trace: Trace) -> Self {
        Explained(Arc::new(LazyLock::new(trace)))
    }
}

impl From<Decision> for Explained {
    fn from(decision: Decision) -> Self {
        Explained::traced_by(Box::new(|| decision))
    }
}

impl Deref for Explained {
    type Target = Decision;

    fn deref(&self) -> &Decision {
        &self.0
    }
}

impl fmt::Debug for Explained {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}

impl Serialize for Explained {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}
