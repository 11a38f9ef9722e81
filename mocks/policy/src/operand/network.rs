//! Address ranges as `IpAddress` compares them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 or IPv6 range in CIDR form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Reads `203.0.113.0/24`, `2001:DB8::/32` or a bare address, which is a range of one.
    ///
    /// Recorded AWS behaviour: leading zeros and a plus sign are taken; bits after the prefix are ignored in IPv4 and make
    /// an IPv6 range invalid, as does a dotted part.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (text, prefix) = match text.split_once('/') {
            Some((text, prefix)) => (text, Some(prefix.parse().ok()?)),
            None => (text, None),
        };
        let address = match text.contains(':') {
            true if text.contains('.') => return None,
            true => text.parse::<Ipv6Addr>().ok()?.into(),
            false => IpAddr::V4(dotted(text)?),
        };
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        let host_bits = match address {
            IpAddr::V6(address) if prefix < 128 => address.to_bits() << prefix != 0,
            _ => false,
        };
        (prefix <= longest && !host_bits).then_some(Self { address, prefix })
    }

    /// Whether an address lies in the range. An IPv4 address is in no IPv6 range and the other way round.
    pub(crate) fn contains(&self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let difference = a.to_bits() ^ b.to_bits();
                difference.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                let difference = a.to_bits() ^ b.to_bits();
                difference.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

/// One address; IPv4 written as IPv6 (`::ffff:203.0.113.7`) is IPv4 (recorded AWS behaviour).
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    if !text.contains(':') {
        return dotted(text).map(IpAddr::V4);
    }
    let address = text.parse::<Ipv6Addr>().ok()?.to_canonical();
    (address.is_ipv4() || !text.contains('.')).then_some(address)
}

/// Four decimal numbers; leading zeros do not make them octal.
fn dotted(text: &str) -> Option<Ipv4Addr> {
    let mut parts = text.split('.').map(|part| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<u8>().ok()).flatten()
    });
    let octets = [parts.next()??, parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then(|| octets.into())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::inside("203.0.113.0/24", "203.0.113.255", true)]
    #[case::outside("203.0.113.0/24", "203.0.114.0", false)]
    #[case::host_bits_are_ignored("203.0.113.7/24", "203.0.113.9", true)]
    #[case::bare("203.0.113.7", "203.0.113.7", true)]
    #[case::bare_other("203.0.113.7", "203.0.113.8", false)]
    #[case::everything("0.0.0.0/0", "8.8.8.8", true)]
    #[case::v6("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", true)]
    #[case::v6_outside("2001:db8::/32", "2001:db9::1", false)]
    #[case::v6_bare("2001:db8::1", "2001:db8::2", false)]
    #[case::v6_everything("::/0", "2001:db8::1", true)]
    #[case::mixed("::/0", "8.8.8.8", false)]
    #[case::leading_zeros("192.000.002.0/024", "192.0.2.1", true)]
    #[case::leading_zeros_in_the_request("192.0.2.0/24", "192.000.2.1", true)]
    #[case::plus("192.0.2.0/+24", "192.0.2.1", true)]
    #[case::v6_leading_zeros("2001:DB8::/064", "2001:0db8:0000:0000:0000:0000:0000:0001", true)]
    #[case::mapped("192.0.2.0/24", "::ffff:192.0.2.1", true)]
    fn contains(#[case] network: &str, #[case] other: &str, #[case] expected: bool) {
        assert_eq!(
            Network::parse(network).unwrap().contains(address(other).unwrap()),
            expected
        );
    }

    #[rstest]
    #[case::long_prefix("1.2.3.4/33")]
    #[case::long_v6_prefix("::/129")]
    #[case::host_bits_in_v6("2001:db8::5/64")]
    #[case::dotted_part_in_v6("2001:db8::192.0.2.0/120")]
    #[case::three_parts("1.2.3")]
    #[case::five_parts("1.2.3.4.5")]
    #[case::past_a_byte("1.2.3.256")]
    #[case::signed_part("1.2.3.+4")]
    #[case::no_prefix("1.2.3.4/")]
    #[case::mask("1.2.3.4/255.0.0.0")]
    #[case::wildcard("1.2.3.*")]
    #[case::name("localhost")]
    fn refuses(#[case] text: &str) {
        assert_eq!(Network::parse(text), None);
    }

    #[rstest]
    #[case::range("192.0.2.1/32")]
    #[case::dotted_part("2001:db8::192.0.2.1")]
    #[case::nothing("")]
    #[case::zone("fe80::1%eth0")]
    fn refuses_in_requests(#[case] text: &str) {
        assert_eq!(address(text), None);
    }
}
