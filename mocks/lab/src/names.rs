//! Which host names exist in a world, and who answers them.

use mock_gitlab::BaseUrl;

/// Who answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The GitLab instance of this index in the world.
    GitLab(usize),
    /// The copy of its documents that the owner of this GitLab instance published at its custom issuer.
    Published(usize),
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
    sites: Vec<Site>,
}

/// A web site of a world.
#[derive(Debug, Clone)]
struct Site {
    /// In lower case.
    host: String,
    port: u16,
    /// The path that its pages are below: empty, or without a slash at its end.
    path: String,
    destination: Destination,
}

impl Names {
    /// The names of a world with sites at these URLs.
    pub fn new<'a>(sites: impl IntoIterator<Item = (&'a BaseUrl, Destination)>) -> Names {
        let site = |(url, destination): (&BaseUrl, Destination)| Site {
            host: url.host().to_ascii_lowercase(),
            port: url.port(),
            path: url.path().to_owned(),
            destination,
        };
        Names {
            sites: sites.into_iter().map(site).collect(),
        }
    }

    /// Who answers a request for `path` at `authority` (a host in any case, with or without a port), or `None` where no such
    /// host exists in this world.
    ///
    /// Sites may share a host: the port decides then, where a site has it (without one, that of the scheme), and then the
    /// longest path of a site that the request's path is below. A loopback address is the AWS endpoint, which is how `AWS_ENDPOINT_URL`
    /// reaches it.
    #[must_use]
    pub fn find(&self, authority: &str, path: &str) -> Option<Destination> {
        let (host, port) = split(authority);
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_below = |site: &Site| {
            path.strip_prefix(&*site.path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let found = self
            .sites
            .iter()
            .enumerate()
            .filter(|(_, site)| site.host == host)
            .max_by_key(|(index, site)| {
                let of_path = is_below(site).then_some(site.path.len());
                let of_port = port.map_or(matches!(site.port, 443 | 80), |port| port == site.port);
                (of_port, of_path, usize::MAX - index)
            });
        if let Some((_, site)) = found {
            return Some(site.destination);
        }
        let of_aws = AWS_DOMAINS.iter().any(|domain| {
            host.strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        (is_loopback(&host) || of_aws).then_some(Destination::Aws)
    }

    /// The ports of the sites.
    pub(crate) fn ports(&self) -> impl Iterator<Item = u16> {
        self.sites.iter().map(|site| site.port)
    }

    /// Whether the world has a site with this host.
    pub(crate) fn has_site(&self, host: &str) -> bool {
        self.sites.iter().any(|site| {
            site.host
                .trim_matches(['[', ']'])
                .eq_ignore_ascii_case(host.trim_matches(['[', ']']))
        })
    }
}

/// Whether a host, in lower case, is this computer.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Host and port of an authority such as `gitlab.com:443` or `[::1]:80`.
fn split(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.ends_with(':') => {
            (host, port.parse().ok())
        }
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let urls = [
            "https://gitlab.com",
            "https://gitlab.example.com:8443/gitlab",
            "https://gitlab.example.com",
            "https://gitlab.example.com/gitlab",
        ]
        .map(|url| url.parse::<BaseUrl>().unwrap());
        Names::new(urls.iter().zip([
            Destination::GitLab(0),
            Destination::GitLab(1),
            Destination::GitLab(2),
            Destination::Published(2),
        ]))
    }

    #[rstest::rstest]
    #[case::first("gitlab.com", Some(Destination::GitLab(0)))]
    #[case::with_port("gitlab.com:443", Some(Destination::GitLab(0)))]
    #[case::with_an_odd_port("gitlab.com:1", Some(Destination::GitLab(0)))]
    #[case::any_case("GitLab.COM", Some(Destination::GitLab(0)))]
    #[case::fully_qualified("gitlab.com.", Some(Destination::GitLab(0)))]
    #[case::global_endpoint("sts.amazonaws.com", Some(Destination::Aws))]
    #[case::deep("bucket.s3.eu-west-1.amazonaws.com", Some(Destination::Aws))]
    #[case::dual_stack("sts.eu-west-1.api.aws", Some(Destination::Aws))]
    #[case::china("sts.cn-north-1.amazonaws.com.cn", Some(Destination::Aws))]
    #[case::loopback("127.0.0.1", Some(Destination::Aws))]
    #[case::loopback_v6("[::1]", Some(Destination::Aws))]
    #[case::loopback_v6_with_port("[::1]:80", Some(Destination::Aws))]
    #[case::look_alike("notamazonaws.com", None)]
    #[case::other("registry-1.docker.io", None)]
    #[case::subdomain_of_the_issuer("registry.gitlab.com", None)]
    fn a_name_has_one_answer(#[case] authority: &str, #[case] expected: Option<Destination>) {
        assert_eq!(names().find(authority, "/a"), expected);
    }

    #[rstest::rstest]
    #[case::root("gitlab.example.com", "/", Destination::GitLab(2))]
    #[case::path("gitlab.example.com", "/gitlab/x", Destination::Published(2))]
    #[case::path_alone("gitlab.example.com:443", "/gitlab", Destination::Published(2))]
    #[case::path_that_only_begins_so("gitlab.example.com", "/gitlabs", Destination::GitLab(2))]
    #[case::port("gitlab.example.com:8443", "/gitlab/x", Destination::GitLab(1))]
    #[case::port_without_the_path("gitlab.example.com:8443", "/", Destination::GitLab(1))]
    fn sites_share_a_host(#[case] authority: &str, #[case] path: &str, #[case] expected: Destination) {
        assert_eq!(names().find(authority, path), Some(expected));
    }
}
