//! The connections there are, and which of them goes when there are too many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The connections of an edge.
#[derive(Debug)]
pub(super) struct Crowd {
    most: usize,
    present: Mutex<Present>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Present {
    count: usize,
    turn: u64,
    /// Who waits for a request, the longest first.
    waiting: BTreeMap<u64, CancellationToken>,
}

/// A connection's place among the others. It is given up when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Arc<Crowd>,
    sent_away: CancellationToken,
    turn: Mutex<u64>,
}

impl Crowd {
    pub(super) fn new(most: usize) -> Arc<Crowd> {
        Arc::new(Crowd {
            most: most.max(1),
            present: Mutex::default(),
            left: Notify::new(),
        })
    }

    /// Takes a newcomer in. Where there are too many, whoever has waited longest is sent away, and the newcomer waits until
    /// somebody is gone.
    pub(super) async fn enter(self: &Arc<Self>) -> Arc<Place> {
        loop {
            let left = self.left.notified();
            if let Some(place) = self.try_enter() {
                return place;
            }
            self.send_one_away();
            left.await;
        }
    }

    fn try_enter(self: &Arc<Self>) -> Option<Arc<Place>> {
        let mut present = self.present();
        if present.count >= self.most {
            return None;
        }
        present.count += 1;
        let sent_away = CancellationToken::new();
        let turn = present.wait(&sent_away);
        Some(Arc::new(Place {
            crowd: Arc::clone(self),
            sent_away,
            turn: Mutex::new(turn),
        }))
    }

    /// Sends away who has waited longest, if anybody waits.
    pub(super) fn send_one_away(&self) {
        let first = self.present().waiting.pop_first();
        if let Some((_, connection)) = first {
            connection.cancel();
        }
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        // No thread can die in the middle of a change.
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Present {
    fn wait(&mut self, connection: &CancellationToken) -> u64 {
        self.turn += 1;
        self.waiting.insert(self.turn, connection.clone());
        self.turn
    }
}

impl Place {
    /// Ends when this connection is to make room for another.
    pub(super) async fn sent_away(&self) {
        self.sent_away.cancelled().await;
    }

    /// A request is being answered: this connection is not sent away.
    pub(super) fn works(&self) {
        let turn = *self.turn();
        self.crowd.present().waiting.remove(&turn);
    }

    /// The request is answered: this connection waits anew.
    pub(super) fn waits(&self) {
        let mut turn = self.turn();
        let mut present = self.crowd.present();
        present.waiting.remove(&turn);
        *turn = present.wait(&self.sent_away);
    }

    fn turn(&self) -> MutexGuard<'_, u64> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let turn = *self.turn();
        let mut present = self.crowd.present();
        present.waiting.remove(&turn);
        present.count -= 1;
        drop(present);
        self.crowd.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sent_away(place: &Place) -> bool {
        place.sent_away.is_cancelled()
    }

    #[tokio::test]
    async fn who_waited_longest_makes_room() {
        let crowd = Crowd::new(3);
        let (first, second, third) = (crowd.enter().await, crowd.enter().await, crowd.enter().await);
        first.works();
        first.waits();
        third.works();
        let mut newcomer = std::pin::pin!(crowd.enter());
        tokio::select! {
            biased;
            _ = &mut newcomer => unreachable!("there is no room yet"),
            () = second.sent_away() => {}
        }
        assert!(!is_sent_away(&first) && !is_sent_away(&third));
        drop(second);
        newcomer.await;
    }

    #[tokio::test]
    async fn who_works_stays() {
        let crowd = Crowd::new(1);
        let only = crowd.enter().await;
        only.works();
        crowd.send_one_away();
        assert!(!is_sent_away(&only));
        only.waits();
        crowd.send_one_away();
        assert!(is_sent_away(&only));
    }
}
