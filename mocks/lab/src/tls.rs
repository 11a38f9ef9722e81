//! TLS as the servers of a world speak it.

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::ResolvesServerCert;
use rustls::{CipherSuite, ServerConfig};

/// The cryptography of all worlds. The suite with SHA-256 comes first: it is a good deal quicker than that with SHA-384, which
/// clients prefer, and a world that is booted for one call feels it.
static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
    let mut provider = aws_lc_rs::default_provider();
    provider
        .cipher_suites
        .sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    Arc::new(provider)
});

/// The configuration of a server with these certificates.
pub(crate) fn server(certificates: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&PROVIDER))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.ignore_client_order = true;
    // Worlds are too short-lived for sessions to be resumed.
    config.send_tls13_tickets = 0;
    Ok(config)
}
