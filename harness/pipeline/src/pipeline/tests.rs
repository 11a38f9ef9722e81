use crate::{Diagnostic, Job, Pipeline};

mod composition;
mod include;
mod inheritance;
mod job;
mod lint;
mod plan;
mod robustness;

fn parse(text: &str) -> Pipeline {
    Pipeline::parse(text).unwrap_or_else(|problems| panic!("{}", shown(text, &problems)))
}

fn job(text: &str) -> Job {
    parse(text).job("j").expect("a job `j`").clone()
}

fn shown(text: &str, problems: &[Diagnostic]) -> String {
    let index = located_yaml::LineIndex::new(text);
    let line = |problem: &Diagnostic| {
        let (line, column) = index.position(problem.span.start);
        let help = problem
            .help
            .as_ref()
            .map(|help| format!("\n  {help}"))
            .unwrap_or_default();
        format!("{line}:{column} {}{help}", problem.message)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The problems of a file, each with its place, without the help.
fn problems(text: &str) -> String {
    let problems = Pipeline::parse(text).expect_err("has problems");
    let bare: Vec<_> = problems
        .into_iter()
        .map(|problem| Diagnostic {
            help: None,
            ..problem
        })
        .collect();
    shown(text, &bare)
}

/// The help of the first problem.
fn help(text: &str) -> String {
    let problems = Pipeline::parse(text).expect_err("has problems");
    problems[0].help.clone().unwrap_or_default()
}

fn variable<'a>(job: &'a Job, name: &str) -> Option<&'a str> {
    job.variables.get(name).map(|value| value.text.as_str())
}
