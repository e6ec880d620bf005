//! Several servers.

mod addresses;
mod choice;
mod hung;
mod model;
mod pins;
mod rests;
mod schedules;
mod site;
mod sniffing;
mod trials;
