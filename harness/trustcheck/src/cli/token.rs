//! `trustcheck token`: an ID token, as a job would get it or with claims of one's own.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::Args;
use jiff::Timestamp;
use mock_gitlab::KeyPool;
use serde_json::Value;

use super::job::JobOptions;
use super::{Exit, Failure, input};
use crate::context::Context;
use crate::mint::{Mint, MintError, Minted};

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
    #[command(flatten)]
    job: JobOptions,

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
    let (world, start) = arguments.job.world(context)?;
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
            let order = arguments
                .job
                .order(&world, start)
                .map_err(|why| Failure::new(Exit::Input, why))?;
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
