//! Where a GitLab instance answers: its `external_url`.

use std::fmt;
use std::str::FromStr;

/// The longest URL accepted, in bytes.
const MAX_LEN: usize = 2048;

/// The URL of an instance: `https://gitlab.com`, `https://git.example.com:8443`, `http://intranet/gitlab`.
///
/// It is what GitLab calls `external_url`: scheme, host, an optional port and an optional relative URL root, and no
/// slash at the end (one that is typed is dropped, as Omnibus does).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    https: bool,
    host: String,
    port: u16,
    path: String,
}

impl BaseUrl {
    /// `https://gitlab.com`.
    pub fn gitlab_com() -> BaseUrl {
        BaseUrl {
            https: true,
            host: "gitlab.com".to_owned(),
            port: 443,
            path: String::new(),
        }
    }

    /// Whether this is GitLab.com, where AWS knows more condition keys and runners may be GitLab's.
    pub fn is_gitlab_com(&self) -> bool {
        *self == BaseUrl::gitlab_com()
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The host as written, without port; an IPv6 address with its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also when it is the scheme's usual one.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The relative URL root: empty, or `/gitlab` without a slash at its end.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Host and port, the port only when it is not the scheme's usual one.
    pub fn authority(&self) -> String {
        let usual = if self.https { 443 } else { 80 };
        if self.port == usual {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// What GitLab calls its FQDN (`CI_SERVER_FQDN`, `ci_config_ref_uri`): host, unusual port, relative URL root.
    pub(crate) fn fqdn(&self) -> String {
        format!("{}{}", self.authority(), self.path)
    }

    /// The URL without its relative URL root.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path)
    }
}

/// Why a text is not the URL of an instance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is not the URL of a GitLab instance: {reason}")]
pub struct BaseUrlError {
    /// What was given, cut when it is very long.
    pub url: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<BaseUrl, BaseUrlError> {
        let refuse = |reason| {
            Err(BaseUrlError {
                url: text.chars().take(200).collect(),
                reason,
            })
        };
        if text.len() > MAX_LEN {
            return refuse("it is longer than 2048 bytes");
        }
        let (https, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return refuse("it must start with `https://` or `http://`"),
        };
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        if authority.contains('@') {
            return refuse("it must not hold a user name or password");
        }
        let (host, port) = match split_port(authority) {
            Some((host, "")) if host.len() < authority.len() => {
                return refuse("the port is missing after `:`");
            }
            Some((host, "")) => (host, if https { 443 } else { 80 }),
            Some((host, port)) => match port.parse::<u16>() {
                Ok(number) if number > 0 && !port.starts_with('+') => (host, number),
                _ => return refuse("the port must be a number from 1 to 65535"),
            },
            None => return refuse("an IPv6 address is written in brackets"),
        };
        if !is_host(host) {
            return refuse("its host must be a DNS name or an IP address");
        }
        if path.contains(['?', '#']) {
            return refuse("it must not have a query or a fragment");
        }
        let path = path.trim_end_matches('/');
        if !path.split('/').skip(1).all(is_path_segment) {
            return refuse("its path may hold letters, digits, `-`, `_`, `.` and `~`");
        }
        Ok(BaseUrl {
            https,
            host: host.to_owned(),
            port,
            path: path.to_owned(),
        })
    }
}

/// Host and port of an authority; the port is empty when there is none. `None`: a bare IPv6 address.
fn split_port(authority: &str) -> Option<(&str, &str)> {
    if authority.starts_with('[') {
        let end = authority.find(']')? + 1;
        let (host, rest) = authority.split_at(end);
        return if rest.is_empty() {
            Some((host, ""))
        } else {
            Some((host, rest.strip_prefix(':')?))
        };
    }
    match authority.split_once(':') {
        None => Some((authority, "")),
        Some((_, port)) if port.contains(':') => None,
        Some(parts) => Some(parts),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address
            .strip_suffix(']')
            .is_some_and(|a| a.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    host.len() <= 253 && host.split('.').all(label)
}

fn is_path_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment != "."
        && segment != ".."
        && segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::gitlab_com("https://gitlab.com", "https://gitlab.com", "gitlab.com")]
    #[case::usual_port(
        "https://gitlab.example.com:443",
        "https://gitlab.example.com",
        "gitlab.example.com"
    )]
    #[case::other_port(
        "https://gitlab.example.com:8443",
        "https://gitlab.example.com:8443",
        "gitlab.example.com:8443"
    )]
    #[case::http(
        "http://gitlab.example.com",
        "http://gitlab.example.com",
        "gitlab.example.com"
    )]
    #[case::http_on_443(
        "http://gitlab.example.com:443",
        "http://gitlab.example.com:443",
        "gitlab.example.com:443"
    )]
    #[case::slash("https://gitlab.com/", "https://gitlab.com", "gitlab.com")]
    #[case::path("https://host/gitlab/", "https://host/gitlab", "host/gitlab")]
    #[case::deep_path("https://host/a/b", "https://host/a/b", "host/a/b")]
    #[case::ipv4("http://127.0.0.1:3000", "http://127.0.0.1:3000", "127.0.0.1:3000")]
    #[case::ipv6("http://[::1]:3000", "http://[::1]:3000", "[::1]:3000")]
    fn parses(#[case] text: &str, #[case] display: &str, #[case] fqdn: &str) {
        let url: BaseUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), display);
        assert_eq!(url.fqdn(), fqdn);
    }

    #[rstest]
    #[case::no_scheme("gitlab.com", "must start with")]
    #[case::other_scheme("ssh://gitlab.com", "must start with")]
    #[case::no_host("https://", "host")]
    #[case::only_port("https://:443", "host")]
    #[case::empty_port("https://gitlab.com:", "port is missing")]
    #[case::port_zero("https://gitlab.com:0", "from 1 to 65535")]
    #[case::port_sign("https://gitlab.com:+1", "from 1 to 65535")]
    #[case::port_large("https://gitlab.com:65536", "from 1 to 65535")]
    #[case::user("https://me@gitlab.com", "user name")]
    #[case::query("https://gitlab.com?x", "query")]
    #[case::fragment("https://gitlab.com/x#y", "query")]
    #[case::bare_ipv6("http://::1", "brackets")]
    #[case::bad_ipv6("http://[::g]", "host")]
    #[case::blank("https://git lab.com", "host")]
    #[case::wildcard("https://*.example.com", "host")]
    #[case::dots("https://host/../x", "its path may hold")]
    #[case::double_slash("https://host//x", "its path may hold")]
    fn refuses(#[case] text: &str, #[case] message: &str) {
        let error = text.parse::<BaseUrl>().expect_err("not a URL").to_string();
        assert!(error.contains(message), "{error}");
    }

    proptest! {
        #[test]
        fn what_is_accepted_reads_back_the_same(text in "(https?://)?[a-z:\\[\\]/.@?0-9]{0,24}") {
            if let Ok(url) = text.parse::<BaseUrl>() {
                prop_assert_eq!(url.to_string().parse::<BaseUrl>(), Ok(url));
            }
        }
    }
}
