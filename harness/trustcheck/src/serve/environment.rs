//! The environment in which the usual clients use a world in place of AWS.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Standing;

/// The region where none is chosen, as with other mocks of AWS.
const REGION: &str = "us-east-1";

/// Variables that would have a client send something else along with the world's key pair, or not use it.
const IN_THE_WAY: [&str; 2] = ["AWS_SESSION_TOKEN", "AWS_PROFILE"];

/// How an environment is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For POSIX shells: lines to be sourced.
    Sh,
    /// For Docker, Compose, dotenv libraries, CI systems: NAME=VALUE.
    Dotenv,
    /// For programs: one object.
    Json,
}

/// Variables and their values, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    variables: Vec<(&'static str, String)>,
}

impl Environment {
    /// The variables that lead to this world.
    ///
    /// Only those are among them that take nothing away from other programs of the same shell. So `SSL_CERT_FILE` and its
    /// like are not, which would replace all certificate authorities and not add one.
    #[must_use]
    pub fn of(standing: &Standing) -> Environment {
        let (id, secret) = standing.administrator();
        let authority = standing.authority().display().to_string();
        let mut variables = vec![
            ("AWS_ENDPOINT_URL", format!("http://{}", standing.world().edge())),
            ("AWS_CA_BUNDLE", authority.clone()),
            ("NODE_EXTRA_CA_CERTS", authority),
            ("AWS_ACCESS_KEY_ID", id.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
            // the AWS CLI and boto3 read the one, most SDKs the other
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        // Its token is in the ready file alone, which nobody else can read.
        variables.extend(standing.control().map(|(url, _)| ("TRUSTCHECK_CONTROL_URL", url)));
        Environment { variables }
    }

    /// The default region.
    #[must_use]
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The environment as text, with a line break at the end.
    #[must_use]
    pub fn written(&self, form: Form) -> String {
        let lines = |line: &dyn Fn(&str, &str) -> String| -> String {
            self.variables
                .iter()
                .map(|(name, value)| line(name, value))
                .collect()
        };
        match form {
            Form::Sh => {
                let exports = lines(&|name, value| format!("export {name}={}\n", quoted(value)));
                format!("{exports}unset {}\n", IN_THE_WAY.join(" "))
            }
            Form::Dotenv => lines(&|name, value| format!("{name}={value}\n")),
            Form::Json => format!("{:#}\n", Value::from(self.object())),
        }
    }

    fn object(&self) -> Map<String, Value> {
        self.variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
            .collect()
    }
}

impl Serialize for Environment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object().serialize(serializer)
    }
}

/// The value as one word of a POSIX shell (XCU 2.2.2), without quotes where it needs none.
fn quoted(value: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-./:@%+,".contains(character);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        Environment {
            variables: vec![
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566".to_owned()),
                ("AWS_CA_BUNDLE", "/tmp/it's here/ca.pem".to_owned()),
            ],
        }
    }

    #[rstest::rstest]
    #[case::sh(
        Form::Sh,
        "export AWS_ENDPOINT_URL=http://127.0.0.1:4566\nexport AWS_CA_BUNDLE='/tmp/it'\\''s here/ca.pem'\nunset AWS_SESSION_TOKEN AWS_PROFILE\n"
    )]
    #[case::dotenv(
        Form::Dotenv,
        "AWS_ENDPOINT_URL=http://127.0.0.1:4566\nAWS_CA_BUNDLE=/tmp/it's here/ca.pem\n"
    )]
    #[case::json(
        Form::Json,
        "{\n  \"AWS_ENDPOINT_URL\": \"http://127.0.0.1:4566\",\n  \"AWS_CA_BUNDLE\": \"/tmp/it's here/ca.pem\"\n}\n"
    )]
    fn forms(#[case] form: Form, #[case] expected: &str) {
        assert_eq!(environment().written(form), expected);
    }
}
