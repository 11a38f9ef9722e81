//! Files that include others.

use std::collections::BTreeMap;
use std::sync::Arc;

use rstest::rstest;

use crate::{Circumstances, Library, Mapped, Pipeline, Repository};

/// A repository of texts.
#[derive(Debug, Default)]
struct Texts(BTreeMap<String, String>);

impl Repository for Texts {
    fn read(&self, path: &str) -> Result<Option<String>, String> {
        Ok(self.0.get(path).cloned())
    }

    fn paths(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

fn texts(files: &[(&str, &str)]) -> Arc<Texts> {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Arc::new(Texts(files.collect()))
}

fn mapped(project: &str, reference: Option<&str>, files: &[(&str, &str)]) -> Mapped {
    Mapped {
        project: project.to_owned(),
        reference: reference.map(str::to_owned),
        files: texts(files),
    }
}

/// A library with a bit of everything.
fn library(own: &[(&str, &str)]) -> Library {
    let component = "spec: { inputs: { role: , aud: { default: https://gitlab.com }, count: { type: number, default: 1 } } }\n---\n.aws:\n  id_tokens: { T: { aud: $[[ inputs.aud ]] } }\n  variables: { ROLE: \"$[[ inputs.role | truncate(0, 4) ]]\", N: $[[ inputs.count ]] }\n";
    Library {
        own: texts(own),
        projects: vec![
            mapped(
                "group/ci",
                Some("v1"),
                &[
                    ("aws.yml", "include: /more.yml\n.aws: { before_script: [v1] }"),
                    ("more.yml", "m: { script: x }"),
                ],
            ),
            mapped(
                "group/ci",
                Some("v2"),
                &[("aws.yml", ".aws: { before_script: [v2] }")],
            ),
            mapped(
                "group/catalogue",
                Some("1.2.0"),
                &[("templates/aws.yml", component)],
            ),
            mapped(
                "group/catalogue",
                Some("1.10.0"),
                &[("templates/aws/template.yml", component)],
            ),
        ],
        remotes: vec![(
            "https://example.com/ci.yml".to_owned(),
            "r: { script: remote }".to_owned(),
        )],
        ..Library::default()
    }
}

fn read(text: &str, own: &[(&str, &str)]) -> Result<Pipeline, String> {
    read_in(text, own, &Circumstances::default())
}

fn read_in(text: &str, own: &[(&str, &str)], circumstances: &Circumstances) -> Result<Pipeline, String> {
    Pipeline::read(".gitlab-ci.yml", text, &library(own), circumstances).map_err(|refusal| {
        let lines = refusal.diagnostics.iter().map(|it| {
            let (file, span) = refusal.sources.locate(&it.span).expect("a file");
            let (line, column) = located_yaml::position(&file.text, span.start);
            format!("{}:{line}:{column} {}", file.name, it.message)
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn names(pipeline: &Pipeline) -> Vec<&str> {
    pipeline.jobs().map(|job| job.name.as_str()).collect()
}

#[test]
fn the_including_file_wins_and_comes_last() {
    let own = [
        (
            "a.yml",
            "variables: { A: a, B: a }\nj: { script: [a], tags: [x, y] }\nz: { script: z }",
        ),
        ("b.yml", "variables: { B: b }\nk: { script: k }"),
    ];
    let text = "include: [a.yml, { local: /b.yml }]\nvariables: { C: main }\nj: { tags: [main] }\nmain: { script: m }";
    let pipeline = read(text, &own).expect("a pipeline");
    assert_eq!(names(&pipeline), ["j", "z", "k", "main"]);
    let job = pipeline.job("j").expect("a job");
    assert_eq!(
        (job.script.as_slice(), job.tags.as_slice()),
        (["a".to_owned()].as_slice(), ["main".to_owned()].as_slice())
    );
    let values: Vec<_> = pipeline
        .variables()
        .values()
        .map(|value| value.text.as_str())
        .collect();
    assert_eq!(values, ["a", "b", "main"]);
}

#[test]
fn extends_and_references_see_all_files() {
    let own = [(
        "a.yml",
        ".base: { before_script: [login], variables: { A: base } }",
    )];
    let text = "include: a.yml\nj: { extends: .base, script: [!reference [.base, before_script], go] }";
    let pipeline = read(text, &own).expect("a pipeline");
    let job = pipeline.job("j").expect("a job");
    assert_eq!(job.commands().collect::<Vec<_>>(), ["login", "login", "go"]);
}

#[rstest]
#[case::every_level("ci/**.yml", &["one", "two"])]
#[case::one_level("ci/*.yml", &["one"])]
#[case::only_below("ci/**/*.yml", &["two"])]
fn patterns_name_several(#[case] pattern: &str, #[case] expected: &[&str]) {
    let own = [
        ("ci/a.yml", "one: { script: x }"),
        ("ci/x/b.yml", "two: { script: x }"),
        ("c.yml", "three: { script: x }"),
    ];
    let pipeline = read(&format!("include: '{pattern}'"), &own).expect("a pipeline");
    assert_eq!(names(&pipeline), expected);
}

#[test]
fn projects_have_versions_and_their_own_local_files() {
    let with = |reference| {
        format!(
            "include: {{ project: Group/CI, file: [/aws.yml], ref: {reference} }}\nj: {{ extends: .aws, script: x }}"
        )
    };
    let pipeline = read(&with("v1"), &[]).expect("a pipeline");
    assert_eq!(names(&pipeline), ["m", "j"]);
    let pipeline = read(&with("v2"), &[]).expect("a pipeline");
    assert_eq!(pipeline.job("j").expect("a job").before_script, ["v2"]);
}

#[test]
fn components_take_inputs() {
    let text = "include: { component: $CI_SERVER_FQDN/group/catalogue/aws@1, inputs: { role: deployer, count: 3 } }\nj: { extends: .aws, script: x }";
    let circumstances = Circumstances {
        early: vec![crate::expand::Variable::new("CI_SERVER_FQDN", "gitlab.com")],
        ..Circumstances::default()
    };
    let pipeline = read_in(text, &[], &circumstances).expect("a pipeline");
    let job = pipeline.job("j").expect("a job");
    assert_eq!(super::variable(job, "ROLE"), Some("depl"));
    assert_eq!(super::variable(job, "N"), Some("3"));
    assert_eq!(
        job.id_tokens["T"].aud,
        crate::Audience::One("https://gitlab.com".into())
    );
}

#[test]
fn remote_files_and_rules() {
    let text = "include:\n  - https://example.com/ci.yml\n  - { local: a.yml, rules: [{ if: $A == 'b' }] }\n  - { local: b.yml, rules: [{ exists: [b.yml], when: never }] }\nj: { script: x }";
    let own = [("a.yml", "a: { script: x }"), ("b.yml", "b: { script: x }")];
    assert_eq!(names(&read(text, &own).expect("a pipeline")), ["r", "j"]);
    let circumstances = Circumstances {
        late: vec![crate::expand::Variable::new("A", "b")],
        ..Circumstances::default()
    };
    let pipeline = read_in(text, &own, &circumstances).expect("a pipeline");
    assert_eq!(names(&pipeline), ["r", "a", "j"]);
}

#[test]
fn lists_and_booleans_are_filled_in_as_yaml() {
    let own = [(
        "a.yml",
        "spec:\n  inputs:\n    tags: { type: array, default: [a, \"b: c\"] }\n    may: { type: boolean, default: false }\n---\nj: { script: x, tags: $[[ inputs.tags ]], allow_failure: $[[ inputs.may ]] }",
    )];
    let pipeline = read("include: a.yml", &own).expect("a pipeline");
    assert_eq!(pipeline.job("j").expect("a job").tags, ["a", "b: c"]);
    let pipeline = read("include: { local: a.yml, inputs: { may: true } }", &own).expect("a pipeline");
    assert_eq!(
        pipeline.job("j").expect("a job").allow_failure,
        crate::AllowFailure::Yes
    );
}

#[test]
fn the_projects_own_file_has_inputs_too() {
    let text =
        "spec: { inputs: { who: { default: world } } }\n---\nj: { script: \"echo $[[ inputs.who ]]\" }";
    assert_eq!(
        read(text, &[])
            .expect("a pipeline")
            .job("j")
            .expect("a job")
            .script,
        ["echo world"]
    );
    let circumstances = Circumstances {
        inputs: vec![("who".to_owned(), "you".to_owned())],
        ..Circumstances::default()
    };
    let pipeline = read_in(text, &[], &circumstances).expect("a pipeline");
    assert_eq!(pipeline.job("j").expect("a job").script, ["echo you"]);
}

#[rstest]
#[case::missing(
    "include: none.yml",
    ".gitlab-ci.yml:1:10 Local file `none.yml` does not exist!"
)]
#[case::extension(
    "include: none.txt",
    ".gitlab-ci.yml:1:10 Included file `none.txt` does not have YAML extension!"
)]
#[case::empty("include: empty.yml", ".gitlab-ci.yml:1:10 Local file `empty.yml` is empty!")]
#[case::out_of_the_repository(
    "include: ../a.yml",
    ".gitlab-ci.yml:1:10 Local file `../a.yml` does not exist!"
)]
#[case::syntax(
    "include: broken.yml",
    "broken.yml:1:4 `broken.yml`: (<unknown>): did not find expected node content while parsing a block node at line 1 column 4"
)]
#[case::entries_have_their_file(
    "include: typo.yml",
    "typo.yml:1:5 jobs:j config contains unknown keys: scrip"
)]
#[case::circle(
    "include: circle.yml",
    "circle.yml:1:10 Maximum of 150 nested includes are allowed!"
)]
#[case::unknown_project(
    "include: { project: a/b, file: c.yml }",
    ".gitlab-ci.yml:1:10 Project `a/b` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined."
)]
#[case::unknown_ref(
    "include: { project: group/ci, ref: v9, file: c.yml }",
    ".gitlab-ci.yml:1:10 Project `group/ci` reference `v9` does not exist!"
)]
#[case::unknown_file(
    "include: { project: group/ci, file: c.yml }",
    ".gitlab-ci.yml:1:10 Project `group/ci` file `c.yml` does not exist!"
)]
#[case::no_file(
    "include: { project: group/ci }",
    ".gitlab-ci.yml:1:10 include config must specify the file where to fetch the config from"
)]
#[case::remote(
    "include: https://example.com/no.yml",
    ".gitlab-ci.yml:1:10 Remote file `https://example.com/no.yml` could not be fetched because of a socket error!"
)]
#[case::component(
    "include: { component: gitlab.com/group/catalogue/aws@2 }",
    ".gitlab-ci.yml:1:10 component 'gitlab.com/group/catalogue/aws@2' - content not found"
)]
#[case::other_host(
    "include: { component: example.com/group/catalogue/aws@1 }",
    ".gitlab-ci.yml:1:10 component 'example.com/group/catalogue/aws@1' - the component path is not supported"
)]
#[case::needed_input(
    "include: { component: gitlab.com/group/catalogue/aws@1.10.0 }",
    ".gitlab-ci.yml:1:10 `gitlab.com/group/catalogue/aws@1.10.0`: `role` input: required value has not been provided"
)]
#[case::unknown_input(
    "include: { component: gitlab.com/group/catalogue/aws@~latest, inputs: { role: a, rol: b } }",
    ".gitlab-ci.yml:1:10 `gitlab.com/group/catalogue/aws@~latest`: unknown input arguments: rol"
)]
#[case::type_of_input(
    "include: { component: gitlab.com/group/catalogue/aws@1.2.0, inputs: { role: 1 } }",
    ".gitlab-ci.yml:1:10 `gitlab.com/group/catalogue/aws@1.2.0`: `role` input: provided value is not a string"
)]
#[case::inputs_without_spec(
    "include: { local: a.yml, inputs: { a: b } }",
    ".gitlab-ci.yml:1:10 `a.yml`: Given inputs not defined in the `spec` section of the included configuration file"
)]
#[case::key_of_input(
    "include: key.yml",
    ".gitlab-ci.yml:1:10 `key.yml`: unknown interpolation key: `b`"
)]
#[case::function(
    "include: function.yml",
    ".gitlab-ci.yml:1:10 `function.yml`: no function matching `upper`: check that the function name, arguments, and types are correct"
)]
#[case::option(
    "include: { local: option.yml, inputs: { a: z } }",
    ".gitlab-ci.yml:1:10 `option.yml`: `a` input: `z` cannot be used because it is not in the list of allowed options"
)]
#[case::regex(
    "include: { local: regex.yml, inputs: { a: z } }",
    ".gitlab-ci.yml:1:10 `regex.yml`: `a` input: provided value does not match required RegEx pattern"
)]
fn refuses_in_gitlabs_words(#[case] text: &str, #[case] expected: &str) {
    let own = [
        ("a.yml", "a: { script: x }"),
        ("empty.yml", "\n"),
        ("broken.yml", "a: ]"),
        ("typo.yml", "j: {scrip: x, script: y}"),
        ("circle.yml", "include: circle.yml"),
        (
            "key.yml",
            "spec: { inputs: { a: { default: x } } }\n---\nj: { script: \"$[[ inputs.b ]]\" }",
        ),
        (
            "function.yml",
            "spec: { inputs: { a: { default: x } } }\n---\nj: { script: \"$[[ inputs.a | upper ]]\" }",
        ),
        (
            "option.yml",
            "spec: { inputs: { a: { options: [x, y] } } }\n---\nj: { script: \"$[[ inputs.a ]]\" }",
        ),
        (
            "regex.yml",
            "spec: { inputs: { a: { regex: ^x } } }\n---\nj: { script: \"$[[ inputs.a ]]\" }",
        ),
    ];
    let text = format!("{text}\nk: {{ script: x }}");
    let found = read(&text, &own).expect_err("a refusal");
    assert_eq!(found, expected);
}

#[test]
fn many_large_files_are_too_big() {
    let large = format!("x: {{ script: '{}' }}", "y".repeat(1 << 20));
    let names: Vec<String> = (0..40).map(|n| format!("f{n}.yml")).collect();
    let own: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), large.as_str())).collect();
    let found = read("include: '*.yml'\n", &own).expect_err("a refusal");
    assert!(found.ends_with("The parsed YAML is too big"), "{found}");
}

#[test]
fn circles_of_two_end_too() {
    let own = [
        ("a.yml", "include: [b.yml, b.yml]"),
        ("b.yml", "include: [a.yml, a.yml]"),
    ];
    let found = read("include: a.yml\nj: { script: x }", &own).expect_err("a refusal");
    assert!(
        found.contains("Maximum of 150 nested includes are allowed!"),
        "{found}"
    );
}
