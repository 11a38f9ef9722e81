//! Mistakes people make with the form of a GitLab subject.

/// A mistake.
pub(super) enum Mistake {
    /// GitHub's form: `repo:octo/app:ref:refs/heads/main`.
    Github,
    /// `ref:refs/heads/main` for `ref:main`.
    FullRef,
    /// A type of ref that does not exist.
    RefType(String),
    /// `project_path:https://gitlab.com/group/app` for `project_path:group/app`.
    ProjectUrl,
}

/// Puts one kind of mistake right, if it is there.
type Step = fn(&str) -> Option<(String, Mistake)>;

/// A value put right, and the first mistake that was in it.
pub(super) struct Correction {
    pub(super) text: String,
    pub(super) mistake: Mistake,
}

impl Correction {
    /// `None` if no mistake is known in the value.
    pub(super) fn of(written: &str) -> Option<Self> {
        let mut text = written.to_owned();
        let mut first = None;
        let steps: [Step; 4] = [github, project_url, full_ref, unknown_ref_type];
        for step in steps {
            if let Some((corrected, mistake)) = step(&text) {
                text = corrected;
                first = first.or(Some(mistake));
            }
        }
        first.map(|mistake| Self { text, mistake })
    }
}

/// `repo:octo/app:ref:refs/heads/main` and its kin, as GitLab would say it.
fn github(text: &str) -> Option<(String, Mistake)> {
    let (project, what) = text
        .strip_prefix("repo:")?
        .split_once(':')
        .unwrap_or((&text["repo:".len()..], "*"));
    let of = |kind: &str, name: &str| format!("project_path:{project}:ref_type:{kind}:ref:{name}");
    let corrected = match (
        what.strip_prefix("ref:refs/heads/"),
        what.strip_prefix("ref:refs/tags/"),
    ) {
        (Some(branch), _) => of("branch", branch),
        (_, Some(tag)) => of("tag", tag),
        // GitLab's subject has no environment, and `branch` for a pull request
        _ => format!("project_path:{project}:*"),
    };
    Some((corrected, Mistake::Github))
}

fn project_url(text: &str) -> Option<(String, Mistake)> {
    let rest = text.strip_prefix("project_path:")?;
    let bare = rest
        .strip_prefix("https://")
        .or_else(|| rest.strip_prefix("http://"))
        .unwrap_or(rest);
    let path = match bare.split_once('/') {
        Some((host, path)) if host.contains('.') && !host.contains(':') && path.contains('/') => path,
        _ if bare.len() != rest.len() => bare,
        _ => return None,
    };
    Some((
        format!("project_path:{}", path.replacen(".git:", ":", 1)),
        Mistake::ProjectUrl,
    ))
}

fn full_ref(text: &str) -> Option<(String, Mistake)> {
    let kinds = [(":ref:refs/heads/", "branch"), (":ref:refs/tags/", "tag")];
    let (full, kind) = kinds.into_iter().find(|(full, _)| text.contains(full))?;
    Some((
        with_ref_type(&text.replace(full, ":ref:"), kind),
        Mistake::FullRef,
    ))
}

fn unknown_ref_type(text: &str) -> Option<(String, Mistake)> {
    let written = text.split_once(":ref_type:")?.1.split(':').next()?;
    let kind = match written {
        "branches"
        | "head"
        | "heads"
        | "mr"
        | "merge_request"
        | "merge_requests"
        | "merge-request"
        | "merge_request_event"
        | "pr"
        | "pull_request" => "branch",
        "tags" => "tag",
        _ => return None,
    };
    Some((with_ref_type(text, kind), Mistake::RefType(written.to_owned())))
}

fn with_ref_type(text: &str, kind: &str) -> String {
    match text.split_once(":ref_type:") {
        Some((before, rest)) => match rest.split_once(':') {
            Some((_, after)) => format!("{before}:ref_type:{kind}:{after}"),
            None => format!("{before}:ref_type:{kind}"),
        },
        None => text.replacen(":ref:", &format!(":ref_type:{kind}:ref:"), 1),
    }
}
