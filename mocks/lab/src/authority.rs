//! The world's certificate authority: one CA, and a certificate for every name that is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use crate::fault::CertificateFault;
use crate::java;

/// A certificate authority that lives in memory, as long as the worlds that use it.
///
/// Keys are ECDSA P-256: making one takes a tenth of a millisecond, where an RSA key takes a hundred of them.
#[derive(Debug)]
pub struct Authority {
    signer: Signer,
    /// Made when a fault first needs it.
    foreign: OnceLock<Signer>,
    leaves: Mutex<HashMap<Wanted, Arc<CertifiedKey>>>,
}

/// A host, and what is to be wrong with its certificate.
type Wanted = (String, Option<CertificateFault>);

impl Authority {
    /// A new authority with a new key.
    ///
    /// # Errors
    /// Where the key or the certificate cannot be made, which no input of ours brings about.
    pub fn new() -> Result<Authority, rcgen::Error> {
        Ok(Authority {
            signer: Signer::new("trustcheck world CA")?,
            foreign: OnceLock::new(),
            leaves: Mutex::default(),
        })
    }

    /// The CA's certificate in PEM, as clients take it in a bundle.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.signer.pem
    }

    /// The CA's certificate in DER.
    #[must_use]
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.signer.certificate
    }

    /// A trust store for Java with the CA's certificate, as it may stand in the place of `lib/security/cacerts`.
    #[must_use]
    pub fn java_trust_store(&self) -> Vec<u8> {
        java::trust_store(&self.signer.certificate)
    }

    /// The SHA-1 thumbprint of the authority that signs the certificates of [`CertificateFault::ForeignAuthority`], in
    /// lower-case hexadecimal, as an IAM OIDC provider lists it.
    ///
    /// # Errors
    /// Where that authority's key or certificate cannot be made.
    pub fn foreign_thumbprint(&self) -> Result<String, rcgen::Error> {
        Ok(thumbprint(&self.foreign()?.certificate))
    }

    /// The chain and key for `host`, made at its first use, with a fault where one is wanted.
    pub(crate) fn leaf(
        &self,
        host: &str,
        fault: Option<CertificateFault>,
    ) -> Result<Arc<CertifiedKey>, rcgen::Error> {
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = (host.to_owned(), fault);
        if let Some(leaf) = leaves.get(&wanted) {
            return Ok(Arc::clone(leaf));
        }
        if leaves.len() >= MOST_LEAVES {
            leaves.clear();
        }
        let leaf = Arc::new(match fault {
            None => self.signer.sign(host, VALID)?,
            Some(CertificateFault::ForeignAuthority) => self.foreign()?.sign(host, VALID)?,
            Some(CertificateFault::WrongName) => self.signer.sign(&format!("not-{host}"), VALID)?,
            Some(CertificateFault::Expired) => self.signer.sign(host, EXPIRED)?,
        });
        leaves.insert(wanted, Arc::clone(&leaf));
        Ok(leaf)
    }

    /// The authority that nobody trusts.
    fn foreign(&self) -> Result<&Signer, rcgen::Error> {
        if self.foreign.get().is_none() {
            // two at once make two, and one of them is dropped
            let _ = self.foreign.set(Signer::new("an authority that nobody trusts")?);
        }
        self.foreign.get().ok_or(rcgen::Error::RemoteKeyError)
    }
}

/// A CA's key and certificate.
#[derive(Debug)]
struct Signer {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

impl Signer {
    fn new(common_name: &str) -> Result<Signer, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        set_validity(&mut params, VALID);
        let key = KeyPair::generate()?;
        // Each has a name of its own: verifiers that know several look them up by name.
        let of_key: String = params
            .key_identifier(&key)
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        params.distinguished_name = name(&format!("{common_name} {of_key}"));
        let certificate = params.self_signed(&key)?;
        Ok(Signer {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        })
    }

    /// A certificate for a host, with the CA's behind it.
    fn sign(&self, host: &str, validity: Validity) -> Result<CertifiedKey, rcgen::Error> {
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
        set_validity(&mut params, validity);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = any_ecdsa_type(&private).map_err(|_| rcgen::Error::RemoteKeyError)?;
        Ok(CertifiedKey::new(
            vec![certificate.der().clone(), self.certificate.clone()],
            signer,
        ))
    }
}

/// The name that has loopback's addresses in its certificate, too.
const LOOPBACK: &str = "localhost";

/// How many certificates are kept; a client that asks for ever more names has them made anew.
const MOST_LEAVES: usize = 1_000;

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "trustcheck");
    name.push(DnType::CommonName, common_name);
    name
}

/// From the beginning of one year to the end of another.
type Validity = (i32, i32);

/// Long enough that no test meets the end; the key never leaves the process.
const VALID: Validity = (2020, 2049);

const EXPIRED: Validity = (2020, 2020);

fn set_validity(params: &mut CertificateParams, (first, last): Validity) {
    params.not_before = rcgen::date_time_ymd(first, 1, 1);
    params.not_after = rcgen::date_time_ymd(last, 12, 31);
}

/// SHA-1 of a certificate in lower-case hexadecimal, as thumbprints are written.
fn thumbprint(certificate: &CertificateDer<'_>) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
