//! What STS may reach outside its world.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::names::is_loopback;

/// The issuers outside a world that its STS may ask for their keys. Without any, the world is closed.
///
/// ```
/// use trustcheck_lab::Reach;
///
/// let reach = Reach::default()
///     .loopback()
///     .issuer("idp.example.com", 443, "192.0.2.1:443".parse().unwrap());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Reach {
    loopback: bool,
    issuers: Vec<(String, u16, SocketAddr)>,
    pub(crate) authorities: Vec<CertificateDer<'static>>,
}

/// Why a text is no bundle of certificate authorities.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not certificates in PEM: {0}")]
pub struct NoAuthorities(String);

impl Reach {
    /// Whatever listens on this computer, at any port: an identity provider under development.
    #[must_use]
    pub fn loopback(self) -> Reach {
        Reach {
            loopback: true,
            ..self
        }
    }

    /// An issuer by the host and port of its URL, and where that is.
    #[must_use]
    pub fn issuer(mut self, host: &str, port: u16, address: SocketAddr) -> Reach {
        self.issuers.push((host.to_ascii_lowercase(), port, address));
        self
    }

    /// Trusts the certificate authorities of a bundle in PEM, as AWS trusts the public ones. A certificate that none of them
    /// vouches for is trusted where the provider lists its thumbprint.
    ///
    /// # Errors
    /// Where it is no PEM, or holds no certificate.
    pub fn authorities(mut self, pem: &[u8]) -> Result<Reach, NoAuthorities> {
        let before = self.authorities.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            self.authorities
                .push(certificate.map_err(|error| NoAuthorities(error.to_string()))?);
        }
        if self.authorities.len() == before {
            return Err(NoAuthorities("there is no certificate in it".to_owned()));
        }
        Ok(self)
    }

    /// Where a host and port are, if they may be reached.
    pub(crate) fn address(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        let named = self
            .issuers
            .iter()
            .find(|(known, at, _)| *known == host && *at == port)
            .map(|(.., address)| *address);
        named.or_else(|| {
            (self.loopback && is_loopback(&host)).then(|| {
                let ip = host.parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
                SocketAddr::new(ip, port)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::name("localhost", 8443, Some("127.0.0.1:8443"))]
    #[case::address("127.0.0.2", 1, Some("127.0.0.2:1"))]
    #[case::address_v6("::1", 1, Some("[::1]:1"))]
    #[case::named("IDP.example.com", 443, Some("192.0.2.1:443"))]
    #[case::other_port("idp.example.com", 8443, None)]
    #[case::other("gitlab.com", 443, None)]
    #[case::metadata("169.254.169.254", 80, None)]
    fn only_what_is_named(#[case] host: &str, #[case] port: u16, #[case] address: Option<&str>) {
        let reach =
            Reach::default()
                .loopback()
                .issuer("idp.example.com", 443, "192.0.2.1:443".parse().unwrap());
        assert_eq!(
            reach.address(host, port),
            address.map(|address| address.parse().unwrap())
        );
        assert_eq!(Reach::default().address(host, port), None);
    }
}
