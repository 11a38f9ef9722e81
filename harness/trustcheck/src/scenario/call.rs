//! `call:` — one call of AWS by the built-in client.

use gitlab_pipeline::Audience;
use located_yaml::{Node, Value};
use serde_json::Map;
use trustcheck_lab::{Destination, Names};

use super::call_parameters;
use super::json::to_json;
use super::plan;
use crate::client::Credentials;
use crate::diagnostic::nearest;
use crate::reader::{Located, Reader};
use crate::spoil::{SIGNATURE_SPOILS, SignatureSpoil, TOKEN_SPOILS, TokenSpoil};

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service by its signing name.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// The parameters as they are sent, `Action` and `Version` among them; without the token.
    pub parameters: Vec<(String, String)>,
    /// Whether it is sent as a GET, with its parameters in the query string.
    pub is_get: bool,
    /// The endpoint's name.
    pub host: String,
    /// The region of the signature.
    pub region: String,
    /// `WebIdentityToken`.
    pub token: Option<WebToken>,
    /// What it is signed with; nothing for an unsigned call.
    pub signer: Option<Signer>,
}

/// A web identity token.
#[derive(Debug, Clone)]
pub enum WebToken {
    /// This very text.
    Text(String),
    /// The token of a job of the pipeline that the trigger starts.
    Minted {
        /// `aud`; nothing for the GitLab's own URL.
        audience: Option<Audience>,
        /// Claims that take the place of the job's, or come to them.
        claims: Map<String, serde_json::Value>,
        /// Claims that are left out.
        without: Vec<String>,
        /// What is wrong with it.
        spoil: Option<TokenSpoil>,
    },
}

/// What a call is signed with.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Where the credentials are from.
    pub source: SignerSource,
    /// What is wrong with the signature.
    pub spoil: Option<SignatureSpoil>,
}

/// Where credentials are from.
#[derive(Debug, Clone)]
pub enum SignerSource {
    /// The answer to the call of an earlier step of this name.
    Step(String),
    /// These.
    Given(Credentials),
}

/// The services that speak the query protocol: signing name and version.
const SERVICES: [(&str, &str); 2] = [("sts", "2011-06-15"), ("iam", "2010-05-08")];

/// The operation that takes a web identity token.
const WITH_TOKEN: &str = "AssumeRoleWithWebIdentity";

/// The region of endpoints that have none in their name.
const GLOBAL_REGION: &str = "us-east-1";

/// Reads `call:`: the name of an operation, or a mapping. `earlier` names the steps before it that are calls.
pub(super) fn read(node: &Node, earlier: &[String], reader: &mut Reader<'_>) -> Option<Call> {
    if matches!(node.value, Value::Scalar(_)) {
        let operation = reader.some_text(node, "`call`")?;
        let token = (operation.value == WITH_TOKEN).then(WebToken::of_the_job);
        return Some(Call::new(SERVICES[0], operation.value, token));
    }
    let mut fields = reader.fields(node, "`call`")?;
    let operation = fields
        .need("operation", reader)
        .and_then(|node| reader.some_text(node, "`operation`"));
    let services = SERVICES.map(|service| (service.0, service));
    let service = fields.take("service").map_or(Some(SERVICES[0]), |node| {
        Some(reader.choice(node, "`service`", &services)?.value)
    });
    let parameters = fields.take("parameters").map_or(Some(Vec::new()), |node| {
        let operation = operation.as_ref().map(|operation| operation.value.as_str());
        call_parameters::read(node, service.map_or("", |service| service.0), operation, reader)
    });
    let methods = [("GET", true), ("POST", false)];
    let is_get = fields.take("method").map_or(Some(false), |node| {
        Some(reader.choice(node, "`method`", &methods)?.value)
    });
    let region = fields.take("region").map(|node| {
        reader
            .some_text(node, "`region`")
            .and_then(|text| region(text, reader))
    });
    let endpoint = fields.take("endpoint").map(|node| {
        reader
            .some_text(node, "`endpoint`")
            .and_then(|text| endpoint(text, reader))
    });
    let given = parameters
        .iter()
        .flatten()
        .any(|(name, _)| name == "WebIdentityToken");
    let token_node = fields.take("token");
    let takes_token = operation
        .as_ref()
        .is_some_and(|operation| operation.value == WITH_TOKEN);
    let token = match token_node {
        Some(node) if given || !takes_token => {
            let why = if given {
                "the parameters have a `WebIdentityToken` already".to_owned()
            } else {
                format!("only `{WITH_TOKEN}` takes a token")
            };
            let problem = reader.problem(&node.span, why);
            reader.note(problem);
            None
        }
        Some(node) => Some(Some(web_token(node, reader)?)),
        None => Some((takes_token && !given).then(WebToken::of_the_job)),
    };
    let signer = fields
        .take("credentials")
        .map(|node| signer(node, earlier, reader));
    fields.finish(reader);
    let mut call = Call::new(service?, operation?.value, token?);
    // A key that is absent is fine, one with a mistake is not.
    if let Some(region) = region {
        call.region = region?;
        call.host = format!("{}.{}.amazonaws.com", call.service, call.region);
    }
    if let Some(endpoint) = endpoint {
        call.host = endpoint?;
    }
    if let Some(signer) = signer {
        call.signer = Some(signer?);
    }
    call.parameters.extend(parameters?);
    call.is_get = is_get?;
    Some(call)
}

impl Call {
    fn new((service, version): (&'static str, &str), operation: String, token: Option<WebToken>) -> Call {
        Call {
            service,
            parameters: vec![
                ("Action".to_owned(), operation.clone()),
                ("Version".to_owned(), version.to_owned()),
            ],
            operation,
            is_get: false,
            host: format!("{service}.amazonaws.com"),
            region: GLOBAL_REGION.to_owned(),
            token,
            signer: None,
        }
    }
}

impl WebToken {
    /// The token as the job would get it.
    fn of_the_job() -> WebToken {
        WebToken::Minted {
            audience: None,
            claims: Map::new(),
            without: Vec::new(),
            spoil: None,
        }
    }
}

/// `eu-west-1`
fn region(text: Located<String>, reader: &mut Reader<'_>) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.value.bytes().all(plain) && text.value.contains('-') {
        return Some(text.value);
    }
    let problem = reader.problem(&text.span, format!("`{}` is no region", text.value));
    reader.note(problem.help("write a name such as `eu-west-1`"));
    None
}

/// `sts.eu-west-1.amazonaws.com`
fn endpoint(text: Located<String>, reader: &mut Reader<'_>) -> Option<String> {
    if Names::default().find(&text.value, "") == Some(Destination::Aws) {
        return Some(text.value);
    }
    let problem = reader.problem(&text.span, format!("`{}` is no endpoint of AWS", text.value));
    reader.note(problem.help("write a host such as `sts.eu-west-1.amazonaws.com`"));
    None
}

/// `token:` — a text, or how to mint it.
fn web_token(node: &Node, reader: &mut Reader<'_>) -> Option<WebToken> {
    if let Value::Scalar(scalar) = &node.value {
        return Some(WebToken::Text(scalar.text.clone()));
    }
    let mut fields = reader.fields(node, "`token`")?;
    let audience = fields.take("aud").map(|node| plan::audience(node, reader));
    let claims = fields.take("claims").map(|node| match to_json(node) {
        serde_json::Value::Object(claims) => Some(claims),
        _ => {
            reader.wrong_type(node, "`claims`", "a mapping of names to values");
            None
        }
    });
    let without = fields.take("without").map(|node| {
        reader.one_or_many(node, |reader, node| {
            reader.some_text(node, "a claim's name").map(|text| text.value)
        })
    });
    let spoil = fields
        .take("spoil")
        .map(|node| reader.choice(node, "`spoil`", &TOKEN_SPOILS));
    fields.finish(reader);
    Some(WebToken::Minted {
        audience: match audience {
            Some(audience) => Some(audience?),
            None => None,
        },
        claims: match claims {
            Some(claims) => claims?,
            None => Map::new(),
        },
        without: without.unwrap_or_default(),
        spoil: match spoil {
            Some(spoil) => Some(spoil?.value),
            None => None,
        },
    })
}

/// `credentials:` — the name of an earlier step, or a mapping.
fn signer(node: &Node, earlier: &[String], reader: &mut Reader<'_>) -> Option<Signer> {
    if matches!(node.value, Value::Scalar(_)) {
        let name = reader.some_text(node, "`credentials`")?;
        return Some(Signer {
            source: SignerSource::Step(step(name, earlier, reader)?),
            spoil: None,
        });
    }
    let mut fields = reader.fields(node, "`credentials`")?;
    let spoil = fields
        .take("spoil")
        .map(|node| reader.choice(node, "`spoil`", &SIGNATURE_SPOILS));
    let source = match fields.take("step") {
        Some(node) => reader
            .some_text(node, "`step`")
            .and_then(|name| step(name, earlier, reader))
            .map(SignerSource::Step),
        None => {
            let mut text = |key: &'static str| {
                fields
                    .need(key, reader)
                    .and_then(|node| reader.some_text(node, key))
                    .map(|text| text.value)
            };
            let (access_key_id, secret_access_key) = (text("access_key_id"), text("secret_access_key"));
            let session_token = fields
                .take("session_token")
                .and_then(|node| reader.text(node, "`session_token`"))
                .map(|text| text.value);
            access_key_id
                .zip(secret_access_key)
                .map(|(access_key_id, secret_access_key)| {
                    SignerSource::Given(Credentials {
                        access_key_id,
                        secret_access_key,
                        session_token,
                    })
                })
        }
    };
    fields.finish(reader);
    Some(Signer {
        source: source?,
        spoil: match spoil {
            Some(spoil) => Some(spoil?.value),
            None => None,
        },
    })
}

/// The name of an earlier step that is a call.
fn step(name: Located<String>, earlier: &[String], reader: &mut Reader<'_>) -> Option<String> {
    if earlier.contains(&name.value) {
        return Some(name.value);
    }
    let problem = reader.problem(
        &name.span,
        format!("no earlier call is a step named `{}`", name.value),
    );
    let problem = match nearest(&name.value, earlier.iter().map(String::as_str)) {
        Some(known) => problem.help(format!("did you mean `{known}`?")),
        None if earlier.is_empty() => problem.help("credentials come from a call in a step before this one"),
        None => problem.help(format!("the calls before it are {}", earlier.join(", "))),
    };
    reader.note(problem);
    None
}
