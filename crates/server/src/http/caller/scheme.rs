//! The three ways in, as the document names them. Any one of them will do.

use poem_openapi::registry::{MetaSecurityScheme, Registry};

const BEARER: &str = "bearer";
const BASIC: &str = "basic";
const COOKIE: &str = "cookie";

pub(super) fn names() -> Vec<&'static str> {
    vec![BEARER, BASIC, COOKIE]
}

pub(super) fn register(registry: &mut Registry) {
    let scheme = |ty, description| MetaSecurityScheme {
        ty,
        description: Some(description),
        name: None,
        key_in: None,
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    };
    let bearer = scheme("http", "The access token that a login gives.");
    let bearer = MetaSecurityScheme { scheme: Some("bearer"), bearer_format: Some("JWT"), ..bearer };
    registry.create_security_scheme(BEARER, bearer);
    let basic = scheme("http", "The e-mail address and the password of the account, with each request.");
    registry.create_security_scheme(BASIC, MetaSecurityScheme { scheme: Some("basic"), ..basic });
    let cookie = scheme("apiKey", "The cookie that a login sets, which browsers send by themselves.");
    let cookie = MetaSecurityScheme { key_in: Some("cookie"), name: Some(super::cookie::NAME), ..cookie };
    registry.create_security_scheme(COOKIE, cookie);
}
