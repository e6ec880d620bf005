//! The hub from the outside: over real sockets, by what it promises.

mod basic;
mod batches;
mod concurrency;
mod cookie;
mod directions;
mod durability;
mod errors;
mod failures;
mod fits;
mod idempotency;
mod imports;
mod leases;
mod library;
mod opening;
mod operation;
mod ownership;
mod password;
mod recordings;
mod scales;
mod secrets;
mod sessions;
mod startup;
mod story;
mod support;
mod v1;
mod ways_in;
