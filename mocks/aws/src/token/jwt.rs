//! Taking a JWT apart (RFC 7519, RFC 7515 §7.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::event::DecodedToken;

/// What it takes to verify a JWT.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Jwt<'a> {
    /// What the signature is over: the first two parts as sent.
    pub(crate) signing_input: &'a str,
    pub(crate) signature: Vec<u8>,
    /// `alg`, whatever it is.
    pub(crate) algorithm: String,
    /// `kid`. Empty counts as absent (recorded AWS behaviour).
    pub(crate) kid: Option<String>,
}

impl<'a> Jwt<'a> {
    /// Takes a token apart: what verifies it, and what it says. The error says what is wrong with it.
    ///
    /// A line break at the end is tolerated: tokens are often read from files. Of duplicate members the last
    /// counts (recorded AWS behaviour). JSON nests up to 128 levels deep; numbers beyond a double and text that
    /// is not UTF-8 are errors. A header with `crit` is refused, since no extension is understood (recorded AWS
    /// behaviour, RFC 7515 §4.1.11).
    pub(crate) fn decode(token: &'a str) -> Result<(Self, DecodedToken), String> {
        let token = token.trim_end_matches(['\r', '\n']);
        let parts = token.split('.').count();
        let Some(((signing_input, signature), (header, claims))) = token
            .rsplit_once('.')
            .and_then(|(input, signature)| Some(((input, signature), input.split_once('.')?)))
            .filter(|_| parts == 3)
        else {
            return Err(format!(
                "it has {parts} part(s) separated by full stops, and a JWT has 3"
            ));
        };
        let header = object("header", header)?;
        let Some(algorithm) = header.get("alg").and_then(Value::as_str).map(str::to_owned) else {
            return Err("its header has no `alg`, or not as text".into());
        };
        if let Some(extensions) = header.get("crit") {
            return Err(format!(
                "its header demands extensions that AWS does not know: `crit` is {extensions}"
            ));
        }
        let kid = match header.get("kid") {
            None | Some(Value::Null) => None,
            Some(Value::String(kid)) => Some(kid.clone()).filter(|kid| !kid.is_empty()),
            Some(_) => return Err("`kid` in its header is not text".into()),
        };
        let claims = object("payload", claims)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|error| {
            format!(
                "its signature is not base64url: {}",
                lower_first(&error.to_string())
            )
        })?;
        Ok((
            Jwt {
                signing_input,
                signature,
                algorithm,
                kid,
            },
            DecodedToken { header, claims },
        ))
    }
}

fn object(part: &str, text: &str) -> Result<Map<String, Value>, String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|error| format!("its {part} is not base64url: {}", lower_first(&error.to_string())))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("its {part} is not a JSON object: {error}"))
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_lowercase().chain(characters).collect())
        .unwrap_or_default()
}
