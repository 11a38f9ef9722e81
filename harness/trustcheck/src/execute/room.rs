//! The directories of one job: its home, its work directory and its scratch space, gone when the job is.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Where one job lives on the host.
///
/// ```text
/// trustcheck-XXXXXX/
///   home/                       $HOME
///   tmp/                        $TMPDIR
///   builds/<group>/<project>/   $CI_PROJECT_DIR
///   builds/<group>/<project>.tmp/  file variables, as the runner keeps them
///   ca.pem                      the world's certificate authority
///   script                      what the job's shell reads
/// ```
#[derive(Debug)]
pub struct Room {
    root: Option<TempDir>,
    home: PathBuf,
    temporary: PathBuf,
    builds: PathBuf,
    project: PathBuf,
    authority: PathBuf,
}

impl Room {
    /// Makes the directories below `parent` for a job of `project_path` (`group/project`), with the world's CA in PEM.
    ///
    /// # Errors
    /// Where a directory or file cannot be made: a full disk, a read-only place.
    pub fn make(parent: &Path, project_path: &str, authority: &str) -> io::Result<Room> {
        let root = tempfile::Builder::new()
            .prefix("trustcheck-")
            .tempdir_in(parent)?;
        let builds = root.path().join("builds");
        // A project's path is a relative path of plain names; anything else would leave the room.
        let plain = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
        let project = project_path
            .split('/')
            .filter(plain)
            .fold(builds.clone(), |path, part| path.join(part));
        let room = Room {
            home: root.path().join("home"),
            temporary: root.path().join("tmp"),
            authority: root.path().join("ca.pem"),
            builds,
            project,
            root: Some(root),
        };
        for directory in [&room.home, &room.temporary, &room.project] {
            std::fs::create_dir_all(directory)?;
        }
        std::fs::write(&room.authority, authority)?;
        Ok(room)
    }

    /// The directory that holds all of them.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.as_ref().map_or(Path::new(""), TempDir::path)
    }

    /// `$HOME`.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// `$TMPDIR`.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// `$CI_BUILDS_DIR`.
    #[must_use]
    pub fn builds(&self) -> &Path {
        &self.builds
    }

    /// `$CI_PROJECT_DIR`.
    #[must_use]
    pub fn project(&self) -> &Path {
        &self.project
    }

    /// Writes the script that the job's shell is to read, for this user only: its tokens are in it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn script(&self, text: &str) -> io::Result<File> {
        let path = self.root().join("script");
        let mut file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(text.as_bytes())?;
        File::open(path)
    }

    /// The world's certificate authority, in PEM.
    #[must_use]
    pub fn authority(&self) -> &Path {
        &self.authority
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let Some(root) = self.root.take() else { return };
        let path = root.path().to_owned();
        if root.close().is_err() {
            // A directory that the job made read-only cannot be emptied; it is ours, so it can be made writable.
            make_writable(&path);
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

fn make_writable(directory: &Path) {
    let _ = std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700));
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_writable(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_gone_whatever_the_job_did_to_it() {
        let parent = tempfile::tempdir().unwrap();
        let room = Room::make(parent.path(), "group/sub/project", "PEM").unwrap();
        assert!(room.project().ends_with("builds/group/sub/project"));
        let locked = room.home().join("locked");
        std::fs::create_dir(&locked).unwrap();
        std::fs::write(locked.join("file"), "x").unwrap();
        std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).unwrap();
        drop(room);
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_project_path_cannot_leave_the_room() {
        let parent = tempfile::tempdir().unwrap();
        let room = Room::make(parent.path(), "../../etc/./x", "PEM").unwrap();
        assert_eq!(room.project(), room.builds().join("etc/x"));
    }
}
