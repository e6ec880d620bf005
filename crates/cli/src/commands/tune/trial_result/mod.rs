//! Trial result: the last attempt at one on stdout, a number or an object with `value`.
//!
//! A line is what people see of it: without colours and links, without what a carriage return has covered. The last
//! attempt decides; where it cannot be read, no older one stands in for it.

#[cfg(test)]
mod tests;

use anstream::adapter::StripBytes;

use super::object_scanner::{ObjectScanner, ObjectState};
use super::trial_output::{OutputSink, readable};

/// Bytes kept of one line. A number has no more of them, and an object is read as it comes.
const LONGEST: usize = 64 * 1024;
/// Bytes of a line that are shown: enough for a path and a sentence.
const SHOWN: usize = 300;
/// The byte order mark in UTF-8, which some programs begin with.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Result of a trial.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TrialResult {
    /// The value.
    Value(f64),
    /// An attempt at one that cannot be told: the message for it.
    Unfit(String),
}

/// Summary of stdout: the last attempt at a result, and the last line in case there is none.
#[derive(Debug, Default)]
pub(super) struct StdoutSummary {
    /// The last attempt.
    pub(super) result: Option<TrialResult>,
    /// The beginning of the last line that is not blank.
    last: Vec<u8>,
    line: Line,
    object: Option<OpenObject>,
}

/// Line, as far as it has come.
#[derive(Debug, Default)]
struct Line {
    /// Its visible bytes, without those before the first that is no blank.
    text: Vec<u8>,
    /// Whether there was more, and something that is in no number.
    cut: bool,
    wordy: bool,
    /// A carriage return came last: more of the line covers what it has.
    returned: bool,
    /// Takes escape sequences out; none may go on beyond its line.
    strip: Option<StripBytes>,
}

/// Object that began on some line.
#[derive(Debug)]
struct OpenObject {
    scanner: ObjectScanner,
    /// The same before this line, where it began on an earlier one.
    before: Option<ObjectScanner>,
    /// The last number on a line of its own within it: an attempt, if this was no object after all.
    within: Option<TrialResult>,
}

impl OutputSink for StdoutSummary {
    fn push(&mut self, chunk: &[u8]) {
        let mut lines = chunk.split(|&byte| byte == b'\n');
        if let Some(first) = lines.next() {
            self.part(first);
        }
        for part in lines {
            self.end_line();
            self.part(part);
        }
    }

    fn finish(&mut self) {
        self.end_line();
        if let Some(open) = self.object.take() {
            self.give_up(open);
        }
    }
}

impl StdoutSummary {
    /// The last line, for people.
    pub(super) fn last(&self) -> Option<String> {
        Some(readable(&self.last)).filter(|line| !line.is_empty())
    }

    /// A part of a line.
    fn part(&mut self, part: &[u8]) {
        let plain = self.line.strip.is_none() && !self.line.returned;
        if plain && part.iter().all(|&byte| byte >= b' ' || byte == b'\t') {
            return self.visible(part);
        }
        let mut between_returns = part.split(|&byte| byte == b'\r').peekable();
        while let Some(text) = between_returns.next() {
            if self.line.returned && !text.is_empty() {
                self.cover();
            }
            let mut strip = self.line.strip.take().unwrap_or_default();
            strip.strip_next(text).for_each(|visible| self.visible(visible));
            self.line.strip = Some(strip);
            self.line.returned |= between_returns.peek().is_some();
        }
    }

    /// What comes now stands where the line stood.
    fn cover(&mut self) {
        self.line = Line { strip: self.line.strip.take(), ..Line::default() };
        self.object = self.object.take().and_then(|open| {
            let before = open.before?;
            Some(OpenObject { scanner: before.clone(), before: Some(before), ..open })
        });
    }

    fn visible(&mut self, mut text: &[u8]) {
        if self.line.text.is_empty() {
            let blank = |byte: &u8| byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(byte);
            text = &text[text.iter().take_while(|byte| blank(byte)).count()..];
            if text.is_empty() {
                return;
            }
        }
        // An object begins where one that looked like it has turned out to be none.
        let begins = self.line.text.is_empty() && text.starts_with(b"{");
        if begins && let Some(open) = self.object.take_if(|open| open.scanner.ends_before(b'{')) {
            self.give_up(open);
            self.object = None;
        }
        if begins && self.object.is_none() {
            self.object = Some(OpenObject { scanner: ObjectScanner::new(), before: None, within: None });
        }
        if let Some(open) = &mut self.object {
            open.scanner.push(text);
        }
        let room = LONGEST - self.line.text.len();
        let (kept, rest) = text.split_at(text.len().min(room));
        self.line.text.extend_from_slice(kept);
        self.line.cut |= !rest.is_empty();
        self.line.wordy |= !rest.iter().all(|&byte| is_numeric(byte));
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if let Some(open) = &mut self.object {
            open.scanner.push(b"\n");
        }
        if line.text.is_empty() {
            return;
        }
        self.last.clear();
        self.last.extend_from_slice(&line.text[..line.text.len().min(SHOWN)]);
        match self.object.take() {
            Some(open) => self.settle(open, &line),
            None => self.attempt(line.number()),
        }
    }

    /// What a line's end makes of an object that is open.
    fn settle(&mut self, mut open: OpenObject, line: &Line) {
        let began_before = open.before.is_some();
        match open.scanner.state() {
            ObjectState::Open => {
                if began_before {
                    open.within = line.number().or(open.within);
                }
                open.before = Some(open.scanner.clone());
                self.object = Some(open);
            }
            ObjectState::Complete => self.attempt(open.scanner.value().map(value)),
            ObjectState::Broken => {
                self.give_up(open);
                // So the line may be an attempt of its own.
                let number = line.number().filter(|_| began_before);
                if number.is_some() {
                    self.object = None;
                    self.attempt(number);
                } else if began_before && line.text.starts_with(b"{") {
                    let mut scanner = ObjectScanner::new();
                    scanner.push(&line.text);
                    // What was dropped of it cannot be read again.
                    scanner.push(if line.cut { b"\0\n" } else { b"\n" });
                    self.settle(OpenObject { scanner, before: None, within: None }, line);
                }
            }
        }
    }

    /// What began like an object is none, or has no end.
    fn give_up(&mut self, open: OpenObject) {
        self.attempt(open.within);
        let broken = open.scanner.state() == ObjectState::Broken;
        if open.scanner.names_value() {
            let how = if broken { "is no JSON" } else { "has no end" };
            self.attempt(Some(TrialResult::Unfit(format!("its result {how}: {}", readable(open.scanner.head())))));
        } else if broken && open.scanner.is_nested() {
            // Its next lines may name a value: Python writes a large dict over several.
            self.object = Some(OpenObject { before: Some(open.scanner.clone()), scanner: open.scanner, within: None });
        }
    }

    fn attempt(&mut self, result: Option<TrialResult>) {
        if result.is_some() {
            self.result = result;
        }
    }
}

impl Line {
    /// The number that it is.
    fn number(&self) -> Option<TrialResult> {
        let text = self.text.trim_ascii();
        // Most lines of most programs are ruled out by their first letter, without a look at the rest.
        if !matches!(text.first()?, b'0'..=b'9' | b'+' | b'-' | b'.' | b'n' | b'N' | b'i' | b'I') {
            return None;
        }
        if self.cut {
            let endless = !self.wordy && text.iter().all(|&byte| is_numeric(byte));
            return endless.then(|| unfit(&format!("{}…", readable(&text[..text.len().min(SHOWN)]))));
        }
        let text = std::str::from_utf8(text).ok()?;
        let value: f64 = text.parse().ok()?;
        Some(if value.is_finite() { TrialResult::Value(value) } else { unfit(text) })
    }
}

fn is_numeric(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

/// The `value` of an object.
fn value(text: &[u8]) -> TrialResult {
    let number = serde_json::from_slice::<f64>(text).ok().filter(|value| value.is_finite());
    number.map_or_else(|| unfit(&readable(text)), TrialResult::Value)
}

fn unfit(text: &str) -> TrialResult {
    TrialResult::Unfit(format!("its result is {text}, which is no finite number"))
}
