//! Redaction of addresses: secret values are replaced, the rest stays.

use std::borrow::Cow;

use reqwest::Url;

use crate::op::{Op, Param, ParamLocation};
use crate::secret::MASK;

/// Names that carry a secret wherever they stand, the document's word or not;
/// compared in lower case with everything but letters removed.
const SECRET_NAMES: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "augertoken",
    "authorization",
    "clientsecret",
    "clusterapitoken",
    "clustertoken",
    "key",
    "passwd",
    "password",
    "privatekey",
    "projectapitoken",
    "projecttoken",
    "refreshtoken",
    "secret",
    "sig",
    "signature",
    "systemtoken",
    "token",
    "xamzcredential",
    "xamzsecuritytoken",
    "xamzsignature",
];

/// Whether a value of that name is to be hidden.
pub(crate) fn is_secret(op: &Op, name: &str) -> bool {
    let named = |param: &Param| match param.place {
        ParamLocation::Query | ParamLocation::Body => param.name == name,
        // The case of a header's name means nothing.
        ParamLocation::Header => param.name.eq_ignore_ascii_case(name),
        ParamLocation::Path => false,
    };
    if op.params.iter().any(|param| param.secret && named(param)) {
        return true;
    }
    let letters: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    SECRET_NAMES.binary_search(&letters.as_str()).is_ok()
}

/// The address without secret values.
pub(crate) fn url(op: &Op, address: &str) -> String {
    let Some((before, query)) = address.split_once('?') else {
        return address.to_owned();
    };
    let pairs: Vec<_> = query.split('&').map(|pair| hide(op, pair)).collect();
    format!("{before}?{}", pairs.join("&"))
}

fn hide<'a>(op: &Op, pair: &'a str) -> Cow<'a, str> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let plain = Url::parse(&format!("http://x/?{name}="))
        .ok()
        .and_then(|url| url.query_pairs().next().map(|(name, _)| name.into_owned()));
    let secret = !value.is_empty() && plain.is_none_or(|name| is_secret(op, &name));
    if secret { Cow::Owned(format!("{name}={MASK}")) } else { Cow::Borrowed(pair) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::AuthKind;

    #[test]
    fn secret_values_are_gone_and_the_rest_stays() {
        let op = Op::raw("test", AuthKind::None, "detail");
        for (address, shown) in [
            ("http://h/p", "http://h/p"),
            ("http://h/p?limit=5&token=abc&x", "http://h/p?limit=5&token=***&x"),
            ("http://h/?Access-Token=a&api_key=b", "http://h/?Access-Token=***&api_key=***"),
            ("http://h/?to%6ben=abc", "http://h/?to%6ben=***"),
            ("http://h/?token=", "http://h/?token="),
        ] {
            assert_eq!(url(&op, address), shown);
        }
    }

    #[test]
    fn the_names_are_sorted_for_the_search() {
        assert!(SECRET_NAMES.is_sorted());
    }
}
