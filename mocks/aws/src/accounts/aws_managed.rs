//! AWS's own managed policies: those that pipelines usually attach, as data files.
//!
//! Source of documents, versions and dates: the AWS Managed Policy Reference Guide, as of October 2026. Of each there is the
//! default version only.

use std::sync::LazyLock;

use iam_policy::Policy;
use jiff::Timestamp;

use super::managed_policy::{ManagedPolicy, PolicyVersion};

/// A policy as it is written here.
struct Published {
    name: &'static str,
    id: &'static str,
    version: u32,
    created: &'static str,
    updated: &'static str,
    document: &'static str,
}

macro_rules! published {
    ($($name:literal, $id:literal, $version:literal, $created:literal, $updated:literal;)*) => {
        [$(Published {
            name: $name,
            id: $id,
            version: $version,
            created: $created,
            updated: $updated,
            document: include_str!(concat!("aws_managed/", $name, ".json")),
        }),*]
    };
}

/// One line each, in the order of the names.
static PUBLISHED: [Published; 10] = published! {
    "AdministratorAccess", "ANPAIWMBCKSKIEE64ZLYK", 1, "2015-02-06T18:39:46Z", "2015-02-06T18:39:46Z";
    "AmazonEC2ContainerRegistryPowerUser", "ANPAJDNE5PIHROIBGGDDW", 3, "2015-12-21T17:05:33Z", "2019-12-10T20:48:08Z";
    "AmazonEC2ReadOnlyAccess", "ANPAIGDT4SV4GSETWTBZK", 5, "2015-02-06T18:40:17Z", "2026-02-12T18:03:17Z";
    "AmazonS3FullAccess", "ANPAIFIR6V6BVTRAHWINE", 2, "2015-02-06T18:40:58Z", "2021-09-27T20:16:37Z";
    "AmazonS3ReadOnlyAccess", "ANPAIZTJ4DXE7G6AGAE6M", 3, "2015-02-06T18:40:59Z", "2023-08-10T21:31:39Z";
    "IAMFullAccess", "ANPAI7XKCFMBPM3QQRRVQ", 2, "2015-02-06T18:40:38Z", "2019-06-21T19:40:00Z";
    "IAMReadOnlyAccess", "ANPAJKSO7NDY4T57MWDSQ", 4, "2015-02-06T18:40:39Z", "2018-01-25T19:11:27Z";
    "PowerUserAccess", "ANPAJYRXTHIB4FOVS3ZXS", 12, "2015-02-06T18:39:47Z", "2026-02-12T17:59:14Z";
    "ReadOnlyAccess", "ANPAILL3HVNFSB6DCOWYQ", 190, "2015-02-06T18:39:48Z", "2026-09-24T17:37:08Z";
    "SecretsManagerReadWrite", "ANPAI3VG7CI5BIQZQ6G2E", 6, "2018-04-04T18:05:29Z", "2026-08-25T23:37:10Z";
};

/// The policies, each read when it is first asked for.
static POLICIES: LazyLock<Vec<(&'static str, LazyLock<ManagedPolicy, Reading>)>> = LazyLock::new(|| {
    PUBLISHED
        .iter()
        .map(|published| {
            let read: Reading = Box::new(|| read(published));
            (published.name, LazyLock::new(read))
        })
        .collect()
});

type Reading = Box<dyn FnOnce() -> ManagedPolicy + Send>;

/// The names of the policies.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PUBLISHED.iter().map(|published| published.name)
}

/// The policy of this name.
pub(crate) fn named(name: &str) -> Option<&'static ManagedPolicy> {
    let found = POLICIES.iter().find(|(known, _)| *known == name);
    found.map(|(_, policy)| &**policy)
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static ManagedPolicy> {
    POLICIES.iter().map(|(_, policy)| &**policy)
}

fn read(published: &Published) -> ManagedPolicy {
    let document = Policy::parse(published.document).expect("a data file, which the tests read");
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let (created, updated) = (time(published.created), time(published.updated));
    let version = PolicyVersion {
        created: updated,
        ..PolicyVersion::new(published.version, document)
    };
    ManagedPolicy {
        name: published.name.to_owned(),
        path: "/".to_owned(),
        id: published.id.to_owned(),
        description: None,
        tags: Vec::new(),
        created,
        updated,
        versions: vec![version],
        default_version: published.version,
        last_version: published.version,
        of_aws: true,
    }
}

#[cfg(test)]
mod tests {
    use iam_policy::{PolicyKind, ValidationRules};

    use super::*;

    #[test]
    fn every_document_is_one_that_iam_takes() {
        for policy in all() {
            let default = policy.default().expect("a default version");
            let rules = ValidationRules {
                managed: true,
                size_limit: Some(usize::MAX),
                ..ValidationRules::default()
            };
            default
                .policy
                .validate(PolicyKind::Identity, &rules)
                .unwrap_or_else(|error| panic!("{}: {error}", policy.name));
            assert!(
                policy.created.is_some() && policy.updated.is_some(),
                "{}",
                policy.name
            );
            assert_eq!(policy.id.len(), 21, "{}", policy.name);
        }
        assert!(names().is_sorted());
    }
}
