//! The environment of the command: the user's own, without what leads to a real cloud, and with what leads to the world.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use mock_gitlab::Variable;

use crate::execute::BUNDLE_VARIABLES;

/// Variables that begin so are the host's word for a real AWS or a real GitLab, whose place the world takes.
const SCRUBBED: [&str; 3] = ["AWS_", "CI_", "GITLAB_"];

/// Other variables by which clients find a network, a certificate authority or credentials.
const SCRUBBED_NAMES: [&str; 6] = [
    "BOTO_CONFIG",
    "ALL_PROXY",
    "all_proxy",
    "SSL_CERT_DIR",
    "PIP_CERT",
    "NETRC",
];

/// Where clients find a proxy.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"];

/// The hosts that they ask without one.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Where the command keeps its files.
#[derive(Debug, Clone, Copy)]
pub enum Home<'a> {
    /// In a home directory of its own, so that it neither finds nor touches the user's `~/.aws`.
    Own(&'a Path),
    /// In the user's. Of `~/.aws` nothing is read, by those who heed the variables.
    Kept,
}

/// How the command can log in to AWS.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// The variable that has the job's ID token.
    pub variable: &'a str,
    /// The token.
    pub token: &'a str,
    /// A file with the token.
    pub file: &'a Path,
    /// The role, where the SDKs are to assume one by themselves.
    pub role: Option<&'a str>,
    /// The name of the role's session.
    pub session: &'a str,
    /// The access key of the account's administrator, where the command is to have it: id and secret.
    pub administrator: Option<(&'a str, &'a str)>,
}

/// Variables of the command, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The user's environment without what leads elsewhere.
    #[must_use]
    pub fn scrubbed(host: &BTreeMap<String, String>) -> Environment {
        let leads_elsewhere = |name: &str| {
            SCRUBBED.iter().any(|prefix| name.starts_with(prefix)) || SCRUBBED_NAMES.contains(&name)
        };
        let kept = host.iter().filter(|(name, _)| !leads_elsewhere(name));
        Environment(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// With the ways to the world: endpoint, proxy, certificate authority. Without an `edge`, the world is where its names
    /// lead, and neither endpoint nor proxy is named.
    #[must_use]
    pub fn reaching(
        mut self,
        edge: Option<SocketAddr>,
        authority: &Path,
        temporary: &Path,
        home: Home<'_>,
    ) -> Self {
        let text = |path: &Path| path.display().to_string();
        for name in PROXIES.iter().chain(&EXCEPTIONS) {
            self.0.remove(*name);
        }
        if let Some(edge) = edge {
            let url = format!("http://{edge}");
            self.set("AWS_ENDPOINT_URL", &url);
            for name in PROXIES {
                self.set(name, &url);
            }
            for name in EXCEPTIONS {
                self.set(name, "127.0.0.1,localhost");
            }
        }
        // With an endpoint variable the CLI asks for a region where it would do without one otherwise, and SDKs always do.
        self.set("AWS_DEFAULT_REGION", "us-east-1");
        self.set("AWS_REGION", "us-east-1");
        self.set("AWS_EC2_METADATA_DISABLED", "true");
        for name in BUNDLE_VARIABLES {
            self.set(name, text(authority));
        }
        self.set("TMPDIR", text(temporary));
        match home {
            Home::Own(home) => self.set("HOME", text(home)),
            Home::Kept => {
                self.set("AWS_CONFIG_FILE", text(&temporary.join("aws-config")));
                self.set(
                    "AWS_SHARED_CREDENTIALS_FILE",
                    text(&temporary.join("aws-credentials")),
                );
            }
        }
        self
    }

    /// With GitLab's predefined variables of a job whose work directory is `directory`.
    #[must_use]
    pub fn of_job(mut self, variables: &[Variable], directory: &str) -> Self {
        for variable in variables {
            self.set(&variable.name, &variable.value);
        }
        self.set("CI_PROJECT_DIR", directory);
        let parent = Path::new(directory).parent().unwrap_or(Path::new("/"));
        self.set("CI_BUILDS_DIR", parent.display().to_string());
        self
    }

    /// With what it takes to log in.
    #[must_use]
    pub fn logging_in(mut self, login: &Login<'_>) -> Self {
        self.set(login.variable, login.token);
        if let Some(role) = login.role {
            self.set("ROLE_ARN", role);
            self.set("AWS_ROLE_ARN", role);
            self.set("AWS_ROLE_SESSION_NAME", login.session);
            self.set("AWS_WEB_IDENTITY_TOKEN_FILE", login.file.display().to_string());
        }
        if let Some((id, secret)) = login.administrator {
            self.set("AWS_ACCESS_KEY_ID", id);
            self.set("AWS_SECRET_ACCESS_KEY", secret);
        }
        self
    }

    /// Name and value of each.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn set(&mut self, name: &str, value: impl AsRef<str>) {
        self.0.insert(name.to_owned(), value.as_ref().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> BTreeMap<String, String> {
        [
            ("PATH", "/bin"),
            ("HOME", "/home/me"),
            ("AWS_PROFILE", "production"),
            ("AWS_SESSION_TOKEN", "secret"),
            ("GITLAB_TOKEN", "secret"),
            ("CI_JOB_TOKEN", "secret"),
            ("ALL_PROXY", "socks5://proxy"),
            ("HTTPS_PROXY", "http://proxy"),
            ("MY_TOOL_OPTION", "x"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    fn value<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
        environment
            .variables()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    #[test]
    fn nothing_leads_to_a_real_cloud() {
        let environment = Environment::scrubbed(&host()).reaching(
            Some("127.0.0.1:4566".parse().unwrap()),
            Path::new("/r/ca.pem"),
            Path::new("/r/tmp"),
            Home::Own(Path::new("/r/home")),
        );
        assert!(!environment.variables().any(|(_, value)| value == "secret"));
        for (name, expected) in [
            ("PATH", Some("/bin")),
            ("MY_TOOL_OPTION", Some("x")),
            ("HOME", Some("/r/home")),
            ("AWS_PROFILE", None),
            ("ALL_PROXY", None),
            ("HTTPS_PROXY", Some("http://127.0.0.1:4566")),
            ("AWS_ENDPOINT_URL", Some("http://127.0.0.1:4566")),
            ("AWS_CA_BUNDLE", Some("/r/ca.pem")),
        ] {
            assert_eq!(value(&environment, name), expected, "{name}");
        }
    }

    #[test]
    fn where_names_lead_to_the_world_nothing_else_is_said_of_it() {
        let environment = Environment::scrubbed(&host()).reaching(
            None,
            Path::new("/r/ca.pem"),
            Path::new("/tmp"),
            Home::Own(Path::new("/home/me")),
        );
        assert_eq!(value(&environment, "AWS_ENDPOINT_URL"), None);
        assert_eq!(value(&environment, "HTTPS_PROXY"), None);
        assert_eq!(value(&environment, "SSL_CERT_FILE"), Some("/r/ca.pem"));
    }

    #[test]
    fn a_home_that_is_kept_has_no_credentials_in_it() {
        let environment = Environment::scrubbed(&host()).reaching(
            Some("127.0.0.1:4566".parse().unwrap()),
            Path::new("/r/ca.pem"),
            Path::new("/r/tmp"),
            Home::Kept,
        );
        assert_eq!(value(&environment, "HOME"), Some("/home/me"));
        assert_eq!(
            value(&environment, "AWS_SHARED_CREDENTIALS_FILE"),
            Some("/r/tmp/aws-credentials")
        );
    }

    #[rstest::rstest]
    #[case::for_scripts(None, None)]
    #[case::for_sdks(Some("arn:aws:iam::111122223333:role/deploy"), None)]
    #[case::for_administrators(None, Some(("test", "test")))]
    fn a_login_is_as_much_as_was_asked_for(
        #[case] role: Option<&str>,
        #[case] administrator: Option<(&str, &str)>,
    ) {
        let login = Login {
            variable: "MY_TOKEN",
            token: "jwt",
            file: Path::new("/r/token"),
            role,
            session: "GitLabRunner-1-2",
            administrator,
        };
        let environment = Environment::scrubbed(&host()).logging_in(&login);
        assert_eq!(value(&environment, "MY_TOKEN"), Some("jwt"));
        assert_eq!(value(&environment, "AWS_ROLE_ARN"), role);
        assert_eq!(
            value(&environment, "AWS_WEB_IDENTITY_TOKEN_FILE"),
            role.map(|_| "/r/token")
        );
        assert_eq!(
            value(&environment, "AWS_ACCESS_KEY_ID"),
            administrator.map(|(id, _)| id)
        );
    }
}
