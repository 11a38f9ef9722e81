//! The ready file: for programs that start a world and wait until it answers.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Environment, Standing};

/// A file that is there while the world is up.
#[derive(Debug)]
pub struct ReadyFile {
    path: PathBuf,
}

impl ReadyFile {
    /// Writes the file in one step: whoever sees it sees all of it, and the world answers already. Only this user can read
    /// it, since a key pair is in it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(path: &Path, standing: &Standing, process: u32) -> io::Result<ReadyFile> {
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new()
            .prefix(".trustcheck-ready-")
            .tempfile_in(directory)?;
        writeln!(file, "{:#}", content(standing, process))?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(ReadyFile {
            path: path.to_owned(),
        })
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // It may be gone already; nobody is left to tell.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn content(standing: &Standing, process: u32) -> serde_json::Value {
    let world = standing.world();
    let address = world.edge().to_string();
    let (access_key_id, secret_access_key) = standing.administrator();
    let environment = Environment::of(standing);
    let issuers: Vec<_> = world
        .gitlabs()
        .iter()
        .map(|gitlab| {
            json!({
                "url": gitlab.issuer(),
                "host": gitlab.url().host(),
                "port": gitlab.url().port(),
                "address": address,
            })
        })
        .collect();
    json!({
        "pid": process,
        "address": address,
        "endpoint_url": format!("http://{address}"),
        "https_endpoint_url": format!("https://{address}"),
        "proxy_url": format!("http://{address}"),
        "issuers": issuers,
        "ca_file": standing.authority().display().to_string(),
        "account": standing.account(),
        "access_key_id": access_key_id,
        "secret_access_key": secret_access_key,
        "control": standing.control().map(|(url, token)| json!({ "url": url, "token": token })),
        "region": environment.region(),
        "environment": environment,
    })
}
