//! One case of the report.

use super::markup::Markup;
use super::{decision, sequence};
use crate::observation::{JobRun, JobStatus, Observation};
use crate::run::{CaseReport, Status};
use crate::scenario::Lesson;

/// The most bytes of one job's log that are shown.
const LONGEST_LOG: usize = 60_000;

/// The sign and the word of each status, and its class.
pub(super) fn status(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Passed => ("✓ passed", "passed"),
        Status::Failed => ("✗ failed", "failed"),
        Status::Skipped => ("– skipped", "skipped"),
        Status::Error => ("! error", "error"),
    }
}

/// The case, the `number`th of the report.
pub(super) fn markup(report: &CaseReport, number: usize) -> Markup {
    let mut html = Markup::default();
    let (badge, class) = status(report.status);
    html.raw("<details class=\"case ")
        .raw(class)
        .raw("\" id=\"case-")
        .text(number)
        .raw("\" data-tags=\"");
    html.text(report.tags.join("\n")).raw("\"");
    if matches!(report.status, Status::Failed | Status::Error) {
        html.raw(" open");
    }
    html.raw("><summary><span class=\"badge\">")
        .raw(badge)
        .raw("</span><h2>")
        .text(&report.scenario);
    for (name, value) in &report.values {
        html.raw(" <code>").text(name).raw("=").text(value).raw("</code>");
    }
    html.raw("</h2><span class=\"meta\">").text(&report.id).raw(" · ");
    html.text(format_args!("{:.2} s", report.duration.as_secs_f64()))
        .raw("</span></summary><div class=\"body\">");
    if let Some(reason) = &report.reason {
        html.raw("<p>").text(reason).raw("</p>");
    }
    for mistake in &report.mistakes {
        html.raw("<pre class=\"text\">")
            .text(mistake.render(false))
            .raw("</pre>");
    }
    unmet(report, &mut html);
    if let Some(lesson) = &report.lesson {
        of_lesson(lesson, &mut html);
    }
    if let Some(seen) = &report.observation {
        of_observation(seen, &mut html);
    }
    if !report.tags.is_empty() {
        html.raw("<p class=\"tags\">Tags:");
        for tag in &report.tags {
            html.raw(" <code>").text(tag).raw("</code>");
        }
        html.raw("</p>");
    }
    html.raw("</div></details>\n");
    html
}

fn unmet(report: &CaseReport, html: &mut Markup) {
    if report.missed.is_empty() {
        return;
    }
    html.raw("<h3>Expected, and not seen</h3>");
    for missed in &report.missed {
        html.raw("<dl class=\"unmet\"><dt>Expected</dt><dd>")
            .prose(&missed.expected);
        html.raw("</dd><dt>Seen</dt><dd>")
            .prose(&missed.actual)
            .raw("</dd></dl>");
        html.raw("<pre class=\"text\">")
            .text(missed.place.render(false))
            .raw("</pre>");
    }
}

fn of_lesson(lesson: &Lesson, html: &mut Markup) {
    html.raw("<h3>Lesson</h3><dl class=\"lesson\"><dt>Symptom</dt><dd>")
        .prose(&lesson.symptom);
    html.raw("</dd><dt>Cause</dt><dd>").prose(&lesson.cause);
    html.raw("</dd><dt>Fix</dt><dd>").prose(&lesson.fix).raw("</dd>");
    if let Some(source) = &lesson.source {
        html.raw("<dt>Source</dt><dd>").text(source).raw("</dd>");
    }
    if !lesson.see_also.is_empty() {
        html.raw("<dt>See also</dt><dd>")
            .text(lesson.see_also.join("; "))
            .raw("</dd>");
    }
    html.raw("</dl>");
}

fn of_observation(seen: &Observation, html: &mut Markup) {
    for refusal in &seen.refusal {
        html.raw("<h3>GitLab creates no pipeline</h3><pre class=\"text\">");
        html.text(refusal.render(false)).raw("</pre>");
    }
    if let Some(sequence) = sequence::markup(seen) {
        html.raw("<h3>What happened</h3>").add(&sequence);
    }
    if let Some(decisions) = decision::markup(seen) {
        html.raw("<h3>Why</h3>").add(&decisions);
    }
    for job in &seen.jobs {
        of_job(job, html);
    }
    if !seen.idle.is_empty() {
        html.raw("<h3>Jobs that did not run</h3><ul>");
        for idle in &seen.idle {
            html.raw("<li><code>")
                .text(&idle.name)
                .raw("</code> ")
                .text(idle.why.word())
                .raw("</li>");
        }
        html.raw("</ul>");
    }
}

fn of_job(job: &JobRun, html: &mut Markup) {
    let status = match job.status() {
        JobStatus::Success => "✓ success",
        JobStatus::Failed => "✗ failed",
        JobStatus::TimedOut => "✗ timed out",
    };
    html.raw("<h3>Log of job <code>")
        .text(&job.name)
        .raw("</code></h3><p class=\"meta\">")
        .raw(status)
        .raw(", ");
    html.text(job.ending()).raw("</p><pre class=\"text log\">");
    // A carriage return moves a terminal's cursor; here it would only be in the way.
    let log = job.text().replace('\r', "");
    if log.len() <= LONGEST_LOG {
        html.text(&log);
    } else {
        let head = log.floor_char_boundary(LONGEST_LOG / 3);
        let tail = log.ceil_char_boundary(log.len() - LONGEST_LOG * 2 / 3);
        html.text(&log[..head]).raw("</pre><p class=\"meta\">… ");
        html.text(log[head..tail].lines().count())
            .raw(" lines are left out here …</p><pre class=\"text log\">");
        html.text(&log[tail..]);
    }
    html.raw("</pre>");
}
