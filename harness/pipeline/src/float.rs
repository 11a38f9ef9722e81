//! Floating-point numbers as Ruby's `Float#to_s` prints them, which is what a variable with such a value holds.

/// `1.0`, `3.1`, `1.0e+20`: always with a point, in scientific form from 10¹⁶ and below 10⁻⁴.
pub(crate) fn ruby_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    // `{:e}` gives the shortest digits that read back, as Ruby does.
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number == 0.0 || (-4..16).contains(&exponent) {
        let plain = number.to_string();
        return if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        };
    }
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}{point}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::whole(1.0, "1.0")]
    #[case::fraction(3.1, "3.1")]
    #[case::negative(-0.5, "-0.5")]
    #[case::zero(0.0, "0.0")]
    #[case::below_the_limit(1e15, "1000000000000000.0")]
    #[case::at_the_limit(1e16, "1.0e+16")]
    #[case::large(1.5e20, "1.5e+20")]
    #[case::small(0.0001, "0.0001")]
    #[case::smaller(0.00001, "1.0e-05")]
    #[case::infinite(f64::NEG_INFINITY, "-Infinity")]
    fn prints_as_ruby(#[case] number: f64, #[case] expected: &str) {
        assert_eq!(super::ruby_text(number), expected);
    }
}
