//! The library's own tests: the pipeline in a lab, under virtual time.

mod auger;
mod auth;
mod autotune;
mod canary;
mod crypto;
mod dice;
mod documents;
mod errors;
mod fuzz;
mod lab;
mod loudml;
mod loudml_pool;
mod oracle;
mod paging;
mod pipeline;
#[path = "../support/ready.rs"]
mod ready;
mod recordings;
mod storm;
mod support;
mod vantage6;
mod waiting;
