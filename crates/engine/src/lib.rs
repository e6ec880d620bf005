//! Bayesian optimisation: from the results so far to the point to try next.
//!
//! Everything is a pure function of the [`Study`], the history and the pending points: nothing is
//! kept between calls, nothing reads a clock, a file or the environment, and the same input gives
//! the same suggestion on every machine.
//!
//! ```
//! use mlhub_engine::{Acquisition, Kind, Observation, Space, Study, Value, Variable};
//!
//! let rate = Kind::Cont { min: 1e-4, max: 1.0, log: true, step: None };
//! let space = Space::new(vec![Variable { name: "rate".into(), kind: rate, guess: None }])?;
//! let study = Study { space, acquisition: Acquisition::default(), seed: 1 };
//!
//! let mut history = Vec::new();
//! for _ in 0..10 {
//!     let point = study.suggest(&history, &[])?;
//!     let Value::Real(rate) = point[0] else { unreachable!() };
//!     let value = -(rate.log10() + 2.5).abs(); // the greater the better: 10^-2.5 is best
//!     history.push(Observation { point, value });
//! }
//! assert!(history.iter().any(|observation| observation.value > -0.1));
//! # Ok::<(), mlhub_engine::Error>(())
//! ```
//!
//! Read `study` first: it says in what order things are tried. `model` is what is learnt from
//! results (`warp`, `length_scale_fit`, `gaussian_process`, `kernel`, `hyperparameters`), `search` is
//! where the next point is searched for (`acquisition`, `excluded`, `category_exploration`), and `space`
//! with `axis` is how users' values become numbers between zero and one.

mod acquisition;
mod axis;
mod cancellation;
mod category_exploration;
mod error;
mod excluded;
mod expected_improvement;
mod gaussian_process;
mod hyperparameters;
mod initial_design;
mod kernel;
mod length_scale_fit;
mod linalg;
mod minimise;
mod model;
mod model_type;
mod rng;
mod search;
mod space;
mod study;
mod variable;
mod warp;

pub use acquisition::{Acquisition, DEFAULT_BETA};
pub use cancellation::Cancellation;
pub use error::Error;
pub use model_type::ModelType;
pub use space::Space;
pub use study::{Observation, Study};
pub use variable::{Kind, Point, Value, Variable};
