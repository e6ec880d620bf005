//! AutoTune's client against the original application.

mod original;
mod raw;
mod standin;
