//! Opaque token: a random text that means nothing in itself, known again by its hash.

use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// Length of a token in random bytes: 256 bits, which nobody guesses.
const BYTES: usize = 32;

/// A token's hash, which is what is stored. It needs no salt and no slow hash: what it stands for is random and long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenHash([u8; BYTES]);

impl TokenHash {
    /// The hash of `token`.
    pub(crate) fn of(token: &Secret) -> Self {
        Self(Sha256::digest(token.expose()).into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A new random token.
pub(crate) fn random_token() -> Result<Secret, String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|why| why.to_string())?;
    Ok(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_tokens_are_the_same_and_each_has_one_hash() {
        let (one, other) = (random_token().unwrap(), random_token().unwrap());
        assert_eq!(one.expose().len(), 2 * BYTES);
        assert_ne!(one, other);
        assert_eq!(TokenHash::of(&one), TokenHash::of(&one.clone()));
        assert_ne!(TokenHash::of(&one), TokenHash::of(&other));
    }
}
