//! What an experiment is made of: variables, points, responses and the best of them.

pub(crate) mod best;
pub(crate) mod names;
mod scalar;
pub(crate) mod table;
mod variable;

pub use scalar::Scalar;
pub(crate) use variable::searchable;
pub use variable::{Kind, Variable};
