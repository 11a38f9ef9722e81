//! Logins leave nothing behind in memory: sessions are sealed into their tokens. A process of its own, so that no other
//! test's memory is counted; `benches/memory.rs` makes a million calls.

use mock_gitlab::KeyPool;
use trustcheck_tests::federation::{self, logins, tokens};
use trustcheck_tests::load::{Until, drive, resident_memory};

const CONNECTIONS: usize = 8;

#[test]
fn logins_leave_no_memory_behind() {
    trustcheck_lab::install_crypto_provider();
    let keys = KeyPool::open(trustcheck_tests::cache().join("keys"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(federation::boot(&keys));
    let requests = logins(&tokens(&world, 16));
    let call = |calls: usize| {
        let until = Until::Answers(calls / CONNECTIONS);
        assert_eq!(drive(world.edge(), CONNECTIONS, &requests, until).answers, calls);
    };
    call(2_000); // more than the journal keeps
    let Some(before) = resident_memory() else {
        eprintln!("SKIPPED: this system does not tell how much memory a process uses");
        return;
    };
    call(8_000);
    let grown = resident_memory().unwrap_or(usize::MAX).saturating_sub(before);
    // An entry of the journal for each call, were it kept, would take more than that.
    assert!(grown < 2_000_000, "8,000 logins left {grown} bytes behind");
}
