//! codegen

pub mod dialect;
pub mod meta;
