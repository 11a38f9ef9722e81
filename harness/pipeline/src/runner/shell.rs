//! Which shell runs a job.

/// A shell that the runner writes scripts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shell {
    /// bash, the default.
    #[default]
    Bash,
    /// Any POSIX shell.
    Sh,
}

impl Shell {
    /// The name in the script's first line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Sh => "sh",
        }
    }
}

/// The shells that are looked for in a container, in this order.
pub const DETECTION: [&str; 7] = [
    "/usr/local/bin/bash",
    "/usr/bin/bash",
    "/bin/bash",
    "/usr/local/bin/sh",
    "/usr/bin/sh",
    "/bin/sh",
    "/busybox/sh",
];

/// What a container without any of the shells prints before it exits with 1.
pub const NOT_FOUND: &str = "shell not found";

/// The shell that would be found, given which files can be executed.
pub fn detect(is_executable: impl Fn(&str) -> bool) -> Option<&'static str> {
    DETECTION.into_iter().find(|path| is_executable(path))
}

/// The command that a container is started with, for its entrypoint to execute: it finds a shell, which then reads the
/// script from its standard input.
#[must_use]
pub fn container_command() -> [String; 3] {
    let mut script = String::new();
    for (place, path) in DETECTION.iter().enumerate() {
        let word = if place == 0 { "if" } else { "elif" };
        script.push_str(&format!("{word} [ -x {path} ]; then\n\texec {path} \n"));
    }
    script.push_str(&format!("else\n\techo {NOT_FOUND}\n\texit 1\nfi\n\n"));
    ["sh".to_owned(), "-c".to_owned(), script]
}

#[cfg(test)]
mod tests {
    use super::detect;

    #[test]
    fn bash_comes_before_sh_and_local_before_system() {
        assert_eq!(
            detect(|path| path == "/bin/sh" || path == "/bin/bash"),
            Some("/bin/bash")
        );
        assert_eq!(detect(|path| path.ends_with("/sh")), Some("/usr/local/bin/sh"));
        assert_eq!(detect(|path| path.starts_with("/busybox")), Some("/busybox/sh"));
        assert_eq!(detect(|_| false), None);
    }
}
