//! A stand-in for an algorithm store, beside HQ.

use std::process::Child;

use crate::hq::{Hq, ready};
use crate::stand;

impl Hq {
    /// Starts an algorithm store beside it: it, and its address.
    pub(crate) fn algorithms(&self) -> (Child, String) {
        let (store, port) = ready(&mut stand::script("algorithms.py", &[]), &self.folder, "algorithms");
        (store, format!("http://127.0.0.1:{port}"))
    }
}
