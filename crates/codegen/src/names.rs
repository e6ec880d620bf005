//! Names as the generator writes them, so that what we emit finds what it emitted.

/// `experiment_list` to `ExperimentList`.
#[must_use]
pub(crate) fn pascal(name: &str) -> String {
    snake(name)
        .split('_')
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}

/// `Idempotency-Key` to `idempotency_key`; a keyword gets the underscore that the generator gives it.
#[must_use]
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut previous = None::<char>;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_alphanumeric() {
            let after_lower = previous.is_some_and(|p| p.is_lowercase() || p.is_numeric());
            let ends_acronym =
                previous.is_some_and(char::is_uppercase) && letters.peek().is_some_and(|next| next.is_lowercase());
            if letter.is_uppercase() && (after_lower || ends_acronym) {
                out.push('_');
            }
            out.extend(letter.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        previous = Some(letter);
    }
    let out = out.trim_end_matches('_').to_owned();
    match syn::parse_str::<syn::Ident>(&out) {
        Ok(_) => out,
        Err(_) => format!("{out}_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_generator() {
        for (wire, rust) in [
            ("exp_uuid", "exp_uuid"),
            ("Idempotency-Key", "idempotency_key"),
            ("type", "type_"),
            ("maxItems", "max_items"),
            ("HTTPStatus", "http_status"),
        ] {
            assert_eq!(snake(wire), rust);
        }
        assert_eq!(pascal("auth_header_me"), "AuthHeaderMe");
    }
}
