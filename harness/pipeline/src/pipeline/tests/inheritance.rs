//! Defaults, and the variables of the file.

use rstest::rstest;

use super::{job, parse, variable};
use crate::Job;

#[rstest]
#[case::all("", Some("file"), Some("job"))]
#[case::none("inherit: {variables: false}", None, Some("job"))]
#[case::some("inherit: {variables: [A]}", Some("file"), Some("job"))]
#[case::others("inherit: {variables: [B]}", None, Some("job"))]
fn inherits_variables(#[case] inherit: &str, #[case] a: Option<&str>, #[case] b: Option<&str>) {
    let text =
        format!("variables: {{A: file, B: file}}\nj:\n  script: x\n  variables: {{B: job}}\n  {inherit}\n");
    let job = job(&text);
    assert_eq!((variable(&job, "A"), variable(&job, "B")), (a, b));
}

const DEFAULTS: &str = "
default:
  image: default-image
  before_script: [default before]
  after_script: [default after]
  timeout: 1h
  id_tokens:
    DEFAULT: {aud: d}
";

/// Image, tokens, before_script and after_script in short.
fn inherited(job: &Job) -> String {
    let image = job.image.as_ref().map_or("-", |image| &image.name);
    let tokens: Vec<_> = job.id_tokens.keys().map(String::as_str).collect();
    format!(
        "{image}|{}|{}|{}",
        tokens.join(","),
        job.before_script.join(","),
        job.after_script.join(",")
    )
}

#[rstest]
#[case::everything("", "default-image|DEFAULT|default before|default after")]
#[case::own_tokens_replace(
    "id_tokens: {OWN: {aud: o}}",
    "default-image|OWN|default before|default after"
)]
#[case::no_tokens_replace("id_tokens: {}", "default-image||default before|default after")]
#[case::null_is_not_set("before_script: null", "default-image|DEFAULT|default before|default after")]
#[case::an_empty_list_is_set("before_script: []", "default-image|DEFAULT||default after")]
#[case::inherits_nothing("inherit: {default: false}", "-|||")]
#[case::inherits_some("inherit: {default: [image, after_script]}", "default-image|||default after")]
#[case::own_values_stay("inherit: {default: false}\n  image: own", "own|||")]
fn inherits_defaults(#[case] keywords: &str, #[case] expected: &str) {
    let job = job(&format!("{DEFAULTS}j:\n  script: x\n  {keywords}\n"));
    assert_eq!(inherited(&job), expected);
}

#[test]
fn keywords_of_the_file_are_defaults() {
    let text = "image: i\nbefore_script: [b]\nafter_script: [a]\ndefault: {timeout: 10m}\nj: {script: x}\n\
                k: {script: x, inherit: {default: false}}";
    let pipeline = parse(text);
    assert_eq!(inherited(pipeline.job("j").expect("present")), "i||b|a");
    assert_eq!(pipeline.job("j").and_then(|job| job.timeout), Some(600));
    assert_eq!(inherited(pipeline.job("k").expect("present")), "-|||");
}

#[test]
fn what_is_extended_beats_the_default() {
    let text = format!(
        "{DEFAULTS}.base: {{image: base, id_tokens: {{BASE: {{aud: b}}}}}}\nj: {{extends: .base, script: x}}"
    );
    assert_eq!(inherited(&job(&text)), "base|BASE|default before|default after");
}
