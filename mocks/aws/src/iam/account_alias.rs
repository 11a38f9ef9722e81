//! CreateAccountAlias, DeleteAccountAlias and ListAccountAliases. An account has one alias at most; a new one takes the place
//! of the old one (IAM API Reference).

use serde::Serialize;

use super::asked::Asked;
use super::constraint::account_alias;
use super::error;
use super::page::Page;
use super::resource::Resource;
use super::shape::Members;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListAccountAliasesResult {
    account_aliases: Members<String>,
    is_truncated: bool,
}

/// That no other account has the alias is not checked: those of the world are few among all that AWS has.
pub(super) fn create(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let alias = read(asked, call)?;
    asked.change(|account| {
        account.alias = Some(alias.to_owned());
        Ok(())
    })?;
    Ok(asked.done())
}

pub(super) fn delete(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let alias = read(asked, call)?;
    asked.change(|account| {
        if account.alias.as_deref() != Some(alias) {
            return Err(error::no_such_alias(alias).because(Cause::NoSuchEntity {
                what: "alias",
                name: alias.to_owned(),
                account: account.id.clone(),
                nearest: account.alias.clone(),
            }));
        }
        account.alias = None;
        Ok(())
    })?;
    Ok(asked.done())
}

fn read<'a>(asked: &Asked<'a>, call: &mut Call) -> Result<&'a str, Failure> {
    let alias = asked.text("AccountAlias");
    let mut violations = Violations::without_values();
    account_alias(&mut violations, alias);
    violations.into_result()?;
    asked.allow(&Resource::any(), call)?;
    Ok(alias.unwrap_or_default())
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
