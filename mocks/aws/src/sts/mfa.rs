//! Codes of devices for multi-factor authentication.

use super::error;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::{Constraint, Failure, Parameters, Pattern, Violations};

const SERIAL_NUMBER: Constraint = Constraint {
    min: 9,
    max: 256,
    pattern: Some(Pattern {
        text: r"[\w+=/:,.@-]*",
        matches: |character| character.is_ascii_alphanumeric() || "_+=/:,.@-".contains(character),
    }),
    sensitive: false,
};
const TOKEN_CODE: Constraint = Constraint {
    min: 6,
    max: 6,
    pattern: Some(Pattern {
        text: r"[\d]*",
        matches: |character| character.is_ascii_digit(),
    }),
    sensitive: false,
};

/// A device and its code, as sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct MfaCode<'a> {
    serial_number: Option<&'a str>,
    token_code: Option<&'a str>,
}

impl<'a> MfaCode<'a> {
    /// Reads both and notes the device.
    pub(super) fn read(parameters: &'a Parameters, call: &mut Call) -> Self {
        let serial_number = parameters.get("SerialNumber");
        if let Some(serial_number) = serial_number {
            call.parameters.insert("SerialNumber", serial_number.to_owned());
        }
        MfaCode {
            serial_number,
            token_code: parameters.get("TokenCode"),
        }
    }

    /// Holds both against the constraints of the model.
    pub(super) fn constrain(self, violations: &mut Violations) {
        violations.optional("serialNumber", self.serial_number, SERIAL_NUMBER);
        violations.optional("tokenCode", self.token_code, TOKEN_CODE);
    }

    /// Refuses every code: nobody has a device here, so none is valid.
    pub(super) fn check(self) -> Result<(), Failure> {
        match (self.serial_number, self.token_code) {
            (None, None) => Ok(()),
            (Some(serial_number), Some(_)) => {
                let why = format!("there is no MFA device `{serial_number}`; this AWS has none at all");
                Err(error::unknown_mfa_device().because(Cause::UnusableMfaCode { why }))
            }
            _ => {
                let why =
                    "`SerialNumber` and `TokenCode` go together, and only one of them was sent".to_owned();
                Err(error::half_an_mfa_code().because(Cause::UnusableMfaCode { why }))
            }
        }
    }
}
