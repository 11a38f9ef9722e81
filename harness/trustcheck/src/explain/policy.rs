//! The forms in which a trust policy comes: a document, what `aws iam get-role` prints, or the URL-encoded text of the
//! API; or a role of a world.

use std::collections::HashMap;

use iam_policy::{Fault, ParseError, Policy, PolicyKind, Span, ValidationRules};
use mock_aws::accounts::Role;
use serde_json::value::RawValue;

use super::remark::Remark;
use super::{json, layout, percent};
use crate::diagnostic::{Diagnostic, Source};

/// A trust policy, and the text that its explanation points into.
#[derive(Debug, Clone)]
pub struct TrustPolicy {
    /// The policy.
    pub policy: Policy,
    /// The role it was read with, where it came with one.
    pub role_arn: Option<String>,
    /// What is to be known of it before anybody asks it, with places in the policy's text.
    pub notes: Vec<Remark>,
    source: Source,
    /// Where in the source the policy begins.
    offset: usize,
}

impl TrustPolicy {
    /// Reads a file: a policy document; JSON with `Role.AssumeRolePolicyDocument`, as an object or a string; or a
    /// policy document in URL encoding, with or without quotes.
    ///
    /// # Errors
    /// Where it is none of them, or a policy that IAM refuses. A policy that comes with its role is one that IAM took;
    /// what IAM would refuse today is then only noted.
    pub fn read(source: &Source) -> Result<TrustPolicy, Diagnostic> {
        let text = source.text();
        let trimmed = text.trim_start();
        if trimmed.starts_with('%') {
            let decoded = decoded(source, trimmed.trim_end())?;
            return TrustPolicy::parse(decoded, None, 0, None);
        }
        if trimmed.starts_with('"') {
            let inner = string(source, text)?;
            return TrustPolicy::parse(inner, None, 0, None);
        }
        match role_of(text) {
            Some(role) => TrustPolicy::of_role(source, &role),
            None => TrustPolicy::parse(source.clone(), None, 0, None),
        }
    }

    /// The trust policy of a role of a world.
    #[must_use]
    pub fn of_world(role: &Role, role_arn: &str, source: &Source) -> TrustPolicy {
        let policy = role.trust_policy.clone();
        let notes = notes(&policy, true).unwrap_or_default();
        TrustPolicy {
            policy,
            role_arn: Some(role_arn.to_owned()),
            notes,
            source: source.clone(),
            offset: 0,
        }
    }

    fn of_role(source: &Source, role: &HashMap<String, &RawValue>) -> Result<TrustPolicy, Diagnostic> {
        let text = source.text();
        let arn = role
            .get("Arn")
            .and_then(|arn| serde_json::from_str(arn.get()).ok());
        let Some(document) = role.get("AssumeRolePolicyDocument") else {
            let message = "there is no `AssumeRolePolicyDocument` in this role";
            return Err(Diagnostic::new(source, 0..0, message).help("print the role with `aws iam get-role`"));
        };
        if document.get().starts_with('"') {
            return TrustPolicy::parse(string(source, document.get())?, None, 0, arn);
        }
        let offset = json::offset_in(text, document.get());
        TrustPolicy::parse(source.clone(), Some(document.get()), offset, arn)
    }

    /// Parses `part` of the source, or all of it.
    fn parse(
        source: Source,
        part: Option<&str>,
        offset: usize,
        role_arn: Option<String>,
    ) -> Result<TrustPolicy, Diagnostic> {
        let policy =
            Policy::parse(part.unwrap_or(source.text())).map_err(|error| refused(&source, offset, error))?;
        let notes = notes(&policy, role_arn.is_some()).map_err(|error| {
            let answer = format!("IAM answers {}: {}", error.code(), error.message());
            let refused = refused(&source, offset, error);
            match &refused.help {
                Some(help) => refused.clone().help(format!("{help}; {answer}")),
                None => refused.help(answer),
            }
        })?;
        Ok(TrustPolicy {
            policy,
            role_arn,
            notes,
            source,
            offset,
        })
    }

    /// The same policy over several lines, where it stands on one line that is too long to be read.
    #[must_use]
    pub fn laid_out(self) -> TrustPolicy {
        let again = layout::laid_out(self.policy.text()).and_then(|text| {
            let source = Source::new(format!("{} (laid out)", self.source.path()), text);
            TrustPolicy::parse(source, None, 0, self.role_arn.clone()).ok()
        });
        again.unwrap_or(self)
    }

    /// The policy of the same role with another text; `None` where that is no policy.
    pub(super) fn with_text(&self, text: &str) -> Option<TrustPolicy> {
        let policy = Policy::parse(text).ok()?;
        let source = Source::new(self.source.path(), text);
        Some(TrustPolicy {
            policy,
            role_arn: self.role_arn.clone(),
            notes: Vec::new(),
            source,
            offset: 0,
        })
    }

    /// The file, for excerpts.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// A place in the policy's text as one in the file.
    #[must_use]
    pub fn place(&self, span: &Span) -> Span {
        span.start + self.offset..span.end + self.offset
    }
}

/// What IAM would say when the policy is written, and what it would not.
///
/// That a size is over the default quota is noted, since the quota can be raised; so is a lack of scope for a provider
/// that many share, since roles from before that rule go on as they are.
fn notes(policy: &Policy, exists: bool) -> Result<Vec<Remark>, ParseError> {
    let strict = ValidationRules::default();
    let lax = ValidationRules {
        shared_provider_control: false,
        size_limit: Some(usize::MAX),
        ..strict
    };
    let accepted = policy.validate(PolicyKind::Trust, &lax);
    let refusal = policy.validate(PolicyKind::Trust, &strict).err();
    let mut notes: Vec<Remark> = match accepted {
        Ok(notes) => notes
            .into_iter()
            .map(|note| Remark {
                message: note.message,
                span: Some(note.span),
            })
            .collect(),
        Err(error) if exists || matches!(error.fault, Fault::LimitExceeded(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    notes.extend(refusal.map(|error| Remark {
        message: format!(
            "IAM would not take this policy today ({}: {}): {error}",
            error.code(),
            error.message()
        ),
        span: Some(error.span),
    }));
    Ok(notes)
}

fn refused(source: &Source, offset: usize, error: ParseError) -> Diagnostic {
    let span = error.span.start + offset..error.span.end + offset;
    let diagnostic = Diagnostic::new(source, span, error.to_string());
    match error.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The role in the JSON that the AWS CLI prints, or that `--query Role` leaves of it.
fn role_of(text: &str) -> Option<HashMap<String, &RawValue>> {
    let object: HashMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    if object.contains_key("AssumeRolePolicyDocument") {
        return Some(object);
    }
    serde_json::from_str(object.get("Role")?.get()).ok()
}

/// A JSON string that holds a document, URL-encoded or as it is.
fn string(source: &Source, literal: &str) -> Result<Source, Diagnostic> {
    let text: String = serde_json::from_str(literal).map_err(|error| json::mistake(source, &error))?;
    if text.trim_start().starts_with('%') {
        return decoded(source, text.trim());
    }
    Ok(Source::new(format!("{} (the string in it)", source.path()), text))
}

fn decoded(source: &Source, text: &str) -> Result<Source, Diagnostic> {
    match percent::decode(text) {
        Some(text) => Ok(Source::new(format!("{} (decoded)", source.path()), text)),
        None => Err(
            Diagnostic::new(source, 0..source.text().len(), "this is not URL-encoded text")
                .help("each `%` is followed by two hexadecimal digits, and what they say is UTF-8"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"gitlab.com:sub": "project_path:g/p:ref_type:branch:ref:main"}}}}"#;

    fn encoded() -> String {
        DOCUMENT.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }

    fn get_role(document: &str) -> String {
        format!(
            "{{\n  \"Role\": {{\n    \"Arn\": \"arn:aws:iam::111122223333:role/r\",\n    \"AssumeRolePolicyDocument\": {document}\n  }}\n}}\n"
        )
    }

    #[rstest::rstest]
    #[case::bare(DOCUMENT.to_owned(), None)]
    #[case::encoded(format!("  {}\n", encoded()), None)]
    #[case::encoded_in_quotes(format!("\"{}\"", encoded()), None)]
    #[case::string(serde_json::Value::from(DOCUMENT).to_string(), None)]
    #[case::get_role(get_role(DOCUMENT), Some("arn:aws:iam::111122223333:role/r"))]
    #[case::get_role_encoded(get_role(&format!("\"{}\"", encoded())), Some("arn:aws:iam::111122223333:role/r"))]
    #[case::role_alone(format!("{{\"AssumeRolePolicyDocument\": {DOCUMENT}}}"), None)]
    fn every_form_is_read(#[case] text: String, #[case] role: Option<&str>) {
        let read = TrustPolicy::read(&Source::new("f.json", text)).unwrap();
        assert_eq!(read.policy.text(), DOCUMENT);
        assert_eq!(read.role_arn.as_deref(), role);
        let place = read.place(&(0..DOCUMENT.len()));
        assert_eq!(
            &read.source().text()[place],
            DOCUMENT,
            "places do not lead into the source"
        );
        let laid_out = read.laid_out();
        assert!(laid_out.source().path().as_str().ends_with("(laid out)"));
        assert_eq!(
            laid_out.policy.to_json(),
            Policy::parse(DOCUMENT).unwrap().to_json()
        );
    }

    #[rstest::rstest]
    #[case::no_json("{\n  \"Version\": 1,\n}", "f.json:2:15")]
    #[case::wrong_effect(&DOCUMENT.replace("Allow", "allow"), "f.json:1:51")]
    #[case::in_get_role(&get_role(&DOCUMENT.replace("Allow", "allow")), "f.json:4:83")]
    #[case::no_document("{\"Role\": {\"Arn\": \"x\"}}", "f.json:1:1")]
    #[case::half_encoded("%7B%2", "f.json:1:1")]
    #[case::open_string("\"%7B", "f.json:1:4")]
    #[case::with_resource(&DOCUMENT.replace("\"Action\"", "\"Resource\": \"*\", \"Action\""), "f.json:1:")]
    #[case::empty("", "f.json:1:1")]
    fn mistakes_have_their_place(#[case] text: &str, #[case] at: &str) {
        let mistake = TrustPolicy::read(&Source::new("f.json", text)).unwrap_err();
        assert!(
            mistake.at().starts_with(at),
            "{} is not {at}: {}",
            mistake.at(),
            mistake.message
        );
    }

    #[test]
    fn what_exists_already_is_not_refused() {
        let unscoped = DOCUMENT.replace("gitlab.com:sub", "gitlab.com:aud");
        let read = TrustPolicy::read(&Source::new("f", unscoped.as_str())).unwrap();
        assert!(
            read.notes
                .iter()
                .any(|note| note.message.contains("would not take")),
            "{:?}",
            read.notes
        );
        let with_resource = DOCUMENT.replace("\"Action\"", "\"Resource\": \"*\", \"Action\"");
        TrustPolicy::read(&Source::new("f", get_role(&with_resource))).unwrap();
    }

    proptest::proptest! {
        #[test]
        fn odd_files_are_refused_and_shown(text in r#"[%"{}:,a-zA-Z0-9 \n\\é\[\]]{0,64}"#) {
            if let Err(mistake) = TrustPolicy::read(&Source::new("f", text)) {
                proptest::prop_assert!(!mistake.render(false).is_empty());
            }
        }
    }
}
