//! Who signed a call to STS.

use crate::authentication::{Signer, authenticate};
use crate::aws::Aws;
use crate::event::Call;
use crate::query::{Failure, refused};
use crate::request::ApiRequest;
use crate::sigv4::ExpectedScope;

/// Verifies the signature and puts the caller into the event.
pub(super) fn signer(aws: &Aws, request: &ApiRequest<'_>, call: &mut Call) -> Result<Signer, Failure> {
    let expected = ExpectedScope {
        service: "sts",
        region: request.route.endpoint_region.as_deref(),
    };
    let signer = authenticate(aws, &request.http, expected).map_err(refused)?;
    call.caller = Some(signer.caller.clone());
    Ok(signer)
}
