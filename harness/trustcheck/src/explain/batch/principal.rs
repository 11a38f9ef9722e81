//! The caller of a request, as a line names it.

use std::collections::BTreeMap;

use iam_policy::{AwsPrincipal, Principal};

use crate::diagnostic::nearest;

/// The providers that AWS knows by their domain (IAM User Guide, "Principals for web identity sessions").
const BUILT_IN: [&str; 4] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

const TYPES: [&str; 4] = ["Federated", "AWS", "Service", "CanonicalUser"];

/// Reads a name, whose type follows from its form, or `{"Federated": name}` as policies have it.
pub(super) fn read(json: &str) -> Result<Principal, String> {
    if let Ok(name) = serde_json::from_str::<String>(json) {
        return by_form(name);
    }
    let typed: BTreeMap<String, String> = serde_json::from_str(json).unwrap_or_default();
    if typed.len() > 1 {
        return Err("`principal` is one caller, and these are several".to_owned());
    }
    let Some((kind, name)) = typed.into_iter().next() else {
        return Err(
            "`principal` is a string, such as the ARN of an OIDC provider, or {\"Federated\": \"…\"}"
                .to_owned(),
        );
    };
    match kind.as_str() {
        "Federated" => Ok(Principal::Federated(name)),
        "AWS" => aws(name),
        "Service" => Ok(Principal::Service(name)),
        "CanonicalUser" => Ok(Principal::CanonicalUser(name)),
        other => Err(match nearest(other, TYPES) {
            Some(known) => format!("`principal` is of no type `{other}`: did you mean `{known}`?"),
            None => format!(
                "`principal` is of no type `{other}`: there are {}",
                TYPES.join(", ")
            ),
        }),
    }
}

fn by_form(name: String) -> Result<Principal, String> {
    if name.starts_with("arn:") {
        let resource = name.splitn(6, ':').nth(5).unwrap_or_default();
        let federated = resource.starts_with("oidc-provider/") || resource.starts_with("saml-provider/");
        return if federated {
            Ok(Principal::Federated(name))
        } else {
            aws(name)
        };
    }
    if BUILT_IN.contains(&name.as_str()) {
        return Ok(Principal::Federated(name));
    }
    if name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn") {
        return Ok(Principal::Service(name));
    }
    if name == "*" || name == "anonymous" {
        return Ok(Principal::Anonymous);
    }
    if name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Principal::CanonicalUser(name));
    }
    aws(name)
}

/// A caller with AWS credentials. Of a session, the role is taken to be at the path `/`, since its ARN has lost the path.
fn aws(name: String) -> Result<Principal, String> {
    if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Principal::Aws(AwsPrincipal::new(format!(
            "arn:aws:iam::{name}:root"
        ))));
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let &["arn", partition, service, _, account, resource] = parts.as_slice() else {
        return Err(format!(
            "`principal`: `{name}` is no ARN, no account, no service and no provider"
        ));
    };
    let session = resource
        .strip_prefix("assumed-role/")
        .filter(|_| service == "sts");
    match session.and_then(|session| session.split_once('/')) {
        Some((role, _)) => {
            let role_arn = format!("arn:{partition}:iam::{account}:role/{role}");
            Ok(Principal::Aws(AwsPrincipal::session(name.clone(), role_arn)))
        }
        None => Ok(Principal::Aws(AwsPrincipal::new(name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OIDC: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
    const USER: &str = "arn:aws:iam::111122223333:user/me";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/r/s";

    fn user(arn: &str) -> Principal {
        Principal::Aws(AwsPrincipal::new(arn))
    }

    #[rstest::rstest]
    #[case::oidc(&format!("\"{OIDC}\""), Principal::Federated(OIDC.into()))]
    #[case::typed(&format!("{{\"Federated\": \"{OIDC}\"}}"), Principal::Federated(OIDC.into()))]
    #[case::built_in("\"accounts.google.com\"", Principal::Federated("accounts.google.com".into()))]
    #[case::user(&format!("\"{USER}\""), user(USER))]
    #[case::typed_user(&format!("{{\"AWS\": \"{USER}\"}}"), user(USER))]
    #[case::account("\"111122223333\"", user("arn:aws:iam::111122223333:root"))]
    #[case::session(&format!("\"{SESSION}\""), Principal::Aws(AwsPrincipal::session(SESSION, "arn:aws:iam::111122223333:role/r")))]
    #[case::service("\"ec2.amazonaws.com\"", Principal::Service("ec2.amazonaws.com".into()))]
    #[case::typed_service("{\"Service\": \"ec2.amazonaws.com\"}", Principal::Service("ec2.amazonaws.com".into()))]
    #[case::nobody("\"*\"", Principal::Anonymous)]
    fn callers_are_read(#[case] json: &str, #[case] expected: Principal) {
        assert_eq!(read(json), Ok(expected));
    }

    #[rstest::rstest]
    #[case::words("\"me\"", "is no ARN")]
    #[case::typed_words("{\"AWS\": \"me\"}", "is no ARN")]
    #[case::number("5", "is a string")]
    #[case::empty("{}", "is a string")]
    #[case::list("{\"AWS\": []}", "is a string")]
    #[case::two(&format!("{{\"AWS\": \"{USER}\", \"Service\": \"x\"}}"), "is one caller")]
    #[case::odd_type("{\"aws\": \"x\"}", "did you mean `AWS`?")]
    fn others_are_refused(#[case] json: &str, #[case] message: &str) {
        let error = read(json).unwrap_err();
        assert!(error.contains(message), "no `{message}` in `{error}`");
    }
}
