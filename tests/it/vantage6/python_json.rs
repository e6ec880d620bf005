//! Results as Python writes them.

use mlhub::testing::{Lab, Reply};
use mlhub::vantage6::crypto;
use serde_json::{Value, json};

use super::provider::builder;
use crate::support::Checked;

#[tokio::test(start_paused = true)]
async fn a_result_as_python_writes_it_is_read_as_what_it_is() -> Checked {
    let text = r#"{"mean": NaN, "max": [Infinity, -Infinity, 0.1000], "note": "NaN"}"#;
    let lab = Lab::new();
    lab.rule(move |seen| {
        (seen.path() == "/hq/result/72")
            .then(|| Reply::json(&json!({"id": 72, "result": crypto::encode(text.as_bytes())})))
            .or_else(|| super::story::hub(seen))
    });
    let results = builder(&lab).token("t").build()?.results(7).await?;
    let row = results.rows.first().ok_or("a row")?;
    assert_eq!(row.json::<Value>()?, json!({"mean": null, "max": [null, null, 0.1], "note": "NaN"}));
    assert_eq!(results.json::<Value>()?, [row.json::<Value>()?]);
    let named = row.json_with_nan_as_text::<Value>()?;
    assert_eq!(named, json!({"mean": "NaN", "max": ["Infinity", "-Infinity", 0.1], "note": "NaN"}));
    #[derive(serde::Deserialize)]
    struct Mean {
        mean: Option<f64>,
        max: Vec<Option<Box<serde_json::value::RawValue>>>,
    }
    let read: Mean = row.json()?;
    assert!(read.mean.is_none());
    assert_eq!(read.max.iter().flatten().last().map(|number| number.get()), Some("0.1000"));
    Ok(())
}
