//! A world for a test of one's own, put together in code.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::LazyLock;

use iam_policy::Policy;
use mock_aws::AccessKey;
use mock_aws::accounts::{Account, OidcProvider, Role};
use mock_gitlab::{KeyPool, Project, Settings};

use crate::options::BootOptions;
use crate::world::{BootError, World, WorldSpec};

/// A world that is up for a test: everything that a [`World`] can do, and the addresses that clients need.
///
/// ```
/// use trustcheck_lab::{Lab, TokenOrder, Fault, PageFault};
/// # async fn login(_: &str, _: &str, _: &str) -> u16 { 200 }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let lab = Lab::builder()
///     .project("group/project")
///     .role("deploy", r#"{
///         "Version": "2012-10-17",
///         "Statement": [{
///             "Effect": "Allow",
///             "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
///             "Action": "sts:AssumeRoleWithWebIdentity",
///             "Condition": { "StringEquals": { "gitlab.com:sub": "project_path:group/project:ref_type:branch:ref:main" } }
///         }]
///     }"#)
///     # .keys(trustcheck_lab::gitlab::KeyPool::open(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/keys")))
///     .start()
///     .await?;
///
/// // what the code under test is given
/// let token = lab.mint(&TokenOrder::new("group/project").branch("main"))?;
/// assert_eq!(login(&lab.endpoint_url(), &lab.role_arn("deploy"), &token.jwt).await, 200);
///
/// // an hour later, with the issuer down
/// lab.set_fault(0, Fault::Jwks(PageFault::Down))?;
/// lab.advance("61m".parse()?);
///
/// lab.shutdown().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Lab {
    world: World,
    account: String,
}

/// The account where none is named, as with other mocks of AWS.
const ACCOUNT: &str = "123456789012";

/// What a lab is put together from.
#[derive(Debug, Clone, Default)]
pub struct LabBuilder {
    gitlabs: Vec<Settings>,
    projects: Vec<Project>,
    accounts: Vec<Account>,
    roles: Vec<(String, String)>,
    keys: Option<KeyPool>,
    seed: u64,
    options: BootOptions,
}

/// Why no lab could be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// The world does not boot.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// A trust policy is none.
    #[error("the trust policy of the role `{role}`: {why}")]
    TrustPolicy {
        /// The role's name.
        role: String,
        /// What is wrong with it.
        why: String,
    },
    /// A GitLab that IAM cannot have as an OIDC provider.
    #[error("the OIDC provider of `{url}`: {why}")]
    OidcProvider {
        /// The GitLab's issuer.
        url: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Lab {
    /// A lab with GitLab.com and one account, unless more is said.
    #[must_use]
    pub fn builder() -> LabBuilder {
        LabBuilder::default()
    }

    /// `AWS_ENDPOINT_URL`: one endpoint for all services.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.edge())
    }

    /// A proxy through which every name of the world is found, and no other.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        self.endpoint_url()
    }

    /// The certificate authority of the world's names, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.authority().pem()
    }

    /// The default account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The ARN of a role of the default account, of one without a path.
    #[must_use]
    pub fn role_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:role/{name}", self.account)
    }

    /// The key pair of the default account's administrator: id and secret.
    #[must_use]
    pub fn administrator(&self) -> (&str, &str) {
        ("test", "test")
    }

    /// Stops the world and waits until its port and connections are closed. A lab that is dropped stops, too.
    pub async fn shutdown(self) {
        self.world.shutdown().await;
    }
}

/// Clock, faults, tokens, journal: what a world can do.
impl Deref for Lab {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl LabBuilder {
    /// Adds a GitLab. Without any there is GitLab.com.
    #[must_use]
    pub fn gitlab(mut self, settings: Settings) -> LabBuilder {
        self.gitlabs.push(settings);
        self
    }

    /// Adds a project, private and with the protected default branch `main`, to the first GitLab.
    #[must_use]
    pub fn project(mut self, path: impl Into<String>) -> LabBuilder {
        self.projects.push(Project::new(path));
        self
    }

    /// Adds an account, with all that it has. Without any there is 123456789012, with an OIDC provider for each GitLab, whose client
    /// id is the GitLab's URL. The first account is the default one.
    #[must_use]
    pub fn account(mut self, account: Account) -> LabBuilder {
        self.accounts.push(account);
        self
    }

    /// Adds a role with this trust policy, as JSON, to the default account.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>, trust_policy: impl Into<String>) -> LabBuilder {
        self.roles.push((name.into(), trust_policy.into()));
        self
    }

    /// Where the GitLabs' RSA keys are kept between runs. Without it they are made once a process, which takes a second.
    #[must_use]
    pub fn keys(self, keys: KeyPool) -> LabBuilder {
        LabBuilder {
            keys: Some(keys),
            ..self
        }
    }

    /// Where all that is random comes from, but for the keys. The same seed gives the same ids.
    #[must_use]
    pub fn seed(self, seed: u64) -> LabBuilder {
        LabBuilder { seed, ..self }
    }

    /// Listens at this address and not at a free loopback port; see [`BootOptions::listen`].
    #[must_use]
    pub fn listen(self, address: SocketAddr) -> LabBuilder {
        LabBuilder {
            options: self.options.listen(address),
            ..self
        }
    }

    /// Starts with these options in place of the default ones.
    #[must_use]
    pub fn options(self, options: BootOptions) -> LabBuilder {
        LabBuilder { options, ..self }
    }

    /// Starts the lab in the current tokio runtime. When it returns, everything answers.
    ///
    /// # Errors
    /// Where a policy cannot be read, or the world does not boot.
    pub async fn start(self) -> Result<Lab, LabError> {
        // Keys of one process, for all labs that name none.
        static KEYS: LazyLock<KeyPool> = LazyLock::new(KeyPool::in_memory);
        crate::install_crypto_provider();
        let mut gitlabs = self.gitlabs;
        if gitlabs.is_empty() {
            gitlabs.push(Settings::default());
        }
        if let Some(first) = gitlabs.first_mut() {
            first.projects.extend(self.projects);
        }
        let mut accounts = self.accounts;
        if accounts.is_empty() {
            accounts.push(default_account(&gitlabs)?);
        }
        if let Some(first) = accounts.first_mut() {
            for (name, policy) in self.roles {
                let policy = Policy::parse(&policy).map_err(|error| LabError::TrustPolicy {
                    role: name.clone(),
                    why: error.to_string(),
                })?;
                first.roles.push(Role::new(&first.id, name, policy));
            }
        }
        let account = accounts
            .first()
            .map_or_else(String::new, |first| first.id.clone());
        let keys = match self.keys {
            Some(keys) => keys,
            None => {
                // Made aside, since that takes long.
                let count = gitlabs.len();
                let made = tokio::task::spawn_blocking(move || {
                    (0..count).try_for_each(|slot| KEYS.key_set(slot, &mut |_| {}).map(|_| ()))
                });
                if let Ok(made) = made.await {
                    made.map_err(BootError::from)?;
                }
                KEYS.clone()
            }
        };
        let options = self.options.access_key(AccessKey::root(&account, "test", "test"));
        let spec = WorldSpec::new(gitlabs, accounts);
        let world = World::boot_with(spec, &keys, self.seed, options).await?;
        Ok(Lab { world, account })
    }
}

/// An account that knows all GitLabs.
fn default_account(gitlabs: &[Settings]) -> Result<Account, LabError> {
    let mut account = Account::new(ACCOUNT);
    for gitlab in gitlabs {
        let url = gitlab.url.to_string();
        let issuer = gitlab
            .ci_id_tokens_issuer_url
            .clone()
            .unwrap_or_else(|| url.clone());
        let provider = OidcProvider::new(&issuer, [url]).map_err(|error| LabError::OidcProvider {
            url: issuer.clone(),
            why: error.to_string(),
        })?;
        account = account.with_oidc_provider(provider);
    }
    Ok(account)
}
