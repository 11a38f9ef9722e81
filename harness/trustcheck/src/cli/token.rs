//! `trustcheck token`: an ID token, as a job would get it or with claims of one's own.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::Args;
use jiff::Timestamp;
use mock_gitlab::{
    Actor, Audience, Environment, GitRef, KeyPool, MergeRequest, PipelineSource, Project, Trigger, User,
};
use serde_json::Value;

use super::{Exit, Failure, input};
use crate::context::Context;
use crate::diagnostic::nearest;
use crate::mint::{Mint, MintError, Minted, Order};
use crate::scenario::{Described, Start};

/// Mint an ID token: the one a job would get, or one with exactly the claims you give
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trustcheck token                                     a push to main of my-group/my-project on https://gitlab.com
  trustcheck token --project acme/shop --tag v1.2.0 --aud sts.amazonaws.com
  trustcheck token --project acme/shop --branch feature/x --merge-request --decode
  trustcheck token --world scenarios/worlds/company.yml --project acme/shop --user alice
  trustcheck token --world scenarios/login.yml         with the scenario's trigger
  trustcheck token --json | jq '.claims | .exp = .iat - 3600' | trustcheck token --claims -
  aws sts assume-role-with-web-identity --role-session-name me --role-arn \"$ROLE_ARN\" \\
    --web-identity-token \"$(trustcheck token)\"

The token is signed with the key that `trustcheck serve` publishes for the same world, so it is good there. Keys are made once
and kept in the cache.

--claims signs the JSON object as it is, whether a GitLab could make it or not: expired, without `sub`, with members twice.
The GitLab of the world whose URL is its `iss` signs it, else the first.

--json prints {\"token\": \"…\", \"header\": {…}, \"claims\": {…}}; --decode prints header and claims only, which nobody can use.")]
pub(super) struct Arguments {
    /// The world, from a world file or a scenario file [default: https://gitlab.com with the project you name]
    #[arg(long, value_name = "FILE")]
    world: Option<Utf8PathBuf>,

    /// The project whose pipeline runs [default: the world's first]
    #[arg(long, value_name = "PATH")]
    project: Option<String>,

    /// The branch it runs for; of a merge request, the source branch [default: the project's default branch]
    #[arg(long, value_name = "NAME", conflicts_with = "tag")]
    branch: Option<String>,

    /// The tag it runs for
    #[arg(long, value_name = "NAME", conflicts_with = "merge_request")]
    tag: Option<String>,

    /// What started it: push, web, schedule, api, trigger, merge_request_event, … [default: push]
    #[arg(long, value_name = "SOURCE")]
    source: Option<PipelineSource>,

    /// It runs for a merge request, into TARGET or else the default branch
    #[arg(long, value_name = "TARGET", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    merge_request: Option<String>,

    /// The login of who started it [default: the world's first user]
    #[arg(long, value_name = "LOGIN")]
    user: Option<String>,

    /// The environment that the job deploys to
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,

    /// `aud` of the job's `id_tokens`; given more than once, `aud` is a list [default: the GitLab's URL]
    #[arg(long, value_name = "AUDIENCE")]
    aud: Vec<String>,

    /// Make `aud` a list also of a single audience
    #[arg(long, requires = "aud")]
    list_aud: bool,

    /// The job's name. No claim tells it
    #[arg(long, value_name = "NAME", default_value = "job", hide_default_value = true)]
    job: String,

    /// Sign exactly these claims: a file with a JSON object, or `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "project", "branch", "tag", "source", "merge_request", "user", "environment", "aud", "list_aud", "job",
    ])]
    claims: Option<Utf8PathBuf>,

    /// Print header and claims in place of the token
    #[arg(long)]
    decode: bool,

    /// Print the token, its header and its claims as JSON
    #[arg(long, conflicts_with = "decode")]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let (world, start) = world(arguments, context)?;
    let keys = KeyPool::open(context.cache.join("keys"));
    let mint = Mint::new(&world.spec, &keys);
    // A closed standard error cannot be told of anything.
    let mut progress = |what: &str| drop(writeln!(std::io::stderr(), "{what}"));
    let minted = match &arguments.claims {
        Some(path) => {
            let text = input::text(path, context).map_err(|why| Failure::new(Exit::Input, why))?;
            mint.of_claims(&text, &mut progress)
        }
        None => {
            let order = order(arguments, &world, start).map_err(|why| Failure::new(Exit::Input, why))?;
            mint.of_job(&order, rand::random(), trustcheck_lab::host_now(), &mut progress)
        }
    };
    let minted = minted.map_err(|error| {
        let exit = if matches!(error, MintError::Keys(_)) {
            Exit::Environment
        } else {
            Exit::Input
        };
        Failure::new(exit, error.to_string())
    })?;
    print(arguments, &minted)
}

/// The world, and what starts the pipeline where the file says so; nothing where its matrix decides.
fn world(arguments: &Arguments, context: &Context) -> Result<(Described, Option<Start>), Failure> {
    if let Some(path) = &arguments.world {
        let file = input::world(path, context)?;
        return Ok((file.world, file.start));
    }
    // A world that nobody described has whatever project and user are named.
    let mut world = Described::default();
    for gitlab in &mut world.spec.gitlabs {
        if let Some(path) = &arguments.project {
            gitlab.projects = vec![Project::new(path)];
        }
        if let Some(login) = &arguments.user {
            gitlab.users = vec![User::new(1, login)];
        }
    }
    Ok((world, Some(Start::default())))
}

/// What the options ask for: the file's trigger, with what the options say in place of what it says.
fn order(arguments: &Arguments, world: &Described, start: Option<Start>) -> Result<Order, String> {
    let named = match (&arguments.project, &start) {
        (Some(path), _) => Some(path.as_str()),
        (
            None,
            Some(Start {
                project: Some(project),
                ..
            }),
        ) => Some(project.value.as_str()),
        (None, _) => None,
    };
    let Some((gitlab, project)) = world.project(named) else {
        return Err(unknown_project(named.unwrap_or_default(), world));
    };
    let audience = match (arguments.aud.as_slice(), arguments.list_aud) {
        ([], _) => None,
        ([one], false) => Some(Audience::One(one.clone())),
        (many, _) => Some(Audience::Many(many.to_vec())),
    };
    let environment = match &arguments.environment {
        Some(name) => Some(Environment::new(name)),
        None => start.as_ref().and_then(|start| start.environment.clone()),
    };
    Ok(Order {
        gitlab,
        environment,
        project: project.path.clone(),
        trigger: trigger(arguments, project, start)?,
        job: arguments.job.clone(),
        audience,
    })
}

fn trigger(arguments: &Arguments, project: &Project, start: Option<Start>) -> Result<Trigger, String> {
    let git_ref = match (&arguments.branch, &arguments.tag) {
        (_, Some(tag)) => Some(GitRef::Tag(tag.clone())),
        (Some(branch), None) => Some(GitRef::Branch(branch.clone())),
        (None, None) => None,
    };
    if start.is_none() && git_ref.is_none() {
        return Err(
            "the scenario's matrix decides what starts the pipeline: say it with --branch or --tag"
                .to_owned(),
        );
    }
    let of_file = start.and_then(|start| start.trigger);
    if arguments.merge_request.is_some() && git_ref.is_none() && of_file.is_none() {
        return Err("a merge request comes from a branch of its own: name it with --branch".to_owned());
    }
    let mut trigger =
        of_file.unwrap_or_else(|| Trigger::push(GitRef::Branch(project.default_branch.clone())));
    if let Some(git_ref) = git_ref {
        trigger.git_ref = git_ref;
    }
    if let Some(target) = &arguments.merge_request {
        trigger.source = PipelineSource::MergeRequestEvent;
        trigger.merge_request = Some(MergeRequest {
            target_branch: Some(target.clone()).filter(|target| !target.is_empty()),
            ..MergeRequest::new()
        });
    }
    if let Some(source) = arguments.source {
        if arguments.merge_request.is_some() && source != PipelineSource::MergeRequestEvent {
            return Err(format!(
                "a pipeline with the source `{source}` has no merge request"
            ));
        }
        if source != PipelineSource::MergeRequestEvent {
            trigger.merge_request = None;
        }
        trigger.source = source;
    }
    if let Some(login) = &arguments.user {
        trigger.user = Actor::Login(login.clone());
    }
    Ok(trigger)
}

fn unknown_project(path: &str, world: &Described) -> String {
    let known = || {
        world
            .spec
            .gitlabs
            .iter()
            .flat_map(|gitlab| &gitlab.projects)
            .map(|project| project.path.as_str())
    };
    match nearest(path, known()) {
        Some(known) => format!("the world has no project `{path}`; did you mean `{known}`?"),
        None => format!(
            "the world has no project `{path}`; it has {}",
            known().collect::<Vec<_>>().join(", ")
        ),
    }
}

fn print(arguments: &Arguments, minted: &Minted) -> Result<Exit, Failure> {
    let failure = |error: serde_json::Error| Failure::new(Exit::Input, error.to_string());
    let text = if arguments.json {
        let whole = serde_json::json!({
            "token": minted.jwt,
            "header": minted.header,
            "claims": minted.claims,
        });
        serde_json::to_string_pretty(&whole).map_err(failure)?
    } else if arguments.decode {
        let header = serde_json::to_string_pretty(&minted.header).map_err(failure)?;
        let claims = serde_json::to_string_pretty(&minted.claims).map_err(failure)?;
        let _ = writeln!(anstream::stderr(), "{}", times(minted));
        format!("{header}\n{claims}")
    } else {
        minted.jwt.clone()
    };
    writeln!(std::io::stdout().lock(), "{text}")
        .map_err(|error| Failure::new(Exit::Environment, format!("cannot print the token: {error}")))?;
    Ok(Exit::AsExpected)
}

/// The times of a token as a person reads them.
fn times(minted: &Minted) -> String {
    let told = [("issued", "iat"), ("valid from", "nbf"), ("until", "exp")].map(|(words, claim)| {
        let seconds = minted.claims.get(claim).and_then(Value::as_i64);
        match seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
            Some(time) => format!("{words} {time}"),
            None => format!("no `{claim}` that is a time"),
        }
    });
    told.join(", ")
}
