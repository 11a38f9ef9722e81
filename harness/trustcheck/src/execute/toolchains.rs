//! The tools on `PATH` that lie in places which a sandbox hides, such as the user's home: what of them a job must see.
//!
//! As little as possible: a tool's own directory, never the home around it.

use std::fs;
use std::path::{Path, PathBuf};

/// What a sandbox hides of the host; the user's home comes to it.
const HIDDEN: [&str; 9] = [
    "/root", "/home", "/tmp", "/var/tmp", "/run", "/mnt", "/media", "/builds", "/boot",
];

/// Where the system's own programs are, which lead nowhere else.
const SYSTEM: [&str; 4] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/// Directories that belong to a version manager as a whole: its shims call its other parts.
const MANAGERS: [&str; 14] = [
    ".pyenv", ".rbenv", ".nodenv", ".goenv", ".jenv", ".tfenv", ".nvm", ".asdf", ".volta", ".sdkman",
    ".rustup", ".bun", ".deno", "mise",
];

/// Directories in a home that hold much besides their `bin`, credentials among it.
const SHARED: [&str; 3] = [".local", ".cargo", ".config"];

/// Where NixOS has its programs.
const NIX: &str = "/run/current-system";

/// Which paths of the host a job must see so that the programs on `path` run, and those in the virtual environments and
/// other directories below `cache`.
pub(super) fn needed(path: &str, home: &Path, cache: &Path) -> Vec<PathBuf> {
    let mut found = Found {
        home,
        roots: Vec::new(),
    };
    let directories = path.split(':').map(Path::new).filter(|path| path.is_absolute());
    for directory in directories {
        found.add(directory);
        if !SYSTEM.iter().any(|system| directory == Path::new(system)) {
            found.follow_links(directory);
        }
    }
    for tool in entries(cache) {
        found.add(&tool.join("bin"));
        found.follow_links(&tool.join("bin"));
    }
    for more in [home.join(".rustup"), home.join(".local/lib"), PathBuf::from(NIX)] {
        let is_used = match more.file_name() {
            Some(name) if name == ".rustup" => found.has(&home.join(".cargo/bin")),
            Some(name) if name == "lib" => found.has(&home.join(".local/bin")),
            _ => true,
        };
        if is_used && more.exists() {
            found.roots.push(more);
        }
    }
    found.outermost()
}

struct Found<'a> {
    home: &'a Path,
    roots: Vec<PathBuf>,
}

impl Found<'_> {
    fn is_hidden(&self, path: &Path) -> bool {
        path.starts_with(self.home) || HIDDEN.iter().any(|hidden| path.starts_with(hidden))
    }

    fn has(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root))
    }

    /// Adds the tool whose programs are in `directory`.
    fn add(&mut self, directory: &Path) {
        if !self.is_hidden(directory) || self.has(directory) || !directory.is_dir() {
            return;
        }
        let root = self.root_of(directory);
        self.roots.push(root.clone());
        // A virtual environment has its interpreter elsewhere.
        if let Ok(settings) = fs::read_to_string(root.join("pyvenv.cfg"))
            && let Some(home) = settings.lines().find_map(|line| line.strip_prefix("home = "))
        {
            self.add(Path::new(home.trim()));
        }
    }

    /// Adds what the links in `directory` lead to.
    fn follow_links(&mut self, directory: &Path) {
        for entry in entries(directory) {
            let is_link = fs::symlink_metadata(&entry).is_ok_and(|metadata| metadata.is_symlink());
            if let Some(target) = is_link.then(|| fs::canonicalize(&entry).ok()).flatten()
                && let Some(parent) = target.parent()
            {
                self.add(parent);
            }
        }
    }

    /// The directory of the tool whose programs are in `directory`.
    fn root_of(&self, directory: &Path) -> PathBuf {
        if let Some(manager) = directory.ancestors().find(|path| {
            path.file_name()
                .is_some_and(|name| MANAGERS.iter().any(|known| *known == name))
        }) {
            return manager.to_owned();
        }
        // A tool's `bin` is of no use without its `lib`.
        let is_bin = ["bin", "sbin", "shims"]
            .iter()
            .any(|name| directory.ends_with(name));
        let parent = directory.parent().filter(|_| is_bin).filter(|parent| {
            *parent != self.home
                && parent.parent().is_some_and(|above| above != Path::new("/home"))
                && !HIDDEN.iter().any(|hidden| *parent == Path::new(hidden))
                && !SHARED.iter().any(|shared| parent.ends_with(shared))
        });
        parent.unwrap_or(directory).to_owned()
    }

    /// The directories that are not below another of them.
    fn outermost(mut self) -> Vec<PathBuf> {
        self.roots.sort();
        self.roots.dedup();
        let mut outermost: Vec<PathBuf> = Vec::new();
        for root in self.roots {
            if !outermost.iter().any(|above| root.starts_with(above)) {
                outermost.push(root);
            }
        }
        outermost
    }
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A home with the given directories, as a sandbox would hide it.
    fn home(directories: &[&str]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for directory in directories {
            fs::create_dir_all(home.path().join(directory)).unwrap();
        }
        home
    }

    #[rstest::rstest]
    #[case::a_manager(&[".pyenv/shims", ".pyenv/versions"], &[".pyenv/shims"], &[".pyenv"])]
    #[case::credentials_lie_beside(&[".cargo/bin", ".rustup/toolchains"], &[".cargo/bin"], &[".cargo/bin", ".rustup"])]
    #[case::user_installs(&[".local/bin", ".local/lib", ".local/share/keyrings"], &[".local/bin"], &[".local/bin", ".local/lib"])]
    #[case::a_tool_of_its_own(&["tools/node/bin", "tools/node/lib"], &["tools/node/bin"], &["tools/node"])]
    #[case::the_home_is_never_shown(&["bin", ".aws"], &["bin"], &["bin"])]
    #[case::what_is_not_there(&[], &["bin"], &[])]
    fn as_little_as_possible_is_shown(
        #[case] directories: &[&str],
        #[case] on_path: &[&str],
        #[case] expected: &[&str],
    ) {
        let home = home(directories);
        let path: Vec<String> = on_path
            .iter()
            .map(|directory| home.path().join(directory).display().to_string())
            .collect();
        let expected: Vec<PathBuf> = expected.iter().map(|path| home.path().join(path)).collect();
        let mut needed = needed(&path.join(":"), home.path(), Path::new("/nowhere"));
        needed.retain(|path| path != Path::new(NIX));
        assert_eq!(needed, expected);
    }

    #[test]
    fn an_interpreter_elsewhere_is_found() {
        let home = home(&[
            "venv/bin",
            ".pyenv/versions/3.11/bin",
            "cache/aws/bin",
            "opt/aws/dist",
        ]);
        let at = |path: &str| home.path().join(path);
        fs::write(
            at("venv/pyvenv.cfg"),
            format!("home = {}\n", at(".pyenv/versions/3.11/bin").display()),
        )
        .unwrap();
        fs::write(at("opt/aws/dist/aws"), "").unwrap();
        symlink(at("opt/aws/dist/aws"), at("cache/aws/bin/aws")).unwrap();
        let mut needed = needed(&at("venv/bin").display().to_string(), home.path(), &at("cache"));
        needed.retain(|path| path != Path::new(NIX));
        assert_eq!(
            needed,
            [at(".pyenv"), at("cache/aws"), at("opt/aws/dist"), at("venv")]
        );
    }
}
