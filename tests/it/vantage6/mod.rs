//! vantage6, by scripted services: what the real hub is too slow, or too well
//! behaved, to show.

mod better;
mod checklist;
mod defaults;
mod guide;
mod login;
mod many;
mod provider;
mod python_json;
mod recorded;
mod story;
mod token;
