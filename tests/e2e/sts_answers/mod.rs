//! What STS answers, as an SDK sees it: every row of the known errors by boto3 over HTTP where it can express the call, by
//! plain HTTP where it cannot, with status, code and message; and every operation's answer held against the service model.
//!
//! Rows that take other key sets than a GitLab publishes are in `mocks/aws/tests/sts/published_keys.rs`.

mod model;
mod parameters;
mod signatures;
mod table;
mod tokens;
mod wire;
mod world;

use serde_json::{Value, json};
use trustcheck_tests::python::Python;

use self::table::{Row, Table, ask, login, session_of, signed};
use self::world::{boot, token_of};

#[test]
fn every_error_is_the_one_that_is_known() {
    let Some(python) = Python::provide("boto3") else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(boot());
    let mut order = login(&token_of(&world, 0, &json!({})), json!({}));
    order["name"] = "login".into();
    let session = session_of(&ask(&python, &world, &[&order])["login"]);

    let mut table = Table::default();
    tokens::tokens(&world, &mut table);
    parameters::parameters(&world, &mut table);
    signatures::signatures(&session, &mut table);
    let orders: Vec<&Value> = table.0.iter().map(|row| &row.order).collect();
    let answers = ask(&python, &world, &orders);
    assert_eq!(answers.len(), table.0.len(), "two rows have the same name");
    let mut wrong = Vec::new();
    for Row { name, expected, .. } in &table.0 {
        let answer = &answers[name];
        let (status, code, messages) = expected;
        let right = answer["status"] == *status
            && answer["code"] == *code
            && messages.iter().any(|message| answer["message"] == *message)
            && answer["problems"] == json!([]);
        if !right {
            wrong.push(format!(
                "{name}: expected {status} {code} {}\n  {answer}",
                messages[0]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        table.0.len(),
        wrong.join("\n")
    );

    world.advance(jiff::SignedDuration::from_mins(61));
    let mut late = signed("GetCallerIdentity", json!({}), session);
    late["name"] = "late".into();
    let answer = &ask(&python, &world, &[&late])["late"];
    assert_eq!(
        (
            answer["status"].clone(),
            answer["code"].clone(),
            answer["message"].clone()
        ),
        (
            403.into(),
            "ExpiredToken".into(),
            "The security token included in the request is expired".into()
        )
    );
}
