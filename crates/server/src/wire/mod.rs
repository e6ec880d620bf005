//! Requests and replies as they stand on the wire, and how they are made from what is stored.

pub(crate) mod account;
pub(crate) mod experiment;
pub(crate) mod import;
pub(crate) mod new_experiment;
pub(crate) mod new_variable;
pub(crate) mod settings;
pub(crate) mod trial;
pub(crate) mod v1;
pub(crate) mod whole;
