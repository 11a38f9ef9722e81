//! A world with issuers that are well, down, and not to be trusted, and tokens of theirs.

use iam_policy::Policy;
use mock_gitlab::{Audience, GitRef, JobSpec, KeyPool, Project, Settings, Trigger};
use serde_json::{Map, Value, json};
use trustcheck_lab::aws::AccessKey;
use trustcheck_lab::aws::accounts::{Account, OidcProvider, Role};
use trustcheck_lab::{BootOptions, CertificateFault, Fault, PageFault, World, WorldSpec};
use trustcheck_tests::cache;

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const OTHER: &str = "444455556666";
pub(super) const DEPLOY: &str = "arn:aws:iam::111122223333:role/deploy";
pub(super) const ROOT: [&str; 2] = ["AKIAROOTROOTROOTROOT", "the root user's secret"];
pub(super) const JANE: [&str; 2] = ["AKIAJANEJANEJANEJANE", "the secret of jane"];

/// A world with issuers that are well, down, and not to be trusted.
pub(super) async fn boot() -> World {
    trustcheck_lab::install_crypto_provider();
    let urls = [
        "https://gitlab.com",
        "https://discovery.example.com",
        "https://keys.example.com",
        "https://tls.example.com",
    ];
    let gitlabs = urls.map(|url| Settings {
        projects: vec![Project::new("group/project")],
        ..Settings::new(url.parse().unwrap())
    });
    let role = |name: &str, statements: Value| {
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        Role::new(ACCOUNT, name, Policy::parse(&document.to_string()).unwrap())
    };
    let federated = |actions: Value| {
        let provider = |url: &&str| {
            format!(
                "arn:aws:iam::{ACCOUNT}:oidc-provider/{}",
                url.trim_start_matches("https://")
            )
        };
        json!({ "Effect": "Allow", "Principal": { "Federated": urls.iter().map(provider).collect::<Vec<_>>() }, "Action": actions,
                "Condition": { "StringLike": { "gitlab.com:sub": "project_path:group/*" } } })
    };
    let login = "sts:AssumeRoleWithWebIdentity";
    let everything = json!([login, "sts:TagSession", "sts:SetSourceIdentity"]);
    let denial = json!({ "Effect": "Deny", "Principal": { "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com") },
                         "Action": login });
    let by_aws = |principal: &str| json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": ["sts:AssumeRole", "sts:TagSession"] });
    let mut account = Account::new(ACCOUNT)
        .with_role(role("deploy", json!([federated(json!(login))])))
        .with_role(role("tagger", json!([federated(everything)])).with_max_session_duration(7200))
        .with_role(role("denied", json!([federated(json!(login)), denial])))
        .with_role(
            role(
                "next",
                json!([
                    by_aws(DEPLOY),
                    by_aws(&format!("arn:aws:iam::{ACCOUNT}:user/jane"))
                ]),
            )
            .with_max_session_duration(7200),
        );
    for url in urls {
        account = account.with_oidc_provider(OidcProvider::new(url, ["https://gitlab.com"]).unwrap());
    }
    let elsewhere = role("elsewhere", json!([federated(json!(login))]));
    let spec = WorldSpec::new(
        gitlabs.to_vec(),
        vec![account, Account::new(OTHER).with_role(elsewhere)],
    );
    let options = BootOptions::default()
        .access_key(AccessKey::root(ACCOUNT, ROOT[0], ROOT[1]))
        .access_key(AccessKey::user(ACCOUNT, "jane", JANE[0], JANE[1]));
    let keys = KeyPool::open(cache().join("keys"));
    let world = World::boot_with(spec, &keys, 1, options).await.unwrap();
    world.set_fault(1, Fault::Discovery(PageFault::Down)).unwrap();
    world.set_fault(2, Fault::Jwks(PageFault::Html)).unwrap();
    world
        .set_fault(3, Fault::Certificate(CertificateFault::ForeignAuthority))
        .unwrap();
    world
}

/// A token of the GitLab of this number, with some claims changed; a claim of `"-"` is left out.
pub(super) fn token_of(world: &World, gitlab: usize, changes: &Value) -> String {
    let gitlab = &world.gitlabs()[gitlab];
    let mut claims = claims_of(world, gitlab);
    for (name, value) in changes.as_object().unwrap() {
        if value == "-" {
            claims.shift_remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
    gitlab.sign(claims).jwt
}

pub(super) fn claims_of(world: &World, gitlab: &std::sync::Arc<mock_gitlab::Instance>) -> Map<String, Value> {
    let now = world.clock().now();
    let push = Trigger::push(GitRef::Branch("main".into()));
    let pipeline = gitlab.pipeline("group/project", &push, now).unwrap();
    let job = gitlab.job(&pipeline, JobSpec::new("test"), now);
    gitlab
        .id_token_claims(&job, &Audience::from("https://gitlab.com"), now)
        .unwrap()
}
