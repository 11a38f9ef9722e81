//! The issuers outside the world that `trustcheck serve` may ask for keys.

use std::net::{SocketAddr, ToSocketAddrs};

use camino::Utf8PathBuf;
use mock_gitlab::BaseUrl;
use trustcheck_lab::Reach;

use super::{Exit, Failure};
use crate::context::Context;

/// Where systems keep the public certificate authorities in one file: Debian, Fedora, SUSE, Alpine and macOS.
const SYSTEM_AUTHORITIES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// An issuer's URL.
pub(super) fn url(text: &str) -> Result<BaseUrl, String> {
    let url: BaseUrl = text
        .parse()
        .map_err(|_| "write the issuer's URL, such as https://idp.example.com".to_owned())?;
    if url.scheme() != "https" {
        return Err("STS asks issuers by https only".to_owned());
    }
    Ok(url)
}

/// What STS may reach: this computer, and these issuers, whose certificates the system's authorities or those of a file vouch
/// for.
pub(super) fn reach(
    issuers: &[BaseUrl],
    authorities: Option<&Utf8PathBuf>,
    context: &Context,
) -> Result<Reach, Failure> {
    let mut reach = Reach::default().loopback();
    for issuer in issuers {
        let (host, port) = (issuer.host(), issuer.port());
        let address = resolved(host, port).ok_or_else(|| {
            Failure::new(
                Exit::Environment,
                format!("cannot find the address of the issuer {issuer}"),
            )
        })?;
        reach = reach.issuer(host.trim_matches(['[', ']']), port, address);
    }
    if let Some(path) = authorities {
        let refused = |why: String| Failure::new(Exit::Input, format!("`{path}`: {why}"));
        let pem = std::fs::read(context.resolve(path)).map_err(|error| refused(error.to_string()))?;
        reach = reach
            .authorities(&pem)
            .map_err(|error| refused(error.to_string()))?;
    }
    if !issuers.is_empty() {
        // Without any, thumbprints are left.
        let system = SYSTEM_AUTHORITIES
            .iter()
            .find_map(|path| std::fs::read(path).ok());
        if let Some(trusting) = system.and_then(|pem| reach.clone().authorities(&pem).ok()) {
            reach = trusting;
        }
    }
    Ok(reach)
}

/// The address that the system has for a host.
fn resolved(host: &str, port: u16) -> Option<SocketAddr> {
    (host.trim_matches(['[', ']']), port)
        .to_socket_addrs()
        .ok()?
        .next()
}
