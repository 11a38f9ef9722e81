use rstest::rstest;

use crate::document::{PrincipalType, StatementEffect, Version};
use crate::error::Fault;
use crate::policy::Policy;

const STATEMENT: &str = r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#;

#[rstest]
#[case::not_an_object("[]", "a policy has to be an object", "[]", "")]
#[case::no_statement("{}", "the policy has no `Statement`", "{}", "")]
#[case::unknown_element(
    r#"{"Statment": []}"#,
    "`Statment` is no element of a policy",
    r#""Statment""#,
    "did you mean `Statement`?"
)]
#[case::element_case(
    r#"{"statement": []}"#,
    "`statement` is no element of a policy",
    r#""statement""#,
    "did you mean `Statement`?"
)]
#[case::far_element(
    r#"{"Rules": []}"#,
    "`Rules` is no element of a policy",
    r#""Rules""#,
    "it takes `Version`, `Id`, `Statement`"
)]
#[case::version(
    r#"{"Version": "2013-10-17", "Statement": []}"#,
    "`2013-10-17` is no version of the policy language",
    r#""2013-10-17""#,
    "write \"2012-10-17\""
)]
#[case::version_type(
    r#"{"Version": 2012, "Statement": []}"#,
    "`Version` has to be a text",
    "2012",
    ""
)]
#[case::id_type(r#"{"Id": null, "Statement": []}"#, "`Id` has to be a text", "null", "")]
#[case::statement_type(r#"{"Statement": "x"}"#, "a statement has to be an object", r#""x""#, "")]
#[case::twice(
    r#"{"Statement": [], "Statement": []}"#,
    "`Statement` is there twice",
    r#""Statement""#,
    "keep one, with a list of values if need be"
)]
fn refuses_documents(#[case] text: &str, #[case] detail: &str, #[case] at: &str, #[case] help: &str) {
    let error = Policy::parse(text).unwrap_err();
    assert_eq!(
        (&error.fault, error.message()),
        (&Fault::Syntax, "Syntax errors in policy.")
    );
    assert_eq!(
        (error.detail.as_str(), error.help.as_deref().unwrap_or_default()),
        (detail, help)
    );
    assert_eq!(&text[error.span], at);
}

#[rstest]
#[case::no_effect(r#""Action": "*""#, "the statement has no `Effect`")]
#[case::effect(r#""Effect": "Permit""#, "`Permit` is no effect")]
#[case::effect_type(r#""Effect": true"#, "`Effect` has to be a text")]
#[case::unknown(
    r#""Effect": "Allow", "Actions": "*""#,
    "`Actions` is no element of a statement"
)]
#[case::both_actions(
    r#""Effect": "Allow", "Action": "*", "NotAction": "*""#,
    "the statement has both `Action` and `NotAction`"
)]
#[case::both_resources(
    r#""Effect": "Allow", "Resource": "*", "NotResource": "*""#,
    "the statement has both `Resource` and `NotResource`"
)]
#[case::both_principals(
    r#""Effect": "Allow", "Principal": "*", "NotPrincipal": "*""#,
    "the statement has both `Principal` and `NotPrincipal`"
)]
#[case::action_type(r#""Effect": "Allow", "Action": {}"#, "`Action` has to be a text")]
#[case::action_item(r#""Effect": "Allow", "Action": [1]"#, "each of `Action` has to be a text")]
#[case::sid_type(r#""Effect": "Allow", "Sid": 1"#, "`Sid` has to be a text")]
#[case::principal_text(
    r#""Effect": "Allow", "Principal": "gitlab.com""#,
    "`Principal` is a text; only \"*\" may stand there alone"
)]
#[case::principal_list(r#""Effect": "Allow", "Principal": ["*"]"#, "`Principal` has to be an object")]
#[case::principal_type(
    r#""Effect": "Allow", "Principal": {"aws": "*"}"#,
    "`aws` is no type of principal"
)]
#[case::principal_value(r#""Effect": "Allow", "Principal": {"AWS": {}}"#, "`AWS` has to be a text")]
#[case::condition_list(r#""Effect": "Allow", "Condition": []"#, "`Condition` has to be an object")]
#[case::operator_value(
    r#""Effect": "Allow", "Condition": {"Bool": "x"}"#,
    "`Bool` has to be an object"
)]
#[case::unknown_operator(
    r#""Effect": "Allow", "Condition": {"StringMatches": {"a:b": "c"}}"#,
    "`StringMatches` is no condition operator"
)]
#[case::operator_twice(
    r#""Effect": "Allow", "Condition": {"Bool": {}, "Bool": {}}"#,
    "`Bool` is there twice"
)]
#[case::key_twice(
    r#""Effect": "Allow", "Condition": {"Bool": {"a:b": "x", "a:b": "y"}}"#,
    "`a:b` is there twice"
)]
#[case::value_null(
    r#""Effect": "Allow", "Condition": {"Bool": {"a:b": null}}"#,
    "a value of `a:b` has to be a text, a number or a Boolean"
)]
#[case::value_nested(
    r#""Effect": "Allow", "Condition": {"Bool": {"a:b": [["x"]]}}"#,
    "a value of `a:b` has to be a text, a number or a Boolean"
)]
fn refuses_statements(#[case] statement: &str, #[case] detail: &str) {
    let error = Policy::parse(&format!(r#"{{"Statement": [{{{statement}}}]}}"#)).unwrap_err();
    assert_eq!((error.fault, error.detail.as_str()), (Fault::Syntax, detail));
}

#[rstest]
#[case::lower("allow")]
#[case::upper("DENY")]
fn the_case_of_an_effect_fails_elsewhere(#[case] effect: &str) {
    let error = Policy::parse(&format!(r#"{{"Statement": {{"Effect": "{effect}"}}}}"#)).unwrap_err();
    assert_eq!(
        (error.message(), error.code()),
        ("The policy failed legacy parsing", "MalformedPolicyDocument")
    );
    assert!(error.help.unwrap().contains("the case counts"));
}

#[rstest]
#[case::operator_case(r#"{"stringequals": {"a:b": "c"}}"#, "did you mean `StringEquals`?")]
#[case::prefix(
    r#"{"ForAnyValues:StringLike": {"a:b": "c"}}"#,
    "did you mean `ForAnyValue:StringLike`?"
)]
fn suggests_operators(#[case] condition: &str, #[case] help: &str) {
    let error = Policy::parse(&format!(
        r#"{{"Statement": {{"Effect": "Allow", "Condition": {condition}}}}}"#
    ))
    .unwrap_err();
    assert_eq!(error.help.as_deref(), Some(help));
}

#[test]
fn not_json() {
    let text = r#"{"Statement": [}"#;
    let error = Policy::parse(text).unwrap_err();
    assert_eq!(
        (error.message(), error.code(), error.status()),
        (
            "This policy contains invalid Json",
            "MalformedPolicyDocument",
            400
        )
    );
    assert_eq!(
        (error.to_string().as_str(), &text[error.span]),
        ("not valid JSON: unexpected close brace", "}")
    );
}

#[test]
fn reads_every_element_with_its_place() {
    let text = r#"{"Version": "2012-10-17", "Id": "x", "Statement": {"Sid": "A", "Effect": "Deny",
        "NotPrincipal": {"AWS": ["1", "2"], "Federated": "f"}, "NotAction": ["a:b", "c:d"], "NotResource": "r",
        "Condition": {"StringLike": {"k:l": ["m*", 1, true]}, "Nonsense": {}}}}"#;
    let policy = Policy::parse(text).unwrap();
    let document = policy.document();
    assert_eq!(
        (document.version, &text[document.version_span.clone().unwrap()]),
        (Version::V2012, "\"2012-10-17\"")
    );
    assert_eq!(document.id.as_ref().unwrap().value, "x");
    let [statement] = policy.statements() else {
        panic!("one statement")
    };
    assert_eq!(&text[statement.span.clone()][..6], "{\"Sid\"");
    assert_eq!(
        (
            statement.sid.as_ref().unwrap().value.as_str(),
            statement.effect.value
        ),
        ("A", StatementEffect::Deny)
    );
    let principal = statement.principal.as_ref().unwrap();
    assert!(principal.negated && &text[principal.key_span.clone()] == "\"NotPrincipal\"");
    let entries: Vec<_> = principal
        .entries
        .iter()
        .map(|entry| {
            (
                entry.kind,
                entry.value.as_str(),
                &text[entry.span.clone()],
                &text[entry.kind_span.clone()],
            )
        })
        .collect();
    assert_eq!(
        entries,
        [
            (Some(PrincipalType::Aws), "1", "\"1\"", "\"AWS\""),
            (Some(PrincipalType::Aws), "2", "\"2\"", "\"AWS\""),
            (Some(PrincipalType::Federated), "f", "\"f\"", "\"Federated\""),
        ]
    );
    let action = statement.action.as_ref().unwrap();
    assert!(action.negated && &text[action.span.clone()] == r#"["a:b", "c:d"]"#);
    let resource = statement.resource.as_ref().unwrap();
    assert!(resource.negated && &text[resource.values[0].span.clone()] == "\"r\"");
    let condition = statement.conditions().next().unwrap();
    assert_eq!(
        (condition.key.as_str(), &text[condition.key_span.clone()]),
        ("k:l", "\"k:l\"")
    );
    assert_eq!(&text[condition.operator_span.clone()], "\"StringLike\"");
    assert_eq!(&text[condition.span.clone()], r#""k:l": ["m*", 1, true]"#);
    assert_eq!(&text[condition.values_span.clone()], r#"["m*", 1, true]"#);
    let values: Vec<_> = condition
        .values
        .iter()
        .map(|value| (value.text.as_str(), &text[value.span.clone()]))
        .collect();
    assert_eq!(values, [("m*", "\"m*\""), ("1", "1"), ("true", "true")]);
    let blocks = &statement.condition.as_ref().unwrap().blocks;
    assert_eq!(
        (blocks[1].name.value.as_str(), blocks[1].operator),
        ("Nonsense", None)
    );
}

#[test]
fn an_escaped_text_is_read_and_its_place_is_the_escaped_one() {
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:\u0047et\u002a"}}"#;
    let policy = Policy::parse(text).unwrap();
    let action = &policy.statements()[0].action.as_ref().unwrap().values[0];
    assert_eq!(
        (action.text.as_str(), &text[action.span.clone()]),
        ("s3:Get*", r#""s3:\u0047et\u002a""#)
    );
}

#[test]
fn no_version_is_the_old_one() {
    let policy = Policy::parse(&format!(r#"{{"Statement": {{{STATEMENT}}}}}"#)).unwrap();
    assert_eq!(
        (policy.document().version, policy.document().version_span.clone()),
        (Version::V2008, None)
    );
}

#[rstest]
#[case::minimal(r#"{"Statement":[{"Effect":"Allow"}]}"#)]
#[case::scalar(r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}"#)]
#[case::negations(r#"{"Version":"2008-10-17","Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":["1","2"]},"NotAction":["a:b","c:d"],"NotResource":"x"}]}"#)]
#[case::conditions(r#"{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"s","Effect":"Allow","Condition":{"StringLike":{"a:b":["c","d"],"e:f":[]},"Nonsense":{}}}]}"#)]
fn prints_what_it_read(#[case] text: &str) {
    assert_eq!(Policy::parse(text).unwrap().to_json().to_string(), text);
}

#[test]
fn prints_lists_of_one_as_values_and_values_as_texts() {
    let policy = Policy::parse(
        r#"{"Statement": {"Effect": "Allow", "Action": ["a:b"], "Principal": {"AWS": ["*"]}, "Condition": {"Bool": {"c:d": [true]}}}}"#,
    );
    assert_eq!(
        policy.unwrap().to_json().to_string(),
        r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"a:b","Condition":{"Bool":{"c:d":"true"}}}]}"#
    );
}

#[test]
fn counts_characters_without_white_space() {
    let policy = Policy::parse("{\n  \"Statement\": {\"Effect\": \"Allow\", \"Sid\": \"é\"}\n}").unwrap();
    assert_eq!(
        policy.size(),
        r#"{"Statement":{"Effect":"Allow","Sid":"é"}}"#.chars().count()
    );
}
