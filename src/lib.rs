//! Typed clients for machine-learning hubs.
