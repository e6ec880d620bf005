//! vantage6, by scripted services: what the real hub is too slow, or too well
//! behaved, to show.

mod better;
mod login;
mod provider;
mod token;
