//! What a sandbox is to be: everything that its maker may choose.

use std::io;
use std::path::{Path, PathBuf};

use crate::namespaces::fields::{Reader, Writer};

/// How much of a sandbox the kernel, or the container around us, allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// Whether the job gets a root directory of its own (`pivot_root`). Without, what is not for the job is covered where it
    /// stands, and no new directory can be made at the top.
    pub own_root: bool,
    /// Whether the job gets a `/proc` of its own. Without, it sees the processes around the sandbox, which it cannot
    /// touch.
    pub own_proc: bool,
}

impl Mode {
    /// All that there is.
    pub const FULL: Mode = Mode {
        own_root: true,
        own_proc: true,
    };

    /// What is missing from a full sandbox, in words; nothing where it is one.
    #[must_use]
    pub fn shortfall(self) -> Option<&'static str> {
        match (self.own_root, self.own_proc) {
            (true, true) => None,
            (true, false) => {
                Some("jobs see the processes around the sandbox, since no new /proc may be mounted")
            }
            (false, true) => {
                Some("the host's directories are covered in place, since pivot_root is not allowed")
            }
            (false, false) => Some(
                "the host's directories are covered in place, and jobs see the processes around the sandbox, since neither \
                 pivot_root nor a new /proc is allowed",
            ),
        }
    }
}

/// What one job may use at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Processes and threads at a time.
    pub processes: u64,
    /// Bytes of memory: of each process as the kernel counts its data, and of all together as they are seen several
    /// times a second.
    pub memory: u64,
    /// Bytes in files that the job writes, which are kept in memory.
    pub files: u64,
}

impl Limits {
    /// What a job may use on this host: enough for a build, and never all there is.
    #[must_use]
    pub fn of_this_host() -> Limits {
        let system = rustix::system::sysinfo();
        let memory = system.totalram.saturating_mul(u64::from(system.mem_unit));
        Limits {
            processes: 1024,
            memory: (memory / 2).min(4 << 30),
            files: (memory / 4).min(2 << 30),
        }
    }
}

/// A file that the job sees in the place of the host's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlaid {
    /// Where. A file that the host does not have can only be put below a directory that is the job's.
    pub path: PathBuf,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Everything about a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// How much of it is possible, as [`probe`](crate::probe) found.
    pub mode: Mode,
    /// The name of the host, as the job sees it.
    pub hostname: String,
    /// The TCP ports to listen on, at 127.0.0.1 and, where there is IPv6, at ::1. To these comes 53 for DNS.
    pub ports: Vec<u16>,
    /// More loopback addresses with ports to listen on.
    pub others: Vec<std::net::SocketAddrV4>,
    /// The job's home: a directory of its own at this path, whatever the host has there.
    pub home: PathBuf,
    /// The job's work directory; below [`builds`](Spec::builds).
    pub project: PathBuf,
    /// Directories and files in hidden places that the job sees all the same, read-only: its tools.
    pub keep: Vec<PathBuf>,
    /// Directories of the host that the job sees at their own place and may write to as its user may.
    pub share: Vec<PathBuf>,
    /// More directories and files that the job is not to see.
    pub hide: Vec<PathBuf>,
    /// Files in the place of the host's.
    pub files: Vec<Overlaid>,
    /// What the job may use.
    pub limits: Limits,
}

/// Where files of the sandbox itself may be put, such as certificates.
pub const OWN_FILES: &str = "/run/trustcheck";

impl Spec {
    /// The directory for work directories in a sandbox of this mode, as `builds_dir` of GitLab's runner.
    #[must_use]
    pub fn builds(mode: Mode) -> &'static Path {
        // Where no new directory can be made at the top, /tmp is there for sure.
        Path::new(if mode.own_root { "/builds" } else { "/tmp/builds" })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.number(u64::from(self.mode.own_root));
        writer.number(u64::from(self.mode.own_proc));
        writer.bytes(self.hostname.as_bytes());
        writer.list(&self.ports, |writer, &port| writer.number(port.into()));
        writer.list(&self.others, |writer, address| {
            writer.number(address.ip().to_bits().into());
            writer.number(address.port().into());
        });
        writer.path(&self.home);
        writer.path(&self.project);
        writer.list(&self.keep, |writer, path| writer.path(path));
        writer.list(&self.share, |writer, path| writer.path(path));
        writer.list(&self.hide, |writer, path| writer.path(path));
        writer.list(&self.files, |writer, file| {
            writer.path(&file.path);
            writer.bytes(&file.content);
        });
        for limit in [self.limits.processes, self.limits.memory, self.limits.files] {
            writer.number(limit);
        }
        writer.end()
    }

    pub(crate) fn decode(bytes: &[u8]) -> io::Result<Spec> {
        let mut reader = Reader::new(bytes);
        let reader = &mut reader;
        Ok(Spec {
            mode: Mode {
                own_root: reader.number()? != 0,
                own_proc: reader.number()? != 0,
            },
            hostname: reader.text()?.to_string_lossy().into_owned(),
            ports: reader.list(port)?,
            others: reader.list(|reader| {
                let ip = u32::try_from(reader.number()?).map_err(io::Error::other)?;
                Ok(std::net::SocketAddrV4::new(ip.into(), port(reader)?))
            })?,
            home: reader.path()?,
            project: reader.path()?,
            keep: reader.list(Reader::path)?,
            share: reader.list(Reader::path)?,
            hide: reader.list(Reader::path)?,
            files: reader.list(|reader| {
                Ok(Overlaid {
                    path: reader.path()?,
                    content: reader.bytes()?.to_vec(),
                })
            })?,
            limits: Limits {
                processes: reader.number()?,
                memory: reader.number()?,
                files: reader.number()?,
            },
        })
    }
}

fn port(reader: &mut Reader<'_>) -> io::Result<u16> {
    u16::try_from(reader.number()?).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_arrives_as_it_was_sent() {
        let spec = Spec {
            mode: Mode {
                own_root: true,
                own_proc: false,
            },
            hostname: "runner".to_owned(),
            ports: vec![443, 8443],
            others: vec!["127.0.1.2:22".parse().unwrap()],
            home: "/root".into(),
            project: "/builds/group/project".into(),
            keep: vec!["/root/.pyenv".into()],
            share: vec!["/root/project".into()],
            hide: vec!["/var/lib/x.sock".into()],
            files: vec![Overlaid {
                path: "/etc/hosts".into(),
                content: b"127.0.0.1 localhost\n".to_vec(),
            }],
            limits: Limits {
                processes: 1,
                memory: 2,
                files: 3,
            },
        };
        let bytes = spec.encode();
        assert_eq!(Spec::decode(&bytes).unwrap(), spec);
        for short in 0..bytes.len() {
            assert!(Spec::decode(&bytes[..short]).is_err());
        }
    }
}
