//! Wire formats: requests and replies as they stand on the wire, and how they are made from what is stored.

pub(crate) mod account;
pub(crate) mod experiment;
pub(crate) mod experiment_v1;
pub(crate) mod import;
pub(crate) mod new_experiment;
pub(crate) mod new_variable;
pub(crate) mod ordered_map;
pub(crate) mod running_best;
pub(crate) mod settings;
pub(crate) mod trial;
