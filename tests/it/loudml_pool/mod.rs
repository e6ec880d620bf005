//! What users of the Python client of Loud ML rely on between them and their
//! nodes, and what they suffer from.

mod processes;
