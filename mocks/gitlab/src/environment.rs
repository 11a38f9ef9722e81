//! Environments that a job deploys to.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::unknown_name::UnknownName;

/// The `environment:` of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The name, with its variables expanded, such as `review/feature-1`.
    pub name: String,
    /// `environment:url`, as written: the runner expands it.
    pub url: Option<String>,
    /// `environment:action`.
    pub action: EnvironmentAction,
    /// `environment:deployment_tier`; `None`: GitLab guesses it from the name.
    pub tier: Option<DeploymentTier>,
}

impl Environment {
    /// An environment that the job starts, of the tier its name suggests.
    pub fn new(name: impl Into<String>) -> Environment {
        Environment {
            name: name.into(),
            url: None,
            action: EnvironmentAction::Start,
            tier: None,
        }
    }

    /// The tier: the one given, else the one GitLab guesses from the name.
    ///
    /// Source: `Environment#guess_tier` of GitLab; the words are looked for anywhere in the name, in this order, and
    /// case does not count.
    pub fn deployment_tier(&self) -> DeploymentTier {
        const WORDS: [(&[&str], DeploymentTier); 4] = [
            (&["dev", "review", "trunk"], DeploymentTier::Development),
            (
                &[
                    "test", "tst", "int", "accept", "acpt", "qa", "qc", "control", "quality",
                ],
                DeploymentTier::Testing,
            ),
            (
                &["stag", "stg", "model", "modl", "pre", "demo", "non"],
                DeploymentTier::Staging,
            ),
            (&["prod", "prd", "live"], DeploymentTier::Production),
        ];
        let name = self.name.to_ascii_lowercase();
        let guess = || {
            let found = WORDS
                .iter()
                .find(|(words, _)| words.iter().any(|word| name.contains(word)));
            found.map_or(DeploymentTier::Other, |(_, tier)| *tier)
        };
        self.tier.unwrap_or_else(guess)
    }

    /// `CI_ENVIRONMENT_SLUG`: at most 24 characters, begins with a letter; a name that had to be altered gets a suffix
    /// that depends on the whole name.
    ///
    /// Source: `Gitlab::Slug::Environment` of GitLab.
    pub fn slug(&self) -> String {
        let lower = self.name.to_lowercase();
        let mut slug = String::with_capacity(lower.len() + 4);
        if !lower.starts_with(|c: char| c.is_ascii_lowercase()) {
            slug.push_str("env-");
        }
        for character in lower.chars() {
            match character {
                'a'..='z' | '0'..='9' => slug.push(character),
                _ if slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        if slug == self.name && slug.len() <= 24 {
            return slug.strip_suffix('-').unwrap_or(&slug).to_owned();
        }
        slug.truncate(17);
        if !slug.ends_with('-') {
            slug.push('-');
        }
        slug + &name_suffix(&self.name)
    }
}

/// The last six digits of the name's SHA-256, written to base 36.
fn name_suffix(name: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    const MODULUS: u64 = 36u64.pow(6);
    let hash = Sha256::digest(name.as_bytes());
    let mut rest = hash
        .iter()
        .fold(0, |rest, byte| (rest * 256 + u64::from(*byte)) % MODULUS);
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 36) as usize];
        rest /= 36;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// `environment:action`: the claim `environment_action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnvironmentAction {
    /// `start`: the job deploys.
    Start,
    /// `prepare`
    Prepare,
    /// `stop`
    Stop,
    /// `verify`
    Verify,
    /// `access`
    Access,
}

impl EnvironmentAction {
    const ALL: [EnvironmentAction; 5] = [
        EnvironmentAction::Start,
        EnvironmentAction::Prepare,
        EnvironmentAction::Stop,
        EnvironmentAction::Verify,
        EnvironmentAction::Access,
    ];

    /// The name as in the claim.
    pub fn as_str(self) -> &'static str {
        match self {
            EnvironmentAction::Start => "start",
            EnvironmentAction::Prepare => "prepare",
            EnvironmentAction::Stop => "stop",
            EnvironmentAction::Verify => "verify",
            EnvironmentAction::Access => "access",
        }
    }
}

impl FromStr for EnvironmentAction {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<EnvironmentAction, UnknownName> {
        UnknownName::find("an environment action", text, &EnvironmentAction::ALL, |action| {
            action.as_str()
        })
    }
}

/// `environment:deployment_tier`: the claim `deployment_tier`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeploymentTier {
    /// `production`
    Production,
    /// `staging`
    Staging,
    /// `testing`
    Testing,
    /// `development`
    Development,
    /// `other`
    Other,
}

impl DeploymentTier {
    const ALL: [DeploymentTier; 5] = [
        DeploymentTier::Production,
        DeploymentTier::Staging,
        DeploymentTier::Testing,
        DeploymentTier::Development,
        DeploymentTier::Other,
    ];

    /// The name as in the claim.
    pub fn as_str(self) -> &'static str {
        match self {
            DeploymentTier::Production => "production",
            DeploymentTier::Staging => "staging",
            DeploymentTier::Testing => "testing",
            DeploymentTier::Development => "development",
            DeploymentTier::Other => "other",
        }
    }
}

impl fmt::Display for DeploymentTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeploymentTier {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<DeploymentTier, UnknownName> {
        UnknownName::find("a deployment tier", text, &DeploymentTier::ALL, |tier| {
            tier.as_str()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::production("production", "production")]
    #[case::prd("eu-PRD-1", "production")]
    #[case::live("live", "production")]
    #[case::staging("staging", "staging")]
    #[case::stg("stg", "staging")]
    #[case::preprod_is_staging("preprod", "staging")]
    #[case::nonprod_is_staging("nonprod", "staging")]
    #[case::review_wins("review/prod-fix", "development")]
    #[case::integration("integration", "testing")]
    #[case::qa("QA2", "testing")]
    #[case::other("sandbox", "other")]
    fn guesses_the_tier(#[case] name: &str, #[case] tier: &str) {
        assert_eq!(Environment::new(name).deployment_tier().as_str(), tier);
    }

    #[test]
    fn a_given_tier_wins() {
        let environment = Environment {
            tier: Some(DeploymentTier::Other),
            ..Environment::new("production")
        };
        assert_eq!(environment.deployment_tier(), DeploymentTier::Other);
    }

    /// The suffix as Ruby computes it: `Digest::SHA2.hexdigest(name).to_i(16).to_s(36).last(6)`.
    #[rstest]
    #[case::as_it_is("production", "production")]
    #[case::altered("review/app", "review-app-SUFFIX")]
    #[case::upper_case("Production", "production-SUFFIX")]
    #[case::digit_first("1-prod", "env-1-prod-SUFFIX")]
    #[case::too_long("a-very-long-environment-name", "a-very-long-envir-SUFFIX")]
    #[case::dash_at_the_cut("sixteen-letters--and-more", "sixteen-letters-a-SUFFIX")]
    #[case::trailing_dash("prod-", "prod")]
    fn slugs(#[case] name: &str, #[case] slug: &str) {
        let suffix = {
            // the same number by long division of the hexadecimal text, digit by digit
            let hexadecimal = hex::encode(Sha256::digest(name.as_bytes()));
            let mut digits: Vec<u32> = hexadecimal.chars().map(|c| c.to_digit(16).unwrap()).collect();
            let mut base36 = String::new();
            while digits.iter().any(|digit| *digit != 0) {
                let mut carry = 0;
                for digit in &mut digits {
                    let value = carry * 16 + *digit;
                    *digit = value / 36;
                    carry = value % 36;
                }
                base36.insert(0, char::from_digit(carry, 36).unwrap());
            }
            base36[base36.len() - 6..].to_owned()
        };
        assert_eq!(Environment::new(name).slug(), slug.replace("SUFFIX", &suffix));
    }

    proptest! {
        #[test]
        fn a_slug_is_a_dns_label_of_24_characters(name in "\\PC{1,60}") {
            let slug = Environment::new(name).slug();
            prop_assert!(slug.len() <= 24);
            prop_assert!(slug.starts_with(|c: char| c.is_ascii_lowercase()));
            prop_assert!(!slug.ends_with('-') && !slug.contains("--"));
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        }
    }
}
