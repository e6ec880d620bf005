//! What users of the Python client suffer from, bug by bug, and what they get
//! here instead. Which test shows which is in `super::table`.

mod dead;
mod repeats;
mod replies;
mod sniffing;
