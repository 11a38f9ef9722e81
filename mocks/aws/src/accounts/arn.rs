//! The ARN of a role, as a caller states it.

/// The parts of `arn:aws:iam::111122223333:role/path/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleArn {
    /// The partition, `aws` for the most.
    pub partition: String,
    /// The account, twelve digits.
    pub account: String,
    /// The path with both its slashes, `/` for a role without one.
    pub path: String,
    /// The name.
    pub name: String,
}

/// Why a text is not the ARN of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoleArnError {
    /// STS answers `… is invalid`.
    #[error("not an ARN")]
    NotAnArn,
    /// STS answers `Request ARN is invalid`.
    #[error("an ARN, but not that of a role")]
    NotARole,
}

impl RoleArn {
    /// Reads the ARN of a role.
    ///
    /// # Errors
    ///
    /// [`RoleArnError::NotAnArn`] unless there are six parts separated by colons, the first `arn`, with a
    /// partition, a service, an account of twelve digits and a resource; [`RoleArnError::NotARole`] if it is
    /// the ARN of something else. Recorded AWS behaviour distinguishes the two, not where exactly the line is:
    /// `arn:a:a::aaaaaaaaaa:` is known to be the former.
    pub fn parse(text: &str) -> Result<Self, RoleArnError> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let &["arn", partition, service, region, account, resource] = parts.as_slice() else {
            return Err(RoleArnError::NotAnArn);
        };
        let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if partition.is_empty() || service.is_empty() || resource.is_empty() || !digits {
            return Err(RoleArnError::NotAnArn);
        }
        let Some(rest) = resource.strip_prefix("role/") else {
            return Err(RoleArnError::NotARole);
        };
        let (path, name) = match rest.rsplit_once('/') {
            Some((path, name)) => (format!("/{path}/"), name),
            None => ("/".to_owned(), rest),
        };
        if !partition.starts_with("aws") || service != "iam" || !region.is_empty() || name.is_empty() {
            return Err(RoleArnError::NotARole);
        }
        Ok(RoleArn {
            partition: partition.into(),
            account: account.into(),
            path,
            name: name.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("arn:aws:iam::111122223333:role/deploy", "/", "deploy")]
    #[case::path("arn:aws:iam::111122223333:role/ci/prod/deploy", "/ci/prod/", "deploy")]
    #[case::other_partition("arn:aws-cn:iam::111122223333:role/deploy", "/", "deploy")]
    fn roles(#[case] text: &str, #[case] path: &str, #[case] name: &str) {
        let arn = RoleArn::parse(text).unwrap();
        assert_eq!(
            (arn.account.as_str(), arn.path.as_str(), arn.name.as_str()),
            ("111122223333", path, name)
        );
    }

    #[rstest]
    #[case::words("nothing-valid-in-here", RoleArnError::NotAnArn)]
    #[case::no_partition("arn::b:::something/test-role", RoleArnError::NotAnArn)]
    #[case::no_resource("arn:a:a::aaaaaaaaaa:", RoleArnError::NotAnArn)]
    #[case::short_account("arn:aws:iam::1234:role/deploy", RoleArnError::NotAnArn)]
    #[case::provider("arn:aws:iam::111122223333:oidc-provider/gitlab.com", RoleArnError::NotARole)]
    #[case::session("arn:aws:sts::111122223333:assumed-role/deploy/x", RoleArnError::NotARole)]
    #[case::region("arn:aws:iam:us-east-1:111122223333:role/deploy", RoleArnError::NotARole)]
    #[case::no_name("arn:aws:iam::111122223333:role/", RoleArnError::NotARole)]
    fn others(#[case] text: &str, #[case] why: RoleArnError) {
        assert_eq!(RoleArn::parse(text), Err(why));
    }
}
