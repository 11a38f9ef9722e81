//! What can be wrong with an issuer, and how that changes.

use trustcheck_lab::FaultKind;

use super::shape::Form::{Duration, Part, SomeText, Text, Whole};
use super::shape::{Form, Shape, word};

/// The kinds of events between steps, each the key of a step.
pub(super) const EVENTS: [&str; 4] = ["advance", "rotate_keys", "fault", "clear"];

pub(super) fn shapes() -> Vec<Shape> {
    vec![fault(), page(), rotation(), clearing()]
}

/// A step with the events it can be.
pub(super) fn with_events(step: Shape) -> Shape {
    step.may(
        "advance",
        Duration,
        "Time passes on the world's clock, without waiting: tokens and sessions grow older.",
    )
    .may(
        "rotate_keys",
        rotations().or(Part("`rotate_keys`")),
        "GitLab signs with another key; and what becomes of the old one.",
    )
    .may("fault", Part("a fault"), "Something is wrong from now on.")
    .may(
        "clear",
        cleared().or(Part("`clear`")),
        "Faults are over: those of this kind, or all.",
    )
}

fn fault() -> Shape {
    Shape::new("a fault", "fault", "Something that is wrong with an issuer.")
        .may(
            "gitlab",
            Text,
            "The URL of the GitLab; the world's first unless stated.",
        )
        .may(
            "discovery",
            page_fault(),
            "What is wrong with the discovery document.",
        )
        .may("jwks", page_fault(), "What is wrong with the key set.")
        .may("issuer", Text, "Another `issuer` in the discovery document.")
        .may("jwks_uri", Text, "Another `jwks_uri` in the discovery document.")
        .may(
            "keys",
            word(["unpublished", "lost"]),
            "What is wrong with the keys.",
        )
        .may(
            "certificate",
            word(["expired", "wrong-name", "foreign-authority"]),
            "What is wrong with the TLS certificate.",
        )
        .may(
            "clock",
            Text,
            "How far GitLab's clock is ahead, such as `10m`, or behind, such as `-10m`.",
        )
        .may(
            "rotate_keys",
            rotations().or(Part("`rotate_keys`")),
            "In `faults`: GitLab signs with another key from the start.",
        )
        .one_of(FaultKind::NAMES.iter().copied().chain(["rotate_keys"]))
}

fn page_fault() -> Form {
    word(["down", "slow", "truncated", "html"])
        .or(Whole(100, 599))
        .or(Part("the fault of a page"))
}

fn page() -> Shape {
    Shape::new("the fault of a page", "slow-page", "A page that comes late.").must(
        "slow",
        Duration,
        "How late.",
    )
}

fn rotations() -> Form {
    word(["kept", "dropped", "cached"])
}

fn rotation() -> Shape {
    Shape::new("`rotate_keys`", "rotation", "Another key.")
        .may(
            "gitlab",
            Text,
            "The URL of the GitLab; the world's first unless stated.",
        )
        .may("old_key", rotations(), "What becomes of the old key.")
}

fn cleared() -> Form {
    word(["all"].into_iter().chain(FaultKind::NAMES.iter().copied()))
}

fn clearing() -> Shape {
    Shape::new("`clear`", "clearing", "Faults that are over.")
        .may(
            "gitlab",
            SomeText,
            "The URL of the GitLab; the world's first unless stated.",
        )
        .may("fault", cleared(), "Their kind; all unless stated.")
}
