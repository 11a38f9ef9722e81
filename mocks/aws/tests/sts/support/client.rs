//! Requests, signatures, and answers read back.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign as sign_request,
};
use aws_sigv4::sign::v4;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The text of the first element of this name, unescaped.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        Some(
            text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&apos;", "'")
                .replace("&quot;", "\"")
                .replace("&amp;", "&"),
        )
    }

    /// Status, code and message of an error.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let text = |name| {
            self.element(name)
                .unwrap_or_else(|| panic!("no {name} in {}", self.body))
        };
        (self.status.as_u16(), text("Code"), text("Message"))
    }

    /// That it is this error.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str, message: &str) {
        assert_eq!(self.error(), (status, code.to_owned(), message.to_owned()));
        let fault = if status < 500 { "Sender" } else { "Receiver" };
        assert_eq!(self.element("Type").as_deref(), Some(fault));
        assert!(!self.body.contains("AccessKeyId"), "{}", self.body);
    }

    #[track_caller]
    pub(crate) fn assert_granted(&self) {
        assert_eq!(self.status, 200, "{}", self.body);
        assert!(self.element("SessionToken").is_some(), "{}", self.body);
    }
}

/// Signs a request as the SDKs do, in the header.
pub(crate) fn sign(
    request: Request<Vec<u8>>,
    (key_id, secret, token): (&str, &str, Option<&str>),
    (region, service): (&str, &str),
    at: i64,
) -> Request<Body> {
    let identity = Credentials::new(key_id, secret, token.map(str::to_owned), None, "test").into();
    let mut settings = SigningSettings::default();
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Enabled;
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(at.try_into().unwrap());
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(time)
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let (mut parts, body) = request.into_parts();
    let uri = if parts.uri.host().is_some() {
        parts.uri.to_string()
    } else {
        let host = parts
            .headers
            .get("host")
            .map_or("127.0.0.1", |host| host.to_str().unwrap());
        format!("http://{host}{}", parts.uri)
    };
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let signable =
        SignableRequest::new(parts.method.as_str(), &uri, headers, SignableBody::Bytes(&body)).unwrap();
    let (instructions, _) = sign_request(signable, &params).unwrap().into_parts();
    let mut unsigned = Request::builder().uri(&uri).body(()).unwrap();
    instructions.apply_to_request_http1x(&mut unsigned);
    for (name, value) in unsigned.headers() {
        parts.headers.insert(name.clone(), value.clone());
    }
    Request::from_parts(parts, Body::from(body))
}
