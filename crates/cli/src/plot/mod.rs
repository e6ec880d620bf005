//! Plots: the history of a search and courses over time in letters, courses also as SVG.

mod course;
mod curve;
mod history;
mod scale;
mod svg;
mod ticks;

pub(crate) use course::drawn;
pub(crate) use curve::Curve;
pub(crate) use history::history;
pub(crate) use svg::svg;
pub(crate) use ticks::moment;
