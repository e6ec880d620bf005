//! Table output: rows with named columns, aligned for people, or as TSV, CSV and JSON lines.

use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::escape::{by_number, is_active};

/// Between two columns of an aligned table.
const GAP: usize = 2;
/// In place of what is left out.
const DOTS: &str = "…";
/// No column is cut below this width: less shows nothing.
const NARROWEST: usize = 8;
/// Keys under which platforms keep the rows of a list.
const LISTS: &[&str] = &["items", "data", "results"];
/// What is shown of a thing that another one only refers to, and how many fields such a one has at most.
const NAMES: &[&str] = &["id", "name"];
const REFERENCE: usize = 4;
/// Columns that name a row, the best first.
const IDS: &[&str] = &["id", "uuid", "exp_uuid", "trial_id", "name"];

/// Table: rows with named columns.
#[derive(Debug, Default)]
pub(crate) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// A table without rows yet. The first column names the row.
    pub(crate) fn new<const N: usize>(columns: [&str; N]) -> Table {
        Table { columns: columns.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [Value; N]) {
        self.rows.push(cells.to_vec());
    }

    /// A table whose columns are known when the program runs.
    pub(crate) fn with_columns(columns: Vec<String>) -> Table {
        Table { columns, rows: Vec::new() }
    }

    /// Adds a row with a cell for each column.
    pub(crate) fn push(&mut self, cells: Vec<Value>) {
        self.rows.push(cells);
    }

    /// The rows in a reply: of a list, of the list in a page, or the one that
    /// the reply itself is.
    pub(crate) fn of(value: &Value) -> Table {
        let list = match value {
            Value::Array(items) => Some(items),
            Value::Object(fields) => LISTS.iter().find_map(|key| fields.get(*key)?.as_array()),
            _ => None,
        };
        let items = list.map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        let mut columns: Vec<String> = Vec::new();
        for key in items.iter().filter_map(Value::as_object).flat_map(Map::keys) {
            if !columns.contains(key) {
                columns.push(key.clone());
            }
        }
        if columns.is_empty() {
            let rows = items.iter().map(|item| vec![item.clone()]).collect();
            return Table { columns: vec!["value".to_owned()], rows };
        }
        if let Some(id) = IDS.iter().find_map(|id| columns.iter().position(|column| column == id)) {
            columns[..=id].rotate_right(1);
        }
        let cell = |item: &Value, column: &String| item.get(column).cloned().unwrap_or_default();
        let rows = items.iter().map(|item| columns.iter().map(|column| cell(item, column)).collect()).collect();
        Table { columns, rows }
    }

    /// The fields of one thing, below each other. Of what it refers to the names are shown.
    pub(crate) fn upright(fields: impl IntoIterator<Item = (String, Value)>) -> Table {
        let mut table = Table::new(["field", "value"]);
        for (name, value) in fields {
            match &value {
                Value::Object(other) if other.contains_key("id") && other.len() <= REFERENCE => {
                    let names = NAMES.iter().filter_map(|key| Some((key, other.get(*key)?)));
                    names.for_each(|(key, value)| table.row([format!("{name}.{key}").into(), value.clone()]));
                }
                _ => table.row([name.into(), value]),
            }
        }
        table
    }

    /// The first row, upright.
    pub(crate) fn first(&self) -> Table {
        let row = self.rows.first().into_iter().flatten().cloned();
        Table::upright(self.columns.iter().cloned().zip(row))
    }

    /// The rows as JSON.
    pub(crate) fn value(&self) -> Value {
        self.objects().collect()
    }

    /// One JSON document per line.
    pub(crate) fn jsonl(&self) -> String {
        self.objects().map(|object| format!("{object}\n")).collect()
    }

    fn objects(&self) -> impl Iterator<Item = Value> {
        self.rows.iter().map(|row| {
            let fields = self.columns.iter().cloned().zip(row.iter().cloned());
            Value::Object(fields.collect())
        })
    }

    /// The first column, a line each.
    pub(crate) fn ids(&self) -> String {
        self.rows.iter().filter_map(|row| row.first()).map(|cell| format!("{}\n", escaped(cell))).collect()
    }

    /// Tab-separated lines. No heading, so that what reads them needs not skip
    /// one; tabs and line ends within a cell are escaped.
    pub(crate) fn tsv(&self) -> String {
        let line = |row: &Vec<Value>| row.iter().map(escaped).collect::<Vec<_>>().join("\t") + "\n";
        self.rows.iter().map(line).collect()
    }

    /// Comma-separated lines with a heading, quoted as RFC 4180 has it.
    pub(crate) fn csv(&self) -> String {
        let heading = self.columns.iter().map(|name| quoted(name)).collect::<Vec<_>>();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| quoted(&plain(cell))).collect());
        std::iter::once(heading).chain(rows).map(|cells: Vec<_>| cells.join(",") + "\n").collect()
    }

    /// Aligned columns that fit the width, and whether anything was cut.
    pub(crate) fn aligned(&self, width: usize) -> (String, bool) {
        let heading = self.columns.iter().map(|name| printable(&name.to_uppercase().replace('_', " "))).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| printable(&plain(cell))).collect());
        let lines: Vec<Vec<String>> = std::iter::once(heading).chain(rows).collect();
        let mut widths = vec![0; self.columns.len()];
        for line in &lines {
            for (most, cell) in widths.iter_mut().zip(line) {
                *most = (*most).max(width_of(cell));
            }
        }
        // What names a row stays whole, to be copied.
        let named = widths.first().map_or(0, |first| first + GAP);
        let cut = fit(widths.get_mut(1..).unwrap_or_default(), width.saturating_sub(named));
        let mut text = String::new();
        for line in &lines {
            let mut out = String::new();
            for (cell, &most) in line.iter().zip(&widths) {
                let cell = shortened(cell, most);
                out += &cell;
                out.extend(std::iter::repeat_n(' ', most.saturating_sub(width_of(&cell)) + GAP));
            }
            text += out.trim_end();
            text.push('\n');
        }
        (text, cut)
    }
}

/// Takes from the widest column until the line fits.
fn fit(widths: &mut [usize], width: usize) -> bool {
    let mut cut = false;
    while widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) > width {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
        cut = true;
    }
    cut
}

/// Columns that a text takes: those of what people see as its letters, each of which may be many (emoji, accents).
fn width_of(text: &str) -> usize {
    text.graphemes(true).map(|letter| letter.width()).sum()
}

/// A text in that many columns, with dots where something is left out.
fn shortened(cell: &str, most: usize) -> String {
    if width_of(cell) <= most {
        return cell.to_owned();
    }
    let room = most.saturating_sub(DOTS.width());
    let mut used = 0;
    let letters = cell.graphemes(true).take_while(|letter| {
        used += letter.width();
        used <= room
    });
    letters.chain([DOTS]).collect()
}

/// A text as it is, anything else as JSON, nothing for null.
fn plain(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a server sent stays on its line, and must not move the cursor, change colours or turn the direction of reading.
fn printable(text: &str) -> String {
    let letter = |letter: char| match letter {
        '\n' | '\r' | '\t' => " ".to_owned(),
        letter if is_active(letter) => by_number(letter),
        letter => letter.to_string(),
    };
    text.chars().map(letter).collect()
}

fn escaped(cell: &Value) -> String {
    plain(cell).replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn awkward() -> Table {
        let mut table = Table::new(["id", "some_text"]);
        table.row([json!("a"), json!("tab\tline\nback\\slash")]);
        table.row([json!("b"), json!({"x": "1, \"2\""})]);
        table.row([json!("c"), Value::Null]);
        table
    }

    #[test]
    fn tsv_keeps_a_row_on_its_line() {
        let expected = "a\ttab\\tline\\nback\\\\slash\nb\t{\"x\":\"1, \\\\\"2\\\\\"\"}\nc\t\n";
        assert_eq!(awkward().tsv(), expected);
    }

    #[test]
    fn csv_quotes_what_would_be_misread() {
        let expected = "id,some_text\na,\"tab\tline\nback\\slash\"\nb,\"{\"\"x\"\":\"\"1, \\\"\"2\\\"\"\"\"}\"\nc,\n";
        assert_eq!(awkward().csv(), expected);
    }

    #[test]
    fn aligned_columns_fit_and_say_when_they_were_cut() {
        let mut table = Table::new(["id", "what"]);
        table.row([json!(1), json!("漢字 wide letters count twice")]);
        assert_eq!(table.aligned(100), ("ID  WHAT\n1   漢字 wide letters count twice\n".to_owned(), false));
        assert_eq!(table.aligned(18), ("ID  WHAT\n1   漢字 wide let…\n".to_owned(), true));
    }

    #[test]
    fn what_names_a_row_is_never_cut() {
        let mut table = Table::new(["operation", "summary"]);
        table.row([json!("experiment_create"), json!("Makes an experiment of your own")]);
        let expected = "OPERATION          SUMMARY\nexperiment_create  Makes a…\n";
        assert_eq!(table.aligned(20), (expected.to_owned(), true));
    }

    #[test]
    fn one_thing_stands_upright_with_the_names_of_what_it_refers_to() {
        let mut table = Table::new(["id", "organization", "columns"]);
        let organization = json!({"id": 7, "name": "NKI", "link": "/organization/7"});
        table.row([json!(1), organization, json!({"id": 1, "a": 1, "b": 1, "c": 1, "d": 1})]);
        let expected =
            "id\t1\norganization.id\t7\norganization.name\tNKI\ncolumns\t{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"id\":1}\n";
        assert_eq!(table.first().tsv(), expected);
        assert_eq!(Table::new(["id"]).first().tsv(), "");
    }

    #[test]
    fn a_server_cannot_move_the_cursor() {
        let mut table = Table::new(["id"]);
        table.row([json!("\u{1b}[2Jgone\u{7}\n\u{202e}")]);
        assert_eq!(table.aligned(80).0, "ID\n\\u001b[2Jgone\\u0007 \\u202e\n");
    }

    #[test]
    fn letters_of_several_parts_are_cut_whole() {
        let mut table = Table::new(["id", "name"]);
        table.row([json!(1), json!("❤️❤️❤️❤️❤️❤️❤️❤️")]);
        table.row([json!(2), json!("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧")]);
        let expected = "ID  NAME\n1   ❤️❤️❤️…\n2   👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧…\n";
        assert_eq!(table.aligned(12), (expected.to_owned(), true));
    }

    proptest! {
        #[test]
        fn any_text_fits_any_width_in_straight_columns(
            heading in proptest::collection::vec("\\PC{0,12}|[a-z_]{1,9}", 1..5),
            cells in proptest::collection::vec(
                prop_oneof![
                    "\\PC{0,40}",
                    "[❤️\u{fe0f}\u{fe0e}👨‍👩‍👧\u{200d}🇩🇪é漢a\u{301} ]{0,30}",
                    "[\u{0}-\u{1f}\u{80}-\u{9f}\u{202e}\u{2066}x]{0,20}",
                    any::<String>(),
                ],
                0..20,
            ),
            width in 0..120usize,
        ) {
            let count = heading.len();
            let mut table = Table::with_columns(heading);
            cells.chunks_exact(count).for_each(|row| table.push(row.iter().map(|text| json!(text)).collect()));
            let (text, cut) = table.aligned(width);
            prop_assert_eq!(text.lines().count(), 1 + cells.len() / count, "{:?}", text);
            prop_assert!(!text.contains(|letter| is_active(letter) && letter != '\n'), "{:?}", text);
            // What names a row stays whole, and no column is narrower than it has to be.
            let first = table.rows.iter().map(|row| width_of(&printable(&plain(&row[0])))).max().unwrap_or(0);
            let first = first.max(width_of(&printable(&table.columns[0].to_uppercase().replace('_', " "))));
            let least = first + (count - 1) * (NARROWEST + GAP);
            let widest = text.lines().map(width_of).max().unwrap_or(0);
            prop_assert!(widest <= width.max(least), "{} of {}: {:?}", widest, width, text);
            prop_assert!(cut || table.aligned(usize::MAX).0 == text);
        }
    }

    #[test]
    fn rows_are_found_wherever_a_reply_keeps_them() {
        for reply in [
            json!([{"name": "n", "id": 1}, {"id": 2, "more": true}]),
            json!({"items": [{"name": "n", "id": 1}, {"id": 2, "more": true}], "total": 2}),
            json!({"data": [{"name": "n", "id": 1}, {"id": 2, "more": true}], "meta": {}}),
        ] {
            let table = Table::of(&reply);
            assert_eq!(table.ids(), "1\n2\n");
            let mut columns = table.columns.clone();
            columns.sort();
            assert_eq!(columns, ["id", "more", "name"]);
        }
        assert_eq!(Table::of(&json!({"uuid": "u", "a": [1]})).tsv(), "u\t[1]\n");
        assert_eq!(Table::of(&json!("text")).tsv(), "text\n");
        assert_eq!(Table::of(&json!([])).csv(), "value\n");
    }
}
