//! Profile: where an address and a credential come from (the command line, the environment, the profile's files, in
//! that order).

pub(crate) mod access;
pub(crate) mod config_file;
pub(crate) mod connection;
pub(crate) mod credentials_file;
mod files_lock;
mod folder;
pub(crate) mod renewal;
pub(crate) mod setting_source;
