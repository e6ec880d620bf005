//! Logs: everything that any code in this process logs, down to TRACE, kept to be searched.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

static KEPT: OnceLock<Kept> = OnceLock::new();

/// From here on everything is kept.
pub(crate) fn keep() {
    KEPT.get_or_init(|| {
        let kept = Kept::default();
        let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        all.with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL).with_writer(kept.clone()).init();
        kept
    });
}

/// What was kept so far.
pub(crate) fn kept() -> String {
    let bytes = KEPT.get().expect("nothing is kept before `keep` is called").0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}
