//! Laying out JSON that stands on one line, so that a caret in it can be seen.

/// A longer line is hard to read with carets under it.
const READABLE: usize = 110;

/// The document on several lines, two blanks a level, where it now is one long line; `None` where it can be read as it
/// is.
///
/// Nothing but white space between the tokens changes: names that are written twice, numbers and escapes stay as they
/// are. The text has to be JSON.
pub(super) fn laid_out(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains('\n') || text.chars().count() <= READABLE {
        return None;
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let (mut in_string, mut escaped) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if in_string {
            out.push(character);
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
            continue;
        }
        match character {
            '{' | '[' => {
                out.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(character);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            blank if blank.is_ascii_whitespace() => {}
            other => {
                in_string = other == '"';
                out.push(other);
            }
        }
    }
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn short_and_written_out_documents_stay_as_they_are() {
        assert_eq!(laid_out("{\"a\": 1}"), None);
        assert_eq!(laid_out(&format!("{{\n\"a\": \"{}\"}}", "x".repeat(200))), None);
    }

    #[test]
    fn one_long_line_is_broken_up() {
        let long = "x".repeat(110);
        let text = format!(r#"{{"a":[],"b":{{ }},"c":["{long}","\"{{,:"],"c":1e3}}"#);
        let expected = format!(
            "{{\n  \"a\": [],\n  \"b\": {{}},\n  \"c\": [\n    \"{long}\",\n    \"\\\"{{,:\"\n  ],\n  \"c\": 1e3\n}}"
        );
        assert_eq!(laid_out(&text), Some(expected));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z\"\\\\{}\\[\\],: é]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z\"]{0,3}", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn says_the_same_as_the_standard_layout(value in json()) {
            let text = value.to_string();
            if let Some(laid_out) = laid_out(&text) {
                prop_assert_eq!(laid_out, serde_json::to_string_pretty(&value).unwrap());
            }
        }
    }
}
