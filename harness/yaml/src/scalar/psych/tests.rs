use super::{Psych, plain};
use proptest::prelude::*;
use rstest::rstest;

fn int(digits: &str) -> Psych<'static> {
    Psych::Int(digits.to_owned())
}

#[rstest]
#[case::nothing("", Psych::Null)]
#[case::tilde("~", Psych::Null)]
#[case::null_any_case("nULL", Psych::Null)]
#[case::yes("Yes", Psych::Bool(true))]
#[case::on("on", Psych::Bool(true))]
#[case::off("OFF", Psych::Bool(false))]
#[case::y_is_text("y", Psych::Str("y"))]
#[case::n_is_text("n", Psych::Str("n"))]
#[case::yes_with_more_is_text("yes it is", Psych::Str("yes it is"))]
#[case::account_id_in_octal("012345670123", int("1402433619"))]
#[case::account_id_with_eight_is_text("012345678901", Psych::Str("012345678901"))]
#[case::account_id("123456789012", int("123456789012"))]
#[case::octal_with_o_is_text("0o17", Psych::Str("0o17"))]
#[case::zero("0", int("0"))]
#[case::double_zero("00", int("0"))]
#[case::negative_octal("-017", int("-15"))]
#[case::binary("0b101", int("5"))]
#[case::hex("0x1F", int("31"))]
#[case::upper_case_prefix_is_text("0X1F", Psych::Str("0X1F"))]
#[case::long_hex(
    "0xffffffffffffffffffffffffffffffffff",
    int("87112285931760246646623899502532662132735")
)]
#[case::time_of_day("22:30", int("81000"))]
#[case::hours_minutes_seconds("1:02:03", int("3723"))]
#[case::sixty_minutes_is_text("1:60", Psych::Str("1:60"))]
#[case::four_places_is_text("1:2:3:4", Psych::Str("1:2:3:4"))]
#[case::seconds_with_fraction("1:02:03.5", Psych::Float(3723.5))]
#[case::commas("1,000", int("1000"))]
#[case::underscores("1_000", int("1000"))]
#[case::double_underscore_is_text("1__0", Psych::Str("1__0"))]
#[case::trailing_comma_is_text("1,", Psych::Str("1,"))]
#[case::plus("+1", int("1"))]
#[case::float("3.10", Psych::Float(3.1))]
#[case::trailing_point("1.", Psych::Float(1.0))]
#[case::leading_point(".5", Psych::Float(0.5))]
#[case::exponent_without_point_is_text("1e3", Psych::Str("1e3"))]
#[case::exponent_without_sign_is_text("1.5e3", Psych::Str("1.5e3"))]
#[case::exponent("1.5e+3", Psych::Float(1500.0))]
#[case::point_is_text(".", Psych::Str("."))]
#[case::signed_point_is_text("-.", Psych::Str("-."))]
#[case::infinity("-.INF", Psych::Float(f64::NEG_INFINITY))]
#[case::version_is_text("1.2.3", Psych::Str("1.2.3"))]
#[case::symbol(":main", Psych::Symbol("main"))]
#[case::quoted_symbol(":\"a b\"", Psych::Symbol("a b"))]
#[case::colon_is_text(":", Psych::Str(":"))]
#[case::path_is_text("/usr/bin", Psych::Str("/usr/bin"))]
#[case::dash_text("-x", Psych::Str("-x"))]
#[case::url_is_text("https://gitlab.com", Psych::Str("https://gitlab.com"))]
#[case::commit_like_is_text("12e4567", Psych::Str("12e4567"))]
#[case::date_like_with_bad_month_is_text("2024-13-01", Psych::Str("2024-13-01"))]
fn reads_plain_text(#[case] text: &str, #[case] expected: Psych<'_>) {
    assert_eq!(plain(text), Ok(expected));
}

#[rstest]
#[case::date("2024-01-31", "Date")]
#[case::short_date("2024-1-1", "Date")]
#[case::time("2024-01-31 10:00:00", "Time")]
#[case::time_with_zone("2024-01-31T10:00:00.5+02:00", "Time")]
#[case::time_in_utc("2024-01-31T10:00:00Z", "Time")]
fn refuses_dates(#[case] text: &str, #[case] class: &str) {
    assert_eq!(plain(text).map_err(|error| error.class), Err(class));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn other_bases_agree_with_the_machine(number: u64) {
        for text in [format!("0x{number:x}"), format!("0{number:o}"), format!("0b{number:b}")] {
            prop_assert_eq!(plain(&text), Ok(int(&number.to_string())));
        }
    }

    #[test]
    fn never_panics(text in "\\PC*") {
        let _ = plain(&text);
    }

    #[test]
    fn never_panics_on_number_like_text(text in "[-+0-9.,_:eExXTZ ]{0,24}") {
        let _ = plain(&text);
    }
}
