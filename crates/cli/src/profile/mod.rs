//! Where an address and a credential come from: the command line, the
//! environment, the profile, in that order.

mod files;
mod session;

pub(crate) use files::{Files, Login};
pub(crate) use session::{Credential, Session, variable};
