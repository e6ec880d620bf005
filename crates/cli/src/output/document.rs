//! JSON and YAML documents as people read them.

use serde_json::Value;

use crate::error::{CliError, CliResult};

/// Indented JSON and a line's end.
pub(crate) fn json(value: &Value) -> String {
    format!("{value:#}\n")
}

/// YAML and a line's end.
pub(crate) fn yaml(value: &Value) -> CliResult<String> {
    let text = serde_saphyr::to_string(value).map_err(CliError::local)?;
    Ok(format!("{}\n", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yaml_reads_back_as_what_was_written() {
        let value = json!({
            "text": "yes", "number": "12", "null": null, "float": 0.5, "whole": 3,
            "lines": "a\nb: c\n", "list": [{"a": 1}, []], "empty": {}, "colon": "a: b", "tab": "\t",
        });
        let text = yaml(&value).unwrap();
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text:?}");
        assert_eq!(serde_saphyr::from_str::<Value>(&text).unwrap(), value, "{text}");
    }
}
