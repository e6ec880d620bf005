//! Loud ML: models of time series.

#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/loudml.rs"));
}

#[cfg(feature = "testing")]
#[doc(hidden)]
pub use generated::recode;
#[cfg(feature = "schema")]
pub use generated::schemas;
pub use generated::{Client, builder, groups, ops, types};

crate::glue::platform!(generated, "loudml", Basic, "error");
