//! Credentials: fetched once, replaced ahead of their end, never for ever.

mod ends;
mod refresh;
mod refused;
mod slot;
mod support;
mod told;
