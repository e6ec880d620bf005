//! mlhub
fn main() {}
