//! TagRole, UntagRole and ListRoleTags.

use super::{checked_name, find, find_mut, role_name};
use crate::accounts::tag::{KeyCase, remove_tags};
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::page::Page;
use crate::iam::resource::Resource;
use crate::iam::shape::TagList;
use crate::iam::tags;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn tag(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let new = tags::read(asked.parameters, &mut violations);
    let name = checked_name(asked, violations)?;
    asked.allow_with(&Resource::role_arn(&asked.account(), name), [], &new, call)?;
    tags::check(&new, KeyCase::Ignored)?;
    asked.change(|account| tags::set(&mut find_mut(account, name)?.tags, new, KeyCase::Ignored))?;
    Ok(asked.done())
}

pub(in crate::iam) fn untag(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let keys = tags::read_keys(asked.parameters, &mut violations);
    let name = checked_name(asked, violations)?;
    asked.allow(&Resource::role_arn(&asked.account(), name), call)?;
    asked.change(|account| {
        remove_tags(&mut find_mut(account, name)?.tags, &keys, KeyCase::Ignored);
        Ok(())
    })?;
    Ok(asked.done())
}

pub(in crate::iam) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let page = Page::read(asked.parameters, &mut violations)?;
    let name = role_name(asked, violations, call)?;
    let account = asked.account();
    let all = find(&account, name)?.tags.iter().collect();
    Ok(asked.answer(&TagList::of(page.of(all, |tag| tag.key.clone())?)))
}
