//! GetRole.

use super::{OneRole, RoleShape, View, find, role_name};
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let name = role_name(asked, Violations::without_values(), call)?;
    let account = asked.account();
    Ok(asked.answer(&OneRole {
        role: RoleShape::of(asked, find(&account, name)?, View::Whole),
    }))
}
