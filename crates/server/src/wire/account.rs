//! Signing up, logging in and what an account shows of itself.

use email_address::EmailAddress;
use poem_openapi::Object;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::experiment::Experiment;
use crate::clock::without_offset;
use crate::http::fault::Problem;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{FormFields, FromForm};
use crate::secret::Secret;
use crate::store;

/// The longest e-mail address taken, in characters, as in the original's table of users.
const MAX_EMAIL: usize = 128;
/// The longest password taken, in bytes: the time that hashing takes grows with it.
const MAX_PASSWORD: usize = 1024;

/// The form with which one logs in.
#[derive(Object)]
pub(crate) struct Credentials {
    /// The e-mail address of the account.
    pub(crate) username: String,
    /// The password of the account.
    #[oai(write_only)]
    pub(crate) password: Secret,
    /// The word password; it may be left out.
    grant_type: Option<String>,
}

impl FromForm for Credentials {
    fn from_form(form: &mut FormFields) -> Option<Self> {
        let grant_type = form.optional("grant_type").map(str::to_owned);
        if grant_type.as_deref().is_some_and(|grant| grant != "password") {
            let problem = Problem::new(
                FormFields::place("grant_type"),
                "string does not match regex \"password\"",
                "value_error.str.regex",
            );
            form.note(problem.with_ctx(json!({"pattern": "password"})));
        }
        let username = form.required("username");
        let password = form.required("password");
        Some(Self { username: username?.to_lowercase(), password: password?.into(), grant_type })
    }
}

/// A new account.
#[derive(Object)]
pub(crate) struct NewUser {
    /// The e-mail address, which is also the name to log in with. Upper and lower case are the same.
    pub(crate) email: String,
    /// The password, of at most 1024 bytes.
    #[oai(write_only)]
    pub(crate) password: Secret,
}

impl FromFields for NewUser {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let email = fields.required::<String>("email").map(|email| email.to_lowercase());
        let password = fields.required::<String>("password").map(Secret::new);
        let (email, password) = (email?, password?);
        if !EmailAddress::is_valid(&email) || email.chars().count() > MAX_EMAIL {
            let msg = format!("value is not a valid email address of at most {MAX_EMAIL} characters");
            fields.wrong("email", msg, "value_error.email");
        }
        if password.expose().is_empty() || password.expose().len() > MAX_PASSWORD {
            let msg = format!("a password has between 1 and {MAX_PASSWORD} bytes");
            fields.wrong("password", msg, "value_error");
        }
        Some(Self { email, password })
    }
}

/// A token that speaks for the account.
#[derive(Serialize, Object)]
pub(crate) struct Token {
    /// The token, to be sent in the header Authorization after the word Bearer.
    pub(crate) access_token: String,
    /// The word bearer.
    pub(crate) token_type: String,
}

impl Token {
    pub(crate) fn new(token: &Secret) -> Self {
        Self { access_token: token.expose().to_owned(), token_type: "bearer".to_owned() }
    }
}

/// Who the caller is, with a fresh token.
#[derive(Serialize, Object)]
pub(crate) struct Renewed {
    /// The e-mail address of the account.
    username: String,
    /// The identifier of the account.
    uuid: Uuid,
    /// A fresh token, to be sent in the header Authorization after the word Bearer.
    access_token: String,
    /// The word bearer.
    token_type: String,
}

impl Renewed {
    pub(crate) fn new(user: store::User, token: &Secret) -> Self {
        let Token { access_token, token_type } = Token::new(token);
        Self { username: user.email, uuid: user.uuid, access_token, token_type }
    }
}

/// An account.
#[derive(Serialize, Object)]
pub(crate) struct User {
    /// The number of the account in this hub.
    id: i64,
    /// The identifier of the account.
    uuid: Uuid,
    /// The e-mail address of the account.
    email: String,
    /// When the account was made, in UTC without an offset.
    time_created: String,
    /// Whether the account may be used.
    active: bool,
}

impl From<store::User> for User {
    fn from(user: store::User) -> Self {
        Self {
            id: user.id,
            uuid: user.uuid,
            email: user.email,
            time_created: without_offset(user.created_at),
            active: user.active,
        }
    }
}

/// An account with its experiments.
#[derive(Serialize, Object)]
pub(crate) struct UserWithExperiments {
    /// The number of the account in this hub.
    id: i64,
    /// The identifier of the account.
    uuid: Uuid,
    /// The e-mail address of the account.
    email: String,
    /// When the account was made, in UTC without an offset.
    time_created: String,
    /// Whether the account may be used.
    active: bool,
    /// The experiments of the account, the one used last first.
    experiments: Vec<Experiment>,
}

impl UserWithExperiments {
    pub(crate) fn new(user: store::User, experiments: Vec<Experiment>) -> Self {
        let User { id, uuid, email, time_created, active } = user.into();
        Self { id, uuid, email, time_created, active, experiments }
    }
}
