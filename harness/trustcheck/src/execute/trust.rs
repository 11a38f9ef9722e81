//! Files of a sandboxed job's `/etc`: whom its programs trust, and where they look names up.

use std::fs;
use std::path::{Path, PathBuf};

use job_sandbox::{OWN_FILES, Overlaid};
use trustcheck_lab::Authority;

use super::process::find_program;
use crate::context::Context;

/// The bundles of certificate authorities that programs read: Debian, Fedora, Alpine, SUSE.
const BUNDLES: [&str; 7] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/usr/lib/ssl/cert.pem",
];

/// Java's stores, where they do not lie with the JDK.
const JAVA_STORES: [&str; 3] = [
    "/etc/ssl/certs/java/cacerts",
    "/etc/pki/ca-trust/extracted/java/cacerts",
    "/opt/java/openjdk/lib/security/cacerts",
];

/// Where distributions have their JDKs.
const JDKS: &str = "/usr/lib/jvm";

/// A JDK's store, from its home.
const JAVA_STORE: &str = "lib/security/cacerts";

/// The name of the host that a job finds itself on.
pub(super) const HOSTNAME: &str = "runner";

/// What a job's files are made from: found once.
#[derive(Debug)]
pub(crate) struct Trust {
    bundles: Vec<PathBuf>,
    java_stores: Vec<PathBuf>,
    name_services: String,
}

impl Trust {
    /// Finds out where this host's programs look.
    pub(super) fn find(context: &Context) -> Trust {
        let bundles = distinct(BUNDLES.iter().map(PathBuf::from));
        let mut stores: Vec<PathBuf> = JAVA_STORES.iter().map(PathBuf::from).collect();
        let jdks = fs::read_dir(JDKS).into_iter().flatten().flatten();
        let homes = jdks
            .map(|entry| entry.path())
            .chain(context.variable("JAVA_HOME").map(PathBuf::from))
            .chain(java_home(context.variable("PATH").unwrap_or_default()));
        for home in homes {
            stores.extend([home.join(JAVA_STORE), home.join("jre").join(JAVA_STORE)]);
        }
        Trust {
            bundles,
            java_stores: distinct(stores.into_iter()),
            name_services: name_services(&fs::read_to_string("/etc/nsswitch.conf").unwrap_or_default()),
        }
    }

    /// Where a job finds the bundle, on every host.
    pub(crate) fn bundle() -> String {
        format!("{OWN_FILES}/ca.pem")
    }

    /// The files of a job whose world has this authority. With `and_real_ones`, hosts outside the world are trusted as the
    /// host trusts them, for the job may reach some.
    pub(super) fn files(&self, authority: &Authority, and_real_ones: bool) -> Vec<Overlaid> {
        let mut bundle = authority.pem().to_owned();
        if and_real_ones && let Some(real) = self.bundles.first() {
            bundle.push_str(&fs::read_to_string(real).unwrap_or_default());
        }
        let file = |path: &Path, content: &[u8]| Overlaid {
            path: path.to_owned(),
            content: content.to_vec(),
        };
        let own = PathBuf::from(Trust::bundle());
        let mut files: Vec<Overlaid> = [&own]
            .into_iter()
            .chain(&self.bundles)
            .map(|path| file(path, bundle.as_bytes()))
            .collect();
        let store = authority.java_trust_store();
        files.extend(self.java_stores.iter().map(|path| file(path, &store)));
        let hosts = format!("127.0.0.1\tlocalhost {HOSTNAME}\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        files.extend([
            file(Path::new("/etc/hosts"), hosts.as_bytes()),
            file(Path::new("/etc/hostname"), format!("{HOSTNAME}\n").as_bytes()),
            file(Path::new("/etc/resolv.conf"), b"nameserver 127.0.0.1\n"),
            file(Path::new("/etc/nsswitch.conf"), self.name_services.as_bytes()),
        ]);
        files
    }
}

/// The files that there are, each once, whatever leads to it.
fn distinct(paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = paths
        .filter_map(|path| fs::canonicalize(path).ok())
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The home of the `java` on `PATH`.
fn java_home(path: &str) -> Option<PathBuf> {
    let program = fs::canonicalize(find_program("java", path)?).ok()?;
    Some(program.parent()?.parent()?.to_owned())
}

/// The host's `nsswitch.conf`, with names looked up in files and by DNS alone: other services ask daemons that see the
/// host's network.
fn name_services(host: &str) -> String {
    let others = host
        .lines()
        .filter(|line| !line.trim_start().starts_with("hosts:"))
        .map(|line| format!("{line}\n"));
    others.chain(["hosts: files dns\n".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_of_hosts_is_changed() {
        let host =
            "passwd: files sss\nhosts: mymachines resolve [!UNAVAIL=return] files dns\nnetworks: files\n";
        assert_eq!(
            name_services(host),
            "passwd: files sss\nnetworks: files\nhosts: files dns\n"
        );
        assert_eq!(name_services(""), "hosts: files dns\n");
    }
}
