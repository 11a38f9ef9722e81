//! Calls that boto3 makes, with what is expected of them.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a row is put together from parts that are made for it alone"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trustcheck_lab::World;
use trustcheck_tests::python::Python;

use super::world::DEPLOY;

/// A call that boto3 makes, and what comes of it: status, code and message.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) order: Value,
    pub(super) expected: (u16, &'static str, Vec<String>),
}

#[derive(Default)]
pub(super) struct Table(pub(super) Vec<Row>);

impl Table {
    /// Any call. Where the message has a time in it, there are several that are right.
    pub(super) fn call(
        &mut self,
        name: &str,
        mut order: Value,
        (status, code): (u16, &'static str),
        messages: Vec<String>,
    ) {
        order["name"] = name.into();
        self.0.push(Row {
            name: name.to_owned(),
            order,
            expected: (status, code, messages),
        });
    }

    /// A login with these parameters, beside those that every login has. One of `null` is left out.
    pub(super) fn login(
        &mut self,
        name: &str,
        token: &str,
        changes: Value,
        error: (u16, &'static str),
        message: &str,
    ) {
        let order = login(token, changes);
        self.call(name, order, error, vec![message.to_owned()]);
    }

    /// A login that is refused for its token.
    pub(super) fn token(&mut self, name: &str, token: String, message: &str) {
        self.login(name, &token, json!({}), (400, "InvalidIdentityToken"), message);
    }
}

pub(super) fn login(token: &str, changes: Value) -> Value {
    let mut parameters = json!({ "RoleArn": DEPLOY, "RoleSessionName": "ci", "WebIdentityToken": token });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            parameters.as_object_mut().unwrap().remove(name);
        } else {
            parameters[name] = value.clone();
        }
    }
    json!({ "operation": "AssumeRoleWithWebIdentity", "parameters": parameters })
}

pub(super) fn signed(operation: &str, parameters: Value, keys: Value) -> Value {
    json!({ "operation": operation, "parameters": parameters, "keys": keys })
}

pub(super) fn constraint(value: &str, member: &str, rule: &str) -> String {
    format!(
        "1 validation error detected: Value{value} at '{member}' failed to satisfy constraint: Member must {rule}"
    )
}

pub(super) fn ask(python: &Python, world: &World, orders: &[&Value]) -> BTreeMap<String, Value> {
    let input = json!({ "endpoint": format!("http://{}", world.edge()), "calls": orders });
    let printed = python.run("sts.py", &input.to_string());
    let answers = printed.lines().map(|line| {
        let answer: Value = serde_json::from_str(line).unwrap();
        (answer["name"].as_str().unwrap().to_owned(), answer)
    });
    answers.collect()
}

pub(super) fn session_of(answer: &Value) -> Value {
    let credentials = &answer["result"]["Credentials"];
    json!([
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials["SessionToken"]
    ])
}
