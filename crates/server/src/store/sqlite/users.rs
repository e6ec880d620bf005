//! Accounts.

use sqlx::Row;
use uuid::Uuid;

use super::super::{NewUser, StoreError, User};
use super::{Sqlite, decode};
use crate::secret::Secret;

pub(super) async fn add(store: &Sqlite, user: NewUser) -> Result<Option<User>, StoreError> {
    let row = sqlx::query(
        "INSERT INTO users (uuid, email, password_hash, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (email) DO NOTHING RETURNING *",
    )
    .bind(user.uuid.to_string())
    .bind(user.email)
    .bind(user.password_hash.expose())
    .bind(user.at.as_microsecond())
    .fetch_optional(&store.writes)
    .await?;
    row.as_ref().map(decode::user).transpose()
}

pub(super) async fn by_email(store: &Sqlite, email: &str) -> Result<Option<(User, Secret)>, StoreError> {
    let row = sqlx::query("SELECT * FROM users WHERE email = $1").bind(email).fetch_optional(&store.reads).await?;
    row.map(|row| Ok((decode::user(&row)?, row.try_get::<String, _>("password_hash")?.into()))).transpose()
}

pub(super) async fn by_uuid(store: &Sqlite, uuid: Uuid) -> Result<Option<User>, StoreError> {
    let row = sqlx::query("SELECT * FROM users WHERE uuid = $1").bind(uuid.to_string());
    row.fetch_optional(&store.reads).await?.as_ref().map(decode::user).transpose()
}
