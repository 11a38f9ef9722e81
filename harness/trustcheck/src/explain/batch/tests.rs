use std::io::BufReader;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";

fn policy(subject: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "S", "Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"gitlab.com:sub": subject}},
    }]})
}

fn request(id: impl Into<Value>, policy: impl Into<Value>) -> Value {
    json!({
        "id": id.into(), "policy": policy.into(), "principal": PROVIDER, "action": "sts:AssumeRoleWithWebIdentity",
        "context": {"gitlab.com:sub": "project_path:g/p:ref_type:branch:ref:main", "gitlab.com:aud": "https://gitlab.com"},
    })
}

fn run(input: &str) -> (Vec<Value>, BatchSummary) {
    let mut output = Vec::new();
    let summary = batch(BufReader::with_capacity(16, input.as_bytes()), &mut output).unwrap();
    let lines = String::from_utf8(output).unwrap();
    (
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        summary,
    )
}

#[test]
fn every_line_gets_its_line_in_order() {
    let good = policy("project_path:g/p:ref_type:branch:ref:main");
    let lines = [
        request(1, good.clone()).to_string(),
        "  \r".to_owned(),
        request("two", policy("project_path:g/p:*").to_string()).to_string(),
        "{\"id\": [3], \"policy\": 5}".to_owned(),
        "nonsense".to_owned(),
        request(json!({"n": 1.50}), good)
            .to_string()
            .replace("1.5", "1.50"),
    ];
    let (answers, summary) = run(&lines.join("\n"));
    assert_eq!(summary, BatchSummary { decided: 3, bad: 2 });
    assert_eq!(answers.len(), 5);
    assert_eq!(
        (&answers[0]["id"], &answers[0]["decision"]),
        (&json!(1), &json!("allow"))
    );
    assert_eq!(answers[0]["reasons"][0]["code"], "allowed-by");
    assert_eq!(
        (&answers[1]["id"], &answers[1]["decision"]),
        (&json!("two"), &json!("deny"))
    );
    assert_eq!(answers[1]["explicit"], false);
    let reason = &answers[1]["reasons"][0];
    assert_eq!(reason["code"], "wildcard-under-literal");
    assert!(
        reason["message"].as_str().unwrap().contains("compares literally"),
        "{reason}"
    );
    assert_eq!(
        reason["suggestion"]["words"],
        "write `StringLike` instead of `StringEquals`"
    );
    assert_eq!(answers[2]["id"], json!([3]));
    assert!(answers[2]["error"].is_string() && answers[2].get("decision").is_none());
    assert_eq!(
        (&answers[3]["id"], answers[3]["error"].is_string()),
        (&Value::Null, true)
    );
    assert_eq!(answers[4]["decision"], "allow");
}

#[test]
fn a_deny_is_explicit() {
    let mut policy = policy("project_path:g/p:ref_type:branch:ref:main");
    policy["Statement"][0]["Effect"] = "Deny".into();
    let (answers, _) = run(&request(1, policy).to_string());
    assert_eq!(
        (&answers[0]["decision"], &answers[0]["explicit"]),
        (&json!("deny"), &json!(true))
    );
    assert_eq!(answers[0]["reasons"][0]["code"], "denied-by");
}

#[rstest::rstest]
#[case::no_policy(json!({"policy": null}), "`policy` is an object, or a string with the document")]
#[case::broken_policy(json!({"policy": "{\n  \"Version\": 1\n}"}), "the policy, line 2, column 14: ")]
#[case::no_principal(json!({"principal": null}), "`principal` is")]
#[case::odd_principal(json!({"principal": {"Federal": "x"}}), "did you mean `Federated`?")]
#[case::no_action(json!({"action": 5}), "`action` is a string")]
#[case::odd_context(json!({"context": {"a": [["b"]]}}), "`context`: ")]
#[case::misspelt(json!({"contxt": {}}), "did you mean `context`?")]
fn what_is_wrong_is_said(#[case] change: Value, #[case] message: &str) {
    let mut line = request("x", policy("a"));
    for (name, value) in change.as_object().unwrap() {
        line[name] = value.clone();
    }
    let (answers, summary) = run(&line.to_string());
    assert_eq!(summary.bad, 1, "{answers:?}");
    assert_eq!(answers[0]["id"], "x");
    let error = answers[0]["error"].as_str().unwrap();
    assert!(error.contains(message), "no `{message}` in `{error}`");
}

#[rstest::rstest]
#[case::twice("{\"id\": 1, \"id\": 2}", "`id` is there twice")]
#[case::missing("{\"id\": 1}", "there is no `policy`")]
#[case::a_list("[1]", "a line is a JSON object")]
#[case::breaks_off("{\"id\": 1", "column 8")]
#[case::two_values("{} {}", "column 4")]
fn what_is_no_request_is_said(#[case] line: &str, #[case] message: &str) {
    let (answers, _) = run(line);
    let error = answers[0]["error"].as_str().unwrap();
    assert!(error.contains(message), "no `{message}` in `{error}`");
}

#[test]
fn odd_bytes_and_long_lines_are_errors_of_their_own_line() {
    let good = request(1, policy("project_path:g/p:ref_type:branch:ref:main")).to_string();
    let mut input = b"\xff\xfe\n".to_vec();
    input.extend(std::iter::repeat_n(b'x', LONGEST_LINE + 1));
    input.push(b'\n');
    input.extend(good.as_bytes());
    let mut output = Vec::new();
    let summary = batch(BufReader::new(input.as_slice()), &mut output).unwrap();
    assert_eq!(summary, BatchSummary { decided: 1, bad: 2 });
    let output = String::from_utf8(output).unwrap();
    assert!(
        output.contains("not UTF-8") && output.contains("longer than"),
        "{output}"
    );
}

/// A reader that gives one line, and then fails if it is asked again before the answer was flushed.
struct Conversation<'a> {
    lines: std::vec::IntoIter<Vec<u8>>,
    asked: usize,
    answered: &'a std::cell::Cell<usize>,
}

impl io::Read for Conversation<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        assert_eq!(
            self.answered.get(),
            self.asked,
            "more was waited for before the answer was out"
        );
        let Some(line) = self.lines.next() else {
            return Ok(0);
        };
        self.asked += 1;
        into[..line.len()].copy_from_slice(&line);
        Ok(line.len())
    }
}

struct Counted<'a>(&'a std::cell::Cell<usize>, Vec<u8>);

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.set(self.1.iter().filter(|byte| **byte == b'\n').count());
        Ok(())
    }
}

#[test]
fn programs_can_ask_and_listen_in_turn() {
    let line = format!("{}\n", request(1, policy("a"))).into_bytes();
    let answered = std::cell::Cell::new(0);
    let input = Conversation {
        lines: vec![line; 3].into_iter(),
        asked: 0,
        answered: &answered,
    };
    let summary = batch(BufReader::new(input), &mut Counted(&answered, Vec::new())).unwrap();
    assert_eq!(summary.decided, 3);
}

/// Lines made of pieces of a request, cut and repeated anyhow.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let line = request(1, policy("a")).to_string();
    let pieces = prop_oneof![
        3 => (0..line.len(), 0..line.len()).prop_map(move |(from, to)| line.as_bytes()[from.min(to)..from.max(to)].to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(request("x", policy("b")).to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_comes_each_line_has_its_answer(input in lines()) {
        let mut output = Vec::new();
        let summary = batch(BufReader::with_capacity(7, input.as_slice()), &mut output).unwrap();
        let wanted = input.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        let answers = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let mut count = 0;
        for answer in answers {
            serde_json::from_slice::<Value>(answer).unwrap();
            count += 1;
        }
        prop_assert_eq!(count, wanted);
        prop_assert_eq!(summary.decided + summary.bad, wanted as u64);
    }
}
