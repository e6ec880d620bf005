//! Waiting for jobs.

mod all;
mod ends;
mod failures;
mod flaps;
mod handles;
mod job;
mod lag;
mod model;
mod pauses;
