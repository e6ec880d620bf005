//! Accounts.

use async_trait::async_trait;
use sqlx::Row;

use super::super::{Accounts, NewUser, StoreError, User};
use super::{Sqlite, decode};
use crate::secret::Secret;

#[async_trait]
impl Accounts for Sqlite {
    async fn add_user(&self, user: NewUser) -> Result<Option<User>, StoreError> {
        let row = sqlx::query(
            "INSERT INTO users (uuid, email, password_hash, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (email) DO NOTHING RETURNING *",
        )
        .bind(user.uuid.to_string())
        .bind(user.email)
        .bind(user.password_hash.expose())
        .bind(user.at.as_microsecond())
        .fetch_optional(&self.writes)
        .await?;
        row.as_ref().map(decode::user).transpose()
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<(User, Secret)>, StoreError> {
        let row = sqlx::query("SELECT * FROM users WHERE email = $1").bind(email).fetch_optional(&self.reads).await?;
        row.map(|row| Ok((decode::user(&row)?, row.try_get::<String, _>("password_hash")?.into()))).transpose()
    }
}
