//! The hub from the outside: over real sockets, by what it promises.

mod basic;
mod concurrency;
mod cookie;
mod durability;
mod errors;
mod fits;
mod idempotency;
mod library;
mod operation;
mod ownership;
mod password;
mod recordings;
mod secrets;
mod sessions;
mod startup;
mod story;
mod support;
mod v1;
mod ways_in;
