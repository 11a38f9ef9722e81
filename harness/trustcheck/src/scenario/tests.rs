//! Whatever is written into a scenario file, reading it ends in cases or in mistakes with a place.

use std::io;

use camino::Utf8Path;
use proptest::prelude::*;

use super::{Entry, Files, Settings, read};

const GOOD: &str = r#"name: A test
tags: [one, two]
lesson: { symptom: it fails, cause: a reason, fix: mend it, see_also: [other] }
needs: [aws]
world:
  gitlab:
    - { url: https://gitlab.com, version: "18.5", projects: [{ path: group/project, id: 20, protected: [main, "v*"] }] }
    - url: https://gitlab.example.com:8443/git
      ci_id_tokens_issuer_url: https://oidc.example.com
      fork_claims: target
      groups_direct: true
      projects:
        - path: a/b
          namespace_id: 3
          protected_branches: [main]
          protected_tags: v*
          protected_environments: [production]
          members: { someone: maintainer }
          ci_config_path: ci/main.yml
          timeout: 2h
          ci_id_token_sub_claim_components: [project_id, ref_type, ref]
          path_reclaimed: true
          limit_jwt_access: false
      users:
        - { login: someone, id: 7, name: Some One, groups: [a], identities: [{ provider: saml, extern_uid: x }], pass_identities: true }
  aws:
    iam: { shared_provider_control: false, propagation: 10s }
    accounts:
      "111122223333":
        oidc_providers: [{ url: https://gitlab.com, client_ids: [https://gitlab.com], thumbprints: [] }]
        policies: { base: { document: { Version: "2012-10-17", Statement: { Effect: Deny, Action: "iam:*", Resource: "*" } }, path: /x/ } }
        roles:
          deploy:
            max_session_duration: 7200
            path: /ci/
            description: deploys
            tags: { team: shop }
            managed_policies: [ReadOnlyAccess, base]
            permissions_boundary: arn:aws:iam::aws:policy/PowerUserAccess
            policies: { upload: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
            trust_policy:
              Version: "2012-10-17"
              Statement:
                Effect: Allow
                Principal: { Federated: arn:aws:iam::111122223333:oidc-provider/gitlab.com }
                Action: sts:AssumeRoleWithWebIdentity
                Condition: { StringEquals: { "gitlab.com:sub": "project_path:group/project:ref_type:branch:ref:main" } }
matrix:
  ref: [{ name: main, branch: main }, { name: other, branch: feature/x }]
  job: [success, failed]
trigger:
  source: push
  branch: "$[[ matrix.ref.branch ]]"
  sha: 714a629c0b401fdce83e847fc9589983fc6f46bc
  runner: { environment: self-hosted, id: 5, description: mine, tags: [a] }
  environment: { name: production, action: verify, deployment_tier: production }
variables: { PLAIN: value, SECRET: { value: hidden-value, masked: true } }
run: { script: "true", timeout: 30s, id_tokens: { TOKEN: { aud: [a, b] } } }
expect:
  job: $[[ matrix.job ]]
  exit_code: 0
  output: { contains: [a, b], matches: "^x", excludes: c }
  error: { code: AccessDenied, status: 403, cause: no-such-role }
  decision: { effect: implicit-deny, failed: [{ key: "gitlab.com:sub", operator: StringEquals }] }
  journal: [{ call: "sts:GetCallerIdentity", times: { at_least: 1, at_most: 2 } }, { refused: example.org, times: 0 }]
"#;

/// The same, in steps.
fn good_steps() -> String {
    let (before, _) = GOOD.split_once("run: {").unwrap();
    format!(
        "{before}steps:\n  - name: first\n    call: {{ operation: AssumeRoleWithWebIdentity, region: eu-west-1, parameters: {{ PolicyArns: [{{ arn: a }}], Policy: \
         {{ a: [1, b] }} }}, token: {{ aud: [a], claims: {{ sub: null, exp: now-1h }}, without: nbf, spoil: hs256 }} }}\n    \
         expect: {{ response: {{ status: 400, code: A, fields: {{ A.B: {{ matches: x }} }} }} }}\n  - call: {{ operation: \
         GetCallerIdentity, credentials: {{ step: first, spoil: late }}, method: GET, endpoint: sts.amazonaws.com }}\n  \
         - advance: 61m\n  - {{ name: \"$[[ matrix.job ]]\", script: 'true', timeout: 3s }}\n\
         expect: {{ journal: {{ refused: example.org, times: 0 }} }}\n"
    )
}

/// A file system with one file.
struct One(String);

impl Files for One {
    fn read(&self, path: &Utf8Path) -> io::Result<String> {
        if path == "scenario.yml" {
            Ok(self.0.clone())
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }
}

fn read_text(text: &str) -> Vec<Entry> {
    read(
        Utf8Path::new("scenario.yml"),
        &One(text.to_owned()),
        &mut Settings::new(&[]),
    )
}

/// Each entry is a case, or has mistakes, and every mistake can be shown.
fn assert_sound(entries: &[Entry]) {
    assert!(!entries.is_empty());
    for entry in entries {
        if let Entry::Mistaken { mistakes, .. } = entry {
            assert!(!mistakes.is_empty(), "a file that makes no case says why");
            for mistake in mistakes {
                assert!(mistake.render(false).contains(&mistake.message));
            }
        }
    }
}

#[rstest::rstest]
#[case::run(GOOD)]
#[case::steps(&good_steps())]
fn a_good_file_makes_its_cases(#[case] text: &str) {
    let ids: Vec<String> = read_text(text)
        .iter()
        .map(|entry| match entry {
            Entry::Case(case) => case.id.clone(),
            Entry::Mistaken { mistakes, .. } => panic!("{}", mistakes[0].render(false)),
        })
        .collect();
    let expected = [
        "main,job=success",
        "main,job=failed",
        "other,job=success",
        "other,job=failed",
    ];
    assert_eq!(ids, expected.map(|values| format!("scenario[ref={values}]")));
}

#[test]
fn settings_take_the_place_of_variables() {
    let mut settings = Settings::new(&[
        ("PLAIN".to_owned(), "set".to_owned()),
        ("NONE".to_owned(), String::new()),
    ]);
    let entries = read(
        Utf8Path::new("scenario.yml"),
        &One(GOOD.to_owned()),
        &mut settings,
    );
    let Entry::Case(case) = &entries[0] else {
        panic!("no case")
    };
    assert_eq!(case.variables[0].value, "set");
    assert_eq!(settings.unused(), Some("NONE"));
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,300}") {
        assert_sound(&read_text(&text));
    }

    #[test]
    fn a_damaged_file_is_read_without_a_panic(
        steps in any::<bool>(),
        at in 0.0..1.0,
        length in 0_usize..60,
        put in prop_oneof![Just(String::new()), "[ -~]{0,12}", Just("\n".to_owned()), Just("$[[ matrix.".to_owned()), Just("é".to_owned())],
    ) {
        let good = if steps { good_steps() } else { GOOD.to_owned() };
        let at = (at * good.len() as f64) as usize;
        let (at, end) = (good.floor_char_boundary(at), good.floor_char_boundary((at + length).min(good.len())));
        let text = format!("{}{put}{}", &good[..at], &good[end.max(at)..]);
        assert_sound(&read_text(&text));
    }
}
