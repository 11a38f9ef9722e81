//! `trustcheck explain`: what a trust policy says to a token, and why.

use std::io::{self, BufReader, BufWriter, Write};

use camino::{Utf8Path, Utf8PathBuf};
use clap::{ArgGroup, Args};
use mock_aws::accounts::{Account, Role};

use super::{Exit, Failure, input};
use crate::context::Context;
use crate::diagnostic::{Source, nearest};
use crate::explain::{self, Claims, Home, Question, TrustPolicy};

/// How much of a batch is read and written at a time.
const BUFFER: usize = 256 * 1024;

/// The session name where none is given.
const SESSION_NAME: &str = "trustcheck";

/// Say whether a role's trust policy lets a token in, point at what decided, and suggest the edit
///
/// Nothing is sent anywhere: the policy is decided here, as AWS decides it. The token's signature and its times are not
/// looked at.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("asked").required(true).args(["trust_policy", "world", "batch"])))]
#[command(group(ArgGroup::new("asker").args(["claims", "token"])))]
#[command(after_help = "\
Examples:
  aws iam get-role --role-name deploy > role.json
  trustcheck explain --trust-policy role.json --token \"$GITLAB_OIDC_TOKEN\"
  trustcheck explain --trust-policy trust.json --claims claims.json
  echo '{\"iss\": \"https://gitlab.com\", \"aud\": \"https://gitlab.com\",
         \"sub\": \"project_path:group/app:ref_type:branch:ref:main\"}' |
    trustcheck explain --trust-policy trust.json --claims -
  trustcheck token --project group/app --branch dev |
    trustcheck explain --trust-policy trust.json --token -
  trustcheck explain --world worlds/company.yml --role deploy --claims claims.json
  trustcheck explain --batch < requests.jsonl > decisions.jsonl

The policy file is a policy document, or what `aws iam get-role` prints, or the URL-encoded text
of IAM's API. The claims are a JSON object, or what `trustcheck token --decode` prints.

--json prints the decision: `effect` (allow, implicit-deny, explicit-deny), and `statements` with
what was compared with what, each with its place in `policy`. Beside it stand `token_refused` (why
STS would not ask the policy at all, else null), `notes`, and the `context` that was asked with.

--batch reads one request a line from standard input,
  {\"id\": 1, \"policy\": {...}, \"action\": \"sts:AssumeRoleWithWebIdentity\",
   \"principal\": \"arn:aws:iam::111122223333:oidc-provider/gitlab.com\",
   \"context\": {\"gitlab.com:sub\": \"...\", \"aws:TagKeys\": [\"...\"]}}
on one line, and writes a line for each, in order:
  {\"id\": 1, \"decision\": \"allow\"|\"deny\", \"explicit\": bool, \"reasons\": [{\"code\", \"message\", ...}]}
A policy is an object or a string; a principal is a name, or {\"Federated\": name} and likewise
AWS, Service, CanonicalUser; \"resource\" may be given too. A bad line gets
{\"id\": ...|null, \"error\": \"...\"}, and the rest goes on. A line has at most 1 MiB.

Exit status: 0 allowed; 1 denied; 2 bad input.
With --batch: 0 every line was decided; 2 there was a bad line.")]
pub(super) struct Arguments {
    /// The trust policy; `-` for standard input
    #[arg(long, value_name = "FILE")]
    trust_policy: Option<Utf8PathBuf>,

    /// A world or scenario file, of which a role's trust policy is taken
    #[arg(long, value_name = "FILE")]
    world: Option<Utf8PathBuf>,

    /// The role of the world: its ARN, or its name [default: the world's only role]
    #[arg(long, value_name = "ARN", requires = "world")]
    role: Option<String>,

    /// The token's claims, a JSON object; `-` for standard input
    #[arg(long, value_name = "FILE")]
    claims: Option<Utf8PathBuf>,

    /// The token itself; `-` to read it from standard input, where no process list shows it
    #[arg(long, value_name = "JWT")]
    token: Option<String>,

    /// The role's account [default: that of the role, or of the policy's provider]
    #[arg(long, value_name = "ID", value_parser = account_id, conflicts_with = "world")]
    account: Option<String>,

    /// The session name that the job asks for (`sts:RoleSessionName`)
    #[arg(long, value_name = "NAME", value_parser = session_name)]
    session_name: Option<String>,

    /// A condition key that does not follow from the token, such as aws:SourceIp=192.0.2.1; several may be given
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    context: Vec<(String, String)>,

    /// Print the decision as JSON
    #[arg(long)]
    json: bool,

    /// Decide many requests: JSON lines on standard input, JSON lines on standard output
    #[arg(long, conflicts_with_all = ["claims", "token", "account", "session_name", "context", "json"])]
    batch: bool,
}

fn account_id(text: &str) -> Result<String, String> {
    let is_id = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_id {
        Ok(text.to_owned())
    } else {
        Err("an AWS account id has twelve digits".to_owned())
    }
}

/// The constraints of `RoleSessionName` (STS API Reference, AssumeRoleWithWebIdentity).
fn session_name(text: &str) -> Result<String, String> {
    let known = |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
    if (2..=64).contains(&text.len()) && text.chars().all(known) {
        return Ok(text.to_owned());
    }
    Err("a session name has 2 to 64 letters, digits and `_+=,.@-`".to_owned())
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if key.contains(':') => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE, such as aws:SourceIp=192.0.2.1".to_owned()),
    }
}

/// A trust policy, and the account around it where that is known.
struct Asked {
    policy: TrustPolicy,
    account: Option<Account>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    if arguments.batch {
        return batch();
    }
    explain(arguments, context)
}

fn explain(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let from_stdin = [
        arguments.trust_policy.as_deref().is_some_and(|path| path == "-"),
        arguments.claims.as_deref().is_some_and(|path| path == "-"),
        arguments.token.as_deref() == Some("-"),
    ];
    if from_stdin.into_iter().filter(|from_stdin| *from_stdin).count() > 1 {
        return Err(bad_input("only one thing can be read from standard input"));
    }
    let claims = claims(arguments, context)?;
    let Asked { policy, account } = asked(arguments, context)?;
    let policy = if arguments.json { policy } else { policy.laid_out() };
    let role_arn = policy.role_arn.clone();
    let home = Home::find(
        arguments.account.as_deref(),
        role_arn.as_deref(),
        &policy.policy,
        claims.issuer(),
    );
    let chosen = arguments.session_name.as_deref();
    let question = Question {
        policy: &policy,
        claims: &claims,
        home: &home,
        account: account.as_ref(),
        session_name: (chosen.unwrap_or(SESSION_NAME), chosen.is_some()),
        context: &arguments.context,
    };
    let answer = question.answer();
    let text = if arguments.json {
        let json = serde_json::to_string_pretty(&answer).map_err(|error| bad_input(error.to_string()))?;
        format!("{json}\n")
    } else {
        explain::render(&question, &answer, context.colour())
    };
    // Whoever closed standard output has the exit status.
    let _ = io::stdout().lock().write_all(text.as_bytes());
    Ok(if answer.is_allowed() {
        Exit::AsExpected
    } else {
        Exit::FellShort
    })
}

fn claims(arguments: &Arguments, context: &Context) -> Result<Claims, Failure> {
    let of_token = |token: &str| Claims::of_token(token).map_err(|cause| bad_input(cause.to_string()));
    match (&arguments.claims, arguments.token.as_deref()) {
        (Some(path), _) => {
            Claims::read(&read(path, context)?).map_err(|at| Failure::mistakes(&[at], context))
        }
        (None, Some("-")) => of_token(read(Utf8Path::new("-"), context)?.text()),
        (None, Some(token)) => of_token(token),
        (None, None) => Err(bad_input(
            "whom should the policy let in? give --token JWT, or --claims FILE with the token's claims",
        )),
    }
}

fn asked(arguments: &Arguments, context: &Context) -> Result<Asked, Failure> {
    match (&arguments.trust_policy, &arguments.world) {
        (Some(path), _) => Ok(Asked {
            policy: TrustPolicy::read(&read(path, context)?)
                .map_err(|at| Failure::mistakes(&[at], context))?,
            account: None,
        }),
        (None, Some(path)) => of_world(path, arguments.role.as_deref(), context),
        (None, None) => Err(bad_input("give --trust-policy FILE or --world FILE")),
    }
}

fn of_world(path: &Utf8Path, wanted: Option<&str>, context: &Context) -> Result<Asked, Failure> {
    let world = input::world(path, context)?.world;
    let roles: Vec<(&Account, &Role, String)> = world
        .spec
        .accounts
        .iter()
        .flat_map(|account| {
            account
                .roles
                .iter()
                .map(move |role| (account, role, role.arn(&account.id)))
        })
        .collect();
    let arns = || roles.iter().map(|(_, _, arn)| arn.as_str());
    let listed = || {
        arns()
            .map(|arn| format!("`{arn}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let fits = |arn: &str, role: &Role| wanted.is_none_or(|wanted| wanted == arn || wanted == role.name);
    let found: Vec<_> = roles.iter().filter(|(_, role, arn)| fits(arn, role)).collect();
    match (found.as_slice(), wanted) {
        ([(account, role, arn)], _) => {
            let text = Source::new(path, role.trust_policy.text());
            let source = world.policies.get(arn).unwrap_or(&text);
            Ok(Asked {
                policy: TrustPolicy::of_world(role, arn, source),
                account: Some((*account).clone()),
            })
        }
        ([], _) if roles.is_empty() => Err(bad_input(format!("the world of `{path}` has no role"))),
        ([], wanted) => {
            let wanted = wanted.unwrap_or_default();
            let hint = match nearest(wanted, arns()) {
                Some(arn) => format!("did you mean `{arn}`?"),
                None => format!("its roles are {}", listed()),
            };
            Err(bad_input(format!(
                "the world of `{path}` has no role `{wanted}`: {hint}"
            )))
        }
        (_, None) => Err(bad_input(format!(
            "the world of `{path}` has several roles: choose with --role, of {}",
            listed()
        ))),
        (_, Some(wanted)) => Err(bad_input(format!(
            "`{wanted}` is the name of several roles: choose by ARN, of {}",
            listed()
        ))),
    }
}

/// A file, or what standard input has.
fn read(path: &Utf8Path, context: &Context) -> Result<Source, Failure> {
    let text = input::text(path, context).map_err(bad_input)?;
    let shown = if path == "-" {
        Utf8Path::new("<stdin>")
    } else {
        path
    };
    Ok(Source::new(shown, text))
}

fn bad_input(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Input, message)
}

fn batch() -> Result<Exit, Failure> {
    let input = BufReader::with_capacity(BUFFER, io::stdin());
    let mut output = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    match explain::batch(input, &mut output) {
        Ok(summary) if summary.bad == 0 => Ok(Exit::AsExpected),
        Ok(_) => Ok(Exit::Input),
        // the reader has seen enough
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::AsExpected),
        Err(error) => Err(Failure::new(Exit::Environment, format!("cannot go on: {error}"))),
    }
}
