//! Lists as streams, over services of every style and some bad habits.

mod distrust;
mod limits;
mod list;
mod moving;
mod position;
mod shifting;
mod styles;
