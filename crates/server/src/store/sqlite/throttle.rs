//! Failed logins in SQLite: each attempt is counted in one transaction with the check of what was counted before.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Executor, Row, Sqlite as Driver};

use super::super::{LoginAttempt, LoginThrottle, SignupCount, StoreError};
use super::{Sqlite, WriteTransaction, decode};
use crate::auth::login_throttle::{FailureCount, LoginFailures, QUIET, SIGNUP_WINDOW, WINDOW};
use crate::clock::AHEAD;

/// Number of rows of a kind that are cleared away at an attempt: more than it adds, and few enough to go unnoticed.
const SWEPT: u32 = 100;

#[async_trait]
impl LoginThrottle for Sqlite {
    async fn count_attempt(&self, attempt: &LoginAttempt) -> Result<Option<Timestamp>, StoreError> {
        // Whoever is held is turned away by a read: however many come, those who write do not wait for them.
        let seen = failures(&self.reads, attempt).await?.held_until(attempt.at);
        if seen.is_some() {
            return Ok(seen);
        }
        let mut transaction = self.begin().await?;
        let failures = failures(&mut *transaction, attempt).await?;
        let held = failures.held_until(attempt.at);
        if held.is_some() {
            return Ok(held);
        }
        sweep(&mut transaction, attempt.at).await?;
        let (account, address) = failures.and_one_more(attempt.at);
        sqlx::query(
            "INSERT OR REPLACE INTO account_failures (account, address, failures, last_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(&attempt.account)
        .bind(&attempt.address)
        .bind(account.failures)
        .bind(account.at.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        sqlx::query("INSERT OR REPLACE INTO address_failures (address, failures, since) VALUES ($1, $2, $3)")
            .bind(&attempt.address)
            .bind(address.failures)
            .bind(address.at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(None)
    }

    async fn clear_attempt(&self, attempt: &LoginAttempt) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM account_failures WHERE account = $1 AND address = $2")
            .bind(&attempt.account)
            .bind(&attempt.address)
            .execute(&mut *transaction)
            .await?;
        // Only this one: an account of one's own must not pay for guesses at those of others.
        sqlx::query("UPDATE address_failures SET failures = failures - 1 WHERE address = $1 AND failures > 0")
            .bind(&attempt.address)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn count_signup(&self, address: &str, allowed: u32, at: Timestamp) -> Result<SignupCount, StoreError> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "SELECT failures, address_failures.since AS failing_since, signups, signups.since AS signing_up_since
             FROM (SELECT $1 AS address) AS attempt
             LEFT JOIN address_failures USING (address)
             LEFT JOIN signups USING (address)",
        )
        .bind(address)
        .fetch_one(&mut *transaction)
        .await?;
        let failures = LoginFailures { account: None, address: counted(&row, "failures", "failing_since")? };
        if let Some(until) = failures.held_until(at) {
            return Ok(SignupCount::Guessing(until));
        }
        let signups = counted(&row, "signups", "signing_up_since")?;
        let count = match FailureCount::one_more_signup(signups, allowed, at) {
            Ok(count) => count,
            Err(until) => return Ok(SignupCount::TooMany(until)),
        };
        sweep(&mut transaction, at).await?;
        sqlx::query("INSERT OR REPLACE INTO signups (address, signups, since) VALUES ($1, $2, $3)")
            .bind(address)
            .bind(count.failures)
            .bind(count.at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(SignupCount::Counted)
    }
}

async fn failures(
    database: impl Executor<'_, Database = Driver>,
    attempt: &LoginAttempt,
) -> Result<LoginFailures, StoreError> {
    let row = sqlx::query(
        "SELECT account_failures.failures AS of_account, last_at, address_failures.failures AS of_address, since
         FROM (SELECT $1 AS account, $2 AS address) AS attempt
         LEFT JOIN account_failures USING (account, address)
         LEFT JOIN address_failures USING (address)",
    )
    .bind(&attempt.account)
    .bind(&attempt.address)
    .fetch_one(database)
    .await?;
    Ok(LoginFailures {
        account: counted(&row, "of_account", "last_at")?,
        address: counted(&row, "of_address", "since")?,
    })
}

fn counted(row: &SqliteRow, failures: &str, at: &str) -> Result<Option<FailureCount>, StoreError> {
    match row.try_get::<Option<u32>, _>(failures)? {
        Some(failures) => Ok(Some(FailureCount { failures, at: decode::time(row, at)? })),
        None => Ok(None),
    }
}

/// Clears away some of what counts no more.
async fn sweep(transaction: &mut WriteTransaction, at: Timestamp) -> Result<(), StoreError> {
    for (statement, span) in [
        (
            "DELETE FROM account_failures WHERE (account, address) IN
             (SELECT account, address FROM account_failures WHERE last_at <= $1 OR last_at > $3 LIMIT $2)",
            QUIET,
        ),
        (
            "DELETE FROM address_failures WHERE address IN
             (SELECT address FROM address_failures WHERE since <= $1 OR since > $3 LIMIT $2)",
            WINDOW,
        ),
        (
            "DELETE FROM signups WHERE address IN
             (SELECT address FROM signups WHERE since <= $1 OR since > $3 LIMIT $2)",
            SIGNUP_WINDOW,
        ),
    ] {
        let until = at.checked_sub(span).unwrap_or(Timestamp::MIN).as_microsecond();
        let ahead = at.checked_add(AHEAD).unwrap_or(Timestamp::MAX).as_microsecond();
        sqlx::query(statement).bind(until).bind(SWEPT).bind(ahead).execute(&mut **transaction).await?;
    }
    Ok(())
}
