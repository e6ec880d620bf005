//! Servers that the client was not told of.

mod found;
mod moments;
mod trouble;
