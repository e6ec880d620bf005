//! Sessions in SQLite: begun with a password, rotated, ended, swept.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::super::{NewSession, RotationOutcome, Session, SessionStore, StoreError, TokenRotation, User};
use super::{Sqlite, WriteTransaction, decode};
use crate::auth::TokenHash;
use crate::secret::Secret;

/// Number of rows of a kind that are cleared away at a login: more than a login adds, and few enough to go unnoticed.
const SWEPT: u32 = 100;

#[async_trait]
impl SessionStore for Sqlite {
    async fn open_session(&self, session: NewSession<'_>) -> Result<Option<Session>, StoreError> {
        let mut transaction = self.begin().await?;
        sweep(&mut transaction, session.at).await?;
        let begun = begin(&mut transaction, session).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    async fn change_password(&self, from: &Secret, session: NewSession<'_>) -> Result<Option<Session>, StoreError> {
        let mut transaction = self.begin().await?;
        let changed =
            sqlx::query("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 AND active")
                .bind(session.user)
                .bind(from.expose())
                .bind(session.password_hash.expose())
                .execute(&mut *transaction)
                .await?;
        if changed.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query("UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL")
            .bind(session.user)
            .bind(session.at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        let begun = begin(&mut transaction, session).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    async fn session(&self, uuid: Uuid, user: Uuid, at: Timestamp) -> Result<Option<(User, Session)>, StoreError> {
        let row =
            sqlx::query("SELECT * FROM session_rows WHERE session_uuid = $1 AND uuid = $2 AND session_expires_at > $3")
                .bind(uuid.to_string())
                .bind(user.to_string())
                .bind(at.as_microsecond())
                .fetch_optional(&self.reads)
                .await?;
        row.as_ref().map(session).transpose()
    }

    async fn session_by_cookie(&self, cookie: TokenHash, at: Timestamp) -> Result<Option<(User, Session)>, StoreError> {
        let row = sqlx::query(
            "SELECT session_rows.* FROM session_secrets JOIN session_rows USING (session_id)
             WHERE hash = $1 AND kind = 'cookie' AND expires_at > $2 AND session_expires_at > $2",
        )
        .bind(cookie.bytes())
        .bind(at.as_microsecond())
        .fetch_optional(&self.reads)
        .await?;
        row.as_ref().map(session).transpose()
    }

    async fn rotate(&self, rotation: TokenRotation) -> Result<RotationOutcome, StoreError> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "SELECT session_rows.*, used_at, session_secrets.expires_at FROM session_secrets
             JOIN session_rows USING (session_id) WHERE hash = $1 AND kind = 'refresh'",
        )
        .bind(rotation.shown.bytes())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else { return Ok(RotationOutcome::Unknown) };
        let id = row.try_get::<i64, _>("session_id")?;
        if row.try_get::<Option<i64>, _>("used_at")?.is_some() {
            sqlx::query("UPDATE sessions SET ended_at = $2 WHERE id = $1")
                .bind(id)
                .bind(rotation.at.as_microsecond())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            return Ok(RotationOutcome::Reused);
        }
        if decode::time(&row, "expires_at")? <= rotation.at {
            return Ok(RotationOutcome::Unknown);
        }
        sqlx::query("UPDATE session_secrets SET used_at = $2 WHERE hash = $1")
            .bind(rotation.shown.bytes())
            .bind(rotation.at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        add_secret(&mut transaction, id, "refresh", rotation.next, rotation.secrets_until).await?;
        let (user, before) = session(&row)?;
        let expires_at = before.expires_at.max(rotation.expires_at);
        sqlx::query("UPDATE sessions SET expires_at = $2, last_used_at = $3 WHERE id = $1")
            .bind(id)
            .bind(expires_at.as_microsecond())
            .bind(rotation.at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(RotationOutcome::Rotated(user, Session { expires_at, ..before }))
    }

    async fn end_session(&self, uuid: Uuid, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET ended_at = $2 WHERE uuid = $1 AND ended_at IS NULL")
            .bind(uuid.to_string())
            .bind(at.as_microsecond())
            .execute(self.writer()?)
            .await?;
        Ok(())
    }

    async fn end_session_shown_by(&self, token: TokenHash, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sessions SET ended_at = $2
             WHERE id = (SELECT session_id FROM session_secrets WHERE hash = $1) AND ended_at IS NULL",
        )
        .bind(token.bytes())
        .bind(at.as_microsecond())
        .execute(self.writer()?)
        .await?;
        Ok(())
    }
}

/// Begins a session, if the account still has the password that was shown.
async fn begin(transaction: &mut WriteTransaction, session: NewSession<'_>) -> Result<Option<Session>, StoreError> {
    let made = sqlx::query(
        "INSERT INTO sessions (uuid, user_id, kind, created_at, expires_at, last_used_at)
         SELECT $1, id, $4, $5, $6, $5 FROM users WHERE id = $2 AND password_hash = $3 AND active",
    )
    .bind(session.uuid.to_string())
    .bind(session.user)
    .bind(session.password_hash.expose())
    .bind(if session.cookie.is_some() { "cookie" } else { "token" })
    .bind(session.at.as_microsecond())
    .bind(session.expires_at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    if made.rows_affected() == 0 {
        return Ok(None);
    }
    let id = made.last_insert_rowid();
    add_secret(transaction, id, "refresh", session.refresh, session.secrets_until).await?;
    if let Some(cookie) = session.cookie {
        add_secret(transaction, id, "cookie", cookie, session.secrets_until).await?;
    }
    Ok(Some(Session { uuid: session.uuid, expires_at: session.expires_at }))
}

async fn add_secret(
    transaction: &mut WriteTransaction,
    session: i64,
    kind: &str,
    hash: TokenHash,
    until: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO session_secrets (hash, session_id, kind, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(hash.bytes())
        .bind(session)
        .bind(kind)
        .bind(until.as_microsecond())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Clears away some of what is over. Whatever is left is over all the same: every question asks for the time.
async fn sweep(transaction: &mut WriteTransaction, at: Timestamp) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM sessions
         WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 OR ended_at <= $1 LIMIT $2)",
        "DELETE FROM session_secrets
         WHERE hash IN (SELECT hash FROM session_secrets WHERE expires_at <= $1 LIMIT $2)",
    ] {
        sqlx::query(statement).bind(at.as_microsecond()).bind(SWEPT).execute(&mut **transaction).await?;
    }
    Ok(())
}

fn session(row: &SqliteRow) -> Result<(User, Session), StoreError> {
    let session =
        Session { uuid: decode::uuid(row, "session_uuid")?, expires_at: decode::time(row, "session_expires_at")? };
    Ok((decode::user(row)?, session))
}
