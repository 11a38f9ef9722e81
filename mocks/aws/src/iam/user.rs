//! GetUser. There are no users here but those who have access keys, and the root user.

use serde::Serialize;

use super::asked::Asked;
use super::constraint::USER_NAME;
use super::error;
use super::resource::Resource;
use super::shape::date;
use crate::access_key::AccessKey;
use crate::cause::Cause;
use crate::event::Call;
use crate::nearest::nearest;
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetUserResult<'a> {
    user: User<'a>,
}

/// The root user has neither a path nor a name in the answer (GetUser called with its credentials, as clients report).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct User<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
    user_id: &'a str,
    arn: &'a str,
    create_date: String,
}

pub(super) fn get(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let name = asked.text("UserName");
    let mut violations = Violations::without_values();
    violations.optional("userName", name, USER_NAME);
    violations.into_result()?;
    let account = asked.account_id();
    let caller = &asked.signer.caller;
    let Some(name) = name else {
        if asked.signer.session.is_some() {
            let why = format!("{} is a session of a role, and no user", caller.arn);
            return Err(error::must_specify_user().because(Cause::InvalidInput { why }));
        }
        asked.allow(&Resource::by_arn(caller.arn.as_str()), call)?;
        return Ok(answer(asked, &caller.arn, &caller.user_id));
    };
    let resource = Resource {
        shown: format!("user {name}"),
        ..Resource::by_arn(format!("arn:aws:iam::{account}:user/{name}"))
    };
    asked.allow(&resource, call)?;
    let users = || {
        asked
            .aws
            .access_keys
            .values()
            .filter(|key| key.account == account)
    };
    match users().find(|key| name_of(key).is_some_and(|known| known.eq_ignore_ascii_case(name))) {
        Some(key) => Ok(answer(asked, &key.arn, &key.user_id)),
        None => Err(error::no_such_user(name).because(Cause::NoSuchEntity {
            what: "user",
            name: name.to_owned(),
            account: account.to_owned(),
            nearest: nearest(name, users().filter_map(name_of)),
        })),
    }
}

/// The name in the ARN of a user; nothing for the root user.
fn name_of(key: &AccessKey) -> Option<&str> {
    let (_, path) = key.arn.split_once(":user/")?;
    path.rsplit('/').next()
}

fn answer(asked: &Asked<'_>, arn: &str, user_id: &str) -> String {
    let name = arn.split_once(":user/").map(|(_, name)| name);
    asked.answer(&GetUserResult {
        user: User {
            path: name.map(|_| "/"),
            user_name: name,
            user_id,
            arn,
            create_date: date(asked.date(None)),
        },
    })
}
