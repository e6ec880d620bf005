//! Names as the generator writes them, so that what we emit finds what it emitted.

use crate::dialect::case;

/// `experiment_list` to `ExperimentList`.
pub(crate) fn pascal(name: &str) -> String {
    identifier(case::pascal(spelt(name)))
}

/// `Idempotency-Key` to `idempotency_key`.
pub(crate) fn snake(name: &str) -> String {
    identifier(case::snake(spelt(name)))
}

/// The two names that the generator spells out.
fn spelt(name: &str) -> &str {
    match name {
        "+1" => "plus1",
        "-1" => "minus1",
        other => other,
    }
}

/// What cannot begin an identifier gets an underscore before it, a keyword one behind.
fn identifier(name: String) -> String {
    let name = match name.starts_with(|c: char| c.is_alphabetic()) {
        true => name,
        false => format!("_{name}"),
    };
    match syn::parse_str::<syn::Ident>(&name) {
        Ok(_) => name,
        Err(_) => format!("{name}_"),
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
            ("2XX", "_2xx"),
            ("+1", "plus1"),
        ] {
            assert_eq!(snake(wire), rust);
        }
        assert_eq!(pascal("auth_header_me"), "AuthHeaderMe");
    }
}
