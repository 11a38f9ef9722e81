//! What a GitLab instance of a world is made of.

use mock_gitlab::{Role, Visibility};

use super::shape::Form::{Duration, Nothing, Part, SomeList, SomeText, Text, Truth, Whole};
use super::shape::{Form, Shape, list, named, one_or_many, word};

pub(super) fn shapes() -> Vec<Shape> {
    vec![gitlab(), group(), project(), user(), identity()]
}

/// A number that GitLab counts from 1.
pub(super) const NUMBER: Form = Whole(1, i64::MAX);

fn gitlab() -> Shape {
    Shape::new("`gitlab`", "gitlab", "A GitLab instance.")
        .may("url", SomeText, "Its URL, which is also the issuer; `https://gitlab.com` unless stated.")
        .may("version", SomeText, "Its version, 15.7 to 19.4, which decides which claims and legacy variables there are; the newest unless stated.")
        .must("projects", SomeList(Box::new(Part("a project"))), "Its projects; the first one is meant where none is named.")
        .may("users", list(Part("a user")), "Its users; the first one starts pipelines.")
        .may("ci_id_tokens_issuer_url", SomeText, "Another `iss` of ID tokens than the instance's URL.")
        .may("fork_claims", word(["source", "target"]), "Whose claims a merge request from a fork has: the fork's, or those of the project it goes into.")
        .may("groups_direct", Truth, "Whether tokens have `groups_direct`.")
        .may("variables", variables(), "Its CI/CD variables.")
        .may("groups", list(Part("a group")), "Its groups that have something of their own.")
        .may("remotes", named(SomeText), "Files of the web that `include:remote` finds: URLs, and the paths of files that stand for them.")
}

fn group() -> Shape {
    Shape::new("a group", "group", "A group.")
        .must("path", SomeText, "Its full path.")
        .may("variables", variables(), "Its CI/CD variables.")
}

/// GitLab's rule for the name of a variable.
pub(super) const NAME: &str = "[A-Za-z_][A-Za-z0-9_]*";

/// CI/CD variables, as in GitLab's settings.
pub(super) fn variables() -> Form {
    Form::Named(NAME, Box::new(one_or_many(Text.or(Part("a variable")))))
}

fn project() -> Shape {
    let visibilities = [Visibility::Private, Visibility::Internal, Visibility::Public];
    Shape::new("a project", "project", "A project.")
        .must("path", SomeText, "Its full path, such as `group/project`.")
        .may("id", NUMBER, "`CI_PROJECT_ID`.")
        .may("namespace_id", NUMBER, "`CI_PROJECT_NAMESPACE_ID`.")
        .may(
            "visibility",
            word(visibilities.iter().map(|visibility| visibility.as_str())),
            "Who can see it.",
        )
        .may(
            "default_branch",
            SomeText,
            "Its default branch, which is protected unless said otherwise; `main` unless stated.",
        )
        .may(
            "protected",
            one_or_many(SomeText),
            "Its protected branches and tags; `*` stands for any text.",
        )
        .may(
            "protected_branches",
            one_or_many(SomeText),
            "Its protected branches; `*` stands for any text.",
        )
        .may(
            "protected_tags",
            one_or_many(SomeText),
            "Its protected tags; `*` stands for any text.",
        )
        .may(
            "protected_environments",
            one_or_many(SomeText),
            "Its protected environments.",
        )
        .may(
            "members",
            named(word(Role::ALL.map(Role::as_str))),
            "Logins with their roles in the project.",
        )
        .may(
            "ci_config_path",
            SomeText,
            "The path of its pipeline configuration; `.gitlab-ci.yml` unless stated.",
        )
        .may("timeout", Duration, "How long its jobs may take.")
        .may(
            "ci_id_token_sub_claim_components",
            list(SomeText),
            "What `sub` is put together from, such as `project_path`.",
        )
        .may(
            "limit_jwt_access",
            Truth,
            "Whether `CI_JOB_JWT` is withheld (GitLab before 17.0).",
        )
        .may(
            "path_reclaimed",
            Truth,
            "Whether its path was another project's before.",
        )
        .may("variables", variables(), "Its CI/CD variables.")
        .may(
            "files",
            SomeText.or(named(SomeText)),
            "Its files: the path of a folder that stands for its repository, or refs with folders.",
        )
}

fn user() -> Shape {
    Shape::new("a user", "user", "A user.")
        .must("login", SomeText, "The user's name, as after `@`.")
        .may(
            "id",
            NUMBER,
            "`GITLAB_USER_ID`; the place in the list unless stated.",
        )
        .may("email", SomeText, "The user's address.")
        .may("name", SomeText, "The user's name in full.")
        .may(
            "groups",
            one_or_many(SomeText),
            "Paths of the groups that the user is a direct member of.",
        )
        .may(
            "identities",
            list(Part("an identity")),
            "The user's identities elsewhere.",
        )
        .may(
            "pass_identities",
            Truth,
            "Whether tokens have them as `user_identities`.",
        )
}

fn identity() -> Shape {
    Shape::new("an identity", "identity", "A user's identity elsewhere.")
        .must("provider", SomeText, "Where, such as `saml`.")
        .must("extern_uid", SomeText, "Who.")
}

/// A login, or nothing for a user who was deleted.
pub(super) fn actor() -> Form {
    SomeText.or(Nothing)
}
