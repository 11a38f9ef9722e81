//! `/proc`: the job's own processes, and none of the kernel's switches.

use std::fs;
use std::io;
use std::path::Path;

use rustix::mount::{MountFlags, mount as mount_file_system};

use crate::Spec;
use crate::namespaces::mounts;
use crate::namespaces::site::Site;
use crate::namespaces::step::{Denied, During, Step};

/// What root could write to, in effect on the whole machine: the kernel asks for the user's id here, not for a
/// capability.
const SWITCHES: [&str; 6] = ["sys", "sysrq-trigger", "irq", "bus", "fs", "acpi"];

/// What root could read of the whole machine.
const SECRETS: [&str; 4] = ["kcore", "keys", "timer_list", "kmsg"];

/// The least that `kernel.pid_max` takes.
const LEAST_PID_MAX: u64 = 301;

/// The first kernel in which `kernel.pid_max` belongs to the PID namespace. On older ones it is the machine's.
const OWN_PID_MAX: (u32, u32) = (6, 14);

/// Mounts `/proc` for this PID namespace, or shows the one around it.
pub(crate) fn mount(site: &Site, spec: &Spec) -> Result<(), Denied> {
    let target = site.new.join("proc");
    if !target.exists() {
        fs::create_dir(&target).during(Step::Proc)?;
    }
    if spec.mode.own_proc {
        // While the old one can still be reached: the kernel grants a new one only to who sees a whole one.
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        mount_file_system("proc", &target, "proc", flags, None).during(Step::Proc)?;
        set_switches(&target, spec);
    } else if site.old != site.new {
        mounts::bind(&site.old.join("proc"), &target).during_at(Step::Proc, "the one around")?;
    }
    protect(&target).during_at(Step::Proc, "what is the machine's")
}

/// Sets what belongs to the new namespaces.
fn set_switches(proc: &Path, spec: &Spec) {
    let set = |name: &str, value: String| {
        // Where the kernel does not let us, the job has to do without.
        let _ = fs::write(proc.join("sys").join(name), value);
    };
    // A job without capabilities may serve on any port, as in a container.
    set("net/ipv4/ip_unprivileged_port_start", "0".to_owned());
    if has_own_pid_max() {
        // The limit on processes does not hold for root.
        set(
            "kernel/pid_max",
            spec.limits.processes.max(LEAST_PID_MAX).to_string(),
        );
    }
    // In pages; memory that no process has mapped is not seen otherwise.
    set("kernel/shmall", (spec.limits.files / 4096).to_string());
}

fn has_own_pid_max() -> bool {
    let uname = rustix::system::uname();
    let release = uname.release().to_string_lossy();
    let mut numbers = release.split(['.', '-']).map(|part| part.parse::<u32>().ok());
    let version = (numbers.next().flatten(), numbers.next().flatten());
    matches!(version, (Some(major), Some(minor)) if (major, minor) >= OWN_PID_MAX)
}

fn protect(proc: &Path) -> io::Result<()> {
    for name in SWITCHES {
        let path = proc.join(name);
        if path.exists() {
            mounts::bind_read_only(&path, &path)?;
        }
    }
    let nothing = proc.with_file_name("dev").join("null");
    for name in SECRETS {
        let path = proc.join(name);
        if path.exists() {
            mounts::bind(&nothing, &path)?;
        }
    }
    Ok(())
}
