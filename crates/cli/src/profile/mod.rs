//! Where an address and a credential come from: the command line, the
//! environment, the profile, in that order.

mod access;
mod files;
mod renewal;

pub(crate) use access::{Access, Credential, variable};
pub(crate) use files::{Files, Login};
pub(crate) use renewal::{renewed, token_of};
