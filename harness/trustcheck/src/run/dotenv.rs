//! `artifacts:reports:dotenv`: variables that a job leaves to later ones.
//!
//! DIVERGENCE: the limits are those of GitLab.com's free tier, whatever the instance; others take 20 to 150 variables.
//!
//! Source: GitLab docs, `artifacts:reports:dotenv`.

/// Bytes of a report.
const MAX_BYTES: usize = 5 << 10;

/// Variables of a report.
const MAX_VARIABLES: usize = 50;

/// The variables of a report.
///
/// # Errors
/// GitLab's words for a report that it does not take.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!(
            "Dotenv Artifact Too Big. Maximum Allowable Size: {MAX_BYTES}"
        ));
    }
    let mut variables = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.split_once('=') else {
            return Err("Invalid Format".to_owned());
        };
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty()
            || !key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Err("Validation failed: Key can contain only letters, digits and '_'.".to_owned());
        }
        variables.push((key.to_owned(), value.to_owned()));
    }
    if variables.len() > MAX_VARIABLES {
        return Err(format!(
            "Dotenv files cannot have more than {MAX_VARIABLES} variables"
        ));
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::parse;

    #[test]
    fn lines_are_variables() {
        let variables = parse("A=1\nB = two words \nC=\"x\"=y\r\n").unwrap();
        let shown: Vec<_> = variables
            .iter()
            .map(|(key, value)| format!("{key}:{value}"))
            .collect();
        assert_eq!(shown, ["A:1", "B:two words", "C:\"x\"=y"]);
    }

    #[rstest]
    #[case::blank("A=1\n\nB=2\n", "Invalid Format")]
    #[case::comment("# x\n", "Invalid Format")]
    #[case::several_lines("A=\"1\n2\"\n", "Invalid Format")]
    #[case::key("A-B=1\n", "Validation failed: Key can contain only letters, digits and '_'.")]
    #[case::many(&"A=1\n".repeat(51), "Dotenv files cannot have more than 50 variables")]
    #[case::large(&format!("A={}\n", "x".repeat(6000)), "Dotenv Artifact Too Big. Maximum Allowable Size: 5120")]
    fn what_gitlab_does_not_take(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(parse(text).unwrap_err(), expected);
    }
}
