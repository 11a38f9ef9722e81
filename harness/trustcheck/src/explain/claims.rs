//! The claims that a policy is asked about: of a token, or written by hand.

use mock_aws::Cause;
use serde_json::{Map, Value};

use super::json;
use crate::diagnostic::{Diagnostic, Source};

/// The claims of a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// By name.
    pub all: Map<String, Value>,
}

impl Claims {
    /// Reads claims from a file with one JSON object: the claims themselves, or `claims` beside a `header`, as decoded
    /// tokens are printed.
    ///
    /// `iat` and `exp`, which STS wants in every token and no policy can ask for, may be left out.
    ///
    /// # Errors
    /// Where it is not a JSON object, or one without an issuer.
    pub fn read(source: &Source) -> Result<Claims, Diagnostic> {
        let text = source.text();
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let mistake = json::mistake(source, &error);
            if mock_aws::decode_token(text.trim()).is_ok() {
                return mistake.help("this is a token, not its claims: give it with --token");
            }
            mistake
        })?;
        let Value::Object(mut all) = value else {
            return Err(Diagnostic::new(source, 0..text.len(), "claims are a JSON object")
                .help("such as {\"iss\": \"https://gitlab.com\", \"sub\": \"project_path:…\", \"aud\": \"https://gitlab.com\"}"));
        };
        if let Some(Value::Object(claims)) = all.get_mut("claims")
            && issuer(claims).is_some()
        {
            all = std::mem::take(claims);
        }
        if issuer(&all).is_none() {
            return Err(
                Diagnostic::new(source, 0..0, "there is no `iss` among the claims").help(
                    "it says which provider the token comes from, such as \"iss\": \"https://gitlab.com\"",
                ),
            );
        }
        for name in ["iat", "exp"] {
            all.entry(name).or_insert_with(|| Value::from(0));
        }
        Ok(Claims { all })
    }

    /// Takes a token apart. Its signature and its times are not looked at.
    ///
    /// # Errors
    /// Where it is not a JWT, or one without an issuer.
    pub fn of_token(token: &str) -> Result<Claims, Box<Cause>> {
        let all = mock_aws::decode_token(token.trim())?.claims;
        match issuer(&all) {
            Some(_) => Ok(Claims { all }),
            None => Err(Box::new(Cause::MissingClaim {
                claim: "iss".to_owned(),
            })),
        }
    }

    /// `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        issuer(&self.all).unwrap_or_default()
    }

    /// `sub`, if it is text.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.all.get("sub").and_then(Value::as_str)
    }

    /// Every audience that `aud` names.
    #[must_use]
    pub fn audiences(&self) -> Vec<&str> {
        match self.all.get("aud") {
            Some(Value::String(audience)) => vec![audience],
            Some(Value::Array(audiences)) => audiences.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The same claims with one audience.
    #[must_use]
    pub(super) fn with_audience(&self, audience: &str) -> Claims {
        let mut claims = self.clone();
        claims.all.insert("aud".to_owned(), Value::from(audience));
        claims
    }
}

fn issuer(claims: &Map<String, Value>) -> Option<&str> {
    claims
        .get("iss")
        .and_then(Value::as_str)
        .filter(|issuer| !issuer.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_written_by_hand_need_no_times() {
        let claims = Claims::read(&Source::new(
            "c",
            r#"{"iss": "https://gitlab.com", "aud": ["a", "b"]}"#,
        ))
        .unwrap();
        assert_eq!(
            (claims.issuer(), claims.audiences()),
            ("https://gitlab.com", vec!["a", "b"])
        );
        assert!(claims.all.contains_key("iat") && claims.all.contains_key("exp"));
        assert_eq!(claims.with_audience("b").audiences(), ["b"]);
    }

    #[test]
    fn the_claims_of_a_decoded_token_are_found() {
        let text = r#"{"header": {"alg": "RS256"}, "claims": {"iss": "https://gitlab.com"}}"#;
        assert_eq!(
            Claims::read(&Source::new("c", text)).unwrap().issuer(),
            "https://gitlab.com"
        );
    }

    #[rstest::rstest]
    #[case::broken("{\"iss\": }", "c:1:9", "not valid JSON: expected value")]
    #[case::a_list("[]", "c:1:1", "claims are a JSON object")]
    #[case::no_issuer("{\"sub\": \"x\"}", "c:1:1", "there is no `iss` among the claims")]
    #[case::numeric_issuer("{\"iss\": 1}", "c:1:1", "there is no `iss` among the claims")]
    fn mistakes_have_their_place(#[case] text: &str, #[case] at: &str, #[case] message: &str) {
        let mistake = Claims::read(&Source::new("c", text)).unwrap_err();
        assert_eq!((mistake.at().as_str(), mistake.message.as_str()), (at, message));
    }

    #[test]
    fn a_token_is_taken_apart() {
        // {"alg":"none"} and {"iss":"https://gitlab.com"}, without a signature
        let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2dpdGxhYi5jb20ifQ.";
        assert_eq!(
            Claims::of_token(&format!(" {token}\n")).unwrap().issuer(),
            "https://gitlab.com"
        );
        assert!(
            Claims::read(&Source::new("c", token))
                .unwrap_err()
                .help
                .unwrap()
                .contains("--token")
        );
        assert_eq!(
            Claims::of_token("eyJhbGciOiJub25lIn0.e30.").unwrap_err().name(),
            "missing-claim"
        );
        assert_eq!(Claims::of_token("x").unwrap_err().name(), "not-a-jwt");
    }
}
