//! Thumbprints: UpdateOpenIDConnectProviderThumbprint, and what holds for them everywhere.

use super::{find_mut, provider_arn};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::THUMBPRINT;
use crate::iam::error;
use crate::query::{Failure, Violations};

/// So many a provider may have. The message says "fewer than 5", and five are taken (recorded AWS behaviour).
const MOST: usize = 5;

pub(in crate::iam) fn update(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let given = asked.parameters.list("ThumbprintList", None);
    let mut violations = Violations::without_values();
    constrain(&mut violations, &given);
    let arn = provider_arn(asked, violations, call)?;
    if given.is_empty() {
        let why = "the list of thumbprints is empty".to_owned();
        let error = error::invalid_input("Thumbprint list must contain at least one entry.");
        return Err(error.because(Cause::InvalidInput { why }));
    }
    check_number(&given)?;
    asked.change(|account| {
        let provider = find_mut(account, arn)?;
        *provider = provider.clone().with_thumbprints(&given);
        Ok(())
    })?;
    Ok(asked.done())
}

/// Forty characters, which need not be hexadecimal digits (recorded AWS behaviour).
pub(super) fn constrain(violations: &mut Violations, given: &[&str]) {
    violations.members("thumbprintList", given, THUMBPRINT);
}

pub(super) fn check_number(given: &[&str]) -> Result<(), Failure> {
    if given.len() <= MOST {
        return Ok(());
    }
    let why = format!("there are {} thumbprints, and there may be {MOST}", given.len());
    let error = error::invalid_input("Thumbprint list must contain fewer than 5 entries.");
    Err(error.because(Cause::InvalidInput { why }))
}
