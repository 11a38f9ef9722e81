//! What is refused, in GitLab's words, and with which help.

use rstest::rstest;

use super::{help, problems};

#[rstest]
#[case::no_script(
    "job: {stage: test}",
    "1:1 jobs config should contain at least one visible job\n1:1 jobs job config should implement the script:, run:, or trigger: keyword"
)]
#[case::no_script_two_words(
    "assume role: {}\nk: {script: x}",
    "1:1 jobs assume_role config should implement the script:, run:, or trigger: keyword"
)]
#[case::no_script_dashes(
    "a-b: x\nk: {script: x}",
    "1:1 jobs a-b config should implement the script:, run:, or trigger: keyword"
)]
#[case::tokens_of_the_file(
    "id_tokens: {T: {aud: a}}\nk: {script: x}",
    "1:1 jobs id_tokens config should implement the script:, run:, or trigger: keyword"
)]
#[case::only_hidden(".a: {script: x}", "1:1 jobs config should contain at least one visible job")]
#[case::empty_hidden(".a:\nk: {script: x}", "1:1 jobs:.a config can't be blank")]
#[case::unknown_key(
    "j: {script: x, scirpt: y}",
    "1:16 jobs:j config contains unknown keys: scirpt"
)]
#[case::two_unknown_keys(
    "j:\n  script: x\n  foo: 1\n  bar: 2",
    "3:3 jobs:j config contains unknown keys: foo\n4:3 jobs:j config contains unknown keys: bar"
)]
#[case::blank_script("j: {script: }", "1:5 jobs:j script can't be blank")]
#[case::empty_script("j: {script: []}", "1:5 jobs:j script can't be blank")]
#[case::mapping_in_script(
    "j:\n  script:\n    - echo: hi",
    "3:7 jobs:j:script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::boolean_in_script(
    "j:\n  script:\n    - a\n    - true",
    "4:7 jobs:j:script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::number_as_before_script(
    "j: {script: x, before_script: 1}",
    "1:31 jobs:j:before_script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::default_script(
    "default: {after_script: [1]}\nj: {script: x}",
    "1:26 default:after_script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::names_are_in_lower_case(
    "Job A:\n  script: x\n  Foo: 1",
    "3:3 jobs:job a config contains unknown keys: foo"
)]
#[case::unknown_stage(
    "j: {stage: tset, script: x}",
    "1:12 j job: chosen stage tset does not exist; available stages are .pre, build, test, deploy, .post"
)]
#[case::default_stage_is_gone(
    "stages: [build]\nj: {script: x}",
    "2:1 j job: chosen stage test does not exist; available stages are .pre, build, .post"
)]
#[case::stage_number("j: {stage: 1, script: x}", "1:12 jobs:j:stage config should be a string")]
#[case::stages(
    "stages: build\nj: {script: x, stage: .pre}",
    "1:9 stages config should be an array of strings or a nested array of strings up to 10 levels deep"
)]
#[case::no_stages(
    "stages: []\nj: {script: x}",
    "2:1 j job: chosen stage test does not exist; available stages are "
)]
#[case::aud_missing(
    "j: {script: x, id_tokens: {My_Token: {}}}",
    "1:38 jobs:j:id_tokens:my_token aud should be an array of strings or a string\n1:38 jobs:j:id_tokens:my_token config missing required keys: aud"
)]
#[case::aud_not_indented(
    "j:\n  script: x\n  id_tokens:\n    T:\n    aud: a",
    "4:5 jobs:j:id_tokens:t aud should be an array of strings or a string\n4:5 jobs:j:id_tokens:t config missing required keys: aud\n5:10 jobs:j:id_tokens:aud aud should be an array of strings or a string\n5:10 jobs:j:id_tokens:aud config missing required keys: aud"
)]
#[case::aud_number(
    "j: {script: x, id_tokens: {T: {aud: 1}}}",
    "1:37 jobs:j:id_tokens:t aud should be an array of strings or a string"
)]
#[case::aud_list_of_numbers(
    "j: {script: x, id_tokens: {T: {aud: [1]}}}",
    "1:37 jobs:j:id_tokens:t aud should be an array of strings or a string"
)]
#[case::other_sub_key(
    "j: {script: x, id_tokens: {T: {aud: a, sub: b}}}",
    "1:40 jobs:j:id_tokens:t config contains unknown keys: sub"
)]
#[case::tokens_as_list(
    "j: {script: x, id_tokens: [T]}",
    "1:27 jobs:j:id_tokens config should be a hash"
)]
#[case::tokens_of_a_bridge(
    "j: {trigger: other, id_tokens: {T: {aud: a}}}",
    "1:21 jobs:j config contains unknown keys: id_tokens"
)]
#[case::variables_as_list(
    "j: {script: x, variables: [A]}",
    "1:27 jobs:j:variables config should be a hash"
)]
#[case::variable_as_list(
    "variables: {A: [1]}\nj: {script: x}",
    "1:16 variable definition must be either a string or a hash"
)]
#[case::variable_data(
    "j: {script: x, variables: {A: {value: a, description: d}}}",
    "1:42 jobs:j:variables:a config uses invalid data keys: description"
)]
#[case::variable_expand(
    "variables: {A: {value: a, expand: no way}}\nj: {script: x}",
    "1:35 variables:a config expand should be a boolean value"
)]
#[case::variable_options(
    "variables: {A: {value: c, options: [a, b]}}\nj: {script: x}",
    "1:24 variables:a config value must be present in options"
)]
#[case::image_number(
    "j: {script: x, image: 1}",
    "1:23 jobs:j:image config should be a hash or a string"
)]
#[case::image_without_name(
    "j: {script: x, image: {entrypoint: [a]}}",
    "1:23 jobs:j:image name should be a string"
)]
#[case::image_entrypoint(
    "image: {name: a, entrypoint: ''}\nj: {script: x}",
    "1:30 image entrypoint should be an array of strings"
)]
#[case::image_keys(
    "j: {script: x, image: {name: a, entry: [b]}}",
    "1:33 jobs:j:image config contains unknown keys: entry"
)]
#[case::timeout_number(
    "j: {script: x, timeout: 60}",
    "1:25 jobs:j:timeout config should be a duration"
)]
#[case::timeout_limit(
    "j: {script: x, timeout: 2 months}",
    "1:25 jobs:j:timeout config should not exceed the limit"
)]
#[case::tags(
    "j: {script: x, tags: a}",
    "1:22 jobs:j:tags config should be an array of strings"
)]
#[case::interruptible(
    "j: {script: x, interruptible: 1}",
    "1:31 jobs:j:interruptible config should be a boolean value"
)]
#[case::coverage(
    "j: {script: x, coverage: abc}",
    "1:26 jobs:j:coverage config must be a regular expression with re2 syntax"
)]
#[case::default_unknown(
    "default: {stage: y}\nj: {script: x}",
    "1:11 default config contains unknown keys: stage"
)]
#[case::default_twice(
    "image: a\ndefault: {image: b}\nj: {script: x}",
    "1:8 image is defined in top-level and `default:` entry"
)]
#[case::inherit_unknown(
    "j: {script: x, inherit: {default: [imag]}}",
    "1:36 jobs:j:inherit:default config contains unknown values: imag"
)]
#[case::inherit_type(
    "j: {script: x, inherit: {variables: 1}}",
    "1:37 jobs:j:inherit:variables should be a bool or array of strings"
)]
#[case::inherit_keys(
    "j: {script: x, inherit: {defaults: false}}",
    "1:26 jobs:j:inherit config contains unknown keys: defaults"
)]
#[case::rules_as_hash(
    "j: {script: x, rules: {if: $A}}",
    "1:23 jobs:j rules should be an array containing hashes and arrays of hashes"
)]
#[case::rule_key(
    "j: {script: x, rules: [{iff: $A}]}",
    "1:25 jobs:j:rules:rule config contains unknown keys: iff"
)]
#[case::rule_expression(
    "j: {script: x, rules: [{if: '$A == main'}]}",
    "1:29 jobs:j:rules:rule if invalid expression syntax"
)]
#[case::rule_when(
    "j: {script: x, rules: [{when: sometimes}]}",
    "1:31 jobs:j:rules:rule when unknown value: sometimes"
)]
#[case::rules_with_only(
    "j: {script: x, rules: [{if: $A}], only: [main]}",
    "1:41 jobs:j config key may not be used with `rules`: only"
)]
#[case::workflow_when(
    "workflow: {rules: [{when: manual}]}\nj: {script: x}",
    "1:27 workflow:rules:rule when unknown value: manual"
)]
#[case::when(
    "j: {script: x, when: never}",
    "1:22 jobs:j when should be one of: on_success, on_failure, always, manual, delayed"
)]
#[case::only(
    "j: {script: x, only: main}",
    "1:22 jobs:j:only has to be either an array of conditions or a hash"
)]
#[case::only_pattern(
    "j: {script: x, only: [/(/]}",
    "1:22 jobs:j:only config should be an array of strings or regular expressions using re2 syntax"
)]
#[case::unknown_need("j: {script: x, needs: [k]}", "1:24 j job: undefined need: k")]
#[case::unknown_dependency("j: {script: x, dependencies: [k]}", "1:1 j job: undefined dependency: k")]
#[case::later_need(
    "j: {script: x, stage: build, needs: [k]}\nk: {script: x}",
    "1:38 j job: need k is not defined in current or prior stages"
)]
#[case::need_twice(
    "j: {script: x, needs: [k, k]}\nk: {script: x}",
    "1:24 j has the following needs duplicated: k."
)]
#[case::need_of_itself("j: {script: x, needs: [j]}", "1:23 The pipeline has circular dependencies")]
#[case::needs_in_a_circle(
    "j: {script: x, needs: [k]}\nk: {script: x, needs: [j]}",
    "1:23 The pipeline has circular dependencies"
)]
#[case::parallel_zero(
    "j: {script: x, parallel: 0}",
    "1:26 jobs:j:parallel config must be greater than or equal to 1"
)]
#[case::parallel_many(
    "j: {script: x, parallel: 201}",
    "1:26 jobs:j:parallel config must be less than or equal to 200"
)]
#[case::parallel_word(
    "j: {script: x, parallel: many}",
    "1:26 jobs:j:parallel should be an integer or a hash"
)]
#[case::matrix_many(
    "j: {script: x, parallel: {matrix: [{A: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15], B: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}]}}",
    "1:35 jobs:j:parallel:matrix config generates too many jobs (maximum is 200)"
)]
#[case::retry(
    "j: {script: x, retry: 3}",
    "1:23 jobs:j:retry config must be less than or equal to 2"
)]
#[case::retry_reason(
    "j: {script: x, retry: {max: 1, when: [script_failur]}}",
    "1:38 jobs:j:retry when contains unknown values: script_failur"
)]
#[case::environment_action(
    "j: {script: x, environment: {name: a, action: go}}",
    "1:47 jobs:j:environment action should be start, stop, prepare, verify, or access"
)]
#[case::environment_without_name(
    "j: {script: x, environment: {url: a}}",
    "1:29 jobs:j:environment name can't be blank"
)]
#[case::on_stop(
    "j: {script: x, environment: {name: a, on_stop: k}}",
    "1:29 j job: on_stop job k is not defined"
)]
#[case::artifacts(
    "j: {script: x, artifacts: {path: [a]}}",
    "1:28 jobs:j:artifacts config contains unknown keys: path"
)]
#[case::allow_failure(
    "j: {script: x, allow_failure: maybe}",
    "1:31 jobs:j allow failure should be a hash or a boolean value"
)]
#[case::secrets(
    "j: {script: x, secrets: {A: {valut: b}}}",
    "1:29 jobs:j:secrets:a config must use exactly one of these keys: vault, azure_key_vault, gcp_secret_manager, aws_secrets_manager, gitlab_secrets_manager, akeyless\n1:30 jobs:j:secrets:a config contains unknown keys: valut"
)]
#[case::start_in("j: {script: x, when: delayed}", "1:1 jobs:j start in should be a duration")]
#[case::trigger_strategy(
    "j: {trigger: {project: a/b, strategy: wait}}",
    "1:39 jobs:j:trigger strategy should be depend or mirror"
)]
#[case::services(
    "j: {script: x, services: a}",
    "1:26 jobs:j:services config should be a array"
)]
#[case::hooks(
    "j: {script: x, hooks: {pre: [a]}}",
    "1:24 jobs:j:hooks config contains unknown keys: pre"
)]
#[case::include_subkey(
    "include: {path: a.yml}\nj: {script: x}",
    "1:11 include config contains unknown keys: path"
)]
#[case::include_two(
    "include: {local: a.yml, remote: 'https://x/a.yml'}\nj: {script: x}",
    "1:10 Each include must use only one of: `local`, `project`, `remote`, `template`, `component`, `artifact`"
)]
#[case::include_missing("include: a.yml\nj: {script: x}", "1:10 Local file `a.yml` does not exist!")]
#[case::number_as_name("123: {script: x}", "1:1 jobs:123 name should be a symbol")]
#[case::boolean_as_name("on: {script: x}", "1:1 jobs:true name should be a symbol")]
#[case::long_name("? {}\n: 1\nk: {script: x}", "1:3 a key should be a string")]
fn lints_as_gitlab(#[case] text: &str, #[case] expected: &str) {
    let mut found: Vec<_> = problems(text).lines().map(str::to_owned).collect();
    found.sort();
    assert_eq!(found.join("\n"), expected);
}

#[rstest]
#[case::identity(
    "j: {script: x, identity: google_cloud}",
    "1:16 keyword `identity` is not supported yet"
)]
#[case::run("j: {run: []}", "1:5 keyword `run` is not supported yet")]
#[case::inherited_once(
    ".a: {inputs: {}}\nj: {extends: .a, script: x}\nk: {extends: .a, script: x}",
    "1:6 keyword `inputs` is not supported yet"
)]
#[case::not_in_a_hidden_job_that_nobody_extends(
    ".a: {identity: x}\nj: {script: x, inputs: {}}",
    "2:16 keyword `inputs` is not supported yet"
)]
#[case::template(
    "include: {template: Bash.gitlab-ci.yml}\nj: {script: x}",
    "1:11 `include:template` is not supported"
)]
#[case::needs_of_another_project(
    "j: {script: x, needs: [{project: a/b, job: c, ref: d, artifacts: true}]}",
    "1:25 keyword `needs:project` is not supported yet"
)]
#[case::inputs_of_a_trigger(
    "j: {trigger: {include: a.yml, inputs: {a: b}}}",
    "1:39 keyword `trigger:inputs` is not supported yet"
)]
fn refuses_keywords_by_name(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(problems(text), expected);
}

#[rstest]
#[case::aud_not_indented(
    "j:\n  script: x\n  id_tokens:\n    T: {aud: a}\n    aud: b",
    "`aud` stands where a token's name should be; indent it under the name above"
)]
#[case::colon_in_a_command(
    "j:\n  script:\n    - echo \"status: ok\"",
    "`: ` makes a mapping of this line; put quotes around all of it: `- 'echo \"status: ok\"'`"
)]
#[case::boolean_command("j: {script: [true]}", "unquoted, `true` is a boolean; write `\"true\"`")]
#[case::misspelt_keyword("j: {script: x, befor_script: y}", "did you mean `before_script`?")]
#[case::misspelt_file_keyword(
    "varaibles: {A: b}\nj: {script: x}",
    "a key of the file is a keyword or a job; did you mean `variables`?"
)]
#[case::misspelt_script(
    "j: {scrpt: x}\nk: {script: x}",
    "`scrpt` is no keyword; did you mean `script`?"
)]
#[case::stage("j: {stage: tset, script: x}", "did you mean `test`?")]
#[case::tokens_of_the_file(
    "id_tokens: {T: {aud: a}}\nk: {script: x}",
    "`id_tokens` belongs into a job or under `default:`"
)]
#[case::lost_indentation(
    "stage: build\nk: {script: x}",
    "`stage` belongs into a job: indent it under the job's name (if the file was copied, its indentation may be lost)"
)]
fn helps(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(help(text), expected);
}

#[rstest]
#[case::nothing(" \n", "1:1 Please provide content of .gitlab-ci.yml")]
#[case::comments("# x\n", "1:1 Invalid configuration format")]
#[case::list("- a\n", "1:1 Invalid configuration format")]
#[case::date(
    "variables: {A: 2024-01-01}\nj: {script: x}",
    "1:16 Tried to load unspecified class: Date"
)]
#[case::syntax(
    "j:\n  script:\n   - a\n  - b\n",
    "4:5 (<unknown>): did not find expected key while parsing a block mapping at line 2 column 3"
)]
#[case::alias("j: *x\n", "1:4 An alias referenced an unknown anchor: x")]
#[case::documents("a: 1\n---\nb: 1\n---\nc: 1\n", "5:1 The parsed YAML has too many documents")]
#[case::header(
    "a: 1\n---\nj: {script: x}\n",
    "1:1 jobs a config should implement the script:, run:, or trigger: keyword\n1:1 jobs config should contain at least one visible job"
)]
fn refuses_files(#[case] text: &str, #[case] expected: &str) {
    let mut found: Vec<_> = problems(text).lines().map(str::to_owned).collect();
    found.sort();
    assert_eq!(found.join("\n"), expected);
}
