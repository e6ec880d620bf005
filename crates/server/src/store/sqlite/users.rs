//! Users in SQLite: added, found by their e-mail address, and removed with all that belongs to them.

use async_trait::async_trait;
use sqlx::Row;

use super::super::{AccountStore, NewUser, StoreError, User};
use super::{Sqlite, decode, experiments};
use crate::secret::Secret;

#[async_trait]
impl AccountStore for Sqlite {
    async fn add_user(&self, user: NewUser) -> Result<Option<User>, StoreError> {
        let row = sqlx::query(
            "INSERT INTO users (uuid, email, password_hash, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (email) DO NOTHING RETURNING *",
        )
        .bind(user.uuid.to_string())
        .bind(user.email)
        .bind(user.password_hash.expose())
        .bind(user.at.as_microsecond())
        .fetch_optional(self.writer()?)
        .await?;
        row.as_ref().map(decode::user).transpose()
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<(User, Secret)>, StoreError> {
        let row = sqlx::query("SELECT * FROM users WHERE email = $1").bind(email).fetch_optional(&self.reads).await?;
        row.map(|row| Ok((decode::user(&row)?, row.try_get::<String, _>("password_hash")?.into()))).transpose()
    }

    async fn delete_user(&self, id: i64, password_hash: &Secret, throttled: &str) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let owned = "SELECT experiments.id FROM users LEFT JOIN experiments ON experiments.user_id = users.id
                     WHERE users.id = $1 AND users.password_hash = $2";
        let owned: Vec<Option<i64>> =
            sqlx::query_scalar(owned).bind(id).bind(password_hash.expose()).fetch_all(&mut *transaction).await?;
        if owned.is_empty() {
            return Ok(false);
        }
        for experiment in owned.into_iter().flatten() {
            experiments::erase(&mut transaction, experiment).await?;
        }
        sqlx::query("DELETE FROM account_failures WHERE account = $1")
            .bind(throttled)
            .execute(&mut *transaction)
            .await?;
        // Its sessions go with it.
        sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
