//! Loud ML's client against the recorded server.

mod calls;
mod client;
mod exceptions;
mod exchange;
mod guide;
mod jobs;
mod named;
mod recorded;
