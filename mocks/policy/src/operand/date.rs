//! Dates as the `Date...` operators compare them.

/// A moment, in milliseconds since 1970-01-01T00:00:00Z; finer parts are cut off (recorded AWS behaviour).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    milliseconds: i64,
}

impl Instant {
    /// Reads one of the W3C's ISO 8601 formats (`2026`, `2026-09`, `2026-09-12`, `2026-09-12T01:02Z`,
    /// `2026-09-12T01:02:03.45+02:00`) or seconds since 1970 (IAM user guide, date operators).
    ///
    /// Four digits are a year, any other run of digits is epoch seconds. A time without a zone is in UTC (recorded AWS
    /// behaviour).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let is_year = text.len() == 4;
        if !is_year && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let milliseconds = text.parse::<i64>().ok()?.checked_mul(1_000)?;
            return Some(Self { milliseconds });
        }
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
        let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
        let is_whole_date = date.len() == "2026-09-12".len();
        let exists = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        if parts.next().is_some() || !exists || (time.is_some() && !is_whole_date) {
            return None;
        }
        let midnight = days_since_1970(year, month, day) * DAY;
        let milliseconds = midnight + time.map_or(Some(0), since_midnight)?;
        Some(Self { milliseconds })
    }
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A time with a zone, in milliseconds since midnight UTC; may lie on the day before or after.
fn since_midnight(time: &str) -> Option<i64> {
    let (clock, zone) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
    let offset = match (zone, zone.strip_prefix('+'), zone.strip_prefix('-')) {
        ("" | "Z", _, _) => 0,
        (_, Some(east), _) => hours_and_minutes(east)?,
        (_, _, Some(west)) => -hours_and_minutes(west)?,
        _ => return None,
    };
    let (start, seconds) = match clock.match_indices(':').nth(1) {
        Some((colon, _)) => (&clock[..colon], Some(&clock[colon + 1..])),
        None => (clock, None),
    };
    let (second, fraction) = match seconds.map(|seconds| seconds.split_once('.').unwrap_or((seconds, "0"))) {
        Some((second, fraction)) => (number(second, 2)?, milliseconds(fraction)?),
        None => (0, 0),
    };
    if second > 59 {
        return None;
    }
    Some((hours_and_minutes(start)? - offset) * MINUTE + second * 1_000 + fraction)
}

/// `01:30`, in minutes.
fn hours_and_minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The digits after the decimal point of a second.
fn milliseconds(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    Some(digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar; years 0 to 9999.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = |year: i64| year * 365 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    before(year) - before(1970) + months + day - 1
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::epoch("1970-01-01T00:00:00Z", 0)]
    #[case::year("1970", 0)]
    #[case::month("1970-02", 31 * 86_400)]
    #[case::day("1970-01-02", 86_400)]
    #[case::minutes("1970-01-01T01:02Z", 3_720)]
    #[case::seconds("2026-09-12T00:00:00Z", 1_789_171_200)]
    #[case::zone_east("1970-01-01T02:00:00+02:00", 0)]
    #[case::zone_west("1970-01-01T00:00:00-01:30", 5_400)]
    #[case::no_zone("1970-01-01T00:00:01", 1)]
    #[case::leap_day("2000-02-29", 951_782_400)]
    #[case::before("1969-12-31T23:59:59Z", -1)]
    #[case::epoch_seconds("1789171200", 1_789_171_200)]
    #[case::early_epoch_seconds("60", 60)]
    #[case::negative_epoch_seconds("-60", -60)]
    #[case::negative_epoch_seconds_of_four_digits("-1970", -1_970)]
    #[case::plus_epoch_seconds("+1893456000", 1_893_456_000)]
    fn reads(#[case] text: &str, #[case] seconds: i64) {
        let milliseconds = seconds * 1_000;
        assert_eq!(Instant::parse(text), Some(Instant { milliseconds }));
    }

    #[rstest]
    #[case::half("1970-01-01T00:00:00.5Z", 500)]
    #[case::finer_than_milliseconds("1970-01-01T00:00:00.0019Z", 1)]
    #[case::before("1969-12-31T23:59:59.999Z", -1)]
    fn reads_fractions(#[case] text: &str, #[case] milliseconds: i64) {
        assert_eq!(Instant::parse(text), Some(Instant { milliseconds }));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::wildcard("2026-*")]
    #[case::month("2026-13")]
    #[case::day("2026-02-29")]
    #[case::hour("2026-01-01T24:00:00Z")]
    #[case::time_without_day("2026-01T00:00Z")]
    #[case::hour_alone("2026-01-01T00Z")]
    #[case::after_the_zone("2026-01-01T00:00:00Zx")]
    #[case::zone("2026-01-01T00:00:00+0200")]
    #[case::fraction("2026-01-01T00:00:00.Z")]
    #[case::words("yesterday")]
    #[case::too_long("99999999999999999999")]
    #[case::too_many_milliseconds("9223372036854775807")]
    #[case::minute("2026-01-01T00:60Z")]
    #[case::second("2026-01-01T00:00:60Z")]
    #[case::zone_minutes("2026-01-01T00:00:00+02:60")]
    #[case::zone_twice("2026-01-01T00:00:00+02:00Z")]
    #[case::sign("-")]
    #[case::blank("2026-01-01 00:00:00")]
    fn refuses(#[case] text: &str) {
        assert_eq!(Instant::parse(text), None);
    }

    #[test]
    fn days_follow_each_other() {
        let mut expected = days_since_1970(1896, 1, 1);
        for year in 1896..2105 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    assert_eq!(days_since_1970(year, month, day), expected);
                    expected += 1;
                }
            }
        }
    }
}
