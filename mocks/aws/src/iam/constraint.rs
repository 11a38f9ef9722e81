//! The constraints of IAM's parameters, from the published service model.

use crate::query::{Constraint, Pattern, Violations};

const fn length(min: usize, max: usize) -> Constraint {
    Constraint {
        min,
        max,
        pattern: None,
        sensitive: false,
    }
}

const fn named(max: usize) -> Constraint {
    Constraint {
        pattern: Some(Pattern {
            text: r"[\w+=,.@-]+",
            matches: |character| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character),
        }),
        ..length(1, max)
    }
}

pub(super) const ROLE_NAME: Constraint = named(64);
pub(super) const POLICY_NAME: Constraint = named(128);
pub(super) const USER_NAME: Constraint = named(128);
pub(super) const INSTANCE_PROFILE_NAME: Constraint = named(128);
pub(super) const ARN: Constraint = length(20, 2048);
pub(super) const URL: Constraint = length(1, 255);
pub(super) const CLIENT_ID: Constraint = length(1, 255);
pub(super) const THUMBPRINT: Constraint = length(40, 40);
pub(super) const POLICY_DESCRIPTION: Constraint = length(0, 1000);
pub(super) const ROLE_DESCRIPTION: Constraint = Constraint {
    pattern: Some(Pattern {
        text: r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
        matches: |character| matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{A1}'..='\u{FF}'),
    }),
    ..length(0, 1000)
};
pub(super) const DOCUMENT: Constraint = Constraint {
    pattern: Some(Pattern {
        text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
        matches: |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FF}'),
    }),
    ..length(1, 131_072)
};
pub(super) const MARKER: Constraint = Constraint {
    pattern: Some(Pattern {
        text: r"[\u0020-\u00FF]+",
        matches: |character| matches!(character, ' '..='\u{FF}'),
    }),
    ..length(1, 320)
};
pub(super) const ACTION_NAME: Constraint = length(3, 128);
pub(super) const RESOURCE_NAME: Constraint = length(1, 2048);
const PATH: Constraint = length(1, 512);

/// The path of a role.
pub(super) fn role_path(violations: &mut Violations, value: Option<&str>) {
    violations.form(
        "path",
        value,
        r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)",
        |path| {
            let inner = path.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
            path == "/" || inner.is_some_and(|inner| !inner.is_empty() && is_visible(inner))
        },
    );
    violations.optional("path", value, PATH);
}

/// The beginning of the paths of roles.
pub(super) fn path_prefix(violations: &mut Violations, value: Option<&str>) {
    violations.form("pathPrefix", value, r"\u002F[\u0021-\u007F]*", |path| {
        path.strip_prefix('/').is_some_and(is_visible)
    });
    violations.optional("pathPrefix", value, PATH);
}

/// The path of a managed policy, or the beginning of paths.
pub(super) fn policy_path(violations: &mut Violations, member: &str, value: Option<&str>) {
    violations.form(member, value, r"((/[A-Za-z0-9\.,\+@=_-]+)*)/", |path| {
        let Some(inner) = path.strip_prefix('/') else {
            return false;
        };
        inner.is_empty()
            || inner.strip_suffix('/').is_some_and(|inner| {
                inner.split('/').all(|part| {
                    let allowed = |it: char| it.is_ascii_alphanumeric() || ".,+@=_-".contains(it);
                    !part.is_empty() && part.chars().all(allowed)
                })
            })
    });
    violations.optional(member, value, PATH);
}

/// The alias of an account.
pub(super) fn account_alias(violations: &mut Violations, value: Option<&str>) {
    let pattern = "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
    violations.form("accountAlias", value, pattern, |alias| {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let inside = !alias.starts_with('-') && !alias.ends_with('-') && !alias.contains("--");
        (3..=63).contains(&alias.len()) && inside && alias.bytes().all(|byte| letter(byte) || byte == b'-')
    });
    violations.required("accountAlias", value, length(3, 63));
}

/// The id of a version of a policy.
pub(super) fn version_id(violations: &mut Violations, value: Option<&str>) {
    violations.form("versionId", value, r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?", |id| {
        let Some(number) = id.strip_prefix('v') else {
            return false;
        };
        let (number, rest) = number.split_once('.').unwrap_or((number, ""));
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        digits
            && !number.is_empty()
            && !number.starts_with('0')
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    violations.required("versionId", value, length(0, usize::MAX));
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    type Check = fn(&mut Violations, Option<&str>);

    #[rstest]
    #[case::root(role_path, "/", true)]
    #[case::nested(role_path, "/a/b/", true)]
    #[case::empty_part(role_path, "/a//b/", true)]
    #[case::only_slashes(role_path, "//", false)]
    #[case::open(role_path, "/team", false)]
    #[case::no_slash(role_path, "team/", false)]
    #[case::blank(role_path, "/a b/", false)]
    #[case::prefix(path_prefix, "/a", true)]
    #[case::version(version_id, "v12", true)]
    #[case::version_with_stage(version_id, "v1.a-b", true)]
    #[case::version_zero(version_id, "v0", false)]
    #[case::no_version(version_id, "1", false)]
    #[case::alias(account_alias, "acme-1", true)]
    #[case::alias_with_two_hyphens(account_alias, "acme--1", false)]
    #[case::short_alias(account_alias, "ac", false)]
    #[case::alias_in_capitals(account_alias, "Acme", false)]
    fn forms(#[case] check: Check, #[case] value: &str, #[case] fits: bool) {
        let mut violations = Violations::without_values();
        check(&mut violations, Some(value));
        assert_eq!(violations.into_result().is_ok(), fits);
    }

    #[rstest]
    #[case::root("/", true)]
    #[case::nested("/a/b.c/", true)]
    #[case::empty_part("/a//b/", false)]
    #[case::open("/a", false)]
    fn policy_paths(#[case] value: &str, #[case] fits: bool) {
        let mut violations = Violations::without_values();
        policy_path(&mut violations, "path", Some(value));
        assert_eq!(violations.into_result().is_ok(), fits);
    }
}
