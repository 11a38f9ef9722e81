//! Whether the issuer signed the token.

use super::claims::Claims;
use crate::accounts::OidcProvider;
use crate::aws::Aws;
use crate::cause::Cause;
use crate::issuer::{ChainTrust, KeyProblem, Published};
use crate::query::Failure;
use crate::sts::error;
use crate::token::{Algorithm, Jwt};

/// Fetches the issuer's keys and verifies the signature.
///
/// For algorithms that AWS does not take no text is recorded; they get the one of a token that cannot be
/// validated, without a request to the issuer. What the header says of keys (`jwk`, `jku`, `x5c`, `x5u`) is ignored:
/// keys come from the issuer alone.
pub(super) async fn verify(
    aws: &Aws,
    provider: &OidcProvider,
    jwt: &Jwt<'_>,
    claims: &Claims,
) -> Result<(), Failure> {
    let Some(algorithm) = Algorithm::parse(&jwt.algorithm) else {
        let algorithm = jwt.algorithm.clone();
        return Err(error::not_validated().because(Cause::UnsupportedAlgorithm { algorithm }));
    };
    let published = aws
        .issuers
        .published(&claims.issuer, algorithm, jwt.kid.as_deref())
        .await
        .map_err(|cause| error::no_verification_key().because(cause))?;
    check_thumbprint(provider, &published)?;
    let (kid, key) = published
        .keys
        .find(algorithm, jwt.kid.as_deref())
        .map_err(|problem| no_key(problem, algorithm, jwt.kid.as_deref()))?;
    if key.verifies(algorithm, jwt.signing_input.as_bytes(), &jwt.signature) {
        return Ok(());
    }
    Err(error::not_validated().because(Cause::BadSignature {
        kid: kid.to_owned(),
        algorithm: algorithm.name().to_owned(),
    }))
}

/// A chain that leads to no trusted authority has to end with a certificate that the provider lists.
fn check_thumbprint(provider: &OidcProvider, published: &Published) -> Result<(), Failure> {
    let ChainTrust::Thumbprint { thumbprint, why } = &published.trust else {
        return Ok(());
    };
    if provider.thumbprints.contains(thumbprint) {
        return Ok(());
    }
    Err(
        error::thumbprint_mismatch().because(Cause::IssuerUntrustedCertificate {
            url: published.url.clone(),
            why: why.clone(),
            thumbprint: Some(thumbprint.clone()),
            thumbprints: provider.thumbprints.clone(),
        }),
    )
}

fn no_key(problem: KeyProblem, algorithm: Algorithm, kid: Option<&str>) -> Failure {
    let kid = kid.unwrap_or_default().to_owned();
    let cause = match problem {
        KeyProblem::Unknown { known } => Cause::UnknownKid {
            kid,
            algorithm: algorithm.name().to_owned(),
            known,
        },
        KeyProblem::NoKid { known } => Cause::NoKid { known },
        KeyProblem::Ignored { why } => Cause::UnusableKey { kid, why },
        KeyProblem::TooMany {
            key_type,
            count,
            limit,
        } => Cause::TooManyKeys {
            key_type: key_type.name().to_owned(),
            count,
            limit,
        },
        KeyProblem::Refused { why } => {
            return error::not_validated().because(Cause::UnusableKey { kid, why });
        }
    };
    error::no_verification_key().because(cause)
}
