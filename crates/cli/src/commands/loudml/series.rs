//! Series that a job of Loud ML gave: rows by time, or a plot.

use std::path::Path;

use serde_json::Value;

use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::global::Format;
use crate::output::{Out, Table};
use crate::plot::curve::Curve;
use crate::plot::line_chart::line_chart;
use crate::plot::svg::svg;
use crate::plot::ticks::date_time;
use crate::{private_file, terminal};

/// Before the names of bounds, in what was predicted.
const LOWER: &str = "lower_";
const UPPER: &str = "upper_";

/// The result in a job; what is no job is taken for the result itself.
pub(super) fn result(job: &Value) -> &Value {
    // Some jobs come in a list of one.
    let job = job.as_array().and_then(|jobs| jobs.first()).unwrap_or(job);
    job.get("result").unwrap_or(job)
}

/// Shows a result; the picture goes into that file.
pub(super) fn show(out: &Out, result: &Value, picture: Option<impl AsRef<Path>>, plotted: bool) -> CliResult {
    let series = Series::read(result).ok_or_else(|| {
        CliError::new(Exit::Other, "the job gave no series: nothing to be shown by time", "mlhub loudml jobs list")
    })?;
    if let Some(file) = picture {
        let file = file.as_ref();
        private_file::write(file, svg(&series.curves).as_bytes()).map_err(|error| {
            let file = file.display();
            CliError::new(Exit::Other, format!("{file} cannot be written: {error}"), format!("ls -l {file}"))
        })?;
        out.notice(&format!("wrote {}", file.display()));
    }
    if !out.quiet() && (plotted || (out.is_terminal() && out.asked().is_none())) {
        let width = if out.is_terminal() { terminal::width() } else { 80 };
        let plots: Vec<String> = series.curves.iter().map(|curve| line_chart(curve, width) + "\n").collect();
        return out.text(&plots.join("\n"));
    }
    match out.format() {
        Format::Json | Format::Yaml if !out.quiet() => out.value(result),
        format => out.table(&series.table(format == Format::Table)),
    }
}

/// Series: values by time.
struct Series {
    times: Vec<f64>,
    curves: Vec<Curve>,
    /// How far each moment is from what was expected, where the server was asked to say so.
    scores: Vec<Option<f64>>,
}

impl Series {
    fn read(result: &Value) -> Option<Series> {
        let times: Vec<f64> = result.get("timestamps")?.as_array()?.iter().filter_map(Value::as_f64).collect();
        let list = |kind: &str, name: &str| {
            let values = result.get(kind).and_then(|kind| kind.get(name)).and_then(Value::as_array);
            values.map(|values| values.iter().map(Value::as_f64).collect::<Vec<_>>()).unwrap_or_default()
        };
        let fields =
            |kind: &str| result.get(kind).and_then(Value::as_object).into_iter().flat_map(|fields| fields.keys());
        let mut names: Vec<&String> = fields("observed").collect();
        let own = |name: &&String| !name.starts_with(LOWER) && !name.starts_with(UPPER);
        for name in fields("predicted").filter(own) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let stats = result.get("stats").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let anomalous: Vec<bool> = stats.iter().map(|stat| stat["anomaly"] == true).collect();
        let curve = |name: &String| Curve {
            name: name.clone(),
            times: times.clone(),
            observed: list("observed", name),
            predicted: list("predicted", name),
            lower: list("predicted", &format!("{LOWER}{name}")),
            upper: list("predicted", &format!("{UPPER}{name}")),
            anomalous: anomalous.clone(),
        };
        let curves = names.into_iter().map(curve).collect();
        Some(Series { curves, scores: stats.iter().map(|stat| stat["score"].as_f64()).collect(), times })
    }

    /// A row for each moment; for people the moment is a date.
    fn table(&self, dates: bool) -> Table {
        let mut columns = vec!["timestamp".to_owned()];
        let mut cells: Vec<Box<dyn Fn(usize) -> Value + '_>> = Vec::new();
        let predicted = self.curves.iter().any(|curve| !curve.predicted.is_empty());
        for curve in &self.curves {
            for (kind, values) in [
                ("observed", &curve.observed),
                ("predicted", &curve.predicted),
                ("lower", &curve.lower),
                ("upper", &curve.upper),
            ] {
                if values.is_empty() {
                    continue;
                }
                columns.push(match (predicted, self.curves.len()) {
                    (false, _) => curve.name.clone(),
                    (true, 1) => kind.to_owned(),
                    (true, _) => format!("{}_{kind}", curve.name),
                });
                cells.push(Box::new(|index| values.get(index).copied().flatten().into()));
            }
        }
        if let Some(curve) = self.curves.first().filter(|curve| !curve.anomalous.is_empty()) {
            columns.extend(["score".to_owned(), "anomaly".to_owned()]);
            cells.push(Box::new(|index| self.scores.get(index).copied().flatten().into()));
            cells.push(Box::new(|index| curve.anomalous.get(index).copied().into()));
        }
        let mut table = Table::with_columns(columns);
        for (index, time) in self.times.iter().enumerate() {
            let time = if dates { date_time(*time).into() } else { number(*time) };
            table.push(std::iter::once(time).chain(cells.iter().map(|cell| cell(index))).collect());
        }
        table
    }
}

/// Seconds without a point where there is nothing behind it.
fn number(time: f64) -> Value {
    // Beyond that a double does not tell neighbours apart.
    if time.fract() == 0.0 && time.abs() < 9e15 { (time as i64).into() } else { time.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn csv(result: &Value) -> String {
        Series::read(result).unwrap().table(false).csv()
    }

    #[test]
    fn what_was_read_is_a_column_for_each_feature() {
        let read = json!({"timestamps": [60.0, 120.5], "observed": {"avg_a": [null, 1.5], "max_b": [2.0, 3.0]}});
        assert_eq!(csv(&read), "timestamp,avg_a,max_b\n60,,2.0\n120.5,1.5,3.0\n");
    }

    #[test]
    fn what_was_predicted_stands_beside_what_was_observed() {
        let judged = json!({
            "timestamps": [60.0], "observed": {"f": [1.0]}, "predicted": {"f": [1.1], "lower_f": [0.9], "upper_f": [1.3]},
            "stats": [{"score": 12.5, "anomaly": true}],
        });
        let heading = "timestamp,observed,predicted,lower,upper,score,anomaly";
        assert_eq!(csv(&judged), format!("{heading}\n60,1.0,1.1,0.9,1.3,12.5,true\n"));
        let date = Series::read(&judged).unwrap().table(true).tsv();
        assert!(date.starts_with("1970-01-01 00:01:00\t"), "{date}");
    }

    #[test]
    fn a_job_and_its_result_are_read_alike() {
        let bare = json!({"timestamps": [1.0], "observed": {"f": [1.0]}});
        assert_eq!(result(&json!([{"id": "x", "result": bare.clone()}])), &bare);
        assert_eq!(result(&json!({"id": "x", "result": bare.clone()})), &bare);
        assert_eq!(result(&bare), &bare);
        assert!(Series::read(&json!({"id": "x", "result": null})).is_none());
    }
}
