//! The names that Rust code gets, as the generator forms them.

use heck::{ToPascalCase, ToSnakeCase};

/// The words that no identifier may be; the generator would append an underscore.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Everything that cannot stand in an identifier only separates words.
fn words(text: &str) -> String {
    text.replace('\'', "").replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
}

/// The name of a field or method.
pub(crate) fn snake(text: &str) -> String {
    words(text).to_snake_case()
}

/// The name of a type or variant.
pub(crate) fn pascal(text: &str) -> String {
    words(text).to_pascal_case()
}

/// Lower-case words joined by single underscores: the form of groups and operation ids.
pub(super) fn is_plain(name: &str) -> bool {
    let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word)
}

/// What `OpenAPI` allows as the name of a component.
pub(super) fn is_component_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name.chars().all(allowed)
}
