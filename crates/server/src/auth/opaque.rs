//! Tokens that mean nothing in themselves: random texts, known again by their hash.

use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// How many random bytes a token has: 256 bits, which nobody guesses.
const BYTES: usize = 32;

/// What is stored of a token. It needs no salt and no slow hash: what it stands for is random and long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest([u8; BYTES]);

impl Digest {
    /// The hash of `token`.
    pub(crate) fn of(token: &Secret) -> Self {
        Self(Sha256::digest(token.expose()).into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A new random token.
pub(crate) fn random() -> Result<Secret, String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|why| why.to_string())?;
    Ok(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_tokens_are_the_same_and_each_has_one_hash() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_eq!(one.expose().len(), 2 * BYTES);
        assert_ne!(one, other);
        assert_eq!(Digest::of(&one), Digest::of(&one.clone()));
        assert_ne!(Digest::of(&one), Digest::of(&other));
    }
}
