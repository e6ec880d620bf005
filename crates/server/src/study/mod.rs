//! Study: what an experiment is made of, its variables, values, direction and names.

mod direction;
pub(crate) mod model_names;
mod scalar;
pub(crate) mod table;
mod variable;

pub(crate) use direction::Direction;
pub use scalar::Scalar;
pub(crate) use scalar::json_text;
pub use variable::{Kind, Variable};
pub(crate) use variable::{default_guess, nearest, search_space};
