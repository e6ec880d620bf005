//! What may stand in a description, at the edges.

use mlhub_codegen::dialect::lint;
use serde_json::json;

use crate::good;

/// The rules that a description breaks.
fn broken_by(text: &str) -> Vec<&'static str> {
    let mut document = good();
    document["paths"]["/notes"]["put"]["description"] = json!(text);
    lint("sample", &document).into_iter().map(|violation| violation.rule).collect()
}

#[test]
fn plain_words_code_and_marked_addresses_may_stand() {
    for text in [
        "Takes a `list<text>`, as `code`.",
        "Smaller than a < b, or 1<2.",
        "See <https://example.org/notes>.",
        "See `https://example.org/notes`.",
        "First paragraph.\n\nSecond,\n  a little indented.",
        "Ends in <",
        "`",
        "",
    ] {
        assert!(broken_by(text).is_empty(), "{text:?} breaks {:?}", broken_by(text));
    }
}

#[test]
fn what_rustdoc_reads_otherwise_may_not() {
    for (text, rule) in [
        ("```\nlet x = 1;\n```", "code-block"),
        ("So:\n\n\tx = 1", "code-block"),
        ("~~~\nx\n~~~", "code-block"),
        ("An [optional] word.", "brackets"),
        ("A </b> too many.", "html"),
        ("é<b", "html"),
        ("Both `a` and b<c>.", "html"),
        ("http://example.org", "bare-url"),
    ] {
        assert_eq!(broken_by(text), [rule], "{text:?}");
    }
}
