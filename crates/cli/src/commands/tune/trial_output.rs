//! Trial output: the result that stdout ends with, and the last lines of stderr, however much there is of either.

use std::collections::VecDeque;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::oneshot;

/// Bytes read at once: what a pipe holds on Linux (`pipe(7)`).
const CHUNK: usize = 64 * 1024;
/// Bytes kept of one line; the rest of it is dropped.
const LONGEST: usize = 64 * 1024;
/// LineSink of errors that are kept, the last ones: the message of a failure.
const ERROR_LINES: usize = 3;
/// Bytes kept of each: enough for a path and a sentence.
const ERROR_LINE: usize = 300;
/// The key of the value in a line that is a JSON object.
const KEY: &str = "value";

/// Sink of lines.
pub(super) trait LineSink: Send + 'static {
    /// A line without its end, cut at [`LONGEST`].
    fn line(&mut self, line: &[u8], cut: bool);
}

/// Summary of stdout: the last result, and the last line in case there is none.
#[derive(Debug, Default)]
pub(super) struct StdoutSummary {
    /// The last line that is a result.
    pub(super) result: Option<TrialResult>,
    /// The beginning of the last line that is not empty.
    last: Vec<u8>,
}

impl LineSink for StdoutSummary {
    fn line(&mut self, line: &[u8], cut: bool) {
        if line.is_empty() {
            return;
        }
        self.last.clear();
        self.last.extend_from_slice(&line[..line.len().min(ERROR_LINE)]);
        // A line that was cut is not what the program said.
        if let (Some(result), false) = (parse_result(line), cut) {
            self.result = Some(result);
        }
    }
}

impl StdoutSummary {
    /// The last line, for people.
    pub(super) fn last(&self) -> Option<String> {
        Some(readable(&self.last)).filter(|line| !line.is_empty())
    }
}

/// Tail of stderr: its last lines.
#[derive(Debug, Default)]
pub(super) struct StderrTail {
    lines: VecDeque<Vec<u8>>,
}

impl LineSink for StderrTail {
    fn line(&mut self, line: &[u8], _cut: bool) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        let mut kept = if self.lines.len() == ERROR_LINES { self.lines.pop_front() } else { None }.unwrap_or_default();
        kept.clear();
        kept.extend_from_slice(&line[..line.len().min(ERROR_LINE)]);
        self.lines.push_back(kept);
    }
}

impl StderrTail {
    /// The last lines as one, for people.
    pub(super) fn last(&self) -> Option<String> {
        let lines: Vec<_> = self.lines.iter().map(|line| readable(line)).filter(|line| !line.is_empty()).collect();
        Some(lines.join(" / ")).filter(|text| !text.is_empty())
    }
}

/// What a trial printed must not move the cursor or change colours.
fn readable(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    text.trim().to_owned()
}

/// Splitter of chunks into lines.
#[derive(Debug, Default)]
struct LineSplitter {
    line: Vec<u8>,
    cut: bool,
}

impl LineSplitter {
    fn push(&mut self, mut chunk: &[u8], lines: &mut impl LineSink) {
        while let Some(end) = chunk.iter().position(|&byte| byte == b'\n') {
            if self.line.is_empty() && end <= LONGEST {
                lines.line(&chunk[..end], false);
            } else {
                self.keep(&chunk[..end]);
                self.finish(lines);
            }
            chunk = &chunk[end + 1..];
        }
        self.keep(chunk);
    }

    fn keep(&mut self, part: &[u8]) {
        let room = LONGEST - self.line.len();
        self.cut |= part.len() > room;
        self.line.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// The line that is there, whole as it may be.
    fn finish(&mut self, lines: &mut impl LineSink) {
        lines.line(&self.line, self.cut);
        self.line.clear();
        self.cut = false;
    }
}

/// Reads to the end, or until `enough` comes or is dropped: a process that got away may hold the pipe for ever.
pub(super) async fn collect<L: LineSink>(
    mut pipe: impl AsyncRead + Unpin,
    mut lines: L,
    mut enough: oneshot::Receiver<()>,
) -> L {
    let mut chunk = vec![0; CHUNK];
    let mut splitter = LineSplitter::default();
    loop {
        let read = tokio::select! {
            biased;
            read = pipe.read(&mut chunk) => read,
            _ = &mut enough => break,
        };
        match read {
            Ok(0) | Err(_) => break,
            Ok(count) => splitter.push(&chunk[..count], &mut lines),
        }
    }
    if !splitter.line.is_empty() {
        splitter.finish(&mut lines);
    }
    lines
}

/// Result of a trial, as a line of its output says it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TrialResult {
    /// The value.
    Value(f64),
    /// It is a result, but none that can be told: the message for it.
    Unfit(String),
}

/// Reads one line: a number, or a JSON object with `value`. Any other line says nothing.
pub(super) fn parse_result(line: &[u8]) -> Option<TrialResult> {
    let line = line.trim_ascii();
    // Most lines of most programs are ruled out by their first letter, without a look at the rest.
    match line.first()? {
        b'{' => object(line),
        b'0'..=b'9' | b'+' | b'-' | b'.' | b'n' | b'N' | b'i' | b'I' => number(std::str::from_utf8(line).ok()?),
        _ => None,
    }
}

fn number(text: &str) -> Option<TrialResult> {
    let value: f64 = text.parse().ok()?;
    if value.is_finite() { Some(TrialResult::Value(value)) } else { Some(unfit(text)) }
}

fn object(line: &[u8]) -> Option<TrialResult> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(line) else {
        return no_json_number(std::str::from_utf8(line).ok()?);
    };
    let value = fields.get(KEY)?;
    match value.as_f64().filter(|value| value.is_finite()) {
        Some(number) => Some(TrialResult::Value(number)),
        None => Some(unfit(&value.to_string())),
    }
}

/// Python writes `{"value": NaN}`, which is no JSON and yet meant as a result.
fn no_json_number(line: &str) -> Option<TrialResult> {
    let after = line.split_once(&format!("{KEY:?}"))?.1.trim_start().strip_prefix(':')?.trim_start();
    let words = ["NaN", "Infinity", "-Infinity"];
    words.into_iter().find(|word| after.starts_with(word)).map(unfit)
}

fn unfit(text: &str) -> TrialResult {
    TrialResult::Unfit(format!("its result is {text}, which is no finite number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(chunks: &[&[u8]]) -> StdoutSummary {
        let mut results = StdoutSummary::default();
        let mut splitter = LineSplitter::default();
        chunks.iter().for_each(|chunk| splitter.push(chunk, &mut results));
        splitter.finish(&mut results);
        results
    }

    #[test]
    fn the_last_result_counts_wherever_chunks_end() {
        for chunks in [
            &[&b"0.1\nepoch 2\n0.2\nbye\n"[..]][..],
            &[b"0.1\n0.", b"2\nb", b"ye"],
            &[b"0.1", b"", b"\n", b"0.2", b"\r\nbye"],
        ] {
            let results = results(chunks);
            assert_eq!(
                (results.result.clone(), results.last().as_deref()),
                (Some(TrialResult::Value(0.2)), Some("bye"))
            );
        }
        assert_eq!(results(&[b"0.1\n", b"0.2"]).result, Some(TrialResult::Value(0.2)));
        assert_eq!(
            results(&[b"0.1\nnan"]).result,
            Some(TrialResult::Unfit("its result is nan, which is no finite number".into()))
        );
    }

    #[test]
    fn a_flood_without_line_ends_takes_no_more_than_a_line() {
        let mut results = StdoutSummary::default();
        let mut splitter = LineSplitter::default();
        let flood = vec![b'1'; 3 * LONGEST / 2];
        for _ in 0..20 {
            splitter.push(&flood, &mut results);
            assert!(splitter.line.capacity() <= 2 * LONGEST);
        }
        splitter.push(b"\n0.5\n", &mut results);
        assert_eq!(results.result, Some(TrialResult::Value(0.5)));
        // Half a number is no number.
        splitter.push(&flood, &mut results);
        splitter.push(b"\n", &mut results);
        assert_eq!(results.result, Some(TrialResult::Value(0.5)));
    }

    #[test]
    fn the_last_words_are_kept_and_made_harmless() {
        let mut errors = StderrTail::default();
        let mut splitter = LineSplitter::default();
        assert_eq!(errors.last(), None);
        splitter.push(b"one\ntwo\n\n\x1b[31mthree\n", &mut errors);
        splitter.push(&[b'4'; 1000], &mut errors);
        splitter.finish(&mut errors);
        assert_eq!(errors.last().unwrap(), format!("two / [31mthree / {}", "4".repeat(ERROR_LINE)));
    }

    #[tokio::test]
    async fn reading_ends_with_the_pipe_or_when_it_is_enough() {
        let (_open, never) = oneshot::channel();
        assert_eq!(collect(&b"1\n2"[..], StdoutSummary::default(), never).await.result, Some(TrialResult::Value(2.0)));
        let (held, reader) = tokio::io::duplex(64);
        let (enough, dropped) = oneshot::channel();
        drop(enough);
        assert_eq!(collect(reader, StdoutSummary::default(), dropped).await.result, None);
        drop(held);
    }

    #[test]
    fn numbers_and_objects_with_a_value_are_results() {
        for (line, value) in [
            ("0.93", 0.93),
            ("  -1e-3\r", -1e-3),
            ("+7", 7.0),
            (".5", 0.5),
            ("12", 12.0),
            (r#"{"value": 0.5, "epoch": 3}"#, 0.5),
            (r#"{"epoch": {"value": 1}, "value": -2}"#, -2.0),
        ] {
            assert_eq!(parse_result(line.as_bytes()), Some(TrialResult::Value(value)), "{line}");
        }
    }

    #[test]
    fn results_that_are_no_finite_number_are_named() {
        for (line, word) in [
            ("nan", "nan"),
            ("-inf", "-inf"),
            ("1e999", "1e999"),
            (r#"{"value": null}"#, "null"),
            (r#"{"value": "0.5"}"#, "\"0.5\""),
            (r#"{"loss": 1, "value" : NaN}"#, "NaN"),
            (r#"{"value": -Infinity}"#, "-Infinity"),
        ] {
            let Some(TrialResult::Unfit(words)) = parse_result(line.as_bytes()) else {
                panic!("{line}: {:?}", parse_result(line.as_bytes()))
            };
            assert!(words.contains(&format!("is {word},")), "{line}: {words}");
        }
    }

    #[test]
    fn everything_else_says_nothing() {
        let lines: &[&[u8]] = &[
            b"",
            b"accuracy: 0.93",
            b"0.93 0.94",
            b"0,5",
            b"12%",
            b"none",
            b"info: done",
            b"[1]",
            b"{}",
            b"{\"loss\": 1}",
            b"{\"loss\": NaN}",
            b"{broken",
            b"\xff\xfe1",
            b"0x10",
        ];
        for line in lines {
            assert_eq!(parse_result(line), None, "{}", String::from_utf8_lossy(line));
        }
    }
}
