//! Policies and requests from small pools, so that they meet often enough to tell something.

use iam_policy::{AwsPrincipal, Context, ContextValue, Policy, Principal, Request};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

pub(crate) const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
pub(crate) const SINGLE_VALUED: [&str; 6] = [
    "gitlab.com:sub",
    "gitlab.com:aud",
    "gitlab.com:project_id",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:RequestTag/team",
];
pub(crate) const MULTI_VALUED: &str = "aws:TagKeys";

/// The comparisons with a negation of their own.
pub(crate) const NEGATIONS: [(&str, &str); 7] = [
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
];
const OTHERS: [&str; 12] = [
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
];
const TEXTS: [&str; 22] = [
    "project_path:g/p:ref_type:branch:ref:main",
    "project_path:g/*:ref_type:branch:ref:main",
    "project_path:g/?:*",
    "project_path:${aws:RequestTag/team}/p:*",
    "${aws:RequestTag/team, 'g'}",
    "${*}",
    "https://gitlab.com",
    "gitlab.com",
    "*",
    "",
    "g",
    "G",
    "true",
    "False",
    "20",
    "20.0",
    "-1e3",
    "Zw==",
    "2026-09-12T00:00:00Z",
    "203.0.113.0/24",
    "203.0.113.7",
    "arn:aws:sns:eu-west-1:123456789012:*",
];
const ACTIONS: [&str; 8] = [
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRole*",
    "sts:AssumeRole",
    "STS:TagSession",
    "sts:*",
    "*",
    "s3:Get?bject",
    "s3:GetObject",
];
const RESOURCES: [&str; 5] = [
    "*",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket/${aws:RequestTag/team}/*",
    "arn:aws:s3:::bucket/g/key",
];

/// A policy's text.
pub(crate) fn policy() -> impl Strategy<Value = Value> {
    let version = option::of(select(vec!["2012-10-17", "2008-10-17"]));
    (version, vec(statement(), 1..4)).prop_map(|(version, statements)| document(version, statements))
}

pub(crate) fn document(version: Option<&str>, mut statements: Vec<Value>) -> Value {
    let mut document = Map::new();
    if let Some(version) = version {
        document.insert("Version".into(), version.into());
    }
    let statements = match statements.len() {
        1 => statements.remove(0),
        _ => Value::Array(statements),
    };
    document.insert("Statement".into(), statements);
    Value::Object(document)
}

/// A statement.
pub(crate) fn statement() -> impl Strategy<Value = Value> {
    let effect = select(vec!["Allow", "Allow", "Deny"]);
    let parts = (
        option::of("[a-z0-9]{1,4}"),
        effect,
        option::of(element("Principal", principals())),
        element(
            "Action",
            one_or_more(select(ACTIONS.to_vec()).prop_map(Value::from)),
        ),
        option::weighted(
            0.3,
            element(
                "Resource",
                one_or_more(select(RESOURCES.to_vec()).prop_map(Value::from)),
            ),
        ),
        vec(block(), 0..3),
    );
    parts.prop_map(|(sid, effect, principal, action, resource, blocks)| {
        let mut statement = Map::new();
        if let Some(sid) = sid {
            statement.insert("Sid".into(), sid.into());
        }
        statement.insert("Effect".into(), effect.into());
        for (name, value) in principal.into_iter().chain([action]).chain(resource) {
            statement.insert(name, value);
        }
        if !blocks.is_empty() {
            let blocks = blocks
                .into_iter()
                .map(|(operator, keys)| (operator, Value::Object(keys.into_iter().collect())));
            statement.insert("Condition".into(), Value::Object(blocks.collect()));
        }
        Value::Object(statement)
    })
}

/// A statement that denies.
pub(crate) fn denying() -> impl Strategy<Value = Value> {
    statement().prop_map(|mut statement| {
        statement["Effect"] = "Deny".into();
        statement
    })
}

fn element(
    name: &'static str,
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = (String, Value)> {
    (prop::bool::weighted(0.1), value).prop_map(move |(negated, value)| {
        let prefix = if negated { "Not" } else { "" };
        (format!("{prefix}{name}"), value)
    })
}

fn principals() -> impl Strategy<Value = Value> {
    select(vec![
        json!({"Federated": PROVIDER}),
        json!({"Federated": [PROVIDER, "arn:aws:iam::444455556666:oidc-provider/gitlab.com"]}),
        json!({"Federated": "gitlab.com"}),
        json!({"AWS": "*"}),
        json!({"AWS": "111122223333"}),
        json!({"AWS": ["arn:aws:iam::111122223333:role/deploy"], "Service": "ec2.amazonaws.com"}),
        json!("*"),
    ])
}

/// The name of an operator, of each kind but `Null`.
pub(crate) fn operator() -> impl Strategy<Value = String> {
    (set_prefix(), comparison(), select(vec!["", "IfExists"]))
        .prop_map(|(prefix, comparison, suffix)| format!("{prefix}{comparison}{suffix}"))
}

pub(crate) fn set_prefix() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "ForAnyValue:", "ForAllValues:"])
}

/// A comparison but `Null`.
pub(crate) fn comparison() -> impl Strategy<Value = &'static str> {
    let pairs = NEGATIONS.iter().flat_map(|(plain, negated)| [*plain, *negated]);
    select(pairs.chain(OTHERS).collect::<Vec<_>>())
}

/// An operator with keys, most of their values of the operator's type.
fn block() -> impl Strategy<Value = (String, Vec<(String, Value)>)> {
    operator().prop_flat_map(|operator| {
        let keys: Vec<&str> = SINGLE_VALUED.into_iter().chain([MULTI_VALUED]).collect();
        let fitting = one_or_more(select(fitting(&operator)).prop_map(Value::from));
        let values = prop_oneof![3 => fitting, 1 => values()];
        (
            Just(operator),
            vec((select(keys).prop_map(str::to_owned), values), 0..3),
        )
    })
}

/// The texts that an operator can compare.
fn fitting(operator: &str) -> Vec<&'static str> {
    let comparison = operator
        .trim_start_matches("ForAnyValue:")
        .trim_start_matches("ForAllValues:");
    let types: [(&str, &[&str]); 6] = [
        ("Numeric", &["20", "20.0", "-1e3"]),
        ("Date", &["2026-09-12T00:00:00Z", "20"]),
        ("Bool", &["true", "False"]),
        ("Binary", &["Zw=="]),
        ("Arn", &["arn:aws:sns:eu-west-1:123456789012:*"]),
        ("String", &TEXTS),
    ];
    let own = types.iter().find(|(prefix, _)| comparison.starts_with(prefix));
    own.map_or(&["203.0.113.0/24", "203.0.113.7"] as &[_], |(_, texts)| texts)
        .to_vec()
}

/// A value or a list of values.
pub(crate) fn values() -> impl Strategy<Value = Value> {
    one_or_more(prop_oneof![
        8 => select(TEXTS.to_vec()).prop_map(Value::from),
        1 => "[a-g*?${}:/ \u{e9}\u{10400}]{0,12}".prop_map(Value::from),
        1 => select(vec![json!(20), json!(true), json!(-0.5)]),
    ])
}

fn one_or_more(value: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    prop_oneof![value.clone(), vec(value, 1..4).prop_map(Value::Array)]
}

/// One value of a request.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => select(TEXTS.to_vec()).prop_map(str::to_owned),
        1 => "[a-g*?${}:/ \u{e9}\u{10400}]{0,12}",
    ]
}

/// A request, owned.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    principal: Principal,
    action: &'static str,
    resource: Option<&'static str>,
    pub(crate) context: Context,
}

impl Asked {
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: self.action,
            resource: self.resource,
            context: &self.context,
        }
    }
}

/// A request.
pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let session = AwsPrincipal::session(
        "arn:aws:sts::111122223333:assumed-role/deploy/job",
        "arn:aws:iam::111122223333:role/deploy",
    );
    let principal = select(vec![
        Principal::Federated(PROVIDER.to_owned()),
        Principal::Federated(PROVIDER.to_owned()),
        Principal::Aws(session),
        Principal::Service("ec2.amazonaws.com".to_owned()),
        Principal::Anonymous,
    ]);
    let action = select(vec![ACTIONS[0], ACTIONS[0], ACTIONS[2], ACTIONS[3], ACTIONS[7]]);
    let resource = option::of(select(vec!["arn:aws:s3:::bucket/g/key", "arn:aws:s3:::bucket"]));
    (principal, action, resource, context()).prop_map(|(principal, action, resource, context)| Asked {
        principal,
        action,
        resource,
        context,
    })
}

/// The keys of a request; some are absent.
pub(crate) fn context() -> impl Strategy<Value = Context> {
    let single = vec(option::weighted(0.7, text()), SINGLE_VALUED.len());
    let many = option::of(vec(text(), 0..3));
    (single, many).prop_map(|(single, many)| {
        let present = SINGLE_VALUED.into_iter().zip(single);
        let single = present.filter_map(|(key, value)| Some((key, ContextValue::One(value?))));
        let many = many.map(|values| (MULTI_VALUED, ContextValue::Many(values)));
        single.chain(many).collect()
    })
}

/// Reads a generated document.
pub(crate) fn read(document: &Value) -> Policy {
    Policy::parse(&document.to_string()).unwrap_or_else(|error| panic!("{error}: {document}"))
}
