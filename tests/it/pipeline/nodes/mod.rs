//! Several servers.

mod addresses;
mod choice;
mod hung;
mod pins;
mod rests;
mod schedules;
mod site;
mod sniffing;
mod trials;
