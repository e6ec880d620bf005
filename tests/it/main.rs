//! The library's own tests: the road in a lab, under virtual time.

mod auth;
mod canary;
mod paging;
mod pipeline;
mod support;
mod waiting;
