//! Encryption between organizations: what the platform's own programs wrote
//! opens, what is sealed opens there, and nothing else opens at all.

mod damage;
mod keys;
mod replies;
mod shapes;
mod support;
mod vectors;
