//! What a world is made of.

use super::shape::Form::{Duration, Mapping, Nothing, Part, SomeText, Text, Truth, Whole};
use super::shape::{Form, Shape, list, named, one_or_many};

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::new(
            "a world",
            "world",
            "The GitLab instances and the AWS of a rehearsal.",
        )
        .must(
            "gitlab",
            one_or_many(Part("`gitlab`")),
            "One GitLab instance or several; the first with the trigger's project runs the pipeline.",
        )
        .must("aws", Part("`aws`"), "AWS."),
        Shape::new("`aws`", "aws", "AWS.")
            .must(
                "accounts",
                Form::Named("[0-9]{12}", Box::new(Part("an account").or(Nothing))),
                "Accounts by their ids of twelve digits, in quotes.",
            )
            .may("iam", Part("`iam`"), "How IAM behaves."),
        Shape::new("`iam`", "iam", "How IAM behaves.")
            .may("shared_provider_control", Truth, "Whether a trust policy has to name who of a shared provider is let in; it has to unless stated.")
            .may("propagation", Duration, "How long a change takes until it is seen everywhere."),
        policy(),
        Shape::new("an account", "account", "An AWS account.")
            .may(
                "oidc_providers",
                list(Part("an OIDC provider")),
                "The OIDC identity providers that IAM knows.",
            )
            .may("roles", named(Part("a role")), "Roles by their names.")
            .may("alias", SomeText, "Its alias.")
            .may("policies", named(document().or(Part("a policy"))), "Managed policies by their names: a JSON file, the document in place, or a mapping with `document`.")
            .may("import", SomeText, "The path of what `aws iam get-account-authorization-details` prints: its roles and policies."),
        provider(),
        role(),
    ]
}

/// A policy: the path of a JSON file, or the document in place.
fn document() -> Form {
    SomeText.or(Mapping)
}

fn tags() -> Form {
    named(Text)
}

fn policy() -> Shape {
    Shape::new("a policy", "policy", "A managed policy.")
        .must(
            "document",
            document(),
            "The policy: the path of a JSON file, or the document in place.",
        )
        .may("path", SomeText, "Its path, which begins and ends with `/`.")
        .may("description", Text, "Its description.")
        .may("of_aws", Truth, "Whether it is one of AWS's own.")
        .may("tags", tags(), "Its tags.")
}

fn provider() -> Shape {
    Shape::new(
        "an OIDC provider",
        "oidc-provider",
        "An OIDC identity provider, as `aws iam create-open-id-connect-provider` makes it.",
    )
    .must("url", SomeText, "The issuer's URL.")
    .must(
        "client_ids",
        one_or_many(SomeText),
        "The audiences that are let in.",
    )
    .may(
        "thumbprints",
        one_or_many(SomeText),
        "SHA-1 thumbprints of the certificates that are trusted.",
    )
    .may("tags", tags(), "Its tags.")
}

fn role() -> Shape {
    Shape::new("a role", "role", "A role.")
        .must(
            "trust_policy",
            SomeText.or(Mapping),
            "Its trust policy: the path of a JSON file, or the document in place.",
        )
        .may("path", SomeText, "Its path, which begins and ends with `/`.")
        .may(
            "max_session_duration",
            Whole(3600, 43_200),
            "How long its sessions may last, in seconds.",
        )
        .may("description", Text, "Its description.")
        .may(
            "managed_policies",
            one_or_many(SomeText),
            "Managed policies that are attached to it, by their names or ARNs.",
        )
        .may(
            "policies",
            named(document()),
            "Inline policies by their names: a JSON file, or the document in place.",
        )
        .may(
            "permissions_boundary",
            SomeText,
            "The managed policy that bounds it, by its name or ARN.",
        )
        .may("tags", tags(), "Its tags.")
}
