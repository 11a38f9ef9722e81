//! One scenario file: its keys, and the cases it makes.

use camino::{Utf8Path, Utf8PathBuf};
use located_yaml::{Node, Value};
use trustcheck_lab::WorldEvent;
use trustcheck_lab::{Destination, Names};

use super::files::Files;
use super::lesson::Lesson;
use super::settings::Settings;
use super::step::Step;
use super::trigger::Start;
use super::variables::Variable;
use super::world::Described;
use super::{allow, fault, lesson, matrix, step, trigger, variables, world};
use crate::diagnostic::{Diagnostic, Source, nearest};
use crate::execute::{AllowedHost, Kind};
use crate::expect::Expectation;
use crate::reader::Reader;
use crate::tools::{self, Tool};

/// One case of a scenario: everything there is to run and to judge.
#[derive(Debug)]
pub struct Case {
    /// Unique in a run: the file's path without its ending, and the matrix values in brackets.
    pub id: String,
    /// The scenario's name.
    pub name: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What it teaches.
    pub lesson: Option<Lesson>,
    /// The scenario's file.
    pub source: Source,
    /// The case's matrix values, as they are shown.
    pub values: Vec<(String, String)>,
    /// The tools it needs.
    pub needs: Vec<&'static Tool>,
    /// The executor it requires; any, where nothing is said.
    pub executor: Option<Kind>,
    /// Hosts outside the world that its jobs may reach.
    pub allow: Vec<AllowedHost>,
    /// The world it runs in.
    pub world: Described,
    /// What starts its pipeline.
    pub start: Start,
    /// The project's CI/CD variables.
    pub variables: Vec<Variable>,
    /// What is wrong with its world before anything runs.
    pub faults: Vec<WorldEvent>,
    /// What it does, one after the other: the one thing below `run:`, or each of `steps:`.
    pub steps: Vec<Step>,
    /// What is expected of all of it together.
    pub expectations: Vec<Box<dyn Expectation>>,
}

impl Case {
    /// The executor it requires: the one that it names, or the sandbox where it allows hosts.
    #[must_use]
    pub fn executor(&self) -> Option<Kind> {
        self.executor
            .or_else(|| (!self.allow.is_empty()).then_some(Kind::Sandbox))
    }
}

/// A case, or a file that makes none because of its mistakes.
#[derive(Debug)]
pub enum Entry {
    /// A case that can run.
    Case(Box<Case>),
    /// A file with mistakes.
    Mistaken {
        /// The file's path without its ending.
        id: String,
        /// The scenario's name, where that much could be read.
        name: String,
        /// The file.
        file: Utf8PathBuf,
        /// All that is wrong with it.
        mistakes: Vec<Diagnostic>,
    },
}

impl Entry {
    /// The name it is reported by.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Entry::Case(case) => &case.id,
            Entry::Mistaken { id, .. } => id,
        }
    }

    /// What is wrong with its file; empty for a case.
    #[must_use]
    pub fn mistakes(&self) -> &[Diagnostic] {
        match self {
            Entry::Case(_) => &[],
            Entry::Mistaken { mistakes, .. } => mistakes,
        }
    }

    /// The tools it needs.
    pub fn needs(&self) -> impl Iterator<Item = &'static Tool> {
        let needs: &[&'static Tool] = match self {
            Entry::Case(case) => &case.needs,
            Entry::Mistaken { .. } => &[],
        };
        needs.iter().copied()
    }

    /// The executor it requires.
    #[must_use]
    pub fn executor(&self) -> Option<Kind> {
        match self {
            Entry::Case(case) => case.executor(),
            Entry::Mistaken { .. } => None,
        }
    }

    /// Whether its path, name, values or tags have `text` in them, in any case.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let has = |words: &str| words.to_lowercase().contains(&text);
        match self {
            Entry::Case(case) => has(&case.id) || has(&case.name) || case.tags.iter().any(|tag| has(tag)),
            Entry::Mistaken { id, name, .. } => has(id) || has(name),
        }
    }
}

/// Reads a scenario file: one entry for each of its cases, or one that holds all of its mistakes.
pub fn read(path: &Utf8Path, files: &dyn Files, settings: &mut Settings) -> Vec<Entry> {
    let id = path.with_extension("").into_string();
    let text = match files.read(path) {
        Ok(text) => text,
        Err(error) => {
            let mistake = Diagnostic::new(
                &Source::new(path, ""),
                0..0,
                format!("cannot read the file: {error}"),
            );
            return vec![Entry::Mistaken {
                name: id.clone(),
                id,
                file: path.to_owned(),
                mistakes: vec![mistake],
            }];
        }
    };
    let source = Source::new(path, text);
    let mut mistakes = Vec::new();
    let mut name = id.clone();
    let cases = cases(
        &id,
        &source,
        files,
        settings,
        &mut Reader::new(&source, &mut mistakes),
        &mut name,
    );
    if mistakes.is_empty() && !cases.is_empty() {
        return cases
            .into_iter()
            .map(|case| Entry::Case(Box::new(case)))
            .collect();
    }
    mistakes.sort_by_key(|mistake| (mistake.source.path() != source.path(), mistake.span.start));
    vec![Entry::Mistaken {
        id,
        name,
        file: path.to_owned(),
        mistakes,
    }]
}

fn cases(
    id: &str,
    source: &Source,
    files: &dyn Files,
    settings: &mut Settings,
    reader: &mut Reader<'_>,
    name: &mut String,
) -> Vec<Case> {
    let Some(root) = root(source, "a scenario file", reader) else {
        return Vec::new();
    };
    if let Some(text) = root.get("name").and_then(Node::as_str) {
        text.clone_into(name);
    }
    let rows = match root.get("matrix") {
        Some(node) => match matrix::rows(node, reader) {
            Some(rows) => rows,
            None => vec![Vec::new()], // the mistake is noted; the rest of the file is still read
        },
        None => vec![Vec::new()],
    };
    let scenario = without(&root, "matrix");
    // A world without expressions is the same for every case, and read once.
    let is_shared = root
        .get("world")
        .is_some_and(|world| !matrix::has_expression(world));
    let mut world = None;
    let mut cases = Vec::new();
    for row in rows {
        let values: Vec<(String, String)> = row
            .iter()
            .map(|(name, value)| ((*name).to_owned(), matrix::shown(value)))
            .collect();
        let shown: Vec<String> = values
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let id = if shown.is_empty() {
            id.to_owned()
        } else {
            format!("{id}[{}]", shown.join(","))
        };
        let node = if row.is_empty() {
            scenario.clone()
        } else {
            matrix::substitute(&scenario, &row, reader)
        };
        let case = case(id, &node, source, values, world.clone(), files, settings, reader);
        if let Some(case) = case {
            if is_shared && world.is_none() {
                world = Some(case.world.clone());
            }
            cases.push(case);
        }
    }
    cases
}

/// A mapping without the entry of this key.
fn without(node: &Node, key: &str) -> Node {
    let mut rest = Node {
        value: Value::Null,
        ..node.clone()
    };
    rest.value = match &node.value {
        Value::Mapping(entries) => Value::Mapping(
            entries
                .iter()
                .filter(|entry| entry.key.as_str() != Some(key))
                .cloned()
                .collect(),
        ),
        other => other.clone(),
    };
    rest
}

/// The one YAML document of a file, which is called `what` where it has more.
pub(super) fn root(source: &Source, what: &str, reader: &mut Reader<'_>) -> Option<Node> {
    match located_yaml::parse(source.text()) {
        Ok(documents) => match <[Node; 1]>::try_from(documents) {
            Ok([root]) => Some(root),
            Err(documents) => {
                let (at, message) = match documents.get(1) {
                    None => (0..0, "the file is empty".to_owned()),
                    Some(second) => (second.span.clone(), format!("{what} has one YAML document")),
                };
                let problem = reader.problem(&at, message);
                reader.note(problem);
                None
            }
        },
        Err(error) => {
            let mut problem = reader.problem(&error.span, error.message);
            let before = source.text().floor_char_boundary(error.span.start);
            let line_start = source.text()[..before].rfind('\n').map_or(0, |at| at + 1);
            let line = source.text()[line_start..].lines().next().unwrap_or_default();
            let unquoted = || {
                line.contains("$[[")
                    .then(|| "inside `{ }` or `[ ]`, put quotes around `$[[ … ]]`".to_owned())
            };
            problem.help = error.help.or_else(unquoted);
            reader.note(problem);
            None
        }
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "what a file has in common and what its case is made of meet here alone"
)]
fn case(
    id: String,
    node: &Node,
    source: &Source,
    values: Vec<(String, String)>,
    known_world: Option<Described>,
    files: &dyn Files,
    settings: &mut Settings,
    reader: &mut Reader<'_>,
) -> Option<Case> {
    let mut fields = reader.fields(node, "a scenario")?;
    let name = fields
        .need("name", reader)
        .and_then(|node| reader.some_text(node, "`name`"));
    let tags = fields.take("tags").map(|node| {
        reader.one_or_many(node, |reader, node| {
            reader.some_text(node, "a tag").map(|text| text.value)
        })
    });
    let lesson = fields.take("lesson").and_then(|node| lesson::read(node, reader));
    let needs = fields.take("needs").map(|node| reader.one_or_many(node, tool));
    let executor = fields.take("executor").and_then(|node| executor(node, reader));
    let world_node = fields.need("world", reader);
    let world = known_world.or_else(|| world::read(world_node?, files, reader));
    let start = fields
        .take("trigger")
        .map_or_else(|| Some(Start::default()), |node| trigger::read(node, reader));
    if let (Some(world), Some(start)) = (&world, &start) {
        trigger::check(start, &world.spec, node.get("trigger").unwrap_or(node), reader);
    }
    let variables = fields
        .take("variables")
        .map_or(Some(Vec::new()), |node| variables::read(node, reader));
    let gitlabs = world.as_ref().map_or(&[][..], |world| &world.spec.gitlabs);
    let faults = fields
        .take("faults")
        .map_or(Some(Vec::new()), |node| fault::read_all(node, gitlabs, reader));
    let done = step::read_all(&mut fields, gitlabs, files, reader);
    let names = world.as_ref().map(|world| {
        let sites = world.spec.gitlabs.iter().map(|gitlab| &gitlab.url);
        Names::new(sites.map(|url| (url, Destination::GitLab(0))))
    });
    let allow_node = fields.take("allow");
    let allow = allow_node.map_or(Some(Vec::new()), |node| allow::read(node, names.as_ref(), reader));
    if let (Some(node), Some(Kind::Host)) = (allow_node, executor) {
        let problem = reader.problem(
            &node.span,
            "`allow` needs the sandbox, which alone can keep everything else out",
        );
        reader.note(problem);
    }
    fields.finish(reader);
    let (mut variables, (steps, expectations)) = (variables?, done?);
    settings.apply(&mut variables);
    Some(Case {
        id,
        name: name?.value,
        tags: tags.unwrap_or_default(),
        lesson,
        source: source.clone(),
        values,
        needs: needs.unwrap_or_default(),
        executor,
        allow: allow?,
        world: world?,
        start: start?,
        variables,
        faults: faults?,
        steps,
        expectations,
    })
}

fn executor(node: &Node, reader: &mut Reader<'_>) -> Option<Kind> {
    let name = reader.some_text(node, "`executor`")?;
    let known = Kind::ALL.into_iter().find(|kind| kind.name() == name.value);
    if known.is_none() {
        let message = format!("`{}` is not an executor that is known", name.value);
        let problem = reader.problem(&name.span, message);
        let problem = match nearest(&name.value, Kind::ALL.map(Kind::name)) {
            Some(known) => problem.help(format!("did you mean `{known}`?")),
            None => problem.help(format!("known are {}", Kind::ALL.map(Kind::name).join(" and "))),
        };
        reader.note(problem);
    }
    known
}

fn tool(reader: &mut Reader<'_>, node: &Node) -> Option<&'static Tool> {
    let name = reader.some_text(node, "a tool")?;
    let found = tools::find(&name.value);
    if found.is_none() {
        let problem = reader.problem(
            &name.span,
            format!("`{}` is not a tool that is known", name.value),
        );
        let problem = match nearest(&name.value, tools::names()) {
            Some(known) => problem.help(format!("did you mean `{known}`?")),
            None => problem.help(format!(
                "known are {}",
                tools::names().collect::<Vec<_>>().join(", ")
            )),
        };
        reader.note(problem);
    }
    found
}
