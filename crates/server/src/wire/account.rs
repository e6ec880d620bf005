//! Account formats: signing up, logging in and what an account shows of itself.

use email_address::EmailAddress;
use poem_openapi::Object;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::experiment::ExperimentReply;
use crate::clock::without_offset;
use crate::http::error::ValidationError;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{FormFields, FromForm};
use crate::hub::{AccessToken, TokenGrant};
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
            let problem = ValidationError::new(
                FormFields::location("grant_type"),
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
#[oai(rename = "NewUser")]
pub(crate) struct SignupRequest {
    /// The e-mail address, which is also the name to log in with. Upper and lower case are the same.
    pub(crate) email: String,
    /// The password, of at most 1024 bytes. One that everybody guesses is refused.
    #[oai(write_only)]
    pub(crate) password: Secret,
    /// The invitation, where the hub asks for one.
    #[oai(write_only)]
    pub(crate) invitation: Option<Secret>,
}

impl FromFields for SignupRequest {
    const STRICT: bool = false;

    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let email = fields.required::<String>("email").map(|email| email.to_lowercase());
        let password = fields.required::<String>("password").map(Secret::new);
        let invitation = fields.optional::<String>("invitation");
        let (email, password, invitation) = (email?, password?, invitation?.map(Secret::new));
        if !EmailAddress::is_valid(&email) || email.chars().count() > MAX_EMAIL {
            let msg = format!("value is not a valid email address of at most {MAX_EMAIL} characters");
            fields.wrong("email", msg, "value_error.email");
        }
        check_length(fields, "password", &password);
        Some(Self { email, password, invitation })
    }
}

/// Notes a new password that nobody may have.
fn check_length(fields: &mut Fields, name: &str, password: &Secret) {
    if password.expose().is_empty() || password.expose().len() > MAX_PASSWORD {
        fields.wrong(name, format!("a password has between 1 and {MAX_PASSWORD} bytes"), "value_error");
    }
}

/// The password of the account, to show that it is its owner who asks.
#[derive(Object)]
pub(crate) struct Password {
    /// The password of the account.
    #[oai(write_only)]
    pub(crate) password: Secret,
}

impl FromFields for Password {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { password: fields.required::<String>("password")?.into() })
    }
}

/// Another password for the account.
#[derive(Object)]
pub(crate) struct NewPassword {
    /// The password that the account has.
    #[oai(write_only)]
    pub(crate) current_password: Secret,
    /// The password that it is to have, of at most 1024 bytes. One that everybody guesses is refused.
    #[oai(write_only)]
    pub(crate) new_password: Secret,
}

impl FromFields for NewPassword {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let current_password = fields.required::<String>("current_password").map(Secret::new);
        let new_password = fields.required::<String>("new_password").map(Secret::new);
        let (current_password, new_password) = (current_password?, new_password?);
        check_length(fields, "new_password", &new_password);
        Some(Self { current_password, new_password })
    }
}

/// Tokens that speak for the account.
#[derive(Serialize, Object)]
pub(crate) struct Token {
    /// The token, to be sent in the header Authorization after the word Bearer.
    access_token: String,
    /// The word bearer.
    token_type: String,
    /// For how many seconds the access token lives.
    expires_in: i64,
    /// What the next tokens are got with, once: the reply to that brings the next one.
    refresh_token: String,
}

impl From<TokenGrant> for Token {
    fn from(TokenGrant { access, refresh, .. }: TokenGrant) -> Self {
        Self {
            access_token: access.token.expose().to_owned(),
            token_type: "bearer".to_owned(),
            expires_in: access.seconds,
            refresh_token: refresh.expose().to_owned(),
        }
    }
}

/// The refresh token that is to be replaced.
#[derive(Object)]
#[oai(rename = "Refresh")]
pub(crate) struct RefreshRequest {
    /// The refresh token of the last reply.
    #[oai(write_only)]
    pub(crate) refresh_token: Secret,
}

impl FromFields for RefreshRequest {
    const STRICT: bool = false;

    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { refresh_token: fields.required::<String>("refresh_token")?.into() })
    }
}

/// What is to be logged out beside whatever the request itself is sent with.
#[derive(Object)]
#[oai(rename = "Logout")]
pub(crate) struct LogoutRequest {
    /// The refresh token of the last reply.
    #[oai(write_only)]
    pub(crate) refresh_token: Option<Secret>,
}

impl FromFields for LogoutRequest {
    const REQUIRED: bool = false;
    const STRICT: bool = false;

    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { refresh_token: fields.optional::<String>("refresh_token")?.map(Secret::new) })
    }
}

/// That something was done.
#[derive(Serialize, Object)]
#[oai(rename = "Done")]
pub(crate) struct Acknowledgement {
    /// What was done, in words.
    detail: String,
}

impl Acknowledgement {
    pub(crate) fn new(detail: &str) -> Self {
        Self { detail: detail.to_owned() }
    }
}

/// Who the caller is, with a fresh token.
#[derive(Serialize, Object)]
#[oai(rename = "Renewed")]
pub(crate) struct FreshToken {
    /// The e-mail address of the account.
    username: String,
    /// The identifier of the account.
    uuid: Uuid,
    /// A fresh token, to be sent in the header Authorization after the word Bearer.
    access_token: String,
    /// The word bearer.
    token_type: String,
}

impl FreshToken {
    pub(crate) fn new(user: store::User, access: &AccessToken) -> Self {
        let access_token = access.token.expose().to_owned();
        Self { username: user.email, uuid: user.uuid, access_token, token_type: "bearer".to_owned() }
    }
}

/// An account.
#[derive(Serialize, Object)]
#[oai(rename = "User")]
pub(crate) struct UserReply {
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

impl From<store::User> for UserReply {
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
    #[serde(flatten)]
    #[oai(flatten)]
    user: UserReply,
    /// The experiments of the account, the one used last first.
    experiments: Vec<ExperimentReply>,
}

impl UserWithExperiments {
    pub(crate) fn new(user: store::User, experiments: Vec<ExperimentReply>) -> Self {
        Self { user: user.into(), experiments }
    }
}
