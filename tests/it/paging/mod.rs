//! Lists as streams, over services of every style and some bad habits.

mod limits;
mod list;
mod position;
mod shifting;
mod styles;
