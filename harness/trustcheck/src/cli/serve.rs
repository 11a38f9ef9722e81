//! `trustcheck serve`: a world that stays up.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};

use camino::Utf8PathBuf;
use clap::Args;
use mock_gitlab::{BaseUrl, KeyPool};

use super::{Exit, Failure, descriptors, input, interrupt, issuers};
use crate::context::Context;
use crate::scenario::Described;
use crate::serve::{Environment, Form, Log, Plan, ReadyFile, ServeError, Standing};

/// Leave a world up: GitLab and AWS on one port, until Ctrl-C
///
/// The port answers AWS over plain HTTP and over TLS, each issuer of the world by its name over TLS, and proxy requests for
/// all of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trustcheck serve --listen 127.0.0.1:4566             then, in another shell:
  export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  aws sts get-caller-identity --region us-east-1

  trustcheck serve --ready-file ready.json > world.env &
  until [ -e ready.json ]; do sleep 0.1; done; . ./world.env
  curl -x \"$AWS_ENDPOINT_URL\" --cacert \"$AWS_CA_BUNDLE\" https://gitlab.com/oauth/discovery/keys

  trustcheck serve --world scenarios/worlds/company.yml
  aws sts assume-role-with-web-identity --role-arn \"$ROLE_ARN\" --role-session-name me \\
    --web-identity-token \"$(trustcheck token --world scenarios/worlds/company.yml)\"

STS asks the issuers of the world for their keys, and whatever listens on this computer (https://localhost:8443, say); others
only where --allow-issuer names them. A certificate that no authority vouches for is trusted by the provider's thumbprint.

Standard output has the environment to use; standard error a line for each request, with the decision and its reason, never a
token or a secret. The key pair test/test is that of the administrator of the world's first account.

With a ready file there is a control plane on a port of its own: mint tokens, replace keys, set and clear faults, move the clock, read or
follow the journal, export and reset the world.
  control() { curl -s -H \"Authorization: Bearer $(jq -r .control.token ready.json)\" \"$TRUSTCHECK_CONTROL_URL$@\"; }
  control /v1/clock -d '{\"advance\": \"61m\"}'

The ready file is JSON: `pid`, `address`, `endpoint_url`, `https_endpoint_url`, `proxy_url`, `issuers` (`url`, `host`, `port`,
`address`), `ca_file`, `account`, `control` (`url`, `token`), `access_key_id`, `secret_access_key`, `region`, `environment`. It appears when everything
answers, and goes with the world.

Exit status: 0 ended by SIGINT or SIGTERM; 2 bad input; 3 the port is in use, or the like.")]
pub(super) struct Arguments {
    /// The world, from a world file or a scenario file [default: https://gitlab.com, and account 123456789012 without roles]
    #[arg(long, value_name = "FILE")]
    world: Option<Utf8PathBuf>,

    /// Where to listen. Anything but a loopback address lets others in [default: any free port of 127.0.0.1]
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", hide_default_value = true, value_parser = address)]
    listen: SocketAddr,

    /// Write this file when everything answers
    #[arg(long, value_name = "FILE")]
    ready_file: Option<Utf8PathBuf>,

    /// Where the control plane listens, whose description is at /openapi.json there. Its token is in the ready file [default: any free
    /// port of 127.0.0.1]
    #[arg(long, value_name = "ADDRESS:PORT", requires = "ready_file", value_parser = address)]
    control: Option<SocketAddr>,

    /// How to print the environment
    #[arg(long, value_name = "FORM", default_value = "sh")]
    print_env: Form,

    /// Let STS ask this issuer outside the world for its keys; so for the host of its `jwks_uri`. May be repeated
    #[arg(long, value_name = "URL", value_parser = issuers::url)]
    allow_issuer: Vec<BaseUrl>,

    /// Certificate authorities, in PEM, that STS trusts for issuers outside the world, beside the system's
    #[arg(long, value_name = "FILE")]
    issuer_ca: Option<Utf8PathBuf>,

    /// What seals sessions, 64 hexadecimal digits: worlds with the same key honour each other's credentials [default: random]
    #[arg(long, value_name = "HEX", env = "TRUSTCHECK_SEED_KEY", hide_env_values = true, value_parser = seed_key)]
    seed_key: Option<SeedKey>,
}

/// A key that is not shown.
#[derive(Clone)]
struct SeedKey([u8; 32]);

impl std::fmt::Debug for SeedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeedKey(…)")
    }
}

fn seed_key(text: &str) -> Result<SeedKey, String> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect();
    let bytes: Option<Vec<u8>> = digits.map(|digits| {
        digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit))
            .collect()
    });
    match bytes.map(<[u8; 32]>::try_from) {
        Some(Ok(key)) if text.len() == 64 => Ok(SeedKey(key)),
        _ => Err("a seed key has 64 hexadecimal digits".to_owned()),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = text
        .strip_prefix("localhost:")
        .map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    numeric
        .parse()
        .map_err(|_| "write ADDRESS:PORT, such as 127.0.0.1:4566".to_owned())
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let stop = interrupt::token();
    let world = match &arguments.world {
        Some(path) => input::world(path, context)?.world,
        None => Described::default(),
    };
    let reach = issuers::reach(&arguments.allow_issuer, arguments.issuer_ca.as_ref(), context)?;
    let keys = KeyPool::open(context.cache.join("keys"));
    for gitlab in 0..world.spec.gitlabs.len() {
        keys.key_set(gitlab, &mut say).map_err(environment)?;
    }
    let log = Log::start(std::io::stderr());
    let plan = Plan {
        world: world.spec,
        listen: arguments.listen,
        seed_key: arguments.seed_key.map_or_else(rand::random, |key| key.0),
        seed: rand::random(),
        control: arguments.ready_file.as_ref().map(|_| control(arguments.control)),
        temporary: context.temporary.clone(),
        reach,
        connections: descriptors::connections(),
    };
    let standing = Standing::start(plan, &keys, log.listener())
        .await
        .map_err(|error| match error {
            ServeError::Boot(trustcheck_lab::BootError::GitLab(error)) => {
                Failure::new(Exit::Input, error.to_string())
            }
            other => environment(other),
        })?;
    if !arguments.listen.ip().is_loopback() {
        say(&format!(
            "warning: {} is not a loopback address: whoever reaches it can use this world, with the keys test/test",
            arguments.listen
        ));
    }
    if let Some(address) = arguments.control.filter(|address| !address.ip().is_loopback()) {
        say(&format!(
            "warning: {address} is not a loopback address: whoever reaches it and has the ready file's token can control this world"
        ));
    }
    {
        // Who closed standard output does not need the environment.
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(Environment::of(&standing).written(arguments.print_env).as_bytes());
        let _ = out.flush();
    }
    let ready = match &arguments.ready_file {
        Some(path) => {
            let full = context.resolve(path);
            let written = ReadyFile::write(full.as_std_path(), &standing, std::process::id());
            Some(written.map_err(|error| {
                Failure::new(
                    Exit::Environment,
                    format!("cannot write the ready file `{path}`: {error}"),
                )
            })?)
        }
        None => None,
    };
    say(&format!(
        "ready: http://{} (Ctrl-C ends it)",
        standing.world().edge()
    ));
    stop.cancelled().await;
    drop(ready);
    standing.stop().await.map_err(|error| {
        Failure::new(
            Exit::Environment,
            format!("cannot remove the certificate authority's file: {error}"),
        )
    })?;
    log.finish();
    Ok(Exit::AsExpected)
}

/// Where the control plane listens, and a new token for it.
fn control(address: Option<SocketAddr>) -> (SocketAddr, String) {
    let token: [u8; 32] = rand::random();
    let token = token.iter().map(|byte| format!("{byte:02x}")).collect();
    (address.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into()), token)
}

fn environment(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Environment, error.to_string())
}

fn say(what: &str) {
    // A closed standard error cannot be told of anything.
    let _ = writeln!(std::io::stderr(), "{what}");
}
