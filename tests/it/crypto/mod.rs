//! Encryption between organizations: what the platform's own programs wrote
//! decrypts, what is encrypted decrypts there, and nothing else decrypts at all.

mod damage;
mod keys;
mod replies;
mod shapes;
mod support;
mod vectors;
