//! What a caller may do: its own policies, and the condition keys that every call has.

mod call_keys;
mod own_policies;

pub(crate) use call_keys::{add_call_keys, add_caller_keys};
pub(crate) use own_policies::OwnPolicies;
