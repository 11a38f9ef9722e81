//! Progress on standard error: a bar on a terminal, nothing where nobody watches.

use std::io;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::run::{Event, Listener};

/// Shows how far a run is, and which cases are running.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: ProgressBar,
    running: Vec<String>,
    animates: bool,
}

impl Progress {
    /// A bar where it may move; elsewhere only long preparations are told, a line each.
    #[must_use]
    pub fn new(animates: bool) -> Progress {
        let target = if animates {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(
            ProgressStyle::with_template("{spinner} {wide_msg}").unwrap_or(ProgressStyle::default_spinner()),
        );
        if animates {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Progress {
            bar,
            running: Vec::new(),
            animates,
        }
    }

    /// Tells of something that takes longer than a moment.
    pub fn preparing(&self, what: &str) {
        if self.animates {
            self.bar.set_message(what.to_owned());
        } else {
            #[expect(
                clippy::print_stderr,
                reason = "progress is for standard error, and this is its one place"
            )]
            {
                eprintln!("trustcheck: {what}");
            }
        }
    }

    /// Runs `write` with the bar out of the way, so that the two do not mix on a terminal.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    fn show(&self) {
        let names: Vec<&str> = self.running.iter().map(String::as_str).collect();
        self.bar.set_message(names.join(" · "));
    }
}

impl Listener for Progress {
    fn hear(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Began { cases } => {
                let style =
                    ProgressStyle::with_template("{spinner} {pos}/{len} {wide_bar} {elapsed}\n  {wide_msg}");
                self.bar.set_style(style.unwrap_or(ProgressStyle::default_bar()));
                self.bar.set_length(u64::try_from(*cases).unwrap_or(u64::MAX));
                self.bar.set_message("");
            }
            Event::Preparing(what) => self.preparing(what),
            Event::CaseBegan(id) => {
                self.running.push((*id).to_owned());
                self.show();
            }
            Event::CaseEnded(id) => {
                self.running.retain(|running| running != id);
                self.bar.inc(1);
                self.show();
            }
            Event::Case(_) => {}
            Event::Ended(_) => self.bar.finish_and_clear(),
        }
        Ok(())
    }
}
