use rstest::rstest;

use super::*;
use crate::operator::Comparison as C;

fn matches(comparison: C, policy: &str, request: &str) -> bool {
    Operand::parse(comparison, policy, true)
        .matches(comparison, request, &Context::new())
        .unwrap()
}

#[rstest]
#[case::equal(C::StringEquals, "a", "a", true)]
#[case::case_counts(C::StringEquals, "A", "a", false)]
#[case::star_is_literal(C::StringEquals, "a*", "ab", false)]
#[case::star_equals_star(C::StringEquals, "a*", "a*", true)]
#[case::question_mark_is_literal(C::StringEquals, "a?", "ab", false)]
#[case::escaped_star(C::StringEquals, "a${*}", "a*", true)]
#[case::empty(C::StringEquals, "", "", true)]
#[case::not_equals_is_positive_here(C::StringNotEquals, "a", "a", true)]
#[case::ignore_case(C::StringEqualsIgnoreCase, "GitLab", "gitlab", true)]
#[case::ignore_case_unicode(C::StringEqualsIgnoreCase, "ΟΣ", "ος", true)]
#[case::ignore_case_sharp_s(C::StringEqualsIgnoreCase, "SS", "ß", false)]
#[case::ignore_case_star_is_literal(C::StringEqualsIgnoreCase, "a*", "AB", false)]
#[case::like(C::StringLike, "g/*:ref:main", "g/p:ref:main", true)]
#[case::like_is_whole(C::StringLike, "g/*:ref:main", "g/p:ref:main2", false)]
#[case::like_case_counts(C::StringLike, "G/*", "g/p", false)]
#[case::like_escaped_star(C::StringLike, "a${*}", "ab", false)]
fn strings(#[case] comparison: C, #[case] policy: &str, #[case] request: &str, #[case] expected: bool) {
    assert_eq!(matches(comparison, policy, request), expected);
}

#[rstest]
#[case::equals(C::NumericEquals, "10", "10.0", true)]
#[case::not_equals_is_positive_here(C::NumericNotEquals, "10", "10", true)]
#[case::less(C::NumericLessThan, "10", "9.99", true)]
#[case::less_not_equal(C::NumericLessThan, "10", "10", false)]
#[case::less_or_equal(C::NumericLessThanEquals, "10", "10", true)]
#[case::greater(C::NumericGreaterThan, "10", "11", true)]
#[case::greater_not_equal(C::NumericGreaterThan, "10", "10", false)]
#[case::greater_or_equal(C::NumericGreaterThanEquals, "10", "10", true)]
#[case::leading_zero(C::NumericEquals, "1", "01", true)]
#[case::plus(C::NumericEquals, "+1", "1", true)]
#[case::bare_point(C::NumericEquals, "1.", "1", true)]
#[case::exponent(C::NumericEquals, "1", "1e0", true)]
#[case::not_a_number(C::NumericEquals, "NaN", "NaN", false)]
#[case::all_digits_count(C::NumericLessThan, "9007199254740993", "9007199254740992", true)]
#[case::bad_request(C::NumericLessThan, "10", "nine", false)]
#[case::bad_policy(C::NumericLessThan, "ten", "9", false)]
fn numbers(#[case] comparison: C, #[case] policy: &str, #[case] request: &str, #[case] expected: bool) {
    assert_eq!(matches(comparison, policy, request), expected);
}

#[rstest]
#[case::equals(C::DateEquals, "2026-09-12T00:00:00Z", "2026-09-12", true)]
#[case::epoch(C::DateEquals, "1789171200", "2026-09-12T02:00:00+02:00", true)]
#[case::less(C::DateLessThan, "2026-09-12T00:00:00Z", "2026-09-11T23:59:59Z", true)]
#[case::less_not_equal(C::DateLessThan, "2026-09-12", "2026-09-12", false)]
#[case::less_or_equal(C::DateLessThanEquals, "2026-09-12", "2026-09-12", true)]
#[case::greater(C::DateGreaterThan, "2026-09-12", "2026-09-12T00:00:00.001Z", true)]
#[case::greater_or_equal(C::DateGreaterThanEquals, "2026-09-12", "2026-09-12", true)]
#[case::no_zone(C::DateEquals, "2030-01-01T00:00:00Z", "2030-01-01T00:00:00", true)]
#[case::plus(C::DateEquals, "2030-01-01T00:00:00Z", "+1893456000", true)]
#[case::milliseconds_count(C::DateEquals, "2030-01-01T00:00:00.123Z", "2030-01-01T00:00:00.124Z", false)]
#[case::finer_parts_do_not(C::DateEquals, "2030-01-01T00:00:00.1231Z", "2030-01-01T00:00:00.1239Z", true)]
#[case::no_wildcards(C::DateEquals, "2026-*", "2026-09-12", false)]
fn dates(#[case] comparison: C, #[case] policy: &str, #[case] request: &str, #[case] expected: bool) {
    assert_eq!(matches(comparison, policy, request), expected);
}

#[rstest]
#[case::bool_true(C::Bool, "true", "true", true)]
#[case::bool_case(C::Bool, "True", "true", true)]
#[case::bool_other(C::Bool, "true", "false", false)]
#[case::bool_both_false(C::Bool, "false", "false", true)]
#[case::bool_upper_case(C::Bool, "true", "TRUE", true)]
#[case::bool_one_is_false(C::Bool, "true", "1", false)]
#[case::bool_blanks_are_false(C::Bool, "true", " true ", false)]
#[case::bool_anything_else_is_false(C::Bool, "false", "yes", true)]
#[case::bool_nothing_is_false(C::Bool, "false", "", true)]
#[case::bool_policy_anything_else_is_false(C::Bool, "yes", "false", true)]
#[case::binary(C::BinaryEquals, "YQ==", "YQ==", true)]
#[case::binary_other(C::BinaryEquals, "YQ==", "Yg==", false)]
#[case::binary_padding_counts(C::BinaryEquals, "YQ==", "YQ", false)]
#[case::binary_unused_bits_count(C::BinaryEquals, "YQ==", "YR==", false)]
#[case::binary_not_base64(C::BinaryEquals, "no-binary", "no-binary", false)]
#[case::ip(C::IpAddress, "10.0.0.0/8", "10.1.2.3", true)]
#[case::ip_outside(C::IpAddress, "10.0.0.0/8", "11.1.2.3", false)]
#[case::ip_not_an_address(C::IpAddress, "10.0.0.0/8", "ten", false)]
#[case::arn_equals_takes_wildcards(C::ArnEquals, "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a", true)]
#[case::arn_like(C::ArnLike, "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", true)]
fn others(#[case] comparison: C, #[case] policy: &str, #[case] request: &str, #[case] expected: bool) {
    assert_eq!(matches(comparison, policy, request), expected);
}

#[rstest]
#[case::string(C::StringEquals, "${a:b}", "x", true)]
#[case::like_is_literal(C::StringLike, "${a:star}", "x", false)]
#[case::ignore_case(C::StringEqualsIgnoreCase, "${a:b}", "X", true)]
#[case::boolean(C::Bool, "${a:true}", "true", true)]
#[case::not_in_numbers(C::NumericEquals, "${a:one}", "1", false)]
#[case::not_in_dates(C::DateEquals, "${a:one}", "1", false)]
#[case::not_in_addresses(C::IpAddress, "${a:ip}", "1.2.3.4", false)]
fn variables(#[case] comparison: C, #[case] policy: &str, #[case] request: &str, #[case] expected: bool) {
    let context = Context::new()
        .with("a:b", "x")
        .with("a:star", "*")
        .with("a:true", "true")
        .with("a:one", "1")
        .with("a:ip", "1.2.3.4");
    assert_eq!(
        Operand::parse(comparison, policy, true).matches(comparison, request, &context),
        Ok(expected)
    );
}

#[test]
fn null_reads_a_boolean() {
    assert_eq!(Operand::parse(C::Null, "true", true), Operand::Absent(true));
    assert_eq!(Operand::parse(C::Null, "false", true), Operand::Absent(false));
    assert_eq!(Operand::parse(C::Null, "TRUE", true), Operand::Absent(true));
    assert_eq!(Operand::parse(C::Null, "yes", true), Operand::Absent(false));
}
