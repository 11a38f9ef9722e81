//! Hosts outside the world that a job may reach.

/// A host that a job may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    /// Its name, in lower case.
    pub host: String,
    /// The ports that are open.
    pub ports: Vec<u16>,
}

/// The loopback network in which each allowed host has an address: 127.0.2.1 and so on.
#[cfg(target_os = "linux")]
const NETWORK: [u8; 3] = [127, 0, 2];

/// The hosts, each once, with an address of its own.
#[cfg(target_os = "linux")]
pub(super) fn addresses(allowed: &[AllowedHost]) -> Vec<(&str, std::net::Ipv4Addr)> {
    let mut hosts: Vec<&str> = allowed.iter().map(|allowed| allowed.host.as_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let [a, b, c] = NETWORK;
    hosts
        .into_iter()
        .zip(1..=u8::MAX)
        .map(|(host, number)| (host, std::net::Ipv4Addr::new(a, b, c, number)))
        .collect()
}
