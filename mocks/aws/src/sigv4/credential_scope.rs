//! The scope a signing key is valid for: `20260912/us-east-1/sts/aws4_request`.

use super::refusal::Refusal;
use crate::cause::Cause;

/// The last part of every scope.
pub(super) const TERMINATOR: &str = "aws4_request";

/// Day, region, service and terminator, as the client wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CredentialScope {
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) terminator: String,
}

/// What an endpoint accepts in a scope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExpectedScope<'a> {
    /// The signing name of the service, `sts`.
    pub(crate) service: &'a str,
    /// The region of the endpoint. `None` for an endpoint without one, such as `127.0.0.1`: any name that
    /// has the form of a region will do.
    pub(crate) region: Option<&'a str>,
}

impl CredentialScope {
    /// Splits `AKID/20260912/us-east-1/sts/aws4_request`. `None` unless there are exactly five parts.
    pub(crate) fn parse(credential: &str) -> Option<(String, CredentialScope)> {
        let mut parts = credential.split('/').map(str::to_owned);
        let access_key_id = parts.next()?;
        let scope = CredentialScope {
            date: parts.next()?,
            region: parts.next()?,
            service: parts.next()?,
            terminator: parts.next()?,
        };
        parts.next().is_none().then_some((access_key_id, scope))
    }

    /// The scope as the string to sign contains it.
    pub(crate) fn to_text(&self) -> String {
        format!(
            "{}/{}/{}/{}",
            self.date, self.region, self.service, self.terminator
        )
    }

    /// Compares with what the endpoint accepts. `amz_date` is the time of the request as written.
    ///
    /// Texts: "Troubleshoot Signature Version 4 signing", IAM User Guide; its order of presentation is used
    /// as the order of checks.
    pub(crate) fn check(&self, expected: ExpectedScope<'_>, amz_date: &str) -> Result<(), Refusal> {
        let refuse = |part: &'static str, found: &str, expected: String, message: String| {
            Refusal::does_not_match(
                message,
                Cause::CredentialScope {
                    part,
                    found: found.into(),
                    expected,
                },
            )
        };
        let region_fits = match expected.region {
            Some(region) => self.region == region,
            None => is_region(&self.region),
        };
        if !region_fits {
            return Err(refuse(
                "region",
                &self.region,
                expected.region.unwrap_or("the name of a region").into(),
                format!(
                    "Credential should be scoped to a valid Region, not {}",
                    self.region
                ),
            ));
        }
        if self.service != expected.service {
            return Err(refuse(
                "service",
                &self.service,
                expected.service.into(),
                format!(
                    "Credential should be scoped to correct service: '{}'",
                    expected.service
                ),
            ));
        }
        if self.terminator != TERMINATOR {
            return Err(refuse(
                "terminator",
                &self.terminator,
                TERMINATOR.into(),
                format!("Credential should be scoped with a valid terminator: '{TERMINATOR}'"),
            ));
        }
        let day = amz_date.get(..8).unwrap_or(amz_date);
        if self.date != day {
            return Err(refuse(
                "date",
                &self.date,
                day.into(),
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
                    .into(),
            ));
        }
        Ok(())
    }
}

/// Whether a name has the form of a region: `us-east-1`, `ap-southeast-4`, `us-gov-west-1`.
fn is_region(name: &str) -> bool {
    let mut parts = name.rsplit('-');
    let number = parts
        .next()
        .is_some_and(|last| (1..=2).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_digit()));
    let words: Vec<&str> = parts.collect();
    number
        && (2..=3).contains(&words.len())
        && words
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}
