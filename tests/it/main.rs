//! The library's own tests: the road in a lab, under virtual time.

mod auth;
mod autotune;
mod canary;
mod documents;
mod lab;
mod paging;
mod pipeline;
mod recordings;
mod support;
mod waiting;
