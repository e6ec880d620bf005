//! Places where users put something of their own.

mod api_key;
mod serializer;
mod sign;
mod sigv4;
