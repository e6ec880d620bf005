//! What is kept of a trial's output: little, however much there is.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::oneshot;

use super::value::{Said, said};

/// What is read at once: what a pipe holds on Linux (`pipe(7)`).
const CHUNK: usize = 64 * 1024;
/// What is kept of one line; the rest of it is dropped.
const LONGEST: usize = 64 * 1024;
/// How many lines of errors are kept, the last ones: the words of a failure.
const ERROR_LINES: usize = 3;
/// What is kept of each: enough for a path and a sentence.
const ERROR_LINE: usize = 300;

/// What becomes of each line.
pub(crate) trait Lines: Send + 'static {
    /// A line without its end, cut at [`LONGEST`].
    fn line(&mut self, line: &[u8], cut: bool);
}

/// Stdout: the last result, and the last line in case there is none.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// The last line that is a result.
    pub(crate) said: Option<Said>,
    /// The beginning of the last line that is not empty.
    last: Vec<u8>,
}

impl Lines for Results {
    fn line(&mut self, line: &[u8], cut: bool) {
        if line.is_empty() {
            return;
        }
        self.last.clear();
        self.last.extend_from_slice(&line[..line.len().min(ERROR_LINE)]);
        // A line that was cut is not what the program said.
        if let (Some(said), false) = (said(line), cut) {
            self.said = Some(said);
        }
    }
}

impl Results {
    /// The last line, for people.
    pub(crate) fn last(&self) -> Option<String> {
        Some(readable(&self.last)).filter(|line| !line.is_empty())
    }
}

/// Stderr: the last lines.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    lines: VecDeque<Vec<u8>>,
}

impl Lines for Errors {
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

impl Errors {
    /// The last lines as one, for people.
    pub(crate) fn last(&self) -> Option<String> {
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

/// Cuts what comes into lines.
#[derive(Debug, Default)]
struct Cutter {
    line: Vec<u8>,
    cut: bool,
}

impl Cutter {
    fn push(&mut self, mut chunk: &[u8], lines: &mut impl Lines) {
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
    fn finish(&mut self, lines: &mut impl Lines) {
        lines.line(&self.line, self.cut);
        self.line.clear();
        self.cut = false;
    }
}

/// Reads to the end, or until `enough` comes or is dropped: a process that got away may hold the pipe for ever.
pub(crate) async fn collect<L: Lines>(
    mut pipe: impl AsyncRead + Unpin,
    mut lines: L,
    mut enough: oneshot::Receiver<()>,
) -> L {
    let mut chunk = vec![0; CHUNK];
    let mut cutter = Cutter::default();
    loop {
        let read = tokio::select! {
            biased;
            read = pipe.read(&mut chunk) => read,
            _ = &mut enough => break,
        };
        match read {
            Ok(0) | Err(_) => break,
            Ok(count) => cutter.push(&chunk[..count], &mut lines),
        }
    }
    if !cutter.line.is_empty() {
        cutter.finish(&mut lines);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(chunks: &[&[u8]]) -> Results {
        let mut results = Results::default();
        let mut cutter = Cutter::default();
        chunks.iter().for_each(|chunk| cutter.push(chunk, &mut results));
        cutter.finish(&mut results);
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
            assert_eq!((results.said.clone(), results.last().as_deref()), (Some(Said::Value(0.2)), Some("bye")));
        }
        assert_eq!(results(&[b"0.1\n", b"0.2"]).said, Some(Said::Value(0.2)));
        assert_eq!(
            results(&[b"0.1\nnan"]).said,
            Some(Said::Unfit("its result is nan, which is no finite number".into()))
        );
    }

    #[test]
    fn a_flood_without_line_ends_takes_no_more_than_a_line() {
        let mut results = Results::default();
        let mut cutter = Cutter::default();
        let flood = vec![b'1'; 3 * LONGEST / 2];
        for _ in 0..20 {
            cutter.push(&flood, &mut results);
            assert!(cutter.line.capacity() <= 2 * LONGEST);
        }
        cutter.push(b"\n0.5\n", &mut results);
        assert_eq!(results.said, Some(Said::Value(0.5)));
        // Half a number is no number.
        cutter.push(&flood, &mut results);
        cutter.push(b"\n", &mut results);
        assert_eq!(results.said, Some(Said::Value(0.5)));
    }

    #[test]
    fn the_last_words_are_kept_and_made_harmless() {
        let mut errors = Errors::default();
        let mut cutter = Cutter::default();
        assert_eq!(errors.last(), None);
        cutter.push(b"one\ntwo\n\n\x1b[31mthree\n", &mut errors);
        cutter.push(&[b'4'; 1000], &mut errors);
        cutter.finish(&mut errors);
        assert_eq!(errors.last().unwrap(), format!("two / [31mthree / {}", "4".repeat(ERROR_LINE)));
    }

    #[tokio::test]
    async fn reading_ends_with_the_pipe_or_when_it_is_enough() {
        let (_open, never) = oneshot::channel();
        assert_eq!(collect(&b"1\n2"[..], Results::default(), never).await.said, Some(Said::Value(2.0)));
        let (held, reader) = tokio::io::duplex(64);
        let (enough, dropped) = oneshot::channel();
        drop(enough);
        assert_eq!(collect(reader, Results::default(), dropped).await.said, None);
        drop(held);
    }
}
