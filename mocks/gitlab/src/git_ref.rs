//! Branches and tags, and the patterns that protect them.

/// What a pipeline runs for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GitRef {
    /// A branch by its short name, such as `feature/login`; of a merge request pipeline, the source branch.
    Branch(String),
    /// A tag by its short name, such as `v1.2.0`.
    Tag(String),
}

impl GitRef {
    /// The short name: the claim `ref`.
    pub fn name(&self) -> &str {
        match self {
            GitRef::Branch(name) | GitRef::Tag(name) => name,
        }
    }

    /// `branch` or `tag`: the claim `ref_type`.
    pub fn kind(&self) -> &'static str {
        match self {
            GitRef::Branch(_) => "branch",
            GitRef::Tag(_) => "tag",
        }
    }

    /// `refs/heads/…` or `refs/tags/…`: the claim `ref_path`.
    pub fn path(&self) -> String {
        match self {
            GitRef::Branch(name) => format!("refs/heads/{name}"),
            GitRef::Tag(name) => format!("refs/tags/{name}"),
        }
    }

    /// Whether this is a tag.
    pub fn is_tag(&self) -> bool {
        matches!(self, GitRef::Tag(_))
    }
}

/// Why no branch or tag can have this name, by the rules of `git check-ref-format` and GitLab's own; `None` if it can.
///
/// No token of a real GitLab holds such a ref. `:` is among the forbidden characters, so that the parts of a `sub`
/// cannot be forged through a branch name.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.len() > 255 {
        return Some("it is longer than 255 bytes");
    }
    if name.starts_with("refs/") {
        return Some("give the short name, such as `main`, not the path");
    }
    if name
        .bytes()
        .any(|b| b.is_ascii_control() || b" ~^:?*[\\".contains(&b))
    {
        return Some("git forbids blanks, control characters and any of `~^:?*[\\`");
    }
    if name.contains("..") || name.contains("@{") || name == "@" {
        return Some("git forbids `..`, `@{` and a lone `@`");
    }
    if name.starts_with('-') {
        return Some("GitLab forbids a `-` at the start");
    }
    let bad_part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
    if name.split('/').any(bad_part) || name.ends_with('.') {
        return Some(
            "git forbids empty parts, parts that start with `.` or end with `.lock`, and a `.` at the end",
        );
    }
    None
}

/// Whether a protection pattern covers a name: `*` stands for any characters, also `/` and none; the rest is literal
/// and case counts.
///
/// Source: GitLab docs, "Protect multiple branches with wildcard rules".
pub(crate) fn pattern_covers(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    // The first place each middle part fits leaves the most for those after it.
    for part in parts {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::literal("main", "main", true)]
    #[case::case_counts("Main", "main", false)]
    #[case::no_prefix_match("main", "main2", false)]
    #[case::star("*", "anything/at.all", true)]
    #[case::suffix("*-stable", "16-0-stable", true)]
    #[case::suffix_not("*-stable", "16-0-stable-ee", false)]
    #[case::prefix("v*", "v1.2.0", true)]
    #[case::prefix_empty("v*", "v", true)]
    #[case::slash("release/*", "release/1/2", true)]
    #[case::slash_needed("release/*", "release", false)]
    #[case::middle("a*b*c", "a-b-b-c", true)]
    #[case::middle_order("a*b*c", "a-c-b", false)]
    #[case::overlap("ab*ba", "aba", false)]
    #[case::two_stars("**", "x", true)]
    #[case::question_mark_is_literal("v?", "v1", false)]
    #[case::dot_is_literal("v1.0", "v1x0", false)]
    #[case::empty_pattern("", "main", false)]
    fn patterns(#[case] pattern: &str, #[case] name: &str, #[case] covered: bool) {
        assert_eq!(pattern_covers(pattern, name), covered);
    }

    #[rstest]
    #[case::branch("feature/login", true)]
    #[case::tag("v1.2.0", true)]
    #[case::at("a@b", true)]
    #[case::unicode("grün", true)]
    #[case::colon("main:ref_type:tag", false)]
    #[case::star("v*", false)]
    #[case::blank("a b", false)]
    #[case::newline("a\nb", false)]
    #[case::path("refs/heads/main", false)]
    #[case::lock("a.lock/b", false)]
    #[case::dots("a..b", false)]
    #[case::hidden("a/.b", false)]
    #[case::slashes("a//b", false)]
    #[case::trailing_slash("a/", false)]
    #[case::trailing_dot("a.", false)]
    #[case::option("-x", false)]
    #[case::empty("", false)]
    fn names(#[case] name: &str, #[case] possible: bool) {
        assert_eq!(name_fault(name).is_none(), possible, "{:?}", name_fault(name));
    }

    proptest! {
        #[test]
        fn patterns_agree_with_the_regular_expression(pattern in "[ab*./]{0,8}", name in "[ab./]{0,8}") {
            let expression = pattern.split('*').map(regex::escape).collect::<Vec<_>>().join(".*");
            let expression = regex::Regex::new(&format!("^{expression}$")).unwrap();
            prop_assert_eq!(pattern_covers(&pattern, &name), expression.is_match(&name));
        }
    }
}
