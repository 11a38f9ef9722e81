//! The world's certificate authority: one CA, and a certificate for every name that is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::java;

/// A certificate authority that lives in memory, as long as its world.
///
/// Keys are ECDSA P-256: making one takes a tenth of a millisecond, where an RSA key takes a hundred of them.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
    leaves: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    /// A new authority with a new key.
    ///
    /// # Errors
    /// Where the key or the certificate cannot be made, which no input of ours brings about.
    pub fn new() -> Result<Authority, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = name("trustcheck world CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        set_validity(&mut params);
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(Authority {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
            leaves: Mutex::default(),
        })
    }

    /// The CA's certificate in PEM, as clients take it in a bundle.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The CA's certificate in DER.
    #[must_use]
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// A trust store for Java with the CA's certificate, as it may stand in the place of `lib/security/cacerts`.
    #[must_use]
    pub fn java_trust_store(&self) -> Vec<u8> {
        java::trust_store(&self.certificate)
    }

    /// The chain and key for `host`, made at its first use; `None` past [`MOST_LEAVES`] names.
    fn leaf(&self, host: &str) -> Result<Option<Arc<CertifiedKey>>, rcgen::Error> {
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = leaves.get(host) {
            return Ok(Some(Arc::clone(leaf)));
        }
        if leaves.len() >= MOST_LEAVES {
            return Ok(None);
        }
        let names: &[&str] = if host == LOOPBACK {
            &[LOOPBACK, "127.0.0.1", "::1"]
        } else {
            &[host]
        };
        let mut params =
            CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())?;
        params.distinguished_name = name(host);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        set_validity(&mut params);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = any_ecdsa_type(&private).map_err(|_| rcgen::Error::RemoteKeyError)?;
        let leaf = Arc::new(CertifiedKey::new(
            vec![certificate.der().clone(), self.certificate.clone()],
            signer,
        ));
        leaves.insert(host.to_owned(), Arc::clone(&leaf));
        Ok(Some(leaf))
    }
}

/// The name of clients that connect to a loopback address and so send no SNI.
const LOOPBACK: &str = "localhost";

/// How many different names one world gives certificates to; a client that asks for more is refused.
const MOST_LEAVES: usize = 1_000;

impl ResolvesServerCert for Authority {
    /// A certificate for the name the client asks for (SNI).
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name().unwrap_or(LOOPBACK).to_ascii_lowercase();
        self.leaf(&host).ok().flatten()
    }
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "trustcheck");
    name.push(DnType::CommonName, common_name);
    name
}

/// Long enough that no test meets the end; the key never leaves the process.
fn set_validity(params: &mut CertificateParams) {
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2049, 12, 31);
}
