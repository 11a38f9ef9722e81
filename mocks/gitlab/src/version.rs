//! Which GitLab it is: claims, legacy tokens and variables come and go with its version.

use std::fmt;
use std::str::FromStr;

/// A GitLab version, such as 18.5 or 15.11.13.
///
/// Parsing accepts `MAJOR.MINOR` and `MAJOR.MINOR.PATCH`, from [`Version::OLDEST`] to [`Version::NEWEST`]: outside
/// of that range the mock would have to guess, and says so instead. The default is the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second number, 0 to 11: a major version has twelve minor ones.
    pub minor: u16,
    /// The third number, 0 when not given.
    pub patch: u16,
}

impl Version {
    /// The oldest version that is modelled: the first one with `id_tokens`.
    pub const OLDEST: Version = Version::new(15, 7);
    /// The newest version that is modelled.
    pub const NEWEST: Version = Version::new(19, 4);

    /// The first release of a minor version.
    pub const fn new(major: u16, minor: u16) -> Version {
        Version {
            major,
            minor,
            patch: 0,
        }
    }

    /// Whether this is a release of `first`'s minor version or a later one.
    pub(crate) fn has(self, first: Version) -> bool {
        self >= first
    }
}

impl Default for Version {
    fn default() -> Self {
        Version::NEWEST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Why a text is not a version this mock can play.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Not two or three numbers.
    #[error("`{0}` is not a GitLab version; write it like `18.5` or `18.5.2`")]
    Form(String),
    /// There are only `.0` to `.11`.
    #[error("there is no GitLab `{0}`: a major version ends with its minor version 11")]
    Minor(String),
    /// Before `id_tokens`.
    #[error("GitLab `{0}` is older than 15.7, the oldest version known here")]
    TooOld(String),
    /// After the newest version known.
    #[error(
        "GitLab `{0}` is newer than 19.4, the newest version known here; leave the version out for the newest"
    )]
    TooNew(String),
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Version, VersionError> {
        let form = || VersionError::Form(text.to_owned());
        let number = |part: &str| {
            let plain = !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten()
        };
        let numbers: Option<Vec<u16>> = text.split('.').map(number).collect();
        let version = match numbers.as_deref() {
            Some(&[major, minor]) => Version {
                major,
                minor,
                patch: 0,
            },
            Some(&[major, minor, patch]) => Version { major, minor, patch },
            _ => return Err(form()),
        };
        let minor_version = Version::new(version.major, version.minor);
        if minor_version.minor > 11 {
            Err(VersionError::Minor(text.to_owned()))
        } else if minor_version < Version::OLDEST {
            Err(VersionError::TooOld(text.to_owned()))
        } else if minor_version > Version::NEWEST {
            Err(VersionError::TooNew(text.to_owned()))
        } else {
            Ok(version)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::minor("18.5", 18, 5, 0)]
    #[case::eleven("15.11", 15, 11, 0)]
    #[case::patch("15.7.9", 15, 7, 9)]
    #[case::newest("19.4.12", 19, 4, 12)]
    fn parses(#[case] text: &str, #[case] major: u16, #[case] minor: u16, #[case] patch: u16) {
        assert_eq!(text.parse(), Ok(Version { major, minor, patch }));
    }

    #[rstest]
    #[case::empty("", "is not a GitLab version")]
    #[case::one_number("18", "is not a GitLab version")]
    #[case::four_numbers("18.1.2.3", "is not a GitLab version")]
    #[case::letter("v18.5", "is not a GitLab version")]
    #[case::sign("+18.5", "is not a GitLab version")]
    #[case::huge("18.99999999999", "is not a GitLab version")]
    #[case::float_yaml("18.50", "there is no GitLab `18.50`")]
    #[case::too_old("15.6.8", "older than 15.7")]
    #[case::ancient("9.1", "older than 15.7")]
    #[case::too_new("19.5", "newer than 19.4")]
    fn refuses(#[case] text: &str, #[case] message: &str) {
        let error = text.parse::<Version>().expect_err("not a version").to_string();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn minor_versions_order_as_numbers() {
        assert!(Version::new(15, 11) > Version::new(15, 7));
        assert!(Version::new(16, 0) > Version::new(15, 11));
    }

    #[test]
    fn messages_name_the_range() {
        assert_eq!(Version::OLDEST, Version::new(15, 7));
        assert_eq!(Version::NEWEST, Version::new(19, 4));
    }
}
