//! A client for a hub that mlhub has never heard of, made from its document:
//! retries, paging, waiting, handles and errors are those of the library.

#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/workshop.rs"));
}

pub use generated::{Client, builder, groups, ops, types};

mlhub::platform!(generated, "workshop");
