//! Authentication: passwords, the tokens given for them, and the addresses that failures are counted by.

mod access_token;
mod client_address;
pub(crate) mod login_throttle;
mod opaque_token;
mod password_floor;
mod password_hash;

pub(crate) use access_token::{TokenError, TokenSigner, TokenSubject};
pub(crate) use client_address::ClientAddress;
pub(crate) use opaque_token::{TokenHash, random_token};
pub(crate) use password_floor::PasswordFloor;
pub(crate) use password_hash::PasswordHasher;
