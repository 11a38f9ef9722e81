//! `trustcheck exec`: one command in a world of its own.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Args;
use mock_aws::AccessKey;
use mock_gitlab::{Audience, JobSpec, KeyPool};
use trustcheck_lab::{BootError, BootOptions, Record, World};

use super::executors::ExecutorOptions;
use super::job::JobOptions;
use super::{Exit, Failure};
use crate::context::Context;
use crate::exec::{Environment, Home, Login, Stage, why_hidden};
use crate::execute::foreground::Foreground;
use crate::execute::{Choice, Exit as Ended};
use crate::observation::Observation;
use crate::report::explanation;
use crate::scenario::Described;

/// Run one command in a world: GitLab and AWS are the mocks, and it finds a job's token
///
/// The command has your standard streams, your environment and your working directory, and the variables of a job that the
/// options choose as for `trustcheck token`. What in the environment leads to a real AWS or GitLab is gone.
///
/// In a sandbox the names of GitLab and AWS lead to the world and there is no other network; of your files the command sees and
/// may write those of the working directory, and the rest as a job does. It has no terminal of its own. On the host, endpoint,
/// proxy and certificate authority lead to the world. `--executor auto` takes the sandbox where there is one, and the host where
/// standard input is a terminal, with --keep-home, and in a directory that a sandbox hides, such as your home.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trustcheck exec --world world.yml -- ./login.sh
  trustcheck exec --world world.yml --role arn:aws:iam::111122223333:role/deploy -- aws sts get-caller-identity
  trustcheck exec --world world.yml --project acme/shop --branch feature/x --explain -- ./deploy-tool
  trustcheck exec --world world.yml --id-token MY_TOKEN --aud sts.amazonaws.com -- sh -c 'my-helper \"$MY_TOKEN\"'

What the command finds:
  GITLAB_OIDC_TOKEN            the job's ID token; --id-token gives the variable another name
  CI_*, GITLAB_*               GitLab's predefined variables of the same job
  AWS_ENDPOINT_URL, HTTPS_PROXY …  on the host: the world; gitlab.com and *.amazonaws.com lead there too, other hosts do not exist
  AWS_CA_BUNDLE, SSL_CERT_FILE …   the world's certificate authority
  HOME, TMPDIR                 directories of its own, gone afterwards; --keep-home leaves HOME yours
With --role also AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_SESSION_NAME, with which SDKs and CLI log in by themselves,
and ROLE_ARN. With --administrator the key pair of the first account's administrator.

Exit status: the command's; 128 + N where signal N ended it; 126 or 127 where it cannot be run or is not there. Before it starts: 2
for bad input, 3 where no world can be had.")]
pub(super) struct Arguments {
    #[command(flatten)]
    job: JobOptions,

    #[command(flatten)]
    executor: ExecutorOptions,

    /// The variable that has the job's ID token
    #[arg(long, value_name = "NAME", default_value = "GITLAB_OIDC_TOKEN", value_parser = variable)]
    id_token: String,

    /// The role that SDKs and CLI assume by themselves, with the job's ID token
    #[arg(long, value_name = "ARN")]
    role: Option<String>,

    /// Give the command the key pair of the administrator of the world's first account
    #[arg(long, conflicts_with = "role")]
    administrator: bool,

    /// Leave HOME as it is, on the host. Of ~/.aws nothing is read, but a command that writes there writes into yours
    #[arg(long)]
    keep_home: bool,

    /// Tell afterwards, on standard error, why each denied call was denied
    #[arg(long)]
    explain: bool,

    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

fn variable(text: &str) -> Result<String, String> {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_name = text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit());
    if is_name {
        Ok(text.to_owned())
    } else {
        Err("a variable's name has letters, digits and `_` only".to_owned())
    }
}

/// The administrator's key pair: id and secret, as with `serve`.
const ADMINISTRATOR: (&str, &str) = ("test", "test");

/// What shells say of a command that was killed: 128 + SIGKILL.
const KILLED: u8 = 137;

/// Which executor the command gets: a sandbox has neither a terminal nor the user's home.
fn choose(arguments: &Arguments, context: &Context) -> Result<ExecutorOptions, Failure> {
    let home = context.variable("HOME").map(Path::new);
    let unfit = if arguments.keep_home {
        Some("--keep-home leaves the command your home, which a sandbox hides".to_owned())
    } else {
        why_hidden(context.directory.as_std_path(), home)
    };
    match (arguments.executor.choice(), unfit) {
        (Choice::Sandbox, Some(why)) => Err(Failure::new(Exit::Input, why)),
        (Choice::Auto, Some(why)) => {
            if !arguments.keep_home {
                say(&format!("note: the command runs on the host: {why}"));
            }
            Ok(ExecutorOptions::with(Choice::Host))
        }
        (Choice::Auto, None) if context.stdin_is_terminal => Ok(ExecutorOptions::with(Choice::Host)),
        (choice, _) => Ok(ExecutorOptions::with(choice)),
    }
}

/// The surroundings in which a program that is named by its path is looked for, so that a sandbox shows it with what belongs
/// to it.
fn with_program(command: &[OsString], context: &Context) -> Context {
    let mut context = context.clone();
    let program = command
        .first()
        .map(Path::new)
        .filter(|path| path.components().count() > 1);
    if let Some(program) = program
        && let Ok(found) = context.directory.as_std_path().join(program).canonicalize()
        && !found.starts_with(context.directory.as_std_path())
        && let Some(directory) = found.parent()
    {
        let path = context.variable("PATH").unwrap_or("/usr/local/bin:/usr/bin:/bin");
        let path = format!("{path}:{}", directory.display());
        context.environment.insert("PATH".to_owned(), path);
    }
    context
}

/// Runs the command.
pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let executor = choose(arguments, context)?;
    let (described, start) = arguments.job.world(context)?;
    let order = arguments
        .job
        .order(&described, start)
        .map_err(|why| Failure::new(Exit::Input, why))?;
    let keys = KeyPool::open(context.cache.join("keys"));
    for gitlab in 0..described.spec.gitlabs.len() {
        keys.key_set(gitlab, &mut say).map_err(environment)?;
    }
    let mut options = BootOptions::default();
    if let Some(account) = described.spec.accounts.first() {
        let (id, secret) = ADMINISTRATOR;
        options = options.access_key(AccessKey::root(&account.id, id, secret));
    }
    let world = World::boot_with(described.spec.clone(), &keys, rand::random(), options)
        .await
        .map_err(|error| match error {
            BootError::GitLab(error) => Failure::new(Exit::Input, error.to_string()),
            other => environment(other),
        })?;

    let gitlab = &world.gitlabs()[order.gitlab];
    let now = world.time_at(order.gitlab);
    let input = |error: &dyn std::fmt::Display| Failure::new(Exit::Input, error.to_string());
    let pipeline = gitlab
        .pipeline(&order.project, &order.trigger, now)
        .map_err(|error| input(&error))?;
    let spec = JobSpec {
        environment: order.environment.clone(),
        ..JobSpec::new(&order.job)
    };
    let job = gitlab.job(&pipeline, spec, now);
    let own = || Audience::One(gitlab.url().to_string());
    let token = gitlab
        .id_token(&job, &order.audience.clone().unwrap_or_else(own), now)
        .map_err(|error| input(&error))?;

    let executors = executor.find(&[], &with_program(&arguments.command, context))?;
    let executor = executors.of(None).map_err(environment)?;
    let stage = Stage::make(executor, &world, &order.project, &token.jwt, context)
        .await
        .map_err(|error| environment(format!("cannot make a place for the command: {error}")))?;
    let variables = gitlab.predefined_variables(&job);
    let value = |name: &str| {
        let found = variables.iter().rev().find(|variable| variable.name == name);
        found.map_or("", |variable| &variable.value)
    };
    let session = format!(
        "GitLabRunner-{}-{}",
        value("CI_PROJECT_ID"),
        value("CI_PIPELINE_ID")
    );
    let home = if arguments.keep_home {
        Home::Kept
    } else {
        Home::Own(stage.home())
    };
    let edge = (!stage.has_names()).then(|| world.edge());
    let surroundings = Environment::scrubbed(&context.environment)
        .reaching(edge, &stage.authority(), stage.temporary(), home)
        .of_job(&variables, context.directory.as_str())
        .logging_in(&Login {
            variable: &arguments.id_token,
            token: &token.jwt,
            file: stage.token(),
            role: arguments.role.as_deref(),
            session: &session,
            administrator: arguments.administrator.then_some(ADMINISTRATOR),
        });
    let exit = execute(&arguments.command, &surroundings, &stage, context).await;
    stage.leave().await;
    if arguments.explain {
        explain(&world, &described, context);
    }
    world.shutdown().await;
    exit
}

/// Runs the command to its status.
async fn execute(
    command: &[OsString],
    surroundings: &Environment,
    stage: &Stage<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::new(Exit::Input, "there is no command"));
    };
    let mark = stage.mark();
    let ended = stage
        .run(&Foreground {
            program,
            arguments,
            environment: surroundings.variables().collect(),
            directory: context.directory.as_std_path(),
            mark: &mark,
            shares_terminal: context.stdout_is_terminal || context.stderr_is_terminal,
        })
        .await;
    match ended {
        Ok(Ended::Code(code)) => Ok(Exit::Of(u8::try_from(code).unwrap_or(u8::MAX))),
        Ok(Ended::Signal(signal)) => Ok(Exit::Of(u8::try_from(128 + signal).unwrap_or(u8::MAX))),
        Ok(Ended::Exceeded(excess)) => Err(Failure::new(
            Exit::Of(KILLED),
            format!("the command was ended: {excess}"),
        )),
        Ok(_) => Ok(Exit::Interrupted),
        Err(error) => {
            // as shells have it
            let status = if error.kind() == io::ErrorKind::NotFound {
                127
            } else {
                126
            };
            let program = program.to_string_lossy();
            Err(Failure::new(
                Exit::Of(status),
                format!("cannot run `{program}`: {error}"),
            ))
        }
    }
}

/// Why calls were denied, and which hosts were asked for that the world does not have.
fn explain(world: &World, described: &Described, context: &Context) {
    let seen = Observation {
        jobs: Vec::new(),
        journal: world.journal().entries(),
        policies: std::sync::Arc::clone(&described.policies),
        ..Observation::default()
    };
    let denials = explanation::denials(&seen, context.colour_on_stderr());
    let hosts: std::collections::BTreeSet<&str> = seen
        .journal
        .iter()
        .filter_map(|entry| match &entry.record {
            Record::Refused(refused) => Some(refused.host.as_str()),
            _ => None,
        })
        .collect();
    let calls = seen.calls().count();
    let noun = if calls == 1 { "call" } else { "calls" };
    say(&format!("\n{calls} {noun} of AWS, {} denied", denials.len()));
    for denial in denials {
        say(&denial);
    }
    for host in hosts {
        say(&format!("this world has no host `{host}`, which was asked for"));
    }
}

fn environment(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Environment, error.to_string())
}

fn say(what: &str) {
    // A closed standard error cannot be told of anything.
    let _ = writeln!(io::stderr(), "{what}");
}
