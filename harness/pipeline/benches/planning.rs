//! How long a large configuration takes from its texts to a pipeline: `cargo bench -p gitlab-pipeline`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use gitlab_pipeline::{Circumstances, Library, Pipeline, Repository};

/// Ten files of fifty jobs each.
#[derive(Debug)]
struct Files(Vec<String>);

impl Repository for Files {
    fn read(&self, path: &str) -> Result<Option<String>, String> {
        let number = path
            .strip_prefix("ci/")
            .and_then(|rest| rest.strip_suffix(".yml"));
        Ok(number
            .and_then(|number| self.0.get(number.parse::<usize>().ok()?))
            .cloned())
    }

    fn paths(&self) -> Vec<String> {
        (0..self.0.len())
            .map(|number| format!("ci/{number}.yml"))
            .collect()
    }
}

const MAIN: &str = "\
include: ci/*.yml
stages: [build, deploy]
variables: { REGION: eu-west-1, ROLE: $DEFAULT_ROLE }
workflow: { rules: [{ if: $CI_COMMIT_BRANCH }] }
.aws:
  image: amazon/aws-cli
  id_tokens: { TOKEN: { aud: https://gitlab.com } }
  before_script: [echo one, echo two, echo three]
.deploy: { extends: .aws, stage: deploy, rules: [{ if: $CI_COMMIT_BRANCH =~ /^ma.*/ }, { when: never }] }
";

fn file(number: usize) -> String {
    (0..50).fold(String::new(), |text, job| {
        format!(
            "{text}job {number} {job}:\n  extends: .deploy\n  variables: {{ ACCOUNT: \"{job}\", NAME: $REGION-$ACCOUNT }}\n  script:\n    - !reference [.aws, before_script]\n    - aws sts get-caller-identity\n"
        )
    })
}

fn main() {
    // `cargo test --benches` only asks whether it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let texts: Vec<String> = (0..10).map(file).collect();
    let library = Library {
        own: Arc::new(Files(texts.clone())),
        ..Library::default()
    };
    let circumstances = Circumstances {
        early: vec![gitlab_pipeline::expand::Variable::new("CI_COMMIT_BRANCH", "main")],
        ..Circumstances::default()
    };
    let plan = || {
        let pipeline = Pipeline::read("main.yml", MAIN, &library, &circumstances).expect("valid");
        assert_eq!(
            pipeline
                .plan(&library, &circumstances)
                .expect("a plan")
                .jobs
                .len(),
            500
        );
    };
    let yaml = || {
        for text in &texts {
            assert!(located_yaml::parse(text).is_ok());
        }
    };
    let (planned, parsed) = in_turn(30, plan, yaml);
    println!("500 jobs planned: {planned:?} (their YAML alone: {parsed:?}); goal: under 50 ms");
}

/// The medians of two measured in turn.
fn in_turn(times: usize, one: impl Fn(), other: impl Fn()) -> (Duration, Duration) {
    let measured = |what: &dyn Fn()| {
        let began = Instant::now();
        what();
        began.elapsed()
    };
    let (mut first, mut second): (Vec<_>, Vec<_>) =
        (0..times).map(|_| (measured(&one), measured(&other))).unzip();
    first.sort_unstable();
    second.sort_unstable();
    (first[times / 2], second[times / 2])
}
