//! HTTP: how requests are read, and how replies and errors are written.

pub(crate) mod csrf;
pub(crate) mod error;
pub(crate) mod extract;
pub(crate) mod fields;
pub(crate) mod form;
pub(crate) mod json_body;
pub(crate) mod observe;
pub(crate) mod parameters;
pub(crate) mod response;
pub(crate) mod session_cookie;
