//! Where an address and a credential come from: the command line, the
//! environment, the profile, in that order.

mod access;
mod files;
mod found;
mod renewal;

pub(crate) use access::{Access, Credential, variable};
pub(crate) use files::{Files, Login};
pub(crate) use found::{Setting, Source, profile, shown, shown_value, who};
pub(crate) use renewal::renewing;
