//! TagPolicy, UntagPolicy and ListPolicyTags.

use super::{check_arn, checked_arn, find, find_mut, policy_arn};
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
    let arn = checked_arn(asked, violations)?;
    asked.allow_with(&Resource::policy(&asked.account(), arn), [], &new, call)?;
    check_arn(arn)?;
    tags::check(&new, KeyCase::Counts)?;
    asked.change(|account| tags::set(&mut find_mut(account, arn)?.tags, new, KeyCase::Counts))?;
    Ok(asked.done())
}

pub(in crate::iam) fn untag(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let keys = tags::read_keys(asked.parameters, &mut violations);
    let arn = policy_arn(asked, violations, call)?;
    asked.change(|account| {
        remove_tags(&mut find_mut(account, arn)?.tags, &keys, KeyCase::Counts);
        Ok(())
    })?;
    Ok(asked.done())
}

pub(in crate::iam) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let page = Page::read(asked.parameters, &mut violations)?;
    let arn = policy_arn(asked, violations, call)?;
    let account = asked.account();
    let all = find(&account, arn)?.tags.iter().collect();
    Ok(asked.answer(&TagList::of(page.of(all, |tag| tag.key.clone())?)))
}
