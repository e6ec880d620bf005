//! What users of the Python client of Loud ML rely on between them and their
//! nodes, and what they suffer from; `table` says which test shows which.

mod bugs;
mod features;
mod processes;
mod support;
mod table;
mod tls;
