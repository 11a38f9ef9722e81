//! The account that a role belongs to, as far as the input tells.

use iam_policy::document::PrincipalType;
use iam_policy::{Policy, account_of, provider_keys};

/// Where the role is, and with it the provider that the token has to come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Twelve digits.
    pub account: String,
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: String,
    /// Whether the input says so; else it is the account of AWS's own examples.
    pub known: bool,
}

/// The account in AWS's examples, where nothing names one.
const EXAMPLE: &str = "123456789012";

impl Home {
    /// The account that is given, else that of the role, else the one that the policy names: in the provider for the
    /// token's issuer, else in any provider, else in any principal.
    #[must_use]
    pub fn find(given: Option<&str>, role_arn: Option<&str>, policy: &Policy, issuer: &str) -> Home {
        let issuer = issuer.strip_prefix("https://").unwrap_or(issuer);
        let entries = || {
            policy
                .statements()
                .iter()
                .filter_map(|it| it.principal.as_ref())
                .flat_map(|it| &it.entries)
        };
        let providers = || {
            entries()
                .filter(|it| it.kind == Some(PrincipalType::Federated))
                .map(|it| it.value.as_str())
        };
        let named = providers()
            .filter(|provider| provider_keys::issuer_of(provider) == Some(issuer))
            .chain(providers())
            .chain(entries().map(|it| it.value.as_str()))
            .find_map(|arn| Some((account_in(arn)?, arn)));
        let of_role = role_arn.and_then(|arn| Some((account_of(arn)?, arn)));
        let found = of_role.or(named);
        let partition = found
            .and_then(|(_, arn)| arn.strip_prefix("arn:")?.split(':').next())
            .unwrap_or("aws");
        let account = given.or(found.map(|(account, _)| account));
        Home {
            account: account.unwrap_or(EXAMPLE).to_owned(),
            partition: partition.to_owned(),
            known: account.is_some(),
        }
    }

    /// An ARN of the partition `aws` as one of this partition.
    pub(super) fn localize(&self, arn: &str) -> String {
        match arn.strip_prefix("arn:aws:") {
            Some(rest) => format!("arn:{}:{rest}", self.partition),
            None => arn.to_owned(),
        }
    }
}

/// The account of an ARN, or the account itself.
fn account_in(principal: &str) -> Option<&str> {
    let digits = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let account = account_of(principal).unwrap_or(principal);
    digits(account).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(principal: &str) -> Policy {
        Policy::parse(&format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "sts:*"}}}}"#
        ))
        .unwrap()
    }

    const TWO: &str = r#"{"Federated": ["arn:aws:iam::111122223333:oidc-provider/other.example", "arn:aws-cn:iam::444455556666:oidc-provider/gitlab.com"]}"#;

    #[rstest::rstest]
    #[case::given(
        Some("999900001111"),
        Some("arn:aws:iam::111122223333:role/r"),
        TWO,
        "999900001111",
        "aws"
    )]
    #[case::of_the_role(
        None,
        Some("arn:aws-us-gov:iam::777788889999:role/r"),
        TWO,
        "777788889999",
        "aws-us-gov"
    )]
    #[case::of_the_issuers_provider(None, None, TWO, "444455556666", "aws-cn")]
    #[case::of_any_provider(
        None,
        None,
        r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/other.example"}"#,
        "111122223333",
        "aws"
    )]
    #[case::of_any_principal(
        None,
        None,
        r#"{"AWS": "arn:aws:iam::111122223333:root"}"#,
        "111122223333",
        "aws"
    )]
    #[case::digits(None, None, r#"{"AWS": "111122223333"}"#, "111122223333", "aws")]
    fn the_account_is_found(
        #[case] given: Option<&str>,
        #[case] role: Option<&str>,
        #[case] principal: &str,
        #[case] account: &str,
        #[case] partition: &str,
    ) {
        let home = Home::find(given, role, &policy(principal), "https://gitlab.com");
        assert_eq!(
            (home.account.as_str(), home.partition.as_str(), home.known),
            (account, partition, true)
        );
    }

    #[test]
    fn an_account_that_nothing_names_is_the_example() {
        let home = Home::find(None, None, &policy("\"*\""), "https://gitlab.com");
        assert_eq!((home.account.as_str(), home.known), ("123456789012", false));
        let china = Home {
            partition: "aws-cn".into(),
            ..home
        };
        assert_eq!(
            china.localize("arn:aws:iam::1:oidc-provider/x"),
            "arn:aws-cn:iam::1:oidc-provider/x"
        );
    }
}
