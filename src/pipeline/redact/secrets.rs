//! Secrets of a request: every form in which they travel, to be redacted from logs and messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::Url;
use serde_json::Value;

use super::is_secret;
use crate::op::Op;
use crate::pipeline::auth::{Credential, CredentialPlace};
use crate::pipeline::request::Query;
use crate::secret::{MASK, Secret};

/// Secret values as they travel, each with the shell variable that stands for
/// it, the longest first: a secret within another one does not cut it.
pub(crate) type Secrets = Vec<(Secret, String)>;

/// The secrets of a request with that query and body.
pub(crate) fn of_request(
    op: &Op,
    headers: &HeaderMap,
    query: Option<&str>,
    body: &[u8],
    credential: Option<&Credential>,
) -> Secrets {
    let mut secrets = SecretSet::default();
    if let Some(credential) = credential {
        match credential.place() {
            CredentialPlace::Authorization => secrets.authorization(credential.header().as_bytes()),
            CredentialPlace::Header(_) => secrets.add(credential.secret().expose(), "MLHUB_TOKEN"),
            // As it stands in the address; its plain form is secrets through it.
            CredentialPlace::Query(_) => {
                let encoded = form_urlencoded(credential.secret().expose());
                secrets.add(&encoded, "MLHUB_TOKEN");
            }
            CredentialPlace::Field(_) => {
                let encoded = form_urlencoded(credential.secret().expose());
                secrets.add(credential.secret().expose(), "MLHUB_TOKEN");
                secrets.add(&encoded, "MLHUB_TOKEN");
            }
        }
    }
    for (name, value) in headers {
        match name {
            &AUTHORIZATION => secrets.authorization(value.as_bytes()),
            // Generated code marks no value, so the name counts as well.
            _ if value.is_sensitive() || is_secret(op, name.as_str()) => {
                secrets.add(&text(value.as_bytes()), &variable(name.as_str()))
            }
            _ => {}
        }
    }
    secrets.pairs(op, query.unwrap_or_default());
    let kind = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    if kind.starts_with(b"application/x-www-form-urlencoded") {
        secrets.pairs(op, &text(body));
    } else if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
        for (name, value) in &fields {
            if let (true, Value::String(value)) = (is_secret(op, name), value) {
                secrets.add(value, &variable(name));
            }
        }
    }
    secrets.0.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.expose().len()));
    secrets.0
}

/// A text without those values, also where they are spelt as people read them:
/// some servers repeat what they refuse.
pub(crate) fn remove(mut message: String, secrets: &Secrets) -> String {
    for (secret, _) in secrets {
        let spaced = secret.expose().replace('+', " ");
        let plain = percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy();
        message = message.replace(secret.expose(), MASK).replace(&*plain, MASK);
    }
    message
}

#[derive(Default)]
struct SecretSet(Secrets);

impl SecretSet {
    /// A value as it is, without the spaces that servers cut off, and as JSON
    /// carries it.
    fn add(&mut self, value: &str, variable: &str) {
        let quoted = Value::from(value).to_string();
        let escaped = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
        for form in [value, value.trim(), escaped, escaped.trim()] {
            if !form.is_empty() && !self.0.iter().any(|(known, _)| known.expose() == form) {
                self.0.push((form.into(), variable.to_owned()));
            }
        }
    }

    /// Of a basic credential the password is secret too, by itself.
    fn authorization(&mut self, header: &[u8]) {
        let header = text(header);
        let (scheme, secret) = header.split_once(' ').unwrap_or(("", header.as_str()));
        self.add(secret, "MLHUB_TOKEN");
        if scheme == "Basic"
            && let Ok(pair) = STANDARD.decode(secret)
            && let Some((_, password)) = text(&pair).split_once(':')
        {
            self.add(password, "MLHUB_PASSWORD");
        }
    }

    fn pairs(&mut self, op: &Op, pairs: &str) {
        for pair in pairs.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = Url::parse(&format!("http://x/?{name}="))
                .ok()
                .and_then(|url| url.query_pairs().next().map(|(name, _)| name.into_owned()))
                .unwrap_or_default();
            if is_secret(op, &plain) {
                self.add(value, &variable(&plain));
            }
        }
    }
}

/// A value as a query carries it.
fn form_urlencoded(value: &str) -> String {
    let mut query = Query::after(None);
    query.push("", value);
    query.finish().unwrap_or_default().split_off(1)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `MLHUB_` and the name in capitals, other characters as underscores.
fn variable(name: &str) -> String {
    let letter = |letter: char| match letter.is_ascii_alphanumeric() {
        true => letter.to_ascii_uppercase(),
        false => '_',
    };
    format!("MLHUB_{}", name.chars().map(letter).collect::<String>())
}
