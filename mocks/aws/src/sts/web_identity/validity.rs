//! Whether a token is valid at a time.

use jiff::Timestamp;

use super::claims::Claims;
use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

/// Five minutes either way (recorded AWS behaviour).
const LEEWAY: i64 = 300;

impl Claims {
    /// Compares `exp`, `nbf` and `iat` with a time. The messages print the time with the leeway applied, as
    /// recorded; the order of the three is an assumption. How old a token may be is not limited: a message
    /// `Token too old` was last reported in 2019, and the limit was never documented.
    pub(crate) fn check_validity(&self, now: Timestamp) -> Result<(), Failure> {
        let seconds = now.as_second();
        let (earliest, latest) = (seconds.saturating_sub(LEEWAY), seconds.saturating_add(LEEWAY));
        if earliest >= self.expiration {
            let cause = Cause::TokenExpired {
                expiration: timestamp(self.expiration),
                now,
            };
            return Err(error::token_expired(earliest, self.expiration).because(cause));
        }
        if let Some(not_before) = self.not_before.filter(|not_before| *not_before > latest) {
            let cause = Cause::TokenNotYetValid {
                not_before: timestamp(not_before),
                now,
            };
            return Err(error::token_not_yet_valid(latest, not_before).because(cause));
        }
        if self.issued_at > latest {
            let cause = Cause::TokenFromTheFuture {
                issued: timestamp(self.issued_at),
                now,
            };
            return Err(error::token_from_the_future(self.issued_at).because(cause));
        }
        Ok(())
    }
}

/// The time for the journal; what no calendar holds becomes the nearest it does.
fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
