//! Who may do what: passwords and the tokens given for them.

mod password;
mod token;

pub(crate) use password::Passwords;
pub(crate) use token::{Refused, Tokens};
