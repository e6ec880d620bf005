//! Identifiers of the Rust code, as the generator forms them, so that what we emit finds what it has emitted.

use heck::{ToPascalCase, ToSnakeCase};

/// The words that no identifier may be; the generator would append an underscore.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Everything that cannot stand in an identifier only separates words.
fn words(text: &str) -> String {
    text.replace('\'', "").replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
}

/// The name of a field or method, before the generator evades what cannot be one.
pub(crate) fn snake_case(text: &str) -> String {
    words(text).to_snake_case()
}

/// The name of a type or variant, before the generator evades what cannot be one.
pub(crate) fn pascal_case(text: &str) -> String {
    words(text).to_pascal_case()
}

/// Lower-case words joined by single underscores: the form of groups and operation ids.
pub(crate) fn is_plain(name: &str) -> bool {
    let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word)
}

/// What `OpenAPI` allows as the name of a component.
pub(crate) fn is_component_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name.chars().all(allowed)
}

/// `experiment_list` to `ExperimentList`.
pub(crate) fn pascal(name: &str) -> String {
    identifier(pascal_case(spelt(name)))
}

/// `Idempotency-Key` to `idempotency_key`.
pub(crate) fn snake(name: &str) -> String {
    identifier(snake_case(spelt(name)))
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
