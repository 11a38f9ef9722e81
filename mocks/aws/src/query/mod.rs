//! The query protocol: parameters in a form, answers in XML. STS and IAM speak it.

mod authentication;
mod constraint;
mod error;
mod parameters;
mod percent;
mod response;
mod tag_constraint;

pub(crate) use authentication::refused;
pub(crate) use constraint::{Constraint, Pattern, Violations};
pub(crate) use error::{ApiError, Failure, error_document};
pub(crate) use parameters::Parameters;
pub(crate) use percent::{percent_decoded, percent_encoded};
pub(crate) use response::{QueryResult, operation_document, result_document, xml_text};
pub(crate) use tag_constraint::{MOST_TAGS, TAG_KEY, TAG_VALUE};

#[cfg(test)]
mod tests;
