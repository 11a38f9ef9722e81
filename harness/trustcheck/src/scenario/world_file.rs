//! A world for the commands that take one with `--world`: from a world file, or from a scenario file.

use std::ops::Range;
use std::sync::Arc;

use camino::Utf8Path;
use mock_aws::accounts::Account;
use mock_gitlab::{Project, Settings};
use trustcheck_lab::WorldSpec;

use super::files::{Files, why_unreadable};
use super::trigger::{self, Start};
use super::world::{self, Described};
use super::{document, matrix};
use crate::diagnostic::{Diagnostic, Source};
use crate::reader::Reader;

/// What a file says of a world, and of the pipeline that is started in it.
#[derive(Debug, Clone)]
pub struct WorldFile {
    /// The world.
    pub world: Described,
    /// What starts the pipeline: a scenario's `trigger`, else a push to the default branch of the first project. Nothing
    /// where the scenario's matrix decides, so that each of its cases has another.
    pub start: Option<Start>,
}

impl WorldFile {
    /// Reads a world file, or the `world:` and the `trigger:` of a scenario file; the rest of a scenario is not looked at.
    ///
    /// # Errors
    /// All that is wrong with the file and those it names. A world that the scenario's matrix decides is refused: there
    /// are several then, and which one is meant is not said.
    pub fn read(path: &Utf8Path, files: &dyn Files) -> Result<WorldFile, Vec<Diagnostic>> {
        let text = files.read(path).map_err(|error| {
            let message = format!("cannot read the file: {}", why_unreadable(&error));
            vec![Diagnostic::new(&Source::new(path, ""), 0..0, message)]
        })?;
        let source = Source::new(path, text);
        let mut mistakes = Vec::new();
        let read = read(&source, files, &mut Reader::new(&source, &mut mistakes));
        match read {
            Some(read) if mistakes.is_empty() => Ok(read),
            _ => Err(mistakes),
        }
    }
}

/// Reads the world of a world file or of a scenario file.
///
/// # Errors
/// As [`WorldFile::read`].
pub fn read_world(path: &Utf8Path, files: &dyn Files) -> Result<Described, Vec<Diagnostic>> {
    WorldFile::read(path, files).map(|file| file.world)
}

fn read(source: &Source, files: &dyn Files, reader: &mut Reader<'_>) -> Option<WorldFile> {
    let root = document::root(source, "a world file", reader)?;
    let Some(node) = root.get("world") else {
        let world = world::world(&root, files, reader)?;
        let start = Some(Start::default());
        return Some(WorldFile { world, start });
    };
    let decided_by_matrix = |span: &Range<usize>| {
        source
            .text()
            .get(span.clone())
            .is_some_and(|text| text.contains(matrix::OPENING))
    };
    if decided_by_matrix(&node.span) {
        let problem = reader
            .problem(&node.span, "the matrix makes several worlds of this one")
            .help("write the world that is meant into a file of its own");
        reader.note(problem);
        return None;
    }
    let world = world::read(node, files, reader)?;
    let Some(node) = root.get("trigger") else {
        let start = Some(Start::default());
        return Some(WorldFile { world, start });
    };
    if decided_by_matrix(&node.span) {
        return Some(WorldFile { world, start: None });
    }
    let start = trigger::read(node, reader)?;
    trigger::check(&start, &world.spec, node, reader);
    Some(WorldFile {
        world,
        start: Some(start),
    })
}

/// The world of a command that is given none: GitLab.com with one project, and one AWS account without providers or
/// roles.
impl Default for Described {
    fn default() -> Self {
        let settings = Settings {
            // the project of the examples in GitLab's documentation
            projects: vec![Project::new("my-group/my-project")],
            ..Settings::default()
        };
        Described {
            spec: WorldSpec::new(vec![settings], vec![Account::new(DEFAULT_ACCOUNT)]),
            policies: Arc::default(),
            given: Arc::default(),
        }
    }
}

/// The account in AWS's own examples.
const DEFAULT_ACCOUNT: &str = "123456789012";

#[cfg(test)]
mod tests {
    use std::io;

    use mock_gitlab::GitRef;

    use super::*;

    const WORLD: &str =
        "{ gitlab: { projects: [{ path: a/b }, { path: c/d }] }, aws: { accounts: { \"111122223333\": } } }";

    /// Files `w.yml`, with a world, and `s.yml`, with this text.
    struct Two(String);

    impl Files for Two {
        fn read(&self, path: &Utf8Path) -> io::Result<String> {
            match path.as_str() {
                "w.yml" => Ok(WORLD.to_owned()),
                "s.yml" => Ok(self.0.clone()),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        }
    }

    fn read(text: &str) -> Result<WorldFile, String> {
        WorldFile::read(Utf8Path::new("s.yml"), &Two(text.to_owned())).map_err(|mistakes| {
            mistakes
                .iter()
                .map(|it| format!("{} {}", it.at(), it.message))
                .collect()
        })
    }

    #[rstest::rstest]
    #[case::world_file(WORLD.to_owned())]
    #[case::scenario(format!("name: x\nworld: {WORLD}\n"))]
    #[case::scenario_that_names_a_file("name: x\nworld: w.yml\nanything: else\n".to_owned())]
    fn a_world_is_found(#[case] text: String) {
        let found = read(&text).unwrap();
        let number = |path| {
            found
                .world
                .project(path)
                .map(|(gitlab, project)| (gitlab, project.path.as_str()))
        };
        assert_eq!(number(None), Some((0, "a/b")));
        assert_eq!(number(Some("c/d")), Some((0, "c/d")));
        assert_eq!(number(Some("e/f")), None);
        assert!(found.start.unwrap().trigger.is_none());
        assert_eq!(found.world.spec.accounts[0].id, "111122223333");
    }

    #[test]
    fn what_iam_keeps_is_exported_as_a_world_file() {
        let policy = |action| {
            format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}"#
            )
        };
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
            "Action": "sts:AssumeRoleWithWebIdentity"}]}"#;
        let (all, base) = (policy("*"), policy("s3:*"));
        let aws = serde_json::json!({
            "iam": {"shared_provider_control": false, "propagation": "1500ms"},
            "accounts": {"111122223333": {
                "alias": "acme",
                "oidc_providers": [{"url": "https://gitlab.com", "client_ids": ["a", "b"], "thumbprints": ["0".repeat(40)],
                                    "tags": {"k": "v"}}],
                "policies": {"base": {"document": base, "path": "/p/", "description": "d", "tags": {"k": ""}},
                             "plain": all.clone()},
                "roles": {
                    "deploy": {"trust_policy": trust, "path": "/ci/", "max_session_duration": 7200, "description": "x",
                               "managed_policies": ["base", "ReadOnlyAccess"], "permissions_boundary": "plain",
                               "policies": {"inline": all}, "tags": {"K": "v"}},
                    "other": {"trust_policy": trust},
                },
            }},
        });
        let exported = |aws: &serde_json::Value| {
            let text = serde_json::json!({"gitlab": {"projects": [{"path": "a/b"}]}, "aws": aws}).to_string();
            let spec = read(&text).unwrap().world.spec;
            let clock: mock_aws::Clock = Arc::new(trustcheck_lab::host_now);
            let mut config = mock_aws::AwsConfig::new(Arc::clone(&clock), clock, [0; 32], 0);
            config.accounts = spec.accounts;
            config.iam = spec.iam;
            mock_aws::Aws::new(config).export()
        };
        let once = exported(&aws);
        let account = &once["accounts"]["111122223333"];
        assert_eq!(once["iam"], aws["iam"]);
        assert_eq!(account["alias"], "acme");
        assert_eq!(
            account["oidc_providers"],
            aws["accounts"]["111122223333"]["oidc_providers"]
        );
        assert_eq!(
            account["roles"]["deploy"]["permissions_boundary"],
            "arn:aws:iam::111122223333:policy/plain"
        );
        assert_eq!(account["policies"]["base"]["path"], "/p/");
        assert_eq!(exported(&once), once);
    }

    #[test]
    fn the_trigger_of_a_scenario_counts_unless_its_matrix_decides() {
        let scenario =
            |branch: &str| format!("world: w.yml\ntrigger: {{ project: c/d, branch: '{branch}' }}\n");
        let start = read(&scenario("feature/x")).unwrap().start.unwrap();
        assert_eq!(start.project.unwrap().value, "c/d");
        assert_eq!(start.trigger.unwrap().git_ref, GitRef::Branch("feature/x".into()));
        assert!(read(&scenario("$[[ matrix.branch ]]")).unwrap().start.is_none());
    }

    #[rstest::rstest]
    #[case::empty("", "s.yml:1:1 the file is empty")]
    #[case::neither("gitlap: 1\n", "unknown key `gitlap`")]
    #[case::of_the_matrix(
        "world: worlds/$[[ matrix.x ]].yml\n",
        "s.yml:1:8 the matrix makes several worlds of this one"
    )]
    #[case::no_such_file(
        "world: none.yml\n",
        "s.yml:1:8 cannot read the world `none.yml`: there is no such file"
    )]
    #[case::unknown_project(
        "world: w.yml\ntrigger: { project: c/e }\n",
        "s.yml:2:21 the world has no project `c/e`"
    )]
    fn mistakes_have_their_place(#[case] text: &str, #[case] message: &str) {
        let mistakes = read(text).unwrap_err();
        assert!(mistakes.contains(message), "{mistakes}");
    }

    #[test]
    fn a_file_that_is_not_there_is_told() {
        let mistakes = WorldFile::read(Utf8Path::new("x.yml"), &Two(String::new())).unwrap_err();
        assert_eq!(mistakes[0].message, "cannot read the file: there is no such file");
    }
}
