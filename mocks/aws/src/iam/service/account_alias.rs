//! ListAccountAliases. An account has one alias at most.

use serde::Serialize;

use super::asked::Asked;
use super::page::Page;
use super::resource::Resource;
use super::shape::Members;
use crate::event::Call;
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListAccountAliasesResult {
    account_aliases: Members<String>,
    is_truncated: bool,
}

pub(super) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let page = Page::read(asked.parameters, &mut violations)?;
    violations.into_result()?;
    asked.allow(&Resource::any(), call)?;
    let aliases = asked.account().alias.clone().into_iter().collect();
    let part = page.of(aliases, String::clone)?;
    Ok(asked.answer(&ListAccountAliasesResult {
        is_truncated: part.is_truncated(),
        account_aliases: part.items.into_iter().collect(),
    }))
}
