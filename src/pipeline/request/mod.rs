//! Requests: the template that all attempts of a call share, and what is done to each on its way out.

pub(crate) mod compress;
mod json_field;
mod path;
mod query;
mod sign;
#[cfg(feature = "sigv4")]
mod sigv4;
mod template;

pub use compress::GZIP_THRESHOLD;
pub use sign::Sign;
#[cfg(feature = "sigv4")]
pub use sigv4::SigV4;

pub use template::PLACEHOLDER;

pub(crate) use path::{check_path, segment};
pub(crate) use query::Query;
pub(crate) use template::{PrefixRule, RequestTemplate, in_json, request_builder};
