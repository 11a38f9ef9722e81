//! The JSON Schemas, held to the readers in both directions: what readers take is described, since a key that is not is a
//! panic in this build; every key that is described is taken; and nothing that readers take is marked as wrong.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use located_yaml::Node;
use serde_json::{Map, Value, json};
use trustcheck::scenario::{Disk, Entry, Files, Folder, Settings, WorldFile, to_json};
use trustcheck_tests::repository;

use crate::trustcheck;

fn committed(kind: &str) -> Value {
    let text = std::fs::read_to_string(repository().join(format!("schemas/{kind}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn validator(kind: &str) -> Validator {
    let schema = committed(kind);
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// A YAML file as a validator sees it.
fn instance(text: &str) -> Option<Value> {
    let documents: Vec<Node> = located_yaml::parse(text).ok()?;
    match documents.as_slice() {
        [root] => Some(to_json(root)),
        _ => None,
    }
}

fn wrong(validator: &Validator, text: &str) -> Vec<String> {
    let Some(instance) = instance(text) else {
        return vec!["not one YAML document".to_owned()];
    };
    let errors = validator.iter_errors(&instance);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[rstest::rstest]
#[case("scenario")]
#[case("world")]
fn the_committed_schemas_are_what_the_command_prints(#[case] kind: &str) {
    let done = trustcheck(&repository()).args(["schema", kind]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    let file = std::fs::read_to_string(repository().join(format!("schemas/{kind}.json"))).unwrap_or_default();
    assert!(
        done.stdout == file,
        "schemas/{kind}.json is out of date: cargo run -- schema {kind} > schemas/{kind}.json"
    );
}

#[test]
fn every_shipped_file_names_its_schema_and_fits_it() {
    let root = repository();
    let mut files = Vec::new();
    find(&root.join("scenarios"), &mut files);
    assert!(files.len() > 30, "{files:?}");
    let (scenario, world) = (validator("scenario"), validator("world"));
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let is_world = file.parent().is_some_and(|folder| folder.ends_with("worlds"));
        let (kind, validator) = if is_world {
            ("world", &world)
        } else {
            ("scenario", &scenario)
        };
        let up = file.strip_prefix(&root).unwrap().components().count() - 1;
        let line = format!(
            "# yaml-language-server: $schema={}schemas/{kind}.json",
            "../".repeat(up)
        );
        assert_eq!(
            text.lines().next(),
            Some(line.as_str()),
            "the first line of {}",
            file.display()
        );
        assert_eq!(wrong(validator, &text), [""; 0], "{}", file.display());
    }
}

/// The scenario and world files below `folder`.
fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            if !["templates", "policies", "terraform"].contains(&name.as_str()) {
                find(&entry.path(), files);
            }
        } else if name.ends_with(".yml") && !name.ends_with(".gitlab-ci.yml") {
            files.push(entry.path());
        }
    }
}

/// What no schema can say: which files, projects, jobs and steps there are, what a text has to look like inside, and that
/// events alone show nothing.
const BEYOND: [&str; 8] = [
    "allow.yml",
    "bad-pipeline.yml",
    "bad-policy.yml",
    "missing-files.yml",
    "matrix-words.yml",
    "steps-run-nothing.yml",
    "unknown-job.yml",
    "unknown-project.yml",
];

#[test]
fn mistakes_that_a_schema_can_tell_are_told() {
    let validator = validator("scenario");
    let mut told = Vec::new();
    let mut not_told = Vec::new();
    for entry in std::fs::read_dir(repository().join("tests/bad"))
        .unwrap()
        .flatten()
    {
        let name = entry.file_name().into_string().unwrap();
        if name.ends_with(".yml") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let list = if wrong(&validator, &text).is_empty() {
                &mut not_told
            } else {
                &mut told
            };
            list.push(name);
        }
    }
    assert!(told.len() >= 12, "{told:?}");
    let silent: Vec<&String> = not_told
        .iter()
        .filter(|name| !BEYOND.contains(&name.as_str()))
        .collect();
    assert!(
        silent.is_empty(),
        "the schema finds nothing wrong with {silent:?}"
    );
}

const WORLD: &str = "gitlab: { projects: [{ path: group/project }] }\naws: { accounts: {} }\n";

/// The repository's example files with one text in place of `test.yml`, and what that names.
struct Example<'a>(&'a str);

impl Files for Example<'_> {
    fn folder(&self, path: &camino::Utf8Path) -> Option<Folder> {
        (path == "repository").then(|| Folder::new(path.to_owned(), path.to_owned()))
    }

    fn read(&self, path: &camino::Utf8Path) -> io::Result<String> {
        match path.as_str() {
            "test.yml" => Ok(self.0.to_owned()),
            "world.yml" => Ok(WORLD.to_owned()),
            "good.gitlab-ci.yml" => Ok("test: { script: ['true'] }\n".to_owned()),
            "trust.json" => std::fs::read_to_string(
                repository().join("scenarios/seeds/docs-page/policies/main-only.json"),
            ),
            "details.json" => std::fs::read_to_string(repository().join("tests/schema/details.json")),
            _ => Disk(camino::Utf8Path::new("/nonexistent")).read(path),
        }
    }
}

/// What the reader says is wrong with a scenario.
fn mistakes(text: &str) -> Vec<String> {
    let path = camino::Utf8Path::new("test.yml");
    let entries = trustcheck::scenario::read(path, &Example(text), &mut Settings::new(&[]));
    let told = |entry: &Entry| -> Vec<String> {
        entry
            .mistakes()
            .iter()
            .map(|it| format!("{} {}", it.at(), it.message))
            .collect()
    };
    entries.iter().flat_map(told).collect()
}

/// The examples in `tests/schema`, which together use every key there is.
fn examples() -> Vec<(String, String)> {
    let folder = repository().join("tests/schema");
    let files = std::fs::read_dir(folder).unwrap().flatten();
    let read = |path: PathBuf| {
        (
            path.display().to_string(),
            std::fs::read_to_string(&path).unwrap(),
        )
    };
    let examples: Vec<_> = files
        .map(|entry| entry.path())
        .filter(|path| path.extension() == Some("yml".as_ref()))
        .map(read)
        .collect();
    assert!(!examples.is_empty());
    examples
}

#[test]
fn every_key_is_in_an_example_that_readers_take() {
    let (schema, validator) = (committed("scenario"), validator("scenario"));
    let mut used = BTreeSet::new();
    for (name, text) in examples() {
        assert_eq!(mistakes(&text), [""; 0], "{name}");
        assert_eq!(wrong(&validator, &text), [""; 0], "{name}");
        note_keys(&schema, &schema, &instance(&text).unwrap(), &mut used);
    }
    let mut shapes: Vec<(&str, &Value)> = vec![("scenario", &schema)];
    shapes.extend(
        schema["$defs"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, shape)| (name.as_str(), shape)),
    );
    let all = shapes.iter().flat_map(|(_, shape)| {
        let keys = shape["properties"].as_object().into_iter().flat_map(Map::keys);
        keys.map(|key| (shape["description"].to_string(), key.clone()))
    });
    let unused: Vec<_> = all.filter(|key| !used.contains(key)).collect();
    assert!(
        unused.is_empty(),
        "no example in tests/schema has these keys: {unused:#?}"
    );
}

/// Notes which keys of which mapping are in `value`, which `shape` describes.
fn note_keys(schema: &Value, shape: &Value, value: &Value, used: &mut BTreeSet<(String, String)>) {
    if let Some(reference) = shape["$ref"].as_str() {
        let named = schema.pointer(reference.trim_start_matches('#')).unwrap();
        note_keys(schema, named, value, used);
    }
    for other in shape["anyOf"].as_array().into_iter().flatten() {
        note_keys(schema, other, value, used);
    }
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| note_keys(schema, &shape["items"], item, used)),
        Value::Object(members) => {
            for (key, member) in members {
                let properties = &shape["properties"];
                if let Some(described) = properties.get(key) {
                    used.insert((shape["description"].to_string(), key.clone()));
                    note_keys(schema, described, member, used);
                }
                let more = shape["patternProperties"]
                    .as_object()
                    .into_iter()
                    .flat_map(Map::values);
                for described in more.chain(shape.get("additionalProperties")) {
                    note_keys(schema, described, member, used);
                }
            }
        }
        _ => {}
    }
}

/// But for `null`, which readers take as the text it is, while editors would complain of a value that was forgotten.
#[test]
fn nothing_that_readers_take_is_marked_as_wrong() {
    let validator = validator("scenario");
    let mut tried = 0;
    let mut marked = 0;
    for (name, text) in examples() {
        let good = instance(&text).unwrap();
        for pointer in pointers(&good) {
            for other in [
                json!("x"),
                json!(""),
                json!(7),
                json!([]),
                json!(["x"]),
                json!({}),
                json!({ "x": 1 }),
            ] {
                let mut changed = good.clone();
                let place = changed.pointer_mut(&pointer).unwrap();
                if *place == other {
                    continue;
                }
                *place = other;
                tried += 1;
                if validator.is_valid(&changed) {
                    continue;
                }
                marked += 1;
                let mistakes = mistakes(&changed.to_string());
                assert!(
                    !mistakes.is_empty(),
                    "{name}: `{}` at {pointer} is taken by the reader, but not by the schema",
                    changed.pointer(&pointer).unwrap()
                );
            }
        }
    }
    assert!(tried > 1_000 && marked > tried / 2, "{marked} of {tried}");
}

/// Where every value is, and each one inside it.
fn pointers(value: &Value) -> Vec<String> {
    let of = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let inside = pointers(value)
            .into_iter()
            .map(move |rest| format!("/{key}{rest}"));
        inside.collect::<Vec<_>>()
    };
    let inside: Vec<String> = match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, item)| of(&index.to_string(), item))
            .collect(),
        Value::Object(members) => members.iter().flat_map(|(key, member)| of(key, member)).collect(),
        _ => Vec::new(),
    };
    [vec![String::new()], inside].concat()
}

#[test]
fn a_world_of_its_own_has_the_form_of_one_in_a_scenario() {
    let validator = validator("world");
    for (name, text) in examples() {
        let world = &instance(&text).unwrap()["world"];
        if world.is_object() {
            assert!(validator.is_valid(world), "{name}");
        }
    }
    assert_eq!(wrong(&validator, WORLD), [""; 0]);
    assert!(WorldFile::read(camino::Utf8Path::new("world.yml"), &Example("")).is_ok());
    assert!(!wrong(&validator, "gitlab: { projects: [] }\naws: { accounts: {} }\n").is_empty());
}
