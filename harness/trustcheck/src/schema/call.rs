//! What a call of the built-in client is made of.

use super::scenario::audience;
use super::shape::Form::{Mapping, Part, SomeText, Text};
use super::shape::{Shape, choice, one_or_many, word};
use crate::spoil::{SIGNATURE_SPOILS, TOKEN_SPOILS};

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::new("`call`", "call", "One call of AWS by the built-in client.")
            .must("operation", SomeText, "The operation, such as `AssumeRoleWithWebIdentity`.")
            .may("service", word(["sts", "iam"]), "The service; `sts` unless stated.")
            .may("parameters", Mapping, "The parameters by their names in AWS's API reference, nested as there.")
            .may("method", word(["GET", "POST"]), "How it is sent; `POST` unless stated.")
            .may("region", SomeText, "The region of the endpoint and of the signature, such as `eu-west-1`; the global endpoint unless stated.")
            .may("endpoint", SomeText, "The endpoint's host.")
            .may("token", Text.or(Part("`token`")), "The web identity token: a text, or how to mint it. Without it, the token of the job.")
            .may("credentials", SomeText.or(Part("`credentials`")), "What signs the call: the name of the earlier step that got them, or a mapping."),
        Shape::new("`token`", "web-identity-token", "A token that GitLab mints for a job of the pipeline.")
            .may("aud", audience(), "Its `aud`; the GitLab's URL unless stated.")
            .may("claims", Mapping, "Claims that take the place of the job's, or come to them.")
            .may("without", one_or_many(SomeText), "Claims that are left out.")
            .may("spoil", choice(&TOKEN_SPOILS), "What is wrong with it."),
        Shape::new("`credentials`", "credentials", "What signs a call.")
            .may("step", SomeText, "The name of the earlier step whose answer has them.")
            .may("access_key_id", SomeText, "An access key id.")
            .may("secret_access_key", SomeText, "Its secret.")
            .may("session_token", Text, "The session token of temporary credentials.")
            .may("spoil", choice(&SIGNATURE_SPOILS), "What is wrong with the signature.")
            .one_of(["step", "access_key_id"])
            .where_there("access_key_id", "secret_access_key"),
    ]
}
