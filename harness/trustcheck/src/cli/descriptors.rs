//! How many files this process may have open, and so how many connections a world may have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use trustcheck_lab::Limits;

/// What is kept back for the program's own files, the issuers that STS asks, and connections that are being closed.
const OWN: u64 = 128;

/// How many connections there is room for: as many as a world wants by default, or what the system allows. The limit that a
/// process may raise for itself is raised so far.
pub(super) fn connections() -> usize {
    let wanted = Limits::default().connections;
    let needed = wanted as u64 + OWN;
    let limit = getrlimit(Resource::Nofile);
    let mut allowed = limit.current.unwrap_or(needed);
    let possible = limit.maximum.unwrap_or(needed).min(needed);
    if allowed < possible {
        let raised = Rlimit {
            current: Some(possible),
            maximum: limit.maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            allowed = possible;
        }
    }
    room(allowed).min(wanted)
}

/// How many connections there is room for among so many files.
fn room(files: u64) -> usize {
    let connections = files.saturating_sub(OWN).max(files / 2);
    usize::try_from(connections).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #[rstest::rstest]
    #[case::usual(1024, 896)]
    #[case::few(64, 32)]
    #[case::many(1 << 20, (1 << 20) - 128)]
    fn some_files_are_kept_back(#[case] files: u64, #[case] connections: usize) {
        assert_eq!(super::room(files), connections);
    }
}
