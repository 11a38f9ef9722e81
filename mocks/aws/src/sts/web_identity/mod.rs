//! AssumeRoleWithWebIdentity: a token in, credentials of a role out. One check a function, in AWS's order as far
//! as it is known ([`assume_role`] is the list).

mod assume_role;
mod audience;
mod claims;
mod input;
mod issue;
mod lookup;
mod packed_size;
mod provider_id;
mod rehearsal;
mod roles_claim;
mod session_tags;
mod source_identity;
mod trust;
mod validity;
mod verification;

pub(super) use assume_role::assume_role;
pub use rehearsal::{TrustQuestion, decode_token};
