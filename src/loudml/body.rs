//! Bodies from what people write: `json!({..})` as they would write a dict, and plain texts.

use serde_json::Value;

use super::types;

/// A body out of JSON. A key that the document does not know is an error that names it.
macro_rules! from_json {
    ($($body:ident)+) => {$(
        impl TryFrom<Value> for types::$body {
            type Error = serde_json::Error;

            fn try_from(value: Value) -> Result<Self, Self::Error> {
                serde_json::from_value(value)
            }
        }
    )+};
}

from_json!(NewModel NewBucket NewFeature NewHook HookChange NewScheduledJob Point);

/// Values that are a text or something else.
macro_rules! from_text {
    ($($value:ident)+) => {$(
        impl From<&str> for types::$value {
            fn from(text: &str) -> Self {
                types::$value::String(text.to_owned())
            }
        }

        impl From<String> for types::$value {
            fn from(text: String) -> Self {
                types::$value::String(text)
            }
        }
    )+};
}

from_text!(Interval Scalar Flag);

#[cfg(test)]
mod tests {
    use super::types;
    use serde_json::json;

    #[test]
    fn a_mistyped_setting_is_named_and_not_dropped() {
        let error = types::NewModel::try_from(json!({"name": "m", "type": "donut", "buckt_interval": "1m"}));
        assert!(error.is_err_and(|error| error.to_string().contains("buckt_interval")));
    }
}
