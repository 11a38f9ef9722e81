//! What a job gives up before it starts: resources beyond its limits, capabilities, and system calls that lead out.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use rustix::thread::{
    CapabilitySet, CapabilitySets, clear_ambient_capability_set, remove_capability_from_bounding_set,
    set_capabilities, set_no_new_privs,
};

use crate::Limits;
use crate::namespaces::kernel;
use crate::namespaces::step::{Denied, During, Step};

/// Confines this process and all that it will start.
pub(crate) fn confine(limits: Limits) -> Result<(), Denied> {
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Nproc, limits.processes),
        (Resource::Data, limits.memory),
        (Resource::Fsize, limits.files),
    ] {
        limit(resource, most)?;
    }
    set_no_new_privs(true).during(Step::Capabilities)?;
    let none = CapabilitySet::empty();
    // Kernels end the list of capabilities at different places: beyond it is EINVAL.
    for bit in 0..64 {
        if remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << bit)).is_err() {
            break;
        }
    }
    clear_ambient_capability_set().during(Step::Capabilities)?;
    let sets = CapabilitySets {
        effective: none,
        permitted: none,
        inheritable: none,
    };
    set_capabilities(None, sets).during(Step::Capabilities)?;
    // Else the job could read this process's memory.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).during(Step::Capabilities)?;
    if let Some(filter) = filter() {
        kernel::install_filter(&filter).during(Step::Filter)?;
    }
    Ok(())
}

/// Lowers a limit; one that is lower already stays.
fn limit(resource: Resource, most: u64) -> Result<(), Denied> {
    let now = rustix::process::getrlimit(resource);
    let lower = |value: Option<u64>| Some(value.map_or(most, |value| value.min(most)));
    let new = Rlimit {
        current: lower(now.current),
        maximum: lower(now.maximum),
    };
    setrlimit(resource, new).during_at(Step::Limits, format_args!("{resource:?}"))
}

/// Refuses what leads out of the namespaces:
///
/// - sockets of any family but Unix, IPv4, IPv6 and netlink: those of `AF_VSOCK` reach the hypervisor, which no network
///   namespace keeps from them;
/// - `io_uring`, which opens sockets past this filter;
/// - keys: the session keyring is the caller's;
/// - calls in another architecture's convention, which would go past this filter too.
///
/// `None` where the architecture's numbers are not known here.
fn filter() -> Option<Vec<libc::sock_filter>> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => 0xC000_003E,  // AUDIT_ARCH_X86_64
        "aarch64" => 0xC000_00B7, // AUDIT_ARCH_AARCH64
        _ => return None,
    };
    // struct seccomp_data: nr, arch, instruction_pointer, args
    let (nr, arch, first_argument) = (0, 4, 16);
    let errno = |error: i32| libc::SECCOMP_RET_ERRNO | u32::try_from(error).unwrap_or_default();
    let number = |call: libc::c_long| u32::try_from(call).unwrap_or(u32::MAX);
    let mut program = vec![
        load(arch),
        skip_if(architecture, 1, 0),
        end(errno(libc::ENOSYS)),
        load(nr),
    ];
    if cfg!(target_arch = "x86_64") {
        // The x32 convention: the same architecture, with a bit set in the number.
        program.extend([
            code(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 0, 1, 0x4000_0000),
            end(errno(libc::ENOSYS)),
        ]);
    }
    for call in [
        libc::SYS_io_uring_setup,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_keyctl,
    ] {
        program.extend([skip_if(number(call), 0, 1), end(errno(libc::ENOSYS))]);
    }
    program.extend([
        skip_if(number(libc::SYS_socket), 1, 0),
        end(libc::SECCOMP_RET_ALLOW),
        load(first_argument),
    ]);
    for family in [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK] {
        program.extend([
            skip_if(u32::try_from(family).unwrap_or(u32::MAX), 0, 1),
            end(libc::SECCOMP_RET_ALLOW),
        ]);
    }
    program.push(end(errno(libc::EAFNOSUPPORT)));
    Some(program)
}

/// Loads the word at this offset of the call's data.
fn load(offset: u32) -> libc::sock_filter {
    code(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, offset)
}

/// Skips this many instructions where the loaded word is `value`, that many where it is not.
fn skip_if(value: u32, equal: u8, different: u8) -> libc::sock_filter {
    code(
        libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
        equal,
        different,
        value,
    )
}

/// Ends the filter with this answer.
fn end(answer: u32) -> libc::sock_filter {
    code(libc::BPF_RET | libc::BPF_K, 0, 0, answer)
}

fn code(code: u32, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter {
        code: u16::try_from(code).unwrap_or_default(),
        jt,
        jf,
        k,
    }
}
