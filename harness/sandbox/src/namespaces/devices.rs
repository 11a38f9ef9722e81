//! `/dev`: the devices that are nobody's, and nothing of the machine.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use rustix::mount::{MountFlags, mount};

use crate::namespaces::mounts;
use crate::namespaces::site::Site;
use crate::namespaces::step::{Denied, During, Step};

const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

const LINKS: [(&str, &str); 5] = [
    ("ptmx", "pts/ptmx"),
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
];

/// Makes `/dev`; what is written to `/dev/shm` counts as the job's files.
pub(crate) fn make(site: &Site, scratch: &Path) -> Result<(), Denied> {
    let target = site.new.join("dev");
    if !target.exists() {
        fs::create_dir(&target).during(Step::Devices)?;
    }
    // In place, the host's devices are under this very directory: take them before it is covered.
    let mut taken = Vec::new();
    for name in DEVICES {
        let source = site.old.join("dev").join(name);
        if source.exists() {
            taken.push((name, mounts::take(&source).during_at(Step::Devices, name)?));
        }
    }
    mounts::tmpfs(&target, "mode=755,size=64k").during(Step::Devices)?;
    for (name, device) in taken {
        let place = target.join(name);
        File::create(&place).during_at(Step::Devices, name)?;
        device.place(&place).during_at(Step::Devices, name)?;
    }
    for (name, to) in LINKS {
        symlink(to, target.join(name)).during_at(Step::Devices, name)?;
    }
    let terminals = target.join("pts");
    fs::create_dir(&terminals).during(Step::Devices)?;
    mount(
        "devpts",
        &terminals,
        "devpts",
        MountFlags::NOSUID | MountFlags::NOEXEC,
        c"newinstance,ptmxmode=0666,mode=620",
    )
    .during_at(Step::Devices, "pts")?;
    let (shared, own) = (target.join("shm"), scratch.join("shm"));
    fs::create_dir(&own).during(Step::Devices)?;
    fs::set_permissions(&own, fs::Permissions::from_mode(0o1777)).during(Step::Devices)?;
    fs::create_dir(&shared).during(Step::Devices)?;
    mounts::bind(&own, &shared).during_at(Step::Devices, "shm")
}
