//! Replay: a stand-in that answers as a real service was recorded to answer.

mod exchange;
mod story;

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use self::exchange::{DecodedRequest, RecordedExchange};
use self::story::Stories;
use super::{Lab, Reply, SeenRequest};

/// A stand-in for one server, made of recorded exchanges.
///
/// It is **not the service**: it knows what was asked once, and says what was
/// said then. It knows nothing of any platform and nothing of the client.
///
/// Recordings are a JSON list of `{name, request: {method, path, query?,
/// headers?, body? | body_base64?}, response: {status, content_type?, allow?,
/// body}}`, texts as they were on the wire. A request is answered by the
/// exchange that has its method, path, query and body, however the query is
/// ordered and the JSON spaced; where several have, one after the other, in
/// the order in which they were recorded, and the last one from then on.
///
/// Exchanges with `at_ms`, whose names agree up to the last slash, are a
/// *story*: they are answered by the time that has passed on the lab's clock
/// since what was done was done. A job of 15 s is then done after 15 s, however
/// often one looks, and is canceled only once somebody has canceled it.
///
/// ```
/// use mlhub::testing::{Lab, Replay};
/// # use mlhub::{Builder, Op, RawCall, op::AuthKind, pipeline::Pipeline};
/// # static CALL: Op = Op::raw("example", AuthKind::None, "detail");
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
/// # runtime.block_on(async {
/// let recordings = serde_json::json!([
///     {"name": "models", "request": {"method": "GET", "path": "/models", "query": "page=0"},
///      "response": {"status": 200, "content_type": "application/json", "body": "[\"first\"]\n"}},
///     {"name": "unknown", "request": {"method": "GET", "path": "/models/x"},
///      "response": {"status": 404, "content_type": "application/json", "body": "\"Model (x) not found\"\n"}},
/// ]);
/// let lab = Lab::new();
/// Replay::new(&recordings)?.otherwise("/models/", "unknown")?.serve(&lab);
/// # let pipeline = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline).lab(&lab).build()?;
/// # let get = |path| RawCall::raw(pipeline.clone(), &CALL, http::Method::GET, path);
/// # assert_eq!(get("/models").query("page", 0).send::<Vec<String>>().await?, ["first"]);
/// # assert!(get("/models/y").send::<String>().await.is_err_and(|e| e.status().is_some_and(|s| s == 404)));
/// # Ok(())
/// # })
/// # }
/// ```
pub struct Replay {
    exchanges: Vec<RecordedExchange>,
    /// Below that path, the exchange that answers what was not recorded.
    otherwise: Vec<(String, usize)>,
    history: Mutex<ReplayHistory>,
}

/// What has been asked so far.
#[derive(Default)]
struct ReplayHistory {
    /// The exchanges that have answered.
    told: HashSet<usize>,
    stories: Stories,
}

impl Replay {
    /// A stand-in out of recordings. Fails where one of them has no method,
    /// path or status.
    pub fn new(recordings: &Value) -> io::Result<Self> {
        let list = recordings.as_array().ok_or_else(|| bad("the recordings are no list".to_owned()))?;
        let exchanges = list.iter().map(RecordedExchange::new).collect::<io::Result<_>>()?;
        Ok(Replay { exchanges, otherwise: Vec::new(), history: Mutex::default() })
    }

    /// The same out of a file.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(&serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// Answers what was not recorded, below that path, as that exchange was
    /// answered. The longest path counts.
    pub fn otherwise(mut self, below: &str, name: &str) -> io::Result<Self> {
        let found = self.exchanges.iter().position(|exchange| exchange.name == name);
        let found = found.ok_or_else(|| bad(format!("there is no recording {name:?}")))?;
        self.otherwise.push((below.to_owned(), found));
        Ok(self)
    }

    /// Says another text in place of one in every answer: where the recorded
    /// server told its own address, this one's.
    #[must_use]
    pub fn replacing(mut self, recorded: &str, text: &str) -> Self {
        for exchange in &mut self.exchanges {
            exchange.answer = String::from_utf8_lossy(&exchange.answer).replace(recorded, text).into();
        }
        self
    }

    /// Answers all requests to that lab, on every host. Faults, earlier rules
    /// and the journal are the lab's.
    pub fn serve(self, lab: &Lab) {
        lab.rule(move |seen| self.answer(seen));
    }

    /// Answers what is sent to that host, `a.test` or `127.0.0.1:8077`: one of
    /// several servers in a lab, each with a past of its own.
    pub fn serve_at(self, lab: &Lab, host: &str) {
        let host = host.to_owned();
        lab.rule(move |seen| if seen.host() == host { self.answer(seen) } else { None });
    }

    fn answer(&self, seen: &SeenRequest) -> Option<Reply> {
        let (all, asked) = (self.exchanges.iter().enumerate(), DecodedRequest::new(seen));
        let (parts, plain): (Vec<_>, Vec<_>) =
            all.filter(|(_, exchange)| exchange.fits(&asked)).partition(|(_, exchange)| exchange.at.is_some());
        let parts: Vec<_> = parts.into_iter().map(|(index, _)| index).collect();
        let best = plain.iter().map(|(_, exchange)| exchange.likeness(seen)).max();
        let alike: Vec<_> =
            plain.iter().filter(|(_, e)| Some(e.likeness(seen)) == best).map(|(index, _)| *index).collect();
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let part = history.stories.tell(&self.exchanges, &parts, seen.at);
        let untold = alike.iter().find(|index| !history.told.contains(index)).or(alike.last()).copied();
        let found = part.or(untold).or_else(|| {
            let below = self.otherwise.iter().filter(|(path, _)| seen.path().starts_with(path));
            below.max_by_key(|(path, _)| path.len()).map(|(_, index)| *index)
        })?;
        history.told.insert(found);
        self.exchanges.get(found).map(RecordedExchange::reply)
    }
}

fn bad(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Recordings are long; only their number prints.
impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Replay({} exchanges)", self.exchanges.len())
    }
}
