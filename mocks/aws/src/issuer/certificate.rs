//! Whether an issuer's certificate is trusted: by a certificate authority first, by thumbprint otherwise
//! ("Obtain the thumbprint for an OpenID Connect identity provider", IAM User Guide).

use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// What stands behind a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChainTrust {
    /// A certificate authority that AWS trusts.
    Authority,
    /// Nothing but itself: the chain is sound up to its last certificate, which has this SHA-1 in lower-case hex.
    /// A provider that lists it as a thumbprint makes it trusted.
    Thumbprint { thumbprint: String, why: String },
}

/// Verifies the certificate of one connection, and remembers on what grounds.
#[derive(Debug)]
pub(crate) struct CertificateJudge {
    /// `None` when no authority is trusted at all.
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    trust: OnceLock<ChainTrust>,
}

impl CertificateJudge {
    pub(crate) fn new(authorities: Option<Arc<WebPkiServerVerifier>>, provider: Arc<CryptoProvider>) -> Self {
        CertificateJudge {
            authorities,
            provider,
            trust: OnceLock::new(),
        }
    }

    /// On what grounds the certificate was taken. `None` before the handshake.
    pub(crate) fn trust(&self) -> Option<ChainTrust> {
        self.trust.get().cloned()
    }

    /// Whether the chain is sound if its last certificate is believed.
    fn is_sound(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), Error> {
        let Some((last, between)) = intermediates.split_last() else {
            // a certificate on its own vouches for itself; the host still has to be right
            return verify_server_name(&ParsedCertificate::try_from(leaf)?, name);
        };
        let mut roots = RootCertStore::empty();
        roots.add(last.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
            .build()
            .map_err(|error| Error::General(error.to_string()))?
            .verify_server_cert(leaf, between, name, ocsp, now)
            .map(|_| ())
    }
}

/// SHA-1 of a certificate in lower-case hex, as thumbprints are written.
pub(super) fn thumbprint(certificate: &CertificateDer<'_>) -> String {
    hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate))
}

impl ServerCertVerifier for CertificateJudge {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let refusal = match &self.authorities {
            Some(authorities) => match authorities.verify_server_cert(leaf, intermediates, name, ocsp, now) {
                Ok(verified) => {
                    let _ = self.trust.set(ChainTrust::Authority);
                    return Ok(verified);
                }
                Err(refusal) => refusal,
            },
            None => CertificateError::UnknownIssuer.into(),
        };
        // thumbprints stand in for an authority that is not known (or, with `Other`, for a certificate that is its
        // own authority); a certificate that is expired or of another host stays refused
        let Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_)) = refusal
        else {
            return Err(refusal);
        };
        self.is_sound(leaf, intermediates, name, ocsp, now)?;
        let thumbprint = thumbprint(intermediates.last().unwrap_or(leaf));
        let _ = self.trust.set(ChainTrust::Thumbprint {
            thumbprint,
            why: refusal.to_string(),
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
