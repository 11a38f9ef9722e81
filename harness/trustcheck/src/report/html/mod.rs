//! `--report html=FILE`: one file that needs nothing else, for a browser, a phone or paper.
//!
//! What is in it is text of the run, escaped by type ([`markup`]); its own style sheet and script are named by their digests,
//! so that a browser runs nothing else.

mod case;
mod decision;
mod markup;
mod sequence;

use std::collections::BTreeSet;
use std::io::{self, Write};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::run::{CaseReport, Event, Listener, Status, Summary};
use markup::Markup;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Collects the cases and writes the page at the end.
pub(super) struct Html {
    out: Box<dyn Write + Send>,
    began: Timestamp,
    cases: Markup,
    count: usize,
    tags: BTreeSet<String>,
}

impl Html {
    /// A page about a run that began at this time.
    pub(super) fn new(out: Box<dyn Write + Send>, began: Timestamp) -> Html {
        Html {
            out,
            began,
            cases: Markup::default(),
            count: 0,
            tags: BTreeSet::new(),
        }
    }

    fn case(&mut self, report: &CaseReport) {
        self.count += 1;
        self.cases.add(&case::markup(report, self.count));
        self.tags.extend(report.tags.iter().cloned());
    }

    fn page(&self, summary: &Summary) -> Markup {
        let mut html = Markup::default();
        html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-");
        html.text(hash(STYLE))
            .raw("'; script-src 'sha256-")
            .text(hash(SCRIPT))
            .raw("'\">\n<title>");
        html.text(headline(summary))
            .raw(" – trustcheck</title>\n<style>")
            .raw(STYLE)
            .raw("</style>\n</head>\n<body>\n");
        html.raw("<a class=\"skip\" href=\"#cases\">Skip to the cases</a>\n<header>\n<h1>trustcheck: ")
            .text(headline(summary))
            .raw("</h1>\n");
        self.summary(summary, &mut html);
        html.raw("</header>\n<main id=\"cases\" tabindex=\"-1\">\n");
        self.filters(summary, &mut html);
        html.add(&self.cases);
        html.raw("<p id=\"none\" hidden>No case fits these filters.</p>\n</main>\n<footer><p>Everything here was rehearsed against mocks of GitLab and AWS. \
                  Tokens are shown without their signatures, and masked variables as <code>[MASKED]</code>.</p></footer>\n<script>");
        html.raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
        html
    }

    fn summary(&self, summary: &Summary, html: &mut Markup) {
        html.raw("<ul class=\"counts\">");
        for (status, count) in counts(summary) {
            let (_, class) = case::status(status);
            html.raw("<li class=\"")
                .raw(class)
                .raw("\"><b>")
                .text(count)
                .raw("</b> ")
                .text(word(status, count))
                .raw("</li>");
        }
        html.raw("</ul>\n");
        let total = summary.total().max(1);
        html.raw("<svg class=\"bar\" viewBox=\"0 0 ")
            .text(total)
            .raw(" 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        let mut from = 0;
        for (status, count) in counts(summary) {
            let (_, class) = case::status(status);
            html.raw("<rect class=\"")
                .raw(class)
                .raw("\" x=\"")
                .text(from)
                .raw("\" width=\"")
                .text(count)
                .raw("\" height=\"1\"/>");
            from += count;
        }
        html.raw("</svg>\n<p class=\"meta\">Began <time>")
            .text(self.began.strftime("%Y-%m-%d %H:%M:%S UTC"));
        html.raw("</time>, took ")
            .text(format_args!("{:.2} s", summary.duration.as_secs_f64()));
        html.raw(if summary.interrupted {
            "; it was interrupted.</p>\n"
        } else {
            ".</p>\n"
        });
    }

    /// The filters, which only a script can work: it shows them.
    fn filters(&self, summary: &Summary, html: &mut Markup) {
        html.raw("<form id=\"filters\" role=\"search\" aria-label=\"Filter the cases\" hidden>\n<fieldset><legend>Status</legend>");
        for (status, count) in counts(summary) {
            let (_, class) = case::status(status);
            html.raw("<label><input type=\"checkbox\" name=\"status\" value=\"")
                .raw(class)
                .raw("\" checked> ");
            html.raw(class).raw(" (").text(count).raw(")</label>");
        }
        html.raw("</fieldset>\n<label>Tag <select name=\"tag\"><option value=\"\">any</option>");
        for tag in &self.tags {
            html.raw("<option>").text(tag).raw("</option>");
        }
        html.raw("</select></label>\n<label class=\"wide\">Text <input type=\"search\" name=\"text\" autocomplete=\"off\" spellcheck=\"false\"></label>\n");
        html.raw("<span class=\"buttons\"><button type=\"button\" id=\"open\">Open all</button> <button type=\"button\" id=\"close\">Close all</button></span>\n");
        html.raw("<p role=\"status\" id=\"shown\" class=\"meta\">")
            .text(summary.total())
            .raw(" of ")
            .text(summary.total())
            .raw(" cases</p>\n</form>\n");
    }
}

impl Listener for Html {
    fn hear(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Case(report) => self.case(report),
            Event::Ended(summary) => {
                let page = self.page(summary);
                self.out.write_all(page.as_str().as_bytes())?;
                self.out.flush()?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn hash(text: &str) -> String {
    STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

fn counts(summary: &Summary) -> [(Status, usize); 4] {
    [
        (Status::Passed, summary.passed),
        (Status::Failed, summary.failed),
        (Status::Skipped, summary.skipped),
        (Status::Error, summary.errors),
    ]
}

fn word(status: Status, count: usize) -> &'static str {
    match status {
        Status::Error if count != 1 => "errors",
        other => other.word(),
    }
}

/// What came of the run, in a few words.
fn headline(summary: &Summary) -> String {
    let short = summary.failed + summary.errors;
    let ran = summary.total() - summary.skipped;
    match (summary.interrupted, short, ran) {
        (true, ..) => "the run was interrupted".to_owned(),
        (_, 0, 0) => "no case ran".to_owned(),
        (_, 0, 1) => "the case passed".to_owned(),
        (_, 0, ran) => format!("all {ran} cases passed"),
        (_, short, ran) => format!("{short} of {ran} cases fell short"),
    }
}
