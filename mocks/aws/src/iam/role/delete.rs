//! DeleteRole.

use std::sync::Arc;

use iam_policy::Policy;

use super::{find, role_name};
use crate::accounts::{Account, Role};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::error;
use crate::query::{Failure, Violations};

/// Managed policies are looked for before inline ones (assumed).
pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let name = role_name(asked, Violations::without_values(), call)?;
    let role = asked.change(|account| {
        let role = find(account, name)?.clone();
        check_unused(&role)?;
        account.roles.retain(|known| known.id != role.id);
        Ok(role)
    })?;
    forget(asked, &role)?;
    Ok(asked.done())
}

fn check_unused(role: &Role) -> Result<(), Failure> {
    let (message, why) = if !role.attached_policies.is_empty() {
        let message = "Cannot delete entity, must detach all policies first.";
        (
            message,
            format!("{} is attached to it", role.attached_policies.join(", ")),
        )
    } else if !role.inline_policies.is_empty() {
        let names: Vec<&str> = role
            .inline_policies
            .iter()
            .map(|policy| policy.name.as_str())
            .collect();
        let message = "Cannot delete entity, must delete policies first.";
        (message, format!("it has the inline policy {}", names.join(", ")))
    } else {
        return Ok(());
    };
    let name = role.name.clone();
    Err(error::delete_conflict(message).because(Cause::EntityInUse { name, why }))
}

/// Puts the unique id of a deleted role in the place of its ARN in all trust policies, so that another role of its name is
/// not trusted ("AWS JSON policy elements: Principal", IAM User Guide).
fn forget(asked: &Asked<'_>, role: &Role) -> Result<(), Failure> {
    let arn = role.arn(asked.account_id());
    let quoted = format!("\"{arn}\"");
    let names = |account: &Arc<Account>| {
        let mut policies = account.roles.iter().map(|role| role.trust_policy.text());
        policies.any(|text| text.contains(&quoted))
    };
    let directory = &asked.aws.directory;
    for id in directory.ids() {
        // accounts that do not name it are not copied
        if !directory.newest(&id).as_ref().is_some_and(names) {
            continue;
        }
        directory.write(&id, |account| {
            for trusting in &mut account.roles {
                if let Some(policy) = without_name(&trusting.trust_policy, &arn, &role.id) {
                    trusting.trust_policy = policy;
                }
            }
            Ok::<(), Failure>(())
        })?;
    }
    Ok(())
}

/// The policy with `id` in the place of each principal `arn`; `None` if it names none.
fn without_name(policy: &Policy, arn: &str, id: &str) -> Option<Policy> {
    let mut text = policy.text().to_owned();
    let statements = policy.statements().iter();
    let entries = statements.flat_map(|statement| statement.principal.iter().flat_map(|it| &it.entries));
    let mut spans: Vec<_> = entries
        .filter(|entry| entry.value == arn)
        .map(|entry| entry.span.clone())
        .collect();
    if spans.is_empty() {
        return None;
    }
    spans.sort_by_key(|span| span.start);
    for span in spans.into_iter().rev() {
        text.replace_range(span, &format!("\"{id}\""));
    }
    Policy::parse(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_principal_is_renamed() {
        let arn = "arn:aws:iam::111122223333:role/a";
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": ["{arn}", "{arn}b"]}},
            "Action": "sts:AssumeRole", "Condition": {{"StringEquals": {{"aws:PrincipalArn": "{arn}"}}}}}}]}}"#
        );
        let policy = without_name(&Policy::parse(&text).unwrap(), arn, "AROAEXAMPLE").unwrap();
        assert_eq!(
            policy.text(),
            text.replacen(&format!("\"{arn}\""), "\"AROAEXAMPLE\"", 1)
        );
        assert!(without_name(&policy, arn, "AROAEXAMPLE").is_none());
    }
}
