use proptest::prelude::*;
use rstest::rstest;

use crate::{ErrorKind, Limits, Node, Style, Value, parse, parse_within, position};

/// One line a node: depth, slice of the text, tag.
fn outline(text: &str) -> String {
    fn walk(text: &str, node: &Node, depth: usize, out: &mut Vec<String>) {
        let tag = node
            .tag
            .as_deref()
            .map(|tag| format!(" {tag}"))
            .unwrap_or_default();
        let alias = node
            .alias_site
            .clone()
            .map(|site| format!(" via {}", &text[site]))
            .unwrap_or_default();
        let slice = text[node.span.clone()].replace('\n', "/");
        out.push(format!(
            "{}{}{tag}{alias} <{slice}>",
            ".".repeat(depth),
            node.kind_name()
        ));
        match &node.value {
            Value::Sequence(items) => items.iter().for_each(|item| walk(text, item, depth + 1, out)),
            Value::Mapping(entries) => entries.iter().for_each(|entry| {
                walk(text, &entry.key, depth + 1, out);
                walk(text, &entry.value, depth + 2, out);
            }),
            Value::Null | Value::Scalar(_) => {}
        }
    }
    let mut out = Vec::new();
    for document in parse(text).expect("valid YAML") {
        walk(text, &document, 0, &mut out);
    }
    out.join("\n")
}

#[rstest]
#[case::block_mapping_ends_with_its_last_value(
    "a: 1\nb:\n  c: 'x'\n\n# end\n",
    "a mapping <a: 1/b:/  c: 'x'>\n.a string <a>\n..a number <1>\n.a string <b>\n..a mapping <c: 'x'>\n...a string <c>\n....a string <'x'>"
)]
#[case::flow_ends_with_its_bracket(
    "[a, {b: c} ]",
    "a list <[a, {b: c} ]>\n.a string <a>\n.a mapping <{b: c}>\n..a string <b>\n...a string <c>"
)]
#[case::empty_value(
    "a:\nb: ~",
    "a mapping <a:/b: ~>\n.a string <a>\n..null <>\n.a string <b>\n..null <~>"
)]
#[case::characters_of_many_bytes(
    "ä: 'ö'\nü: x",
    "a mapping <ä: 'ö'/ü: x>\n.a string <ä>\n..a string <'ö'>\n.a string <ü>\n..a string <x>"
)]
#[case::byte_order_mark("\u{feff}a: b", "a mapping <a: b>\n.a string <a>\n..a string <b>")]
#[case::tag(
    "- !reference [a]\n- !!str 1",
    "a list <- !reference [a]/- !!str 1>\n.a list !reference <[a]>\n..a string <a>\n.a string tag:yaml.org,2002:str <1>"
)]
#[case::alias(
    "a: &x [1]\nb: *x",
    "a mapping <a: &x [1]/b: *x>\n.a string <a>\n..a list <[1]>\n...a number <1>\n.a string <b>\n..a list via *x <[1]>\n...a number via *x <1>"
)]
#[case::alias_in_alias(
    "a: &x 1\nb: &y [*x]\nc: *y",
    "a mapping <a: &x 1/b: &y [*x]/c: *y>\n.a string <a>\n..a number <1>\n.a string <b>\n..a list <[*x]>\n...a number via *x <1>\n.a string <c>\n..a list via *y <[*x]>\n...a number via *y <1>"
)]
#[case::literal_without_trailing_breaks(
    "a: |\n  x\n  y\n\nb: 1",
    "a mapping <a: |/  x/  y//b: 1>\n.a string <a>\n..a string <x/  y>\n.a string <b>\n..a number <1>"
)]
#[case::two_documents(
    "spec:\n---\na: 1",
    "a mapping <spec:>\n.a string <spec>\n..null <>\na mapping <a: 1>\n.a string <a>\n..a number <1>"
)]
fn knows_places(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(outline(text), expected);
}

#[rstest]
#[case::empty("", 0)]
#[case::comment("# only\n", 0)]
#[case::marker("---\n", 1)]
#[case::two("---\na\n---\nb\n", 2)]
fn counts_documents(#[case] text: &str, #[case] expected: usize) {
    assert_eq!(parse(text).expect("valid YAML").len(), expected);
}

#[test]
fn an_anchor_may_be_named_again() {
    let documents = parse("- &x 1\n- *x\n- &x 2\n- *x\n").expect("valid YAML");
    let items: Vec<_> = documents[0]
        .as_sequence()
        .expect("a list")
        .iter()
        .filter_map(Node::as_str)
        .collect();
    assert_eq!(items, ["1", "1", "2", "2"]);
}

#[rstest]
#[case::clipped("a: |\n  x\n", "x\n", Style::Literal)]
#[case::clipped_at_the_end_of_the_file("a: |\n  x", "x", Style::Literal)]
#[case::kept("a: |+\n  x\n\n", "x\n\n", Style::Literal)]
#[case::folded_keeps_deeper_lines("a: >\n  x\n    y\n  z\n", "x\n  y\nz\n", Style::Folded)]
#[case::escapes("a: \"x\\ty\"", "x\ty", Style::DoubleQuoted)]
#[case::doubled_quote("a: 'it''s'", "it's", Style::SingleQuoted)]
#[case::plain_lines_fold("a: x\n  y\n", "x y", Style::Plain)]
fn reads_scalars(#[case] text: &str, #[case] expected: &str, #[case] style: Style) {
    let documents = parse(text).expect("valid YAML");
    let scalar = documents[0].get("a").and_then(Node::as_scalar).expect("a scalar");
    assert_eq!((scalar.text.as_str(), scalar.style), (expected, style));
}

#[test]
fn keeps_duplicates_and_merge_keys() {
    let documents = parse("a: 1\n<<: {b: 2}\na: 3\n").expect("valid YAML");
    let root = &documents[0];
    assert_eq!(root.as_mapping().map(<[_]>::len), Some(3));
    assert_eq!(root.get("a").and_then(Node::as_str), Some("3"));
    let duplicates = root.duplicate_keys();
    assert_eq!(duplicates.len(), 1);
    assert_eq!(
        (duplicates[0].0.key.span.start, duplicates[0].1.key.span.start),
        (0, 16)
    );
}

/// What a reader sees: line, column, message, help.
fn failure(text: &str) -> String {
    let error = parse(text).expect_err("not valid");
    let (line, column) = position(text, error.span.start);
    let help = error.help.map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{line}:{column} {}{help}", error.message)
}

#[rstest]
#[case::colon_in_a_value(
    "run: echo a: b\n",
    "1:12 mapping values are not allowed in this context\nthe value holds `: `; put quotes around it: `run: 'echo a: b'`"
)]
#[case::no_space_after_a_colon(
    "image:alpine\nscript: x\n",
    "2:7 mapping values are not allowed in this context\nput a space after the colon: `image: alpine`"
)]
#[case::tab(
    "a:\n\tb: 1\n",
    "2:2 found character that cannot start any token while scanning for the next token\nYAML indents with spaces; replace the tab"
)]
#[case::open_quote(
    "a: 'x\nb: 1\n",
    "1:4 found unexpected end of stream while scanning a quoted scalar\nclose this quote with `'`"
)]
#[case::text_after_quotes(
    "a: \"b\" c\n",
    "1:8 did not find expected key while parsing a block mapping\nthe quotes end before the value does; put the whole value into the other kind of quotes, or into a block after `|`"
)]
#[case::bad_escape(
    "a: \"\\q\"\n",
    "1:4 found unknown escape character while parsing a quoted scalar\nin double quotes a backslash begins an escape; double it, or use single quotes"
)]
#[case::reserved_character(
    "a: @x\n",
    "1:4 found character that cannot start any token while scanning for the next token\na value cannot begin with `@`; put quotes around it"
)]
#[case::unknown_alias(
    "a: *nope\n",
    "1:4 unknown alias: nope\nan alias can only name an anchor, `&nope`, that stands above it in the same document"
)]
#[case::glob(
    "a: *.txt\n",
    "1:4 unknown alias: .txt\na value that begins with `*` is an alias; put quotes around it: `'*.txt'`"
)]
#[case::deeper_than_a_value(
    "a: 1\n  b: 2\n",
    "2:4 mapping values are not allowed in this context\nthis line is indented under a line that already has a value; align it with that line, or end that line after its colon"
)]
#[case::item_not_aligned(
    "script:\n  - a\n- b\n",
    "3:3 did not find expected key while parsing a block mapping\nthis line is indented by 0 and the line above by 2; lines that belong together are indented alike"
)]
#[case::key_among_items(
    "a:\n  - x\n  y: 1\n",
    "3:3 did not find expected '-' indicator while parsing a block collection\nlines that belong together are indented alike, and each item of a list begins with `- `"
)]
#[case::lost_indentation(
    "assume role:\nscript:\n> \nexport X\n",
    "3:1 could not find expected ':' while scanning a simple key\nno line of this text is indented; its indentation was lost, perhaps when it was copied"
)]
#[case::alias_of_itself(
    "&a [*a]",
    "1:5 alias `*a` stands inside the node that it names\na node cannot contain itself; write the part that you mean out, or anchor it apart"
)]
fn explains_slips(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(failure(text), expected);
}

#[rstest]
#[case::flow("[".repeat(5000))]
#[case::flow_mappings("{a: ".repeat(5000))]
#[case::block("- ".repeat(5000))]
#[case::lines((0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect())]
fn deep_nesting_is_an_error(#[case] text: String) {
    assert_eq!(parse(&text).expect_err("too deep").kind, ErrorKind::TooDeep);
}

#[test]
fn depth_counts_through_aliases() {
    // Each anchor holds the one before it, so the tree is deep though the text is flat.
    let text: String = std::iter::once("- &a0 [x]\n".to_owned())
        .chain((1..200).map(|level| format!("- &a{level} [*a{}]\n", level - 1)))
        .collect();
    assert_eq!(parse(&text).expect_err("too deep").kind, ErrorKind::TooDeep);
}

#[test]
fn a_hundred_levels_are_allowed() {
    let text = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(parse(&text).is_ok());
    let text = format!("{}{}", "[".repeat(101), "]".repeat(101));
    assert_eq!(parse(&text).expect_err("too deep").kind, ErrorKind::TooDeep);
}

#[test]
fn an_alias_bomb_is_an_error() {
    let text: String = std::iter::once("- &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned())
        .chain((1..20).map(|level| {
            format!(
                "- &a{level} [{}]\n",
                vec![format!("*a{}", level - 1); 10].join(", ")
            )
        }))
        .collect();
    let error = parse(&text).expect_err("too large");
    assert_eq!(error.kind, ErrorKind::TooLarge);
    assert!(text[error.span].starts_with('*'), "the place is an alias");
}

#[test]
fn a_large_text_is_an_error() {
    let text = "a".repeat(3 << 20);
    assert_eq!(parse(&text).expect_err("too large").kind, ErrorKind::TooLarge);
    let limits = Limits {
        text_bytes: 4 << 20,
        ..Limits::default()
    };
    assert!(parse_within(&text, &limits).is_ok());
}

/// Fragments that are likely to be structure.
fn yaml_like() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "a: ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "&x ",
        "*x",
        "<<: ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "|\n",
        ">-\n",
        "!t ",
        "!!str ",
        "# c",
        "---\n",
        "...\n",
        "? ",
        ": ",
        "\t",
        "é",
        "~",
        "%TAG ! x\n",
        "\u{feff}",
        "\\x",
        "\r\n",
    ]);
    prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
}

fn spans_are_sound(text: &str, node: &Node) -> bool {
    let sound = |span: &crate::Span| text.get(span.clone()).is_some();
    sound(&node.span)
        && node.alias_site.as_ref().is_none_or(sound)
        && match &node.value {
            Value::Null | Value::Scalar(_) => true,
            Value::Sequence(items) => items.iter().all(|item| spans_are_sound(text, item)),
            Value::Mapping(entries) => entries
                .iter()
                .all(|entry| spans_are_sound(text, &entry.key) && spans_are_sound(text, &entry.value)),
        }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    match parse(text) {
        Ok(documents) => {
            for mut document in documents {
                prop_assert!(spans_are_sound(text, &document));
                crate::merge::apply(&mut document);
                prop_assert!(document.duplicate_keys().is_empty());
            }
        }
        Err(error) => prop_assert!(text.get(error.span).is_some()),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        check(&text)?;
    }

    #[test]
    fn yaml_like_text_is_read_or_refused(text in yaml_like()) {
        check(&text)?;
    }

    #[test]
    fn a_quoted_text_reads_back(text in "[ -~äöé\n\t]{0,60}") {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
        let documents = parse(&format!("a: \"{escaped}\"")).expect("valid YAML");
        prop_assert_eq!(documents[0].get("a").and_then(Node::as_str), Some(text.as_str()));
    }

    #[test]
    fn a_literal_block_reads_back(lines in prop::collection::vec("[!-~äöé][ -~äöé]{0,20}", 1..6)) {
        let text: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        let documents = parse(&format!("a:\n  - |\n{text}")).expect("valid YAML");
        let read = documents[0].get("a").and_then(Node::as_sequence).and_then(|items| items[0].as_str());
        let written: String = lines.iter().map(|line| format!("{line}\n")).collect();
        prop_assert_eq!(read, Some(written.as_str()));
    }
}
