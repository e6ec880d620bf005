//! Plots: the history of a search and curves over time in letters, curves also as SVG.

pub(crate) mod curve;
pub(crate) mod line_chart;
mod scale;
pub(crate) mod search_history;
pub(crate) mod svg;
pub(crate) mod ticks;
