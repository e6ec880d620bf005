//! Waiting for jobs.

mod ends;
mod handles;
mod job;
mod pauses;
mod trouble;
