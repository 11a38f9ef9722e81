//! The file system as a job sees it: the host's, read-only, without what is not for the job, and with what is its own.
//!
//! In a root directory of its own, what is not bound does not exist, so there is nothing to uncover. Where `pivot_root` is
//! not allowed, the same is covered where it stands.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode as FileMode, OFlags, open};
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_change, unmount};
use rustix::process::{chdir, pivot_root};

use crate::Spec;
use crate::namespaces::kernel::MountAttributes;
use crate::namespaces::mounts::{self, Taken};
use crate::namespaces::site::{Site, below, in_making};
use crate::namespaces::spec::OWN_FILES;
use crate::namespaces::step::{Denied, During, Step};
use crate::namespaces::{devices, procfs};

/// Directories that the job has of its own: name, and permissions. What the host has there, homes, sockets, other
/// programs' files, is hidden.
const OWN: [(&str, u32); 7] = [
    ("tmp", 0o1777),
    ("var/tmp", 0o1777),
    ("run", 0o755),
    ("root", 0o700),
    ("home", 0o755),
    ("mnt", 0o755),
    ("media", 0o755),
];

/// Where work directories are.
const BUILDS: &str = "builds";

/// Top directories that are neither bound nor the job's own: made anew, or of no use.
const LEFT_OUT: [&str; 5] = ["proc", "dev", "boot", "lost+found", BUILDS];

/// Files of the host that only root may read, and that a job of root's would be able to.
const SECRETS: [&str; 4] = ["etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-"];

/// Makes the job's file system and enters it. The directory of all work directories, for the sandbox's maker.
pub(crate) fn enter(spec: &Spec) -> Result<OwnedFd, Denied> {
    // A mount here must not show outside, nor one outside show here.
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).during(Step::Private)?;
    let secrets: Vec<PathBuf> = SECRETS.iter().map(|path| Path::new("/").join(path)).collect();
    if spec.mode.own_root {
        mounts::tmpfs(Path::new("/tmp"), "mode=755,size=16m").during(Step::Scratch)?;
        let site = Site::own_root();
        pivot(&site)?;
        bind_top(&site)?;
        furnish(&site, spec, &secrets)?;
        mounts::change(&site.new, MountAttributes::READ_ONLY).during(Step::ReadOnly)?;
        detach(&site).during(Step::Detach)?;
    } else {
        let site = Site::in_place();
        let kept = take_kept(&site, spec)?;
        mounts::change_all(&site.new, MountAttributes::READ_ONLY).during(Step::ReadOnly)?;
        mounts::tmpfs(&site.makings, "mode=755,size=16m").during(Step::Scratch)?;
        furnish_with(&site, spec, &secrets, kept)?;
        // The last to be covered, since everything else was made in it.
        mounts::bind(&site.scratch().join("tmp"), Path::new("/tmp")).during(Step::Hide)?;
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    open(Spec::builds(spec.mode), flags, FileMode::empty()).during(Step::Scratch)
}

/// Makes the tmpfs at `/tmp` the root, with the host's root below it.
fn pivot(site: &Site) -> Result<(), Denied> {
    let makings = Path::new("/tmp");
    for name in ["old", "new"] {
        fs::create_dir(makings.join(name)).during(Step::Scratch)?;
    }
    pivot_root(makings, makings.join("old")).during(Step::Pivot)?;
    chdir("/").during(Step::Pivot)?;
    // A mount of its own, so that it can become the root in the end.
    mounts::bind(&site.new, &site.new).during(Step::Bind)
}

/// Binds the host's top directories, read-only.
fn bind_top(site: &Site) -> Result<(), Denied> {
    for entry in fs::read_dir(&site.old).during(Step::Bind)? {
        let entry = entry.during(Step::Bind)?;
        let name = entry.file_name();
        let is_own = OWN.iter().any(|(own, _)| *own == name);
        if is_own || LEFT_OUT.iter().any(|left| *left == name) {
            continue;
        }
        let kind = entry.file_type().during(Step::Bind)?;
        let (source, target) = (entry.path(), site.new.join(&name));
        if kind.is_symlink() {
            let to = fs::read_link(&source).during_at(Step::Bind, source.display())?;
            symlink(to, &target).during_at(Step::Bind, target.display())?;
        } else if kind.is_dir() {
            fs::create_dir(&target).during_at(Step::Bind, target.display())?;
            mounts::bind(&source, &target).during_at(Step::Bind, Path::new("/").join(&name).display())?;
        }
    }
    mounts::change_all(&site.new, MountAttributes::READ_ONLY).during(Step::ReadOnly)?;
    // The root directory itself gets more entries.
    mounts::change(&site.new, MountAttributes::WRITABLE).during(Step::ReadOnly)
}

fn furnish(site: &Site, spec: &Spec, secrets: &[PathBuf]) -> Result<(), Denied> {
    let kept = take_kept(site, spec)?;
    furnish_with(site, spec, secrets, kept)
}

/// Something of the host's to be shown in a place that is hidden: where, and what.
struct Kept<'a> {
    path: &'a Path,
    taken: Taken,
}

/// Takes the tools that lie in places which will be hidden, before they are, and after them what is shared.
fn take_kept<'a>(site: &Site, spec: &'a Spec) -> Result<Vec<Kept<'a>>, Denied> {
    let mut kept = Vec::new();
    for path in &spec.keep {
        let source = below(&site.old, path);
        if !source.exists() {
            continue; // a directory in PATH that is not there
        }
        let taken = mounts::take(&source).and_then(Taken::read_only);
        kept.push(Kept {
            path,
            taken: taken.during_at(Step::Keep, path.display())?,
        });
    }
    for path in &spec.share {
        let taken = mounts::take(&below(&site.old, path)).during_at(Step::Keep, path.display())?;
        kept.push(Kept { path, taken });
    }
    Ok(kept)
}

/// Everything that goes into the root besides the host's directories.
fn furnish_with(site: &Site, spec: &Spec, secrets: &[PathBuf], kept: Vec<Kept<'_>>) -> Result<(), Denied> {
    let scratch = site.scratch();
    fs::create_dir(&scratch).during(Step::Scratch)?;
    mounts::tmpfs(&scratch, &format!("mode=755,size={}", spec.limits.files)).during(Step::Scratch)?;
    for (name, mode) in OWN {
        make_directory(&scratch.join(name), mode).during_at(Step::Hide, name)?;
        let target = site.new.join(name);
        if site.new != Path::new("/") && !name.contains('/') {
            fs::create_dir(&target).during_at(Step::Hide, name)?;
        }
        let covers_makings = target == site.makings;
        if !covers_makings && target.is_dir() && !target.is_symlink() {
            mounts::bind(&scratch.join(name), &target).during_at(Step::Hide, target.display())?;
        }
    }
    make_home(site, spec).during_at(Step::Hide, spec.home.display())?;
    make_builds(site, spec).during_at(Step::Hide, spec.project.display())?;
    for Kept { path, taken } in kept {
        let target = in_making(site, path);
        let here = mounts::make_like(&below(&site.old, path), &target).and_then(|()| taken.place(&target));
        here.during_at(Step::Keep, path.display())?;
    }
    cover(site, spec.hide.iter().chain(secrets)).during(Step::Hide)?;
    devices::make(site, &scratch)?;
    procfs::mount(site, spec)?;
    put_files(site, spec)
}

/// The job's home, where it is not below one of its own directories already.
fn make_home(site: &Site, spec: &Spec) -> io::Result<()> {
    let home = in_making(site, &spec.home);
    let is_own = OWN
        .iter()
        .any(|(own, _)| spec.home.starts_with(Path::new("/").join(own)));
    if is_own {
        return make_directory(&home, 0o700);
    }
    let own = site.scratch().join("own-home");
    make_directory(&own, 0o700)?;
    mounts::bind(&own, &home)
}

fn make_builds(site: &Site, spec: &Spec) -> io::Result<()> {
    let builds = Spec::builds(spec.mode);
    let target = in_making(site, builds);
    if spec.mode.own_root {
        make_directory(&site.scratch().join(BUILDS), 0o755)?;
        fs::create_dir(&target)?;
        mounts::bind(&site.scratch().join(BUILDS), &target)?;
    }
    make_directory(&in_making(site, &spec.project), 0o755)
}

/// Covers files and directories with nothing.
fn cover<'a>(site: &Site, paths: impl Iterator<Item = &'a PathBuf>) -> io::Result<()> {
    let nothing = site.makings.join("nothing");
    let (file, directory) = (nothing.join("file"), nothing.join("directory"));
    fs::create_dir_all(&directory)?;
    fs::write(&file, "")?;
    for path in paths {
        let target = in_making(site, path);
        let Ok(metadata) = fs::symlink_metadata(&target) else {
            continue;
        };
        let source = if metadata.is_dir() { &directory } else { &file };
        mounts::bind_read_only(source, &target)?;
    }
    Ok(())
}

/// Puts the sandbox's files in place, where the host has a file, or in a directory of the job's.
fn put_files(site: &Site, spec: &Spec) -> Result<(), Denied> {
    let files = site.files();
    fs::create_dir(&files).during(Step::Files)?;
    for (number, file) in spec.files.iter().enumerate() {
        let source = files.join(number.to_string());
        let target = in_making(site, &file.path);
        let put = || -> io::Result<()> {
            if fs::symlink_metadata(&target).is_err() {
                if !file.path.starts_with(OWN_FILES) {
                    return Ok(());
                }
                make_directory(target.parent().unwrap_or(&target), 0o755)?;
                fs::write(&target, "")?;
            }
            fs::write(&source, &file.content)?;
            mounts::bind_read_only(&source, &target)
        };
        put().during_at(Step::Files, file.path.display())?;
    }
    Ok(())
}

/// Makes the new root the root, and lets go of the old one.
fn detach(site: &Site) -> io::Result<()> {
    chdir(&site.new)?;
    // Over itself (`pivot_root(2)`, "pivot_root(".", ".")"): the old root is then what is mounted on top.
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    Ok(chdir("/")?)
}

fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(path)?;
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}
