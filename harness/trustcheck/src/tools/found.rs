//! A program on the host's `PATH`: does it run, and which version is it?
//!
//! Asking takes the AWS CLI a third of a second, so the answer is kept in the cache for as long as the program's file
//! stays the same.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::execute::{Exit, Program, run};

/// How long a program may take to print its version.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first line that `program` prints of its version; nothing where it does not run.
pub(super) async fn version(program: &Path, arguments: &[&str], context: &Context) -> Option<String> {
    let metadata = std::fs::metadata(program).ok()?;
    let key = format!("{}\t{}\t{}", program.display(), metadata.mtime(), metadata.size());
    let record = context.cache.join("tools").join("found.json");
    let mut known: BTreeMap<String, String> = std::fs::read(&record)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    if let Some(version) = known.get(&key) {
        return Some(version.clone());
    }
    let version = ask(program, arguments, context).await?;
    known.retain(|other, _| other.split('\t').next() != Some(program.to_string_lossy().as_ref()));
    known.insert(key, version.clone());
    remember(&record, &known);
    Some(version)
}

async fn ask(program: &Path, arguments: &[&str], context: &Context) -> Option<String> {
    let program = Program {
        path: program.to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        environment: context.environment.clone().into_iter().collect(),
        directory: context.temporary.clone(),
        input: None,
    };
    let mut output = Vec::new();
    let exit = run(&program, PATIENCE, &CancellationToken::new(), |bytes| {
        output.extend_from_slice(bytes);
    })
    .await;
    let text = String::from_utf8_lossy(&output);
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    (matches!(exit, Ok(Exit::Code(0))) && !line.is_empty()).then_some(line)
}

/// Writes the record whole or not at all; without it the question is only asked again.
fn remember(record: &Path, known: &BTreeMap<String, String>) {
    let Some(directory) = record.parent() else { return };
    let _ = std::fs::create_dir_all(directory);
    if let (Ok(text), Ok(mut file)) = (
        serde_json::to_vec(known),
        tempfile::NamedTempFile::new_in(directory),
    ) {
        use std::io::Write;
        if file.write_all(&text).is_ok() {
            let _ = file.persist(record);
        }
    }
}
