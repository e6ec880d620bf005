//! Trial output: read to its end, however much there is, with the last lines of stderr for messages.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::oneshot;

/// Bytes read at once: what a pipe holds on Linux (`pipe(7)`).
const CHUNK: usize = 64 * 1024;
/// Lines of errors that are kept, the last ones: the message of a failure.
const ERROR_LINES: usize = 3;
/// Bytes kept of each: enough for a path and a sentence.
const ERROR_LINE: usize = 300;

/// Output sink: what is made of a stream.
pub(super) trait OutputSink: Send + 'static {
    /// Goes on with this part of it.
    fn push(&mut self, chunk: &[u8]);

    /// It has ended.
    fn finish(&mut self);
}

/// Tail of stderr: its last lines.
#[derive(Debug, Default)]
pub(super) struct StderrTail {
    lines: VecDeque<Vec<u8>>,
    /// The beginning of the line that is being read.
    line: Vec<u8>,
}

impl OutputSink for StderrTail {
    fn push(&mut self, chunk: &[u8]) {
        let mut lines = chunk.split(|&byte| byte == b'\n');
        if let Some(first) = lines.next() {
            self.part(first);
        }
        for part in lines {
            self.finish();
            self.part(part);
        }
    }

    /// A line has ended.
    fn finish(&mut self) {
        let line = self.line.trim_ascii();
        if !line.is_empty() {
            let oldest = if self.lines.len() == ERROR_LINES { self.lines.pop_front() } else { None };
            let mut kept = oldest.unwrap_or_default();
            kept.clear();
            kept.extend_from_slice(line);
            self.lines.push_back(kept);
        }
        self.line.clear();
    }
}

impl StderrTail {
    fn part(&mut self, mut part: &[u8]) {
        // Of a progress bar the last state counts.
        if let Some(at) = part.trim_ascii_end().iter().rposition(|&byte| byte == b'\r') {
            self.line.clear();
            part = &part[at + 1..];
        }
        let room = ERROR_LINE - self.line.len();
        self.line.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// The last lines as one, for people.
    pub(super) fn last(&self) -> Option<String> {
        let lines: Vec<_> = self.lines.iter().map(|line| readable(line)).filter(|line| !line.is_empty()).collect();
        Some(lines.join(" / ")).filter(|text| !text.is_empty())
    }
}

/// What a trial printed must not move the cursor or change colours.
pub(super) fn readable(line: &[u8]) -> String {
    let text = anstream::adapter::strip_bytes(line).into_vec();
    let text = String::from_utf8_lossy(&text);
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    text.trim().to_owned()
}

/// Reads to the end, or until `enough` comes or is dropped: a process that got away may hold the pipe for ever.
pub(super) async fn collect<S: OutputSink>(
    mut pipe: impl AsyncRead + Unpin,
    mut sink: S,
    mut enough: oneshot::Receiver<()>,
) -> S {
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = tokio::select! {
            biased;
            read = pipe.read(&mut chunk) => read,
            _ = &mut enough => break,
        };
        match read {
            Ok(0) | Err(_) => break,
            Ok(count) => sink.push(&chunk[..count]),
        }
    }
    sink.finish();
    sink
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was read, and whether it has ended.
    #[derive(Default)]
    struct Read(Vec<u8>, bool);

    impl OutputSink for Read {
        fn push(&mut self, chunk: &[u8]) {
            self.0.extend_from_slice(chunk);
        }

        fn finish(&mut self) {
            self.1 = true;
        }
    }

    #[test]
    fn the_last_words_are_kept_and_made_harmless() {
        let mut errors = StderrTail::default();
        assert_eq!(errors.last(), None);
        for chunk in [&b"one\nt"[..], b"wo\n\n\x1b[31mth", b"ree\x1b[0m\x07\r\n", &[b'4'; 1000]] {
            errors.push(chunk);
        }
        errors.finish();
        assert_eq!(errors.last().unwrap(), format!("two / three / {}", "4".repeat(ERROR_LINE)));
        errors.push(b" 1%\r 50%\r 99%\n");
        assert_eq!(errors.last().unwrap(), format!("three / {} / 99%", "4".repeat(ERROR_LINE)));
    }

    #[tokio::test]
    async fn reading_ends_with_the_pipe_or_when_it_is_enough() {
        let (_open, never) = oneshot::channel();
        let read = collect(&b"1\n2"[..], Read::default(), never).await;
        assert_eq!((read.0, read.1), (b"1\n2".to_vec(), true));
        let (held, reader) = tokio::io::duplex(64);
        let (enough, dropped) = oneshot::channel();
        drop(enough);
        assert!(collect(reader, Read::default(), dropped).await.1);
        drop(held);
    }
}
