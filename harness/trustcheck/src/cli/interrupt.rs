//! Ctrl-C: the first asks everything to stop and clean up, the second leaves at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled at SIGINT, SIGTERM or SIGHUP.
pub(super) fn token() -> CancellationToken {
    let token = CancellationToken::new();
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    for kind in kinds {
        // Without a handler the signal ends the process at once, which is the system's default.
        let Ok(mut signals) = signal(kind) else { continue };
        let token = token.clone();
        tokio::spawn(async move {
            signals.recv().await;
            token.cancel();
            signals.recv().await;
            std::process::exit(130);
        });
    }
    token
}
