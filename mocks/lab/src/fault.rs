//! What can be wrong with an issuer: a closed list, and each with the error that AWS gives for it.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, EnumString, IntoStaticStr, VariantNames};
use utoipa::ToSchema;

/// One thing that is wrong with a GitLab, from the time it is set until it is cleared.
///
/// A GitLab has at most one of each [`FaultKind`]; a second one takes the place of the first. What STS has fetched before, it
/// keeps for an hour, as AWS keeps it for a while: a fault that is set then is felt later.
///
/// The errors are those of `AssumeRoleWithWebIdentity`. *No key* is `InvalidIdentityToken`, "Couldn't retrieve verification key
/// from your identity provider" (GitLab docs, "Configure OpenID Connect in AWS", Troubleshooting; AWS re:Post, "InvalidIdentityToken").
///
/// As JSON an object with one member, such as `{"jwks": {"status": 500}}` or `{"certificate": "expired"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum_discriminants(name(FaultKind))]
#[strum_discriminants(derive(Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames, Hash))]
#[strum_discriminants(serde(rename_all = "snake_case"), strum(serialize_all = "snake_case"))]
#[strum_discriminants(doc = "The kinds of faults, by the names that a fault has as JSON.")]
#[non_exhaustive]
pub enum Fault {
    /// The discovery document: no key.
    Discovery(PageFault),
    /// The key set: no key.
    Jwks(PageFault),
    /// The discovery document names this `issuer`: no key.
    Issuer(String),
    /// The discovery document names this `jwks_uri`: no key where that is no key set with the token's key.
    JwksUri(String),
    /// The key that signs CI tokens.
    Keys(KeyFault),
    /// The certificate of the GitLab's host.
    Certificate(CertificateFault),
    /// GitLab's clock is this much ahead of the world's, or behind where it is negative. More than five minutes ahead: `Token
    /// issued in the future` or, with GitLab's own five seconds of slack, `Token not yet valid`. Behind by more than a token's life
    /// and five minutes: `ExpiredTokenException`.
    Clock(Skew),
}

/// What can be wrong with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PageFault {
    /// The connection is refused. (To other clients than STS, which have a connection to the host already when they name a
    /// page, it is cut without an answer.)
    Down,
    /// The answer takes this long. STS gives up after five seconds, which pass on the world's clock; other clients really
    /// wait.
    Slow(Delay),
    /// The answer has this status, and a page that says so.
    Status(ErrorStatus),
    /// The connection breaks off after half of the answer.
    Truncated,
    /// The answer is an HTML page with the status 200, as from a proxy that wants a sign-in.
    Html,
}

/// What can be wrong with the key that signs CI tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyFault {
    /// The key set lacks it: no key.
    Unpublished,
    /// GitLab has lost it, and so the key set lacks it, too: jobs run without their ID tokens.
    Lost,
}

/// What can be wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CertificateFault {
    /// It is of an authority that nobody trusts: `OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint`,
    /// unless the IAM OIDC provider lists that authority's.
    ForeignAuthority,
    /// It is for another host: no key.
    WrongName,
    /// It was valid until the end of 2020: no key.
    Expired,
}

/// How long an answer takes: from a millisecond to a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "SignedDuration", into = "SignedDuration")]
#[schema(value_type = String, example = "6s")]
pub struct Delay(SignedDuration);

/// A status that says that there is no document: 400 to 599.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u16", into = "u16")]
#[schema(value_type = u16, example = 500)]
pub struct ErrorStatus(u16);

/// How far a clock is ahead, or behind where it is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "10m")]
pub struct Skew(pub SignedDuration);

/// Why something is no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// The delay is out of range.
    #[error("an answer takes from 1 ms to 60 s")]
    Delay,
    /// The status is no error.
    #[error("the status of a fault is from 400 to 599")]
    Status,
}

impl Fault {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        self.into()
    }
}

impl FaultKind {
    /// The names of all kinds.
    pub const NAMES: &'static [&'static str] = <FaultKind as VariantNames>::VARIANTS;

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Delay {
    /// Longer than STS waits.
    pub const TOO_LONG: Delay = Delay(SignedDuration::from_secs(6));

    /// How long.
    #[must_use]
    pub fn get(self) -> SignedDuration {
        self.0
    }
}

impl TryFrom<SignedDuration> for Delay {
    type Error = FaultError;

    fn try_from(delay: SignedDuration) -> Result<Delay, FaultError> {
        let range = SignedDuration::from_millis(1)..=SignedDuration::from_mins(1);
        if range.contains(&delay) {
            Ok(Delay(delay))
        } else {
            Err(FaultError::Delay)
        }
    }
}

impl From<Delay> for SignedDuration {
    fn from(delay: Delay) -> SignedDuration {
        delay.0
    }
}

impl ErrorStatus {
    /// The status.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for ErrorStatus {
    type Error = FaultError;

    fn try_from(status: u16) -> Result<ErrorStatus, FaultError> {
        if (400..=599).contains(&status) {
            Ok(ErrorStatus(status))
        } else {
            Err(FaultError::Status)
        }
    }
}

impl From<ErrorStatus> for u16 {
    fn from(status: ErrorStatus) -> u16 {
        status.0
    }
}

/// In a few words, for a person.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Discovery(fault) => write!(f, "the discovery document {fault}"),
            Fault::Jwks(fault) => write!(f, "the key set {fault}"),
            Fault::Issuer(issuer) => write!(f, "the discovery document names the issuer `{issuer}`"),
            Fault::JwksUri(uri) => write!(f, "the discovery document names the `jwks_uri` `{uri}`"),
            Fault::Keys(KeyFault::Unpublished) => {
                f.write_str("the key set lacks the key that signs CI tokens")
            }
            Fault::Keys(KeyFault::Lost) => f.write_str("GitLab has lost the key that signs CI tokens"),
            Fault::Certificate(CertificateFault::ForeignAuthority) => {
                f.write_str("the certificate is of an authority that nobody trusts")
            }
            Fault::Certificate(CertificateFault::WrongName) => {
                f.write_str("the certificate is for another host")
            }
            Fault::Certificate(CertificateFault::Expired) => f.write_str("the certificate has expired"),
            Fault::Clock(Skew(by)) if by.is_negative() => {
                write!(f, "GitLab's clock is {:#} behind", by.abs())
            }
            Fault::Clock(Skew(by)) => write!(f, "GitLab's clock is {by:#} ahead"),
        }
    }
}

impl fmt::Display for PageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PageFault::Down => f.write_str("cannot be reached"),
            PageFault::Slow(delay) => write!(f, "takes {:#}", delay.0),
            PageFault::Status(status) => write!(f, "is answered with {}", status.0),
            PageFault::Truncated => f.write_str("breaks off half-way"),
            PageFault::Html => f.write_str("is an HTML page"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::down(r#"{"discovery":"down"}"#, "the discovery document cannot be reached")]
    #[case::slow(r#"{"jwks":{"slow":"PT6S"}}"#, "the key set takes 6s")]
    #[case::status(r#"{"jwks":{"status":500}}"#, "the key set is answered with 500")]
    #[case::issuer(
        r#"{"issuer":"https://x"}"#,
        "the discovery document names the issuer `https://x`"
    )]
    #[case::jwks_uri(
        r#"{"jwks_uri":"https://x"}"#,
        "the discovery document names the `jwks_uri` `https://x`"
    )]
    #[case::keys(r#"{"keys":"unpublished"}"#, "the key set lacks the key that signs CI tokens")]
    #[case::certificate(r#"{"certificate":"wrong-name"}"#, "the certificate is for another host")]
    #[case::ahead(r#"{"clock":"PT10M"}"#, "GitLab's clock is 10m ahead")]
    #[case::behind(r#"{"clock":"-PT2H"}"#, "GitLab's clock is 2h behind")]
    fn faults_have_a_json_form_and_words(#[case] json: &str, #[case] words: &str) {
        let fault: Fault = serde_json::from_str(json).unwrap();
        assert_eq!(fault.to_string(), words);
        assert_eq!(serde_json::to_string(&fault).unwrap(), json);
        assert!(json.contains(&format!("\"{}\":", fault.kind().name())));
    }

    #[rstest::rstest]
    #[case::friendly(r#"{"jwks":{"slow":"6s"}}"#, true)]
    #[case::no_time(r#"{"jwks":{"slow":"0s"}}"#, false)]
    #[case::too_long(r#"{"jwks":{"slow":"61s"}}"#, false)]
    #[case::no_error(r#"{"jwks":{"status":200}}"#, false)]
    #[case::unknown(r#"{"jwks":"gone"}"#, false)]
    #[case::two(r#"{"jwks":"down","discovery":"down"}"#, false)]
    fn other_json_is_no_fault(#[case] json: &str, #[case] is_fault: bool) {
        assert_eq!(serde_json::from_str::<Fault>(json).is_ok(), is_fault);
    }
}
