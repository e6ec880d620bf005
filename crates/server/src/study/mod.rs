//! What an experiment is made of: variables, points, responses and the best of them.

pub(crate) mod best;
mod direction;
pub(crate) mod names;
mod scalar;
pub(crate) mod table;
mod variable;

pub(crate) use direction::Direction;
pub use scalar::Scalar;
pub use variable::{Kind, Variable};
pub(crate) use variable::{middle, searchable};
