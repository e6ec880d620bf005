//! Password floor: how hard to guess a new password has to be.

use zxcvbn::zxcvbn;

use crate::secret::Secret;

/// A floor: the least score of zxcvbn that a new password has to have, from 0 (any) to 4.
///
/// The score counts guesses by lists of words and passwords, repeats, sequences and keyboards: 1 is beyond a thousand of them,
/// which is what withstands guessing over a network where guesses are slowed down, as the hub slows them down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PasswordFloor(pub(crate) u8);

impl PasswordFloor {
    /// Whether the account of this e-mail address may have this password, or why not. It takes a moment.
    pub(crate) fn check(self, password: &Secret, email: &str) -> Result<(), String> {
        let email = email.to_lowercase();
        let parts = email.split('@').chain(email.split(['@', '.', '+', '-', '_']));
        let about: Vec<&str> = std::iter::once(email.as_str()).chain(parts).collect();
        // Capitals make the address no secret.
        let given = if password.expose().to_lowercase() == email { &email } else { password.expose() };
        let strength = zxcvbn(given, &about);
        if u8::from(strength.score()) >= self.0 {
            return Ok(());
        }
        let warning = strength.feedback().and_then(zxcvbn::feedback::Feedback::warning);
        let warning = warning.map(|warning| format!(" ({})", warning.to_string().trim_end_matches('.')));
        Err(format!(
            "this password is guessed in no time{}; take one that is longer, such as four words that have nothing to do with \
             each other or with you",
            warning.unwrap_or_default()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(floor: u8, password: &str) -> bool {
        PasswordFloor(floor).check(&password.into(), "ann.lee@example.org").is_ok()
    }

    #[test]
    fn a_letter_a_blank_the_address_and_what_everybody_takes_are_below_the_floor() {
        for weak in [
            "x",
            " ",
            "        ",
            "aaaaaaaaaaaa",
            "ann.lee@example.org",
            "ANN.LEE@example.org",
            "ann.lee",
            "example",
            "password",
            "Password",
            "12345678",
            "qwerty",
            "abcdef",
            "secret",
        ] {
            assert!(!is_taken(1, weak), "{weak:?}");
        }
        for fair in
            ["correct horse", "CHANGEME", "correct-horse-battery", "tR0ub4dor&3", "пароль неизвестен", "山高水长路遥"]
        {
            assert!(is_taken(1, fair), "{fair:?}");
        }
    }

    #[test]
    fn the_floor_is_what_is_said() {
        assert!(
            is_taken(0, "x") && !is_taken(3, "CHANGEME") && is_taken(4, "a very long sentence about nothing at all")
        );
    }
}
