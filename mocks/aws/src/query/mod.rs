//! The query protocol: parameters in a form, answers in XML. STS and IAM speak it.

mod authentication;
mod constraint;
mod error;
mod parameters;
mod response;

pub(crate) use authentication::refused;
pub(crate) use constraint::{Constraint, Pattern, Violations};
pub(crate) use error::{ApiError, Failure, error_document};
pub(crate) use parameters::Parameters;
pub(crate) use response::{QueryResult, result_document, xml_text};

#[cfg(test)]
mod tests;
