//! `import:` — what `aws iam get-account-authorization-details` prints of a real account.

use std::collections::BTreeMap;

use located_yaml::Node;
use mock_aws::accounts::{Account, ImportError};

use super::files::{self, Files};
use super::policy;
use crate::diagnostic::{Diagnostic, Source};
use crate::reader::Reader;

/// Adds the roles and policies of the file to the account, and the trust policies' texts to `policies`.
pub(super) fn read(
    account: &mut Account,
    node: &Node,
    files: &dyn Files,
    policies: &mut BTreeMap<String, Source>,
    reader: &mut Reader<'_>,
) {
    let Some(file) = files::named(node, "the account's details", files, reader) else {
        return;
    };
    if let Err(error) = account.import(file.text()) {
        reader.note(told(&file, &error));
        return;
    }
    for role in &account.roles {
        let name = format!("{} (the trust policy of {})", file.path(), role.name);
        policies.insert(role.arn(&account.id), Source::new(name, role.trust_policy.text()));
    }
}

fn told(file: &Source, error: &ImportError) -> Diagnostic {
    match error {
        ImportError::NotDetails { line, column, .. } => {
            let start: usize = file
                .text()
                .split_inclusive('\n')
                .take(line.saturating_sub(1))
                .map(str::len)
                .sum();
            let at = file.text().floor_char_boundary(start + column.saturating_sub(1));
            Diagnostic::new(file, at..at, error.to_string())
                .help("write to it what `aws iam get-account-authorization-details` prints, as JSON")
        }
        ImportError::Policy { what, text, error } => {
            let source = Source::new(format!("{} ({what})", file.path()), text.as_str());
            policy::refused(&source, (**error).clone())
        }
        other => Diagnostic::new(file, 0..0, other.to_string()),
    }
}
