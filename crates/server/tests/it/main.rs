//! The hub from the outside: over real sockets, by what it promises.

mod concurrency;
mod durability;
mod errors;
mod fits;
mod idempotency;
mod library;
mod operation;
mod ownership;
mod recordings;
mod secrets;
mod startup;
mod story;
mod support;
mod v1;
