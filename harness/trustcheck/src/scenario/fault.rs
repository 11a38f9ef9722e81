//! `faults:` and `fault:` — what is wrong with an issuer.
//!
//! A fault is one of `discovery`, `jwks`, `issuer`, `jwks_uri`, `keys`, `certificate` and `clock`, and optionally says of which
//! GitLab.

use jiff::SignedDuration;
use located_yaml::{Node, Value};
use mock_gitlab::Settings;
use trustcheck_lab::{CertificateFault, Delay, Fault, FaultKind, KeyFault, PageFault, Skew, WorldEvent};

use super::world_event::{self, rotate_keys};
use crate::reader::{Fields, Reader};

/// `faults:` — each as `fault:` takes it, or `rotate_keys:`.
pub(super) fn read_all(
    node: &Node,
    gitlabs: &[Settings],
    reader: &mut Reader<'_>,
) -> Option<Vec<WorldEvent>> {
    reader.list(node, "`faults`", |reader, node| {
        if let Some(rotation) = node.get("rotate_keys") {
            let mut fields = reader.fields(node, "a fault")?;
            let _ = fields.take("rotate_keys");
            let event = rotate_keys(rotation, gitlabs, reader);
            fields.finish(reader);
            return event;
        }
        read(node, gitlabs, reader)
    })
}

/// One fault.
pub(super) fn read(node: &Node, gitlabs: &[Settings], reader: &mut Reader<'_>) -> Option<WorldEvent> {
    let mut fields = reader.fields(node, "a fault")?;
    let gitlab = world_event::gitlab(fields.take("gitlab"), gitlabs, reader);
    let faults: Vec<Option<Fault>> = kinds(&mut fields, reader);
    let is_known = fields.finish(reader);
    match <[Option<Fault>; 1]>::try_from(faults) {
        Ok([fault]) => Some(WorldEvent::Fault {
            gitlab: gitlab?,
            fault: fault?,
        }),
        // What is wrong has been said: it was meant to be under the unknown key.
        Err(faults) if faults.is_empty() && !is_known => None,
        Err(faults) => {
            let message = if faults.is_empty() {
                "a fault says nothing that is wrong"
            } else {
                "a fault is one thing that is wrong"
            };
            let problem = reader
                .problem(&node.span, message)
                .help(format!("write one of {} in each", FaultKind::NAMES.join(", ")));
            reader.note(problem);
            None
        }
    }
}

/// What there is of each kind; nothing in place of what could not be read.
fn kinds(fields: &mut Fields<'_>, reader: &mut Reader<'_>) -> Vec<Option<Fault>> {
    let mut faults = Vec::new();
    if let Some(node) = fields.take("discovery") {
        faults.push(page(node, "`discovery`", reader).map(Fault::Discovery));
    }
    if let Some(node) = fields.take("jwks") {
        faults.push(page(node, "`jwks`", reader).map(Fault::Jwks));
    }
    if let Some(node) = fields.take("issuer") {
        faults.push(
            reader
                .text(node, "`issuer`")
                .map(|text| Fault::Issuer(text.value)),
        );
    }
    if let Some(node) = fields.take("jwks_uri") {
        faults.push(
            reader
                .text(node, "`jwks_uri`")
                .map(|text| Fault::JwksUri(text.value)),
        );
    }
    if let Some(node) = fields.take("keys") {
        let choices = [("unpublished", KeyFault::Unpublished), ("lost", KeyFault::Lost)];
        let choice = reader.choice(node, "`keys`", &choices);
        faults.push(choice.map(|choice| Fault::Keys(choice.value)));
    }
    if let Some(node) = fields.take("certificate") {
        let choices = [
            ("expired", CertificateFault::Expired),
            ("wrong-name", CertificateFault::WrongName),
            ("foreign-authority", CertificateFault::ForeignAuthority),
        ];
        let choice = reader.choice(node, "`certificate`", &choices);
        faults.push(choice.map(|choice| Fault::Certificate(choice.value)));
    }
    if let Some(node) = fields.take("clock") {
        faults.push(skew(node, reader).map(|skew| Fault::Clock(Skew(skew))));
    }
    faults
}

/// `down`, `slow`, `truncated`, `html`, a status such as `500`, or `{ slow: 4s }`.
fn page(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<PageFault> {
    if let Value::Mapping(_) = &node.value {
        let mut fields = reader.fields(node, "the fault of a page")?;
        let delay = fields.need("slow", reader);
        fields.finish(reader);
        let delay = delay?;
        let time = reader.duration(delay, "`slow`")?;
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        return match Delay::try_from(time) {
            Ok(delay) => Some(PageFault::Slow(delay)),
            Err(error) => {
                let problem = reader.problem(&delay.span, error.to_string());
                reader.note(problem);
                None
            }
        };
    }
    if let Some(status) = node.as_str().and_then(|text| text.parse::<u16>().ok()) {
        return match status.try_into() {
            Ok(status) => Some(PageFault::Status(status)),
            Err(error) => {
                let problem = reader.problem(&node.span, trustcheck_lab::FaultError::to_string(&error));
                reader.note(problem);
                None
            }
        };
    }
    let choices = [
        ("down", PageFault::Down),
        ("slow", PageFault::Slow(Delay::TOO_LONG)),
        ("truncated", PageFault::Truncated),
        ("html", PageFault::Html),
    ];
    reader.choice(node, what, &choices).map(|choice| choice.value)
}

/// `10m`, or `-10m` for a clock that is behind.
fn skew(node: &Node, reader: &mut Reader<'_>) -> Option<SignedDuration> {
    let behind = node.as_str().and_then(|text| text.strip_prefix('-'));
    let time = match behind {
        Some(text) => crate::reader::duration(text),
        None => node.as_str().and_then(crate::reader::duration),
    };
    let Some(time) = time.and_then(|time| SignedDuration::try_from(time).ok()) else {
        reader.wrong_type(
            node,
            "`clock`",
            "a length of time such as `10m`, or `-10m` for a clock that is behind",
        );
        return None;
    };
    Some(if behind.is_some() { -time } else { time })
}
