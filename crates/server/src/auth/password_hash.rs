//! Password hash: argon2id, never on an async thread, and no faster for an account that does not exist.

use std::sync::Arc;

use argon2::password_hash::SaltString;
use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier};
use prometheus_client::metrics::counter::Counter;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::error::Error;
use crate::secret::Secret;

/// A hasher of passwords, which also verifies them, a bounded number at once: each takes 19 MiB (the default of RFC
/// 9106's second choice as OWASP trimmed it, which is argon2's own default).
#[derive(Debug)]
pub(crate) struct PasswordHasher {
    permits: Arc<Semaphore>,
    /// How often a password was compared, which is what an attack costs.
    pub(crate) checked: Counter,
    /// The hash of a password that nobody knows, checked where there is no account, so that both take as long.
    nobody: Secret,
}

impl PasswordHasher {
    /// At most `at_once` hashes run at the same time.
    pub(crate) fn new(at_once: usize) -> Result<Self, Error> {
        let nobody = hash(&Secret::new(Uuid::new_v4().to_string())).map_err(Error::Crypto)?;
        Ok(Self { permits: Arc::new(Semaphore::new(at_once)), checked: Counter::default(), nobody })
    }

    /// The hash to store for a password.
    pub(crate) async fn hash(&self, password: Secret) -> Result<Secret, String> {
        self.blocking(move || hash(&password)).await?
    }

    /// Whether `password` belongs to `stored`; without a stored hash it never does, after the same work.
    pub(crate) async fn verify(&self, password: Secret, stored: Option<Secret>) -> Result<bool, String> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let checked = self.checked.clone();
        let fits = self.blocking(move || {
            checked.inc();
            let hash = PasswordHash::new(stored.expose()).map_err(|why| why.to_string())?;
            Ok::<_, String>(Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok())
        });
        Ok(fits.await?? && known)
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|why| why.to_string())?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|why| why.to_string())
    }
}

fn hash(password: &Secret) -> Result<Secret, String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|why| why.to_string())?;
    let salt = SaltString::encode_b64(&salt).map_err(|why| why.to_string())?;
    let hash = Argon2::default().hash_password(password.expose().as_bytes(), &salt).map_err(|why| why.to_string())?;
    Ok(hash.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_fits() {
        let passwords = PasswordHasher::new(1).unwrap();
        let stored = passwords.hash("right".into()).await.unwrap();
        assert!(stored.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("right".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("wrong".into(), Some(stored)).await.unwrap());
        assert_eq!(passwords.checked.get(), 2);
        assert!(!passwords.verify("right".into(), None).await.unwrap());
        assert_eq!(passwords.checked.get(), 3, "an account that there is not costs the same");
    }
}
