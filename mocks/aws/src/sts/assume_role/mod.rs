//! AssumeRole: credentials of a role for who has credentials already. One check a function, in AWS's order as far as
//! it is known ([`assume_role`] is the list).

mod duration;
mod inheritance;
mod input;
mod issue;
mod operation;
mod trust;

pub(super) use operation::assume_role;
