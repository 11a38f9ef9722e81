//! The URLs that STS asks.

use http::Uri;

/// An `https` URL, as far as a client needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpsUrl {
    /// The host, an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What the `Host` header says.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) path: String,
}

impl HttpsUrl {
    /// Reads a URL. The error says why it is not one to ask.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|error| format!("not a URL: {error}"))?;
        match uri.scheme_str() {
            Some("https") => {}
            Some(scheme) => return Err(format!("the scheme is `{scheme}`, and has to be `https`")),
            None => return Err("not an absolute URL".into()),
        }
        let Some(authority) = uri.authority().filter(|authority| !authority.host().is_empty()) else {
            return Err("no host".into());
        };
        if authority.as_str().contains('@') {
            return Err("a user name in the URL".into());
        }
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(HttpsUrl {
            port: authority.port_u16().unwrap_or(443),
            authority: authority.as_str().to_owned(),
            path: path.to_owned(),
            host,
        })
    }
}
