//! A sandbox, and what it is made of: Linux only.

pub(crate) mod confine;
pub(crate) mod control;
pub(crate) mod devices;
pub(crate) mod fields;
pub(crate) mod init;
pub(crate) mod kernel;
pub(crate) mod mounts;
pub(crate) mod network;
pub(crate) mod outer;
pub(crate) mod private_tmp;
pub(crate) mod procfs;
pub(crate) mod remedy;
pub(crate) mod site;
pub(crate) mod spec;
pub(crate) mod start;
pub(crate) mod step;
pub(crate) mod usage;
pub(crate) mod view;
