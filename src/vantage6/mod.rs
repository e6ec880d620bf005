//! vantage6: federated learning, version 5.

pub mod crypto;

pub use crypto::{PrivateKey, PublicKey};
