//! What is reported of each call, for the journal.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::cause::Cause;
use crate::explained::Explained;

/// Where events go. Called on the task that serves the call, before the answer is sent, so it should be quick.
pub type EventSink = Arc<dyn Fn(Event) + Send + Sync>;

/// Something that happened at AWS.
///
/// As JSON an object whose `event` says which.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// A call was answered.
    Call(Box<Call>),
    /// STS asked an issuer for something. Comes before the call it was for.
    IssuerFetch(IssuerFetch),
}

/// A call and its answer.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// The world's time.
    pub at: Timestamp,
    /// The id that the client got.
    pub request_id: String,
    /// The service by its signing name, `sts`.
    pub service: String,
    /// `Action`, as given.
    pub action: Option<String>,
    /// Parameters worth showing, by their names on the wire. Never tokens or secrets.
    pub parameters: BTreeMap<&'static str, String>,
    /// The web identity token, once it could be decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<DecodedToken>,
    /// Who signed the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// What was sent back.
    pub response: Response,
    /// The credentials that were handed out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
    /// Why it was not granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The decision of the policy that was evaluated last, allowed or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Explained>,
}

/// A token, readable by anyone and usable by no one: the signature is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DecodedToken {
    /// The header.
    pub header: serde_json::Map<String, serde_json::Value>,
    /// The claims.
    pub claims: serde_json::Map<String, serde_json::Value>,
}

/// Who signed a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Caller {
    /// The account.
    pub account: String,
    /// The principal.
    pub arn: String,
    /// Its unique id.
    pub user_id: String,
    /// The key that signed.
    pub access_key_id: String,
}

/// What was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Response {
    /// The status of HTTP.
    pub status: u16,
    /// The error code of AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The message of AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Credentials that were handed out, without their secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Issued {
    /// The access key id.
    pub access_key_id: String,
    /// The principal they stand for.
    pub arn: String,
    /// When they end.
    pub expiration: Timestamp,
}

/// A request of STS to an issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IssuerFetch {
    /// The world's time.
    pub at: Timestamp,
    /// What was asked for.
    pub url: String,
    /// The status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong, if anything did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Cause>,
}
