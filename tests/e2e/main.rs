//! End-to-end tests: the command as its users run it, with the real AWS CLI, and the library as others embed it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod articles;
mod calls;
mod command_line;
mod completions;
mod differential;
mod exec;
mod explain;
mod faults;
mod html;
mod iam;
mod leaving_nothing;
mod mistakes;
mod partition;
mod pipeline_command;
mod pipelines;
mod readme;
mod reports;
mod sandbox;
mod schema;
mod serve;
mod shipped;
mod steps;
mod sts_answers;
mod token;
mod unmet;
mod validators;
mod world;

use std::path::Path;

use trustcheck_tests::Trustcheck;

/// The command, started in `directory`.
fn trustcheck(directory: &Path) -> Trustcheck {
    Trustcheck::new(env!("CARGO_BIN_EXE_trustcheck-under-test"), directory)
}

/// A scenario whose script needs no tool, with `rest` (its `run:` and `expect:`) below.
fn scenario(rest: &str) -> String {
    format!("{WORLD}\n{rest}")
}

/// A world with one project and one role.
const WORLD: &str = r#"name: A test
world:
  gitlab: { url: https://gitlab.com, projects: [{ path: group/project, id: 20 }] }
  aws:
    accounts:
      "111122223333":
        oidc_providers: [{ url: https://gitlab.com, client_ids: [https://gitlab.com] }]
        roles:
          deploy:
            trust_policy:
              Version: "2012-10-17"
              Statement:
                Effect: Allow
                Principal: { Federated: arn:aws:iam::111122223333:oidc-provider/gitlab.com }
                Action: sts:AssumeRoleWithWebIdentity
                Condition:
                  StringEquals: { "gitlab.com:sub": "project_path:group/project:ref_type:branch:ref:main" }
"#;
