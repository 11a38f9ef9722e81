//! World events, as they happen.

use jiff::SignedDuration;
use trustcheck_lab::World;

use crate::scenario::WorldEvent;

/// Lets `event` happen to `world`.
pub(super) fn happen(event: &WorldEvent, world: &World) {
    match event {
        WorldEvent::Advance(by) => {
            let by = SignedDuration::try_from(*by).unwrap_or(SignedDuration::MAX);
            world.clock().advance(by);
        }
    }
}
