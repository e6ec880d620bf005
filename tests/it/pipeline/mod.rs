//! The one pipeline that every request takes.

mod both;
mod budget;
mod building;
mod compression;
mod deadline;
mod decode;
mod digits;
mod errors;
mod keys;
mod nodes;
mod options;
mod oracle;
mod prepare;
mod retry;
mod retry_after;
mod retry_table;
mod seams;
mod shapes;
mod socket;
mod spans;
mod streams;
pub(crate) mod transport;
