//! Password hash: argon2id, never on an async thread, and no faster for an account that does not exist.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{Error as HashError, Output, ParamsString, PasswordHash, SaltString};
use argon2::{ARGON2ID_IDENT, Argon2, Block, Params, Version};
use prometheus_client::metrics::counter::Counter;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::password_floor::PasswordFloor;
use crate::error::Error;
use crate::secret::Secret;

/// A hasher of passwords, which also verifies them, a bounded number at once: each takes 19 MiB (the default of RFC
/// 9106's second choice as OWASP trimmed it, which is argon2's own default).
#[derive(Debug)]
pub(crate) struct PasswordHasher {
    permits: Arc<Semaphore>,
    /// The memory of hashes that are done, for those that come: so much as may be used at once and no more. Given back
    /// to the allocator it would stay with each thread that has ever hashed.
    memory: Arc<Mutex<Vec<Memory>>>,
    /// How often a password was compared, which is what an attack costs.
    pub(crate) checked: Counter,
    /// The hash of a password that nobody knows, checked where there is no account, so that both take as long.
    nobody: Secret,
}

type Memory = Vec<Block>;

impl PasswordHasher {
    /// At most `at_once` hashes run at the same time.
    pub(crate) fn new(at_once: usize) -> Result<Self, Error> {
        let mut memory = Memory::new();
        let nobody = hash(&mut memory, &Secret::new(Uuid::new_v4().to_string())).map_err(Error::Crypto)?;
        let memory = Arc::new(Mutex::new(vec![memory]));
        Ok(Self { permits: Arc::new(Semaphore::new(at_once)), memory, checked: Counter::default(), nobody })
    }

    /// The hash to store for a new password of an account, or why it may not have that password.
    pub(crate) async fn hash(
        &self,
        password: Secret,
        floor: PasswordFloor,
        email: String,
    ) -> Result<Result<Secret, String>, String> {
        let hashed = self.blocking(move |memory| match floor.check(&password, &email) {
            Ok(()) => hash(memory, &password).map(Ok),
            Err(why) => Ok(Err(why)),
        });
        hashed.await?
    }

    /// Whether `password` belongs to `stored`; without a stored hash it never does, after the same work.
    pub(crate) async fn verify(&self, password: Secret, stored: Option<Secret>) -> Result<bool, String> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let checked = self.checked.clone();
        let fits = self.blocking(move |memory| {
            checked.inc();
            fits(memory, &password, &stored).map_err(|why| why.to_string())
        });
        Ok(fits.await?? && known)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, String> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|why| why.to_string())?;
        let all = self.memory.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut memory = all.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let done = work(&mut memory);
            all.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            done
        });
        done.await.map_err(|why| why.to_string())
    }
}

fn hash(memory: &mut Memory, password: &Secret) -> Result<Secret, String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|why| why.to_string())?;
    new_hash(memory, password, &salt).map_err(|why| why.to_string())
}

fn new_hash(memory: &mut Memory, password: &Secret, salt: &[u8]) -> Result<Secret, HashError> {
    let (params, version) = (Params::default(), Version::default());
    let salt_text = SaltString::encode_b64(salt)?;
    let output = output(memory, password, salt, version, &params, Params::DEFAULT_OUTPUT_LEN)?;
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(version.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt_text.as_salt()),
        hash: Some(output),
    };
    Ok(hash.to_string().into())
}

/// Whether `stored` is the hash of `password`, compared in constant time.
fn fits(memory: &mut Memory, password: &Secret, stored: &Secret) -> Result<bool, HashError> {
    let stored = PasswordHash::new(stored.expose())?;
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else { return Err(HashError::PhcStringField) };
    if stored.algorithm != ARGON2ID_IDENT {
        return Err(HashError::Algorithm);
    }
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from)?;
    let mut bytes = [0; 64];
    let salt = salt.decode_b64(&mut bytes)?;
    Ok(output(memory, password, salt, version, &Params::try_from(&stored)?, expected.len())? == expected)
}

fn output(
    memory: &mut Memory,
    password: &Secret,
    salt: &[u8],
    version: Version,
    params: &Params,
    length: usize,
) -> Result<Output, HashError> {
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, version, params.clone());
    memory.resize(params.block_count(), Block::default());
    Output::init_with(length, |out| {
        Ok(argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, out, memory.as_mut_slice())?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_fits() {
        let passwords = PasswordHasher::new(1).unwrap();
        let stored = passwords.hash("right".into(), PasswordFloor(0), String::new()).await.unwrap().unwrap();
        assert!(stored.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("right".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("wrong".into(), Some(stored)).await.unwrap());
        assert_eq!(passwords.checked.get(), 2);
        assert!(!passwords.verify("right".into(), None).await.unwrap());
        assert_eq!(passwords.checked.get(), 3, "an account that there is not costs the same");
    }

    #[tokio::test]
    async fn a_hash_is_what_the_library_makes_and_reads_by_itself() {
        use argon2::{PasswordHasher as _, PasswordVerifier as _};
        let passwords = PasswordHasher::new(1).unwrap();
        let ours = passwords.hash("right".into(), PasswordFloor(0), String::new()).await.unwrap().unwrap();
        let ours = PasswordHash::new(ours.expose()).unwrap();
        assert!(Argon2::default().verify_password(b"right", &ours).is_ok());
        let params = Params::new(64, 3, 1, Some(24)).unwrap();
        let salt = SaltString::encode_b64(b"of another length").unwrap();
        let other = Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params);
        let theirs = Secret::new(other.hash_password(b"right", &salt).unwrap().to_string());
        assert!(passwords.verify("right".into(), Some(theirs.clone())).await.unwrap());
        assert!(!passwords.verify("wrong".into(), Some(theirs)).await.unwrap());
    }

    #[tokio::test]
    async fn however_many_passwords_come_the_memory_is_that_of_those_at_once() {
        let passwords = PasswordHasher::new(2).unwrap();
        futures::future::join_all((0..12).map(|_| passwords.verify("any".into(), None))).await;
        let memory = passwords.memory.lock().unwrap();
        assert!(memory.len() <= 2, "{} pieces", memory.len());
        assert!(memory.iter().all(|piece| piece.len() == Params::DEFAULT_M_COST as usize));
    }
}
