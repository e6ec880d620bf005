//! Several servers.

mod addresses;
mod choice;
mod pins;
mod rests;
mod site;
mod trials;
