//! Which host names exist in a world, and who answers them.

/// Who answers a host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The GitLab instance of this index in the world.
    GitLab(usize),
    /// The AWS endpoint, which answers for all services.
    Aws,
}

/// The domains whose every host is AWS's: the commercial partition, its dual-stack names, China and the ISO partitions'
/// public suffixes.
///
/// Source: the `dnsSuffix` and `dualStackDnsSuffix` of the published partition metadata. GovCloud uses the
/// commercial suffix.
const AWS_DOMAINS: [&str; 4] = [
    "amazonaws.com",
    "api.aws",
    "amazonaws.com.cn",
    "api.amazonwebservices.com.cn",
];

/// The names of a world.
#[derive(Debug, Clone, Default)]
pub struct Names {
    gitlab_hosts: Vec<String>,
}

impl Names {
    /// The names of a world whose GitLab instances have these hosts, in this order.
    #[must_use]
    pub fn new(gitlab_hosts: impl IntoIterator<Item = String>) -> Names {
        Names {
            gitlab_hosts: gitlab_hosts
                .into_iter()
                .map(|host| host.to_ascii_lowercase())
                .collect(),
        }
    }

    /// Who answers `host` (without a port, in any case), or `None` where no such host exists in this world.
    ///
    /// A loopback address is the AWS endpoint, which is how `AWS_ENDPOINT_URL` reaches it.
    #[must_use]
    pub fn find(&self, host: &str) -> Option<Destination> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if let Some(index) = self.gitlab_hosts.iter().position(|known| *known == host) {
            return Some(Destination::GitLab(index));
        }
        let loopback = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback());
        let of_aws = AWS_DOMAINS.iter().any(|domain| {
            host.strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        (loopback || of_aws).then_some(Destination::Aws)
    }
}

/// The host of an authority such as `gitlab.com:443` or `[::1]:80`.
pub(crate) fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.ends_with(':') => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::issuer("gitlab.com", Some(Destination::GitLab(0)))]
    #[case::second("gitlab.example.com", Some(Destination::GitLab(1)))]
    #[case::any_case("GitLab.COM", Some(Destination::GitLab(0)))]
    #[case::fully_qualified("gitlab.com.", Some(Destination::GitLab(0)))]
    #[case::global_endpoint("sts.amazonaws.com", Some(Destination::Aws))]
    #[case::deep("bucket.s3.eu-west-1.amazonaws.com", Some(Destination::Aws))]
    #[case::dual_stack("sts.eu-west-1.api.aws", Some(Destination::Aws))]
    #[case::china("sts.cn-north-1.amazonaws.com.cn", Some(Destination::Aws))]
    #[case::loopback("127.0.0.1", Some(Destination::Aws))]
    #[case::loopback_v6("[::1]", Some(Destination::Aws))]
    #[case::look_alike("notamazonaws.com", None)]
    #[case::other("registry-1.docker.io", None)]
    #[case::subdomain_of_the_issuer("registry.gitlab.com", None)]
    fn a_name_has_one_answer(#[case] host: &str, #[case] expected: Option<Destination>) {
        let names = Names::new(["gitlab.com".to_owned(), "gitlab.example.com".to_owned()]);
        assert_eq!(names.find(host), expected);
    }

    #[rstest::rstest]
    #[case("gitlab.com:443", "gitlab.com")]
    #[case("gitlab.com", "gitlab.com")]
    #[case("[::1]:80", "[::1]")]
    #[case("[::1]", "[::1]")]
    fn hosts_lose_their_port(#[case] authority: &str, #[case] host: &str) {
        assert_eq!(host_of(authority), host);
    }
}
