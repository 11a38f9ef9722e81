//! Projects, and what in them is protected.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::git_ref::{GitRef, pattern_covers};
use crate::subject::SubComponent;
use crate::unknown_name::UnknownName;
use crate::user::{Role, User};

/// A project of the instance. [`Project::new`] fills everything but the path with deterministic defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Full path, such as `my-group/my-subgroup/my-project`; the case is kept.
    pub path: String,
    /// The id, unique in the instance.
    pub id: u64,
    /// The id of the group or user the project is in. It is enough to set it in one project of the namespace.
    pub namespace_id: u64,
    /// The display name: `CI_PROJECT_TITLE`.
    pub title: String,
    /// Who can see it.
    pub visibility: Visibility,
    /// The default branch.
    pub default_branch: String,
    /// Names of protected branches, with `*` as wildcard.
    pub protected_branches: Vec<String>,
    /// Names of protected tags, with `*` as wildcard.
    pub protected_tags: Vec<String>,
    /// Names of protected environments (a Premium feature).
    pub protected_environments: Vec<String>,
    /// Who has which role, by login. Empty: see [`Project::role_of`].
    pub members: Vec<(String, Role)>,
    /// Where the pipeline configuration is: a path in the repository, `path@group/project[:ref]`, or a URL.
    pub ci_config_path: String,
    /// The default of `timeout:`, in seconds.
    pub timeout_seconds: u64,
    /// `ci_id_token_sub_claim_components` (17.10 and later): what `sub` is made of.
    pub sub_claim_components: Vec<SubComponent>,
    /// Settings > CI/CD > Token Access, "Limit JSON Web Token (JWT) access" (15.x only): no `CI_JOB_JWT*`.
    pub limit_jwt_access: bool,
    /// Whether another project once had this path (19.1 and later): see [`crate::TokenRefusal`].
    pub path_reclaimed: bool,
}

impl Project {
    /// A private project with this path, `main` as default branch and the only protected one, and ids that depend on
    /// the path alone.
    pub fn new(path: impl Into<String>) -> Project {
        let path = path.into();
        let namespace = namespace_of(&path);
        Project {
            id: stable_id("project", &path),
            namespace_id: stable_id("namespace", namespace),
            title: path.rsplit('/').next().unwrap_or_default().to_owned(),
            visibility: Visibility::Private,
            default_branch: "main".to_owned(),
            protected_branches: vec!["main".to_owned()],
            protected_tags: Vec::new(),
            protected_environments: Vec::new(),
            members: Vec::new(),
            ci_config_path: ".gitlab-ci.yml".to_owned(),
            timeout_seconds: 3600,
            sub_claim_components: SubComponent::DEFAULT.to_vec(),
            limit_jwt_access: false,
            path_reclaimed: false,
            path,
        }
    }

    /// Protects branches and tags by the same patterns, in place of those set before.
    #[must_use]
    pub fn protecting<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Project {
        self.protected_branches = patterns.into_iter().map(Into::into).collect();
        self.protected_tags = self.protected_branches.clone();
        self
    }

    /// The full path of the group or user it is in.
    pub fn namespace_path(&self) -> &str {
        namespace_of(&self.path)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The path of the top-level group or user.
    pub fn root_namespace(&self) -> &str {
        self.path.split('/').next().unwrap_or(&self.path)
    }

    /// Whether nobody chose the namespace's id.
    pub(crate) fn has_default_namespace_id(&self) -> bool {
        self.namespace_id == stable_id("namespace", self.namespace_path())
    }

    /// Whether a branch or tag is protected.
    pub fn protects(&self, git_ref: &GitRef) -> bool {
        let patterns = if git_ref.is_tag() {
            &self.protected_tags
        } else {
            &self.protected_branches
        };
        patterns
            .iter()
            .any(|pattern| pattern_covers(pattern, git_ref.name()))
    }

    /// The role of a user. Without any members named, the user whose namespace holds the project is its owner, and
    /// everybody else a developer (as in the sample token of GitLab's documentation).
    pub fn role_of(&self, user: &User) -> Option<Role> {
        if let Some((_, role)) = self.members.iter().find(|(login, _)| *login == user.login) {
            return Some(*role);
        }
        let own = self.namespace_path() == user.login;
        match (self.members.is_empty(), own) {
            (_, true) => Some(Role::Owner),
            (true, false) => Some(Role::Developer),
            (false, false) => None,
        }
    }
}

/// Who can see a project: the claim `project_visibility`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// `private`: members.
    Private,
    /// `internal`: everybody who is signed in.
    Internal,
    /// `public`: everybody.
    Public,
}

impl Visibility {
    /// The name as in the claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Visibility::Private => "private",
            Visibility::Internal => "internal",
            Visibility::Public => "public",
        }
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Visibility {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Visibility, UnknownName> {
        let all = [Visibility::Private, Visibility::Internal, Visibility::Public];
        UnknownName::find("a visibility", text, &all, Self::as_str)
    }
}

/// An id of gitlab.com's size that depends on nothing but what it names.
pub(crate) fn stable_id(kind: &str, name: &str) -> u64 {
    let hash = Sha256::new()
        .chain_update(kind)
        .chain_update([0])
        .chain_update(name)
        .finalize();
    let number = hash
        .iter()
        .take(4)
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    10_000_000 + number % 60_000_000
}

fn namespace_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(namespace, _)| namespace)
}

/// Why no project can have this path; `None` if it can.
///
/// Source: GitLab docs, "Rules for user, project, and group names and slugs". The colon is not allowed, so the parts of
/// a `sub` cannot be forged through a path.
pub(crate) fn path_fault(path: &str) -> Option<&'static str> {
    let letters = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    let ends = |part: &str| {
        part.starts_with(['-', '.'])
            || part.ends_with('.')
            || part.ends_with(".git")
            || part.ends_with(".atom")
    };
    if !path.contains('/') {
        Some("it needs a group or user: `group/project`")
    } else if path.split('/').any(str::is_empty) {
        Some("it has an empty part")
    } else if path.len() > 1024 || path.split('/').count() > 21 {
        Some("it is too long or too deep")
    } else if !path.split('/').all(letters) {
        Some("its parts may hold letters, digits, `_`, `-` and `.`")
    } else if path.split('/').any(ends) {
        Some("a part must not start with `-` or `.`, nor end with `.`, `.git` or `.atom`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn defaults_depend_on_the_path_alone() {
        let one = Project::new("my-group/one");
        assert_eq!(one, Project::new("my-group/one"));
        let two = Project::new("my-group/two");
        assert_ne!(one.id, two.id);
        assert_eq!(one.namespace_id, two.namespace_id);
        assert_eq!(
            (one.name(), one.namespace_path(), one.root_namespace()),
            ("one", "my-group", "my-group")
        );
        let deep = Project::new("a/b/c");
        assert_eq!(
            (deep.name(), deep.namespace_path(), deep.root_namespace()),
            ("c", "a/b", "a")
        );
    }

    #[rstest]
    #[case::default_branch(GitRef::Branch("main".into()), true)]
    #[case::other_branch(GitRef::Branch("feature".into()), false)]
    #[case::tag_named_like_the_branch(GitRef::Tag("main".into()), false)]
    fn by_default_only_the_default_branch_is_protected(#[case] git_ref: GitRef, #[case] protected: bool) {
        assert_eq!(Project::new("g/p").protects(&git_ref), protected);
    }

    #[rstest]
    #[case::tag(GitRef::Tag("v1".into()), true)]
    #[case::branch(GitRef::Branch("v1".into()), true)]
    #[case::replaced(GitRef::Branch("main".into()), false)]
    fn patterns_can_cover_both(#[case] git_ref: GitRef, #[case] protected: bool) {
        assert_eq!(
            Project::new("g/p").protecting(["v*"]).protects(&git_ref),
            protected
        );
    }

    #[test]
    fn roles() {
        let alice = User::new(1, "alice");
        assert_eq!(Project::new("g/p").role_of(&alice), Some(Role::Developer));
        assert_eq!(Project::new("alice/p").role_of(&alice), Some(Role::Owner));
        let mut project = Project::new("g/p");
        project.members.push(("bob".into(), Role::Guest));
        assert_eq!(project.role_of(&alice), None);
        assert_eq!(project.role_of(&User::new(2, "bob")), Some(Role::Guest));
    }

    #[rstest]
    #[case::plain("my-group/my_project.x", true)]
    #[case::deep("a/b/c/d", true)]
    #[case::no_group("project", false)]
    #[case::colon("a/b:ref_type:tag", false)]
    #[case::star("a/*", false)]
    #[case::blank("a/b c", false)]
    #[case::empty("", false)]
    #[case::slash("a/", false)]
    #[case::git("a/b.git", false)]
    fn paths(#[case] path: &str, #[case] possible: bool) {
        assert_eq!(path_fault(path).is_none(), possible);
    }
}
