//! `allow:` — hosts outside the world that a job may reach.

use located_yaml::Node;
use trustcheck_lab::Names;

use crate::execute::AllowedHost;
use crate::reader::Reader;

/// The most hosts that a scenario may allow: each takes a loopback address.
const MOST: usize = 100;

/// The ports of a host that is named without one.
const PORTS: [u16; 2] = [443, 80];

pub(super) fn read(node: &Node, names: Option<&Names>, reader: &mut Reader<'_>) -> Option<Vec<AllowedHost>> {
    let hosts = reader.one_or_many(node, |reader, node| {
        let text = reader.some_text(node, "a host")?;
        let (host, ports) = match text.value.rsplit_once(':') {
            None => (text.value.as_str(), PORTS.to_vec()),
            Some((host, port)) => match port.parse() {
                Ok(port @ 1..) => (host, vec![port]),
                _ => {
                    let problem = reader.problem(&text.span, format!("`{port}` is no port"));
                    reader.note(problem);
                    return None;
                }
            },
        };
        if !is_host_name(host) {
            let problem = reader
                .problem(&text.span, format!("`{host}` is not the name of a host"))
                .help("write a name such as `registry.npmjs.org`, or with a port `github.com:22`");
            reader.note(problem);
            return None;
        }
        if names.is_some_and(|names| names.find(host, "").is_some()) {
            let problem = reader.problem(&text.span, format!("`{host}` is a host of the world itself"));
            reader.note(problem);
            return None;
        }
        let host = host.to_ascii_lowercase();
        Some(AllowedHost { host, ports })
    });
    if hosts.len() > MOST {
        let problem = reader.problem(&node.span, format!("`allow` may name {MOST} hosts"));
        reader.note(problem);
        return None;
    }
    Some(hosts)
}

/// Whether `host` is a name and no address (RFC 1123 §2.1).
fn is_host_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label) && host.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    #[rstest::rstest]
    #[case("registry.npmjs.org", true)]
    #[case("intranet", true)]
    #[case("10.0.0.1", false)]
    #[case("*.npmjs.org", false)]
    #[case("https://npmjs.org", false)]
    #[case("", false)]
    #[case("a..b", false)]
    fn a_host_is_named(#[case] host: &str, #[case] expected: bool) {
        assert_eq!(super::is_host_name(host), expected);
    }
}
