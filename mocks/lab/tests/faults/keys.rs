//! Keys that are replaced, hidden or lost, before a run and in the middle of one.

use jiff::SignedDuration;
use mock_gitlab::{Audience, GitRef, JobSpec, TokenRefusal, Trigger};
use trustcheck_lab::{Change, Fault, FaultKind, KeyFault, PageFault, Record, Rotation, WorldEvent};

use crate::support::{GITLAB, assert_granted, assert_no_key, boot, cause, login, token};

async fn rotate(world: &trustcheck_lab::World, rotation: Rotation) {
    let event = WorldEvent::RotateKeys { gitlab: 0, rotation };
    world.happen(&event).await.unwrap();
}

#[tokio::test]
async fn an_old_key_that_is_kept_is_still_good() {
    let world = boot().await;
    let old = token(&world);
    rotate(&world, Rotation::Kept).await;
    let new = token(&world);
    assert_granted(&login(&world, &new).await);
    assert_granted(&login(&world, &old).await);
    world.shutdown().await;
}

#[tokio::test]
async fn an_old_key_that_is_dropped_is_good_until_sts_fetches_again() {
    let world = boot().await;
    let old = token(&world);
    assert_granted(&login(&world, &old).await);
    rotate(&world, Rotation::Dropped).await;
    assert_granted(&login(&world, &old).await);
    assert_granted(&login(&world, &token(&world)).await);
    assert_no_key(&login(&world, &old).await);
    assert!(
        cause(&world).contains("the issuer has no key"),
        "{}",
        cause(&world)
    );
    world.shutdown().await;
}

#[tokio::test]
async fn a_new_key_is_unknown_as_long_as_sts_has_the_old_key_set() {
    let world = boot().await;
    let old = token(&world);
    rotate(&world, Rotation::Cached).await;
    assert_granted(&login(&world, &old).await);
    assert_no_key(&login(&world, &token(&world)).await);
    world.advance(SignedDuration::from_mins(61));
    assert_granted(&login(&world, &token(&world)).await);
    world.shutdown().await;
}

#[tokio::test]
async fn keys_of_rotations_differ_and_are_journalled() {
    let world = boot().await;
    rotate(&world, Rotation::Dropped).await;
    rotate(&world, Rotation::Dropped).await;
    let kids: Vec<(String, String)> = world
        .journal()
        .entries()
        .into_iter()
        .filter_map(|entry| match entry.record {
            Record::Change(Change::KeysRotated { old_kid, new_kid, .. }) => Some((old_kid, new_kid)),
            _ => None,
        })
        .collect();
    let [(first, second), (again, third)] = kids.as_slice() else {
        panic!("{kids:?}")
    };
    assert_eq!(second, again);
    assert!(first != second && second != third && first != third);
    assert_eq!(world.gitlabs()[0].keys().ci().kid(), third);
    world.shutdown().await;
}

#[tokio::test]
async fn a_gitlab_without_a_key_gives_jobs_no_tokens() {
    let world = boot().await;
    world.set_fault(0, Fault::Keys(KeyFault::Lost)).unwrap();
    let (gitlab, now) = (&world.gitlabs()[0], world.time_at(0));
    let push = Trigger::push(GitRef::Branch("main".into()));
    let pipeline = gitlab.pipeline("group/project", &push, now).unwrap();
    let job = gitlab.job(&pipeline, JobSpec::new("deploy"), now);
    let token = || gitlab.id_token(&job, &Audience::from(GITLAB), now);
    assert_eq!(token().unwrap_err(), TokenRefusal::NoSigningKey);
    world.clear_faults(0, Some(FaultKind::Keys)).unwrap();
    assert_granted(&login(&world, &token().unwrap().jwt).await);
    world.shutdown().await;
}

#[tokio::test]
async fn a_fault_in_the_middle_of_a_run_is_felt_when_the_cache_ends() {
    let world = boot().await;
    assert_granted(&login(&world, &token(&world)).await);
    let fault = Fault::Discovery(PageFault::Down);
    world
        .happen(&WorldEvent::Fault { gitlab: 0, fault })
        .await
        .unwrap();
    assert_granted(&login(&world, &token(&world)).await);
    let hour = SignedDuration::from_mins(61);
    world.happen(&WorldEvent::Advance(hour)).await.unwrap();
    assert_no_key(&login(&world, &token(&world)).await);
    let clear = WorldEvent::Clear {
        gitlab: 0,
        kind: None,
    };
    world.happen(&clear).await.unwrap();
    assert_granted(&login(&world, &token(&world)).await);
    let changes: Vec<String> = world
        .journal()
        .entries()
        .into_iter()
        .filter_map(|entry| match entry.record {
            Record::Change(change) => Some(change.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(
        changes,
        [
            "fault of https://gitlab.example.com: the discovery document cannot be reached",
            "the clock goes forward 1h 1m",
            "https://gitlab.example.com has no more faults",
        ]
    );
    world.shutdown().await;
}
