//! Numbers as the `Numeric...` operators compare them: decimals of any length, exactly.

use std::cmp::Ordering;

/// A decimal number, 0.d₁d₂d₃… × 10^exponent.
///
/// Normal form: no leading or trailing zero among the digits; zero has no digits, exponent 0 and no sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    exponent: i64,
    digits: Vec<u8>,
}

impl Decimal {
    /// Reads an integer or decimal, with an optional sign and exponent: `-1.5e3`, `01`, `1.`, `.5`.
    ///
    /// The IAM user guide speaks of "an integer or decimal value"; the rest is recorded AWS behaviour, as is that all
    /// digits count.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            // ten digits of exponent are more than any document can tell apart
            Some((mantissa, exponent)) if exponent.len() <= 10 => (mantissa, exponent.parse::<i64>().ok()?),
            Some(_) => return None,
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let leading = digits().take_while(|digit| *digit == b'0').count();
        let mut digits: Vec<u8> = digits().skip(leading).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                exponent: 0,
                digits,
            });
        }
        let exponent = exponent + i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?;
        Some(Self {
            negative,
            exponent,
            digits,
        })
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::same("10", "10", Ordering::Equal)]
    #[case::leading_zeros("0900", "900", Ordering::Equal)]
    #[case::fraction("1.50", "1.5", Ordering::Equal)]
    #[case::exponent("1.5e3", "1500", Ordering::Equal)]
    #[case::small_exponent("15e-1", "1.5", Ordering::Equal)]
    #[case::negative_zero("-0.0", "0", Ordering::Equal)]
    #[case::length("9", "10", Ordering::Less)]
    #[case::below_one("0.09", "0.1", Ordering::Less)]
    #[case::negative("-10", "-9", Ordering::Less)]
    #[case::signs("-1", "1", Ordering::Less)]
    #[case::zero("0", "0.001", Ordering::Less)]
    #[case::plus("+1", "1", Ordering::Equal)]
    #[case::no_fraction("1.", "1", Ordering::Equal)]
    #[case::no_whole(".5", "0.5", Ordering::Equal)]
    #[case::zero_exponent("1e0", "1", Ordering::Equal)]
    #[case::past_floats("9007199254740993", "9007199254740992", Ordering::Greater)]
    fn compares(#[case] a: &str, #[case] b: &str, #[case] expected: Ordering) {
        let (a, b) = (Decimal::parse(a).unwrap(), Decimal::parse(b).unwrap());
        assert_eq!((a.cmp(&b), b.cmp(&a)), (expected, expected.reverse()));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::sign("-")]
    #[case::dot(".")]
    #[case::word("ten")]
    #[case::not_a_number("NaN")]
    #[case::infinity("Infinity")]
    #[case::blank(" 1")]
    #[case::hexadecimal("0x1")]
    #[case::two_dots("1.2.3")]
    #[case::no_exponent("1e")]
    #[case::huge_exponent("1e99999999999")]
    #[case::other_digits("١")]
    fn refuses(#[case] text: &str) {
        assert_eq!(Decimal::parse(text), None);
    }

    proptest! {
        #[test]
        fn orders_as_integers_do(a in any::<i64>(), b in any::<i64>()) {
            let parsed = |number: i64| Decimal::parse(&number.to_string()).unwrap();
            prop_assert_eq!(parsed(a).cmp(&parsed(b)), a.cmp(&b));
        }
    }
}
