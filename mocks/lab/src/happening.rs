//! What is done to a world while it is up: its clock moves, keys are replaced, faults come and go.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use mock_aws::Cause;
use mock_gitlab::{CiKeyState, Instance, KeyPoolError, OldKey};

use crate::fault::{Fault, FaultKind, KeyFault};
use crate::journal::{Change, Record};
use crate::rotation::Rotation;
use crate::world::World;

/// Something that is done to a world. GitLabs are named by their number in the world, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WorldEvent {
    /// Its clock moves forward, or back where this is negative. Nobody waits.
    Advance(SignedDuration),
    /// A GitLab's CI key is replaced.
    RotateKeys {
        /// The GitLab.
        gitlab: usize,
        /// What becomes of the old key.
        rotation: Rotation,
    },
    /// A fault begins, in place of one of its kind.
    Fault {
        /// The GitLab.
        gitlab: usize,
        /// What is wrong.
        fault: Fault,
    },
    /// A fault ends.
    Clear {
        /// The GitLab.
        gitlab: usize,
        /// The fault's kind; nothing for all of them.
        kind: Option<FaultKind>,
    },
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HappeningError {
    /// The world has fewer GitLabs.
    #[error("the world has no GitLab with the number {0}")]
    GitLab(usize),
    /// There is no new key.
    #[error(transparent)]
    Keys(#[from] KeyPoolError),
    /// STS should keep the old key set, and cannot fetch it.
    #[error("STS cannot fetch the key set that it is to keep: {0}")]
    Sts(Box<Cause>),
    /// There is no port that refuses connections.
    #[error("cannot have a port that refuses connections: {0}")]
    Port(#[from] std::io::Error),
}

/// From this slot of the key pool on are the sets whose CI keys replace others.
const FIRST_SPARE: usize = 1_000;

/// So many keys replace one another before the first of them comes back.
const SPARES: usize = 64;

impl World {
    /// Does what `event` says. It is done when this returns, and journalled.
    ///
    /// # Errors
    /// Where the world has no such GitLab, or there is no key or port to do it with.
    pub async fn happen(&self, event: &WorldEvent) -> Result<(), HappeningError> {
        match event {
            WorldEvent::Advance(by) => {
                self.advance(*by);
                Ok(())
            }
            WorldEvent::RotateKeys { gitlab, rotation } => self.rotate_keys(*gitlab, *rotation).await,
            WorldEvent::Fault { gitlab, fault } => self.set_fault(*gitlab, fault.clone()),
            WorldEvent::Clear { gitlab, kind } => self.clear_faults(*gitlab, *kind),
        }
    }

    /// Moves the world's clock forward, or back where `by` is negative.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.note(Change::ClockMoved { by });
    }

    /// Replaces the CI key of a GitLab. The first replacement on a machine makes the new key, which takes about a second.
    ///
    /// # Errors
    /// Where there is no such GitLab, the key cannot be had, or STS cannot fetch the key set that it is to keep.
    pub async fn rotate_keys(&self, gitlab: usize, rotation: Rotation) -> Result<(), HappeningError> {
        let instance = self.gitlab(gitlab)?;
        let count = self.rotations[gitlab].fetch_add(1, Ordering::Relaxed);
        let slot = FIRST_SPARE + gitlab * SPARES + count % SPARES;
        let pool = self.keys.clone();
        let spare = tokio::task::spawn_blocking(move || pool.key_set(slot, &mut |_| {}))
            .await
            .map_err(|error| HappeningError::Port(error.into()))??;
        if rotation == Rotation::Cached {
            self.aws
                .hold_issuer_keys(instance.issuer())
                .await
                .map_err(|cause| HappeningError::Sts(Box::new(cause)))?;
        }
        let old_kid = instance.keys().ci().kid().to_owned();
        let old = match rotation {
            Rotation::Kept => OldKey::Kept,
            Rotation::Dropped | Rotation::Cached => OldKey::Dropped,
        };
        instance.replace_ci_key(&spare, old);
        self.note(Change::KeysRotated {
            gitlab: instance.url().to_string(),
            old_kid,
            new_kid: spare.ci().kid().to_owned(),
            rotation,
        });
        Ok(())
    }

    /// Sets a fault, in place of one of its kind.
    ///
    /// # Errors
    /// Where there is no such GitLab, or no port that refuses connections for one that needs it.
    pub fn set_fault(&self, gitlab: usize, fault: Fault) -> Result<(), HappeningError> {
        let instance = self.gitlab(gitlab)?;
        self.faults.set(gitlab, fault.clone())?;
        if let Fault::Keys(fault) = fault {
            instance.set_ci_key_state(match fault {
                KeyFault::Unpublished => CiKeyState::Unpublished,
                KeyFault::Lost => CiKeyState::Lost,
            });
        }
        let gitlab = instance.url().to_string();
        self.note(Change::FaultSet { gitlab, fault });
        Ok(())
    }

    /// Clears the fault of a kind, or all of them.
    ///
    /// # Errors
    /// Where there is no such GitLab.
    pub fn clear_faults(&self, gitlab: usize, kind: Option<FaultKind>) -> Result<(), HappeningError> {
        let instance = self.gitlab(gitlab)?;
        self.faults.clear(gitlab, kind);
        if kind.is_none_or(|kind| kind == FaultKind::Keys) {
            instance.set_ci_key_state(CiKeyState::Published);
        }
        let gitlab = instance.url().to_string();
        self.note(Change::FaultsCleared { gitlab, kind });
        Ok(())
    }

    /// Makes the world what it was when it booted: no faults, the first keys, the host's time, the accounts of its description,
    /// an empty journal, and an STS that has asked no issuer yet. Credentials that were handed out stay good as long as their role
    /// is there, as at AWS.
    pub fn reset(&self) {
        for (number, (instance, keys)) in self.gitlabs.iter().zip(&self.first_keys).enumerate() {
            self.faults.clear(number, None);
            instance.set_ci_key_state(CiKeyState::Published);
            instance.replace_keys(Arc::clone(keys));
        }
        for account in &self.first_accounts {
            self.aws.update_account(&account.id, |now| *now = account.clone());
        }
        self.aws.forget_issuer_keys();
        self.clock.reset();
        self.journal.clear();
        self.note(Change::Reset);
    }

    /// What is wrong with a GitLab, in the order in which it was set.
    #[must_use]
    pub fn faults(&self, gitlab: usize) -> Vec<Fault> {
        self.faults.of(gitlab)
    }

    fn gitlab(&self, number: usize) -> Result<&Arc<Instance>, HappeningError> {
        self.gitlabs.get(number).ok_or(HappeningError::GitLab(number))
    }

    fn note(&self, change: Change) {
        self.journal.write(Record::Change(change));
    }
}

/// In a few words, for a person.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::ClockMoved { by } if by.is_negative() => write!(f, "the clock goes back {:#}", by.abs()),
            Change::ClockMoved { by } => write!(f, "the clock goes forward {by:#}"),
            Change::KeysRotated {
                gitlab,
                old_kid,
                new_kid,
                rotation,
            } => {
                let fate = match rotation {
                    Rotation::Kept => "which stays published",
                    Rotation::Dropped => "which is no longer published",
                    Rotation::Cached => "which is no longer published, but STS keeps the old key set",
                };
                write!(
                    f,
                    "{gitlab} signs with the key {new_kid} in place of {old_kid}, {fate}"
                )
            }
            Change::Reset => f.write_str("the world is what it was when it booted"),
            Change::FaultSet { gitlab, fault } => write!(f, "fault of {gitlab}: {fault}"),
            Change::FaultsCleared { gitlab, kind: None } => write!(f, "{gitlab} has no more faults"),
            Change::FaultsCleared {
                gitlab,
                kind: Some(kind),
            } => write!(f, "{gitlab} has no more fault of `{}`", kind.name()),
        }
    }
}
