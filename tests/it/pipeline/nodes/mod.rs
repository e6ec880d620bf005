//! Several servers.

mod addresses;
mod choice;
mod cooldowns;
mod hung;
mod model;
mod pins;
mod probes;
mod schedules;
mod site;
mod sniffing;
