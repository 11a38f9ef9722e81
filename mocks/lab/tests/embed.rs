//! A test of one's own, as users of this crate write it: a login tool is given a world, and sees what AWS would answer.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mock_aws::{Call, Event};
use reqwest::Client;
use trustcheck_lab::gitlab::{KeyPool, Project, Settings};
use trustcheck_lab::{Fault, Lab, LabError, PageFault, Record, TokenOrder};

/// The code under test: it logs in, and retries where that may help.
struct LoginTool {
    endpoint: String,
    role: String,
}

impl LoginTool {
    fn of(lab: &Lab) -> LoginTool {
        LoginTool {
            endpoint: lab.endpoint_url(),
            role: lab.role_arn("deploy"),
        }
    }

    async fn login(&self, token: &str) -> Result<String, String> {
        let answer = Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(&self.endpoint)
            .form(&[
                ("Action", "AssumeRoleWithWebIdentity"),
                ("Version", "2011-06-15"),
                ("RoleArn", &self.role),
                ("RoleSessionName", "tool"),
                ("WebIdentityToken", token),
            ])
            .send()
            .await
            .unwrap();
        let is_granted = answer.status() == 200;
        let text = answer.text().await.unwrap();
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>")).unwrap();
            rest.split_once('<').unwrap().0.to_owned()
        };
        if is_granted {
            Ok(element("Arn"))
        } else {
            Err(element("Code"))
        }
    }
}

const ONLY_MAIN: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { "gitlab.com:sub": "project_path:group/project:ref_type:branch:ref:main" } }
    }]
}"#;

/// Keys are kept between runs, so that only the first has to make them.
fn keys() -> KeyPool {
    KeyPool::open(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys"))
}

async fn start() -> Lab {
    let lab = Lab::builder().project("group/project").role("deploy", ONLY_MAIN);
    lab.keys(keys()).start().await.unwrap()
}

#[tokio::test]
async fn the_tool_logs_in_from_main_alone() {
    let lab = start().await;
    let tool = LoginTool::of(&lab);
    let token = |branch| {
        lab.mint(&TokenOrder::new("group/project").branch(branch))
            .unwrap()
            .jwt
    };
    assert_eq!(
        tool.login(&token("main")).await.unwrap(),
        "arn:aws:sts::123456789012:assumed-role/deploy/tool"
    );
    assert_eq!(tool.login(&token("feature")).await.unwrap_err(), "AccessDenied");
    // why is in the journal
    let denied = lab
        .journal()
        .entries()
        .into_iter()
        .rev()
        .find_map(|entry| match entry.record {
            Record::Aws(Event::Call(call)) => Some(*call),
            _ => None,
        });
    let Call { decision, .. } = denied.unwrap();
    let summary = decision.unwrap().summary();
    assert!(summary.contains("`feature`"), "{summary}");
    lab.shutdown().await;
}

#[tokio::test]
async fn the_tool_is_told_of_an_old_token_and_of_an_issuer_that_is_down() {
    let lab = start().await;
    let tool = LoginTool::of(&lab);
    let old = lab.mint(&TokenOrder::new("group/project")).unwrap().jwt;
    lab.advance("2h".parse().unwrap());
    assert_eq!(tool.login(&old).await.unwrap_err(), "ExpiredTokenException");
    // STS keeps an issuer's keys for an hour
    lab.set_fault(0, Fault::Jwks(PageFault::Down)).unwrap();
    lab.advance("61m".parse().unwrap());
    let new = lab.mint(&TokenOrder::new("group/project")).unwrap().jwt;
    assert_eq!(tool.login(&new).await.unwrap_err(), "InvalidIdentityToken");
    lab.reset();
    let new = lab.mint(&TokenOrder::new("group/project")).unwrap().jwt;
    assert!(tool.login(&new).await.is_ok());
    lab.shutdown().await;
}

#[tokio::test]
async fn claims_of_ones_own_are_signed_as_they_are() {
    let lab = start().await;
    let token = lab.mint(&TokenOrder::new("group/project")).unwrap();
    let mut claims = token.claims;
    claims.remove("sub");
    let odd = lab.sign(None, claims).unwrap().jwt;
    assert_eq!(
        LoginTool::of(&lab).login(&odd).await.unwrap_err(),
        "InvalidIdentityToken"
    );
    lab.shutdown().await;
}

#[tokio::test]
async fn a_lab_has_any_number_of_gitlabs_which_its_account_knows() {
    let own = Settings {
        projects: vec![Project::new("infra/app")],
        ..Settings::new("https://gitlab.example.com".parse().unwrap())
    };
    let lab = Lab::builder()
        .gitlab(Settings::default())
        .gitlab(own)
        .keys(keys())
        .start()
        .await
        .unwrap();
    let token = lab.mint(&TokenOrder::new("infra/app")).unwrap();
    assert_eq!(token.claims["iss"], "https://gitlab.example.com");
    let account = lab.aws().account(lab.account()).unwrap();
    assert_eq!(account.oidc_providers.len(), 2);
    assert!(lab.mint(&TokenOrder::new("no/such")).is_err());
    lab.shutdown().await;
}

#[tokio::test]
async fn a_policy_that_is_none_is_named() {
    let lab = Lab::builder().role("deploy", "{").keys(keys());
    let error = lab.start().await.unwrap_err();
    assert!(matches!(&error, LabError::TrustPolicy { role, .. } if role == "deploy"));
    assert!(
        error
            .to_string()
            .contains("the trust policy of the role `deploy`"),
        "{error}"
    );
}
