//! A world that is up, with what its users need to reach it.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mock_aws::AccessKey;
use mock_aws::accounts::Account;
use mock_gitlab::KeyPool;
use tempfile::TempDir;
use trustcheck_lab::control::Control;
use trustcheck_lab::{BootError, BootOptions, Entry, Limits, Reach, World, WorldSpec};

use crate::scenario::Described;

/// How many entries of the journal are kept. A login that was denied takes about 15 kB with its trace, and a world may stay
/// up for weeks.
const KEPT_ENTRIES: usize = 1_000;

/// The default administrator's key pair, as it is used with other mocks of AWS.
const ADMINISTRATOR: (&str, &str) = ("test", "test");

/// What to put up.
#[derive(Debug)]
pub struct Plan {
    /// The world.
    pub world: WorldSpec,
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// What seals sessions.
    pub seed_key: [u8; 32],
    /// What is random in the world comes from here.
    pub seed: u64,
    /// What STS may reach outside the world.
    pub reach: Reach,
    /// How many connections it may have at a time.
    pub connections: usize,
    /// Where its control plane listens, and the token that it asks for; nothing for a world without.
    pub control: Option<(SocketAddr, String)>,
    /// Where the certificate authority's file is made.
    pub temporary: PathBuf,
}

/// Why no world could be put up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Something listens there already.
    #[error(
        "cannot listen on {0}: the port is in use; choose another, or leave the option out for any free one"
    )]
    PortInUse(SocketAddr),
    /// The world does not boot.
    #[error(transparent)]
    Boot(BootError),
    /// The certificate authority cannot be written down.
    #[error("cannot write the certificate authority below `{directory}`: {source}")]
    Authority {
        /// The directory for temporary files.
        directory: String,
        /// The system's word for it.
        source: io::Error,
    },
}

/// A world that is up. Its files go when it is dropped.
#[derive(Debug)]
pub struct Standing {
    // before the world, which it holds
    control: Option<(Control, String)>,
    world: Arc<World>,
    account: String,
    directory: TempDir,
    authority: PathBuf,
}

impl Standing {
    /// Puts a world up. When it returns, everything answers. `heard` is told of all that happens in it.
    ///
    /// The administrator of the world's first account has the key pair `test`/`test`. A world without accounts gets one.
    ///
    /// # Errors
    /// Where the address, the keys or a place for the certificate authority cannot be had.
    pub async fn start(
        plan: Plan,
        keys: &KeyPool,
        heard: impl Fn(&Entry) + Send + Sync + 'static,
    ) -> Result<Standing, ServeError> {
        let mut spec = plan.world;
        if spec.accounts.is_empty() {
            spec.accounts = Described::default().spec.accounts;
        }
        let account = spec
            .accounts
            .first()
            .map_or_else(String::new, |account: &Account| account.id.clone());
        let (id, secret) = ADMINISTRATOR;
        let options = BootOptions::default()
            .listen(plan.listen)
            .access_key(AccessKey::root(&account, id, secret))
            .seed_key(plan.seed_key)
            .keep(KEPT_ENTRIES)
            .reach(plan.reach)
            .limits(Limits {
                connections: plan.connections,
                ..Limits::default()
            })
            .on_entry(heard);
        let world = World::boot_with(spec, keys, plan.seed, options)
            .await
            .map_err(|error| match error {
                BootError::Listen { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
                    ServeError::PortInUse(address)
                }
                other => ServeError::Boot(other),
            })?;
        let (directory, authority) =
            written(&plan.temporary, world.authority().pem()).map_err(|source| ServeError::Authority {
                directory: plan.temporary.display().to_string(),
                source,
            })?;
        let world = Arc::new(world);
        let control = match plan.control {
            Some((address, token)) => Some((control(&world, address, &token).await?, token)),
            None => None,
        };
        Ok(Standing {
            control,
            world,
            account,
            directory,
            authority,
        })
    }

    /// The world.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The default account: the world's first.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The key pair of the default account's administrator: id and secret.
    #[must_use]
    pub fn administrator(&self) -> (&str, &str) {
        ADMINISTRATOR
    }

    /// The URL of its control plane, and the token that it asks for.
    #[must_use]
    pub fn control(&self) -> Option<(String, &str)> {
        let (control, token) = self.control.as_ref()?;
        Some((format!("http://{}", control.address()), token))
    }

    /// The file with the world's certificate authority, in PEM.
    #[must_use]
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// Takes the world down: when it returns, the port is closed and the files are gone.
    ///
    /// # Errors
    /// Where the files cannot be removed.
    pub async fn stop(self) -> io::Result<()> {
        if let Some((control, _)) = self.control {
            control.close().await;
        }
        self.world.stop().await;
        self.directory.close()
    }
}

async fn control(world: &Arc<World>, address: SocketAddr, token: &str) -> Result<Control, ServeError> {
    let opened = Control::open(Arc::clone(world), address, token.to_owned()).await;
    opened.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortInUse(address),
        _ => ServeError::Boot(BootError::Listen { address, source }),
    })
}

/// The certificate authority in a directory of its own, which only this user can enter.
fn written(temporary: &Path, pem: &str) -> io::Result<(TempDir, PathBuf)> {
    let directory = tempfile::Builder::new()
        .prefix("trustcheck-serve-")
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir_in(temporary)?;
    let path = directory.path().join("ca.pem");
    std::fs::write(&path, pem)?;
    Ok((directory, path))
}
