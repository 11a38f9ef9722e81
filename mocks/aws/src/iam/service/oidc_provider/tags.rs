//! TagOpenIDConnectProvider, UntagOpenIDConnectProvider and ListOpenIDConnectProviderTags.

use super::{find, find_mut, provider_arn};
use crate::event::Call;
use crate::iam::service::asked::Asked;
use crate::iam::service::page::Page;
use crate::iam::service::shape::TagList;
use crate::iam::service::tags;
use crate::iam::tag::{KeyCase, remove_tags};
use crate::query::{Failure, Violations};

pub(in crate::iam::service) fn tag(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let new = tags::read(asked.parameters, &mut violations);
    let arn = provider_arn(asked, violations, call)?;
    tags::check(&new, KeyCase::Counts)?;
    asked.change(|account| tags::set(&mut find_mut(account, arn)?.tags, new, KeyCase::Counts))?;
    Ok(asked.done())
}

pub(in crate::iam::service) fn untag(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let keys = tags::read_keys(asked.parameters, &mut violations);
    let arn = provider_arn(asked, violations, call)?;
    asked.change(|account| {
        remove_tags(&mut find_mut(account, arn)?.tags, &keys, KeyCase::Counts);
        Ok(())
    })?;
    Ok(asked.done())
}

pub(in crate::iam::service) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let page = Page::read(asked.parameters, &mut violations)?;
    let arn = provider_arn(asked, violations, call)?;
    let account = asked.account();
    let all = find(&account, arn)?.tags.iter().collect();
    Ok(asked.answer(&TagList::of(page.of(all, |tag| tag.key.clone())?)))
}
