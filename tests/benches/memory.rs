//! What a million logins leave behind: `cargo bench -p trustcheck-tests --bench memory`.
//!
//! Sessions are sealed into their tokens, so the mock keeps nothing of them: the process may grow by less than 10 MB, and
//! GetCallerIdentity has to be at least 0.9 as fast after as before.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::Duration;

use mock_gitlab::KeyPool;
use trustcheck_tests::federation::{self, answers, identity_requests, logins, tokens};
use trustcheck_tests::load::{Until, drive, resident_memory};

const CONNECTIONS: usize = 16;
/// Enough that the journal is full and every pool has its size.
const WARM_UP: usize = 20_000;
const CALLS: usize = 1_000_000;

fn main() {
    // `cargo test --benches` only asks whether it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    trustcheck_lab::install_crypto_provider();
    let keys = KeyPool::open(trustcheck_tests::cache().join("keys"));
    keys.key_set(0, &mut |_| {}).expect("keys");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(federation::boot(&keys));
    let logins = logins(&tokens(&world, 64));
    let identities = |count: usize| identity_requests(&runtime.block_on(answers(&world, &logins[..count])));
    let call = |calls: usize| {
        drive(
            world.edge(),
            CONNECTIONS,
            &logins,
            Until::Answers(calls / CONNECTIONS),
        )
    };
    let rate = || {
        let requests = identities(64);
        let mut rates: Vec<f64> = (0..7)
            .map(|_| {
                drive(
                    world.edge(),
                    CONNECTIONS,
                    &requests,
                    Until::Time(Duration::from_millis(500)),
                )
                .rate()
            })
            .collect();
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    };
    let _ = call(WARM_UP);
    let rate_before = rate();
    let Some(before) = resident_memory() else {
        println!("skipped: this system does not tell how much memory a process uses");
        return;
    };
    let made = call(CALLS);
    let after = resident_memory().unwrap_or_default();
    let rate_after = rate();
    let mb = |bytes: usize| bytes as f64 / 1e6;
    println!("{} logins at {:.0} a second", made.answers, made.rate());
    println!(
        "memory {:.1} MB before, {:.1} MB after: grew by {:.1} MB (less than 10)",
        mb(before),
        mb(after),
        mb(after) - mb(before)
    );
    println!(
        "GetCallerIdentity {rate_before:.0} a second before, {rate_after:.0} after: {:.2} (at least 0.9)",
        rate_after / rate_before
    );
}
