//! Runs a command in a sandbox: `cargo run -p job-sandbox --example enter -- COMMAND…`. Nothing answers on its network.

#![expect(clippy::print_stderr, reason = "an example that tells what went wrong")]

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use job_sandbox::{Ending, Event, Limits, Mode, Order, Spec};

fn main() -> ExitCode {
    if let Some(exit) = job_sandbox::intercept(std::env::args_os()) {
        return exit;
    }
    match run(std::env::args_os().skip(1).collect()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Vec<OsString>) -> Result<u8, Box<dyn std::error::Error>> {
    let this = std::env::current_exe()?;
    let mut spec = Spec {
        mode: Mode::FULL,
        hostname: "example".to_owned(),
        ports: vec![443, 80],
        others: Vec::new(),
        home: "/root".into(),
        project: "/builds/example".into(),
        keep: Vec::new(),
        share: Vec::new(),
        hide: Vec::new(),
        files: Vec::new(),
        limits: Limits {
            processes: 1_000,
            memory: 1 << 30,
            files: 1 << 30,
        },
    };
    spec.mode = job_sandbox::probe(&this, &spec).map_err(|denied| match denied.remedy() {
        Some(remedy) => format!("{denied}; {remedy}"),
        None => denied.to_string(),
    })?;
    spec.project = Spec::builds(spec.mode).join("example");
    let (mut helper, control) = job_sandbox::start(&this, &spec)?;
    let mut child = helper.spawn()?;
    drop(helper);
    let Event::Ready { .. } = control.wait()? else {
        return Err("no sandbox".into());
    };
    let mut words = command.into_iter();
    let order = Order {
        program: words.next().unwrap_or_else(|| "/bin/sh".into()).into(),
        arguments: words.collect(),
        environment: vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())],
        directory: spec.project,
    };
    control.run(&order, io::stdin(), io::stdout(), io::stderr())?;
    let event = control.wait()?;
    drop(control);
    child.wait()?;
    match event {
        Event::Ended(Ending::Code(code)) => Ok(u8::try_from(code)?),
        other => Err(format!("{other:?}").into()),
    }
}
