//! Scripted reply: what a service does with a request, be it an answer or a fault.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

/// Scripted reply: what a service does with a request.
#[derive(Clone, Debug)]
#[must_use]
pub struct Reply {
    pub(super) delay: Duration,
    pub(super) action: ReplyAction,
}

#[derive(Clone, Debug)]
pub(super) enum ReplyAction {
    Respond(ScriptedResponse),
    NoConnection,
    Reset,
    HangUp,
    Hang,
    Garbage,
}

#[derive(Clone, Debug)]
pub(super) struct ScriptedResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) pieces: Vec<Bytes>,
    /// Time before each piece.
    pub(super) gap: Duration,
    pub(super) end: End,
    /// The length that the headers announce, where it is not the body's.
    pub(super) announced: Option<usize>,
}

/// End of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    Cut,
    Stall,
}

impl Reply {
    /// An answer with that status and no body. A number that is no status
    /// counts as 500.
    pub fn status(status: u16) -> Self {
        Self::action(ReplyAction::Respond(ScriptedResponse {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            pieces: Vec::new(),
            gap: Duration::ZERO,
            end: End::Whole,
            announced: None,
        }))
    }

    /// 200 with that value as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        Self::status(200).with_json(value)
    }

    /// 200 with that body.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        Self::status(200).with_pieces([body.into()])
    }

    /// No connection: nothing is sent, nothing is in the journal.
    pub fn no_connection() -> Self {
        Self::action(ReplyAction::NoConnection)
    }

    /// The connection breaks after the request was read.
    pub fn reset() -> Self {
        Self::action(ReplyAction::Reset)
    }

    /// The connection is closed without a word after the request was read.
    pub fn hang_up() -> Self {
        Self::action(ReplyAction::HangUp)
    }

    /// Bytes come back that are not HTTP.
    pub fn garbage() -> Self {
        Self::action(ReplyAction::Garbage)
    }

    /// The request is read and never answered.
    pub fn hang() -> Self {
        Self::action(ReplyAction::Hang)
    }

    /// The same after that time.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// With that value as its JSON body. What cannot be written counts as null.
    pub fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let text = serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec());
        self.with_pieces([text]).header("content-type", "application/json")
    }

    /// With a body that comes in those pieces.
    pub fn with_pieces(self, pieces: impl IntoIterator<Item = impl Into<Bytes>>) -> Self {
        self.answer(|answer| answer.pieces = pieces.into_iter().map(Into::into).collect())
    }

    /// With that time before each piece of the body.
    pub fn gap(self, gap: Duration) -> Self {
        self.answer(|answer| answer.gap = gap)
    }

    /// With a connection that breaks where the body would end.
    pub fn cut(self) -> Self {
        self.answer(|answer| answer.end = End::Cut)
    }

    /// With a body that never ends, silent after its last piece.
    pub fn stall(self) -> Self {
        self.answer(|answer| answer.end = End::Stall)
    }

    /// With a header; one that headers cannot carry is left out.
    pub fn header(self, name: &str, value: &str) -> Self {
        let pair = (HeaderName::try_from(name), HeaderValue::try_from(value));
        self.answer(|answer| {
            if let (Ok(name), Ok(value)) = pair {
                answer.headers.append(name, value);
            }
        })
    }

    /// With a header that sends the caller elsewhere.
    pub fn location(self, target: &str) -> Self {
        self.header(header::LOCATION.as_str(), target)
    }

    /// With that page for people in place of its body.
    pub(super) fn page(self, page: &'static str) -> Self {
        let reply = self.answer(|answer| drop(answer.headers.remove(header::CONTENT_TYPE)));
        reply.with_pieces([page]).header(header::CONTENT_TYPE.as_str(), "text/html")
    }

    /// With that delay on top of its own.
    pub(super) fn later(mut self, time: Duration) -> Self {
        self.delay = self.delay.saturating_add(time);
        self
    }

    /// With the first half of its body.
    pub(super) fn half(self) -> Self {
        self.answer(|answer| {
            let whole = Bytes::from(answer.pieces.concat());
            answer.pieces = vec![whole.slice(..whole.len() / 2)];
        })
    }

    /// With half of its length announced.
    pub(super) fn short(self) -> Self {
        self.answer(|answer| answer.announced = Some(answer.length() / 2))
    }

    /// Whether it says that the request succeeded, and is read whole.
    pub(super) fn is_success(&self) -> bool {
        matches!(&self.action, ReplyAction::Respond(answer) if answer.status.is_success() && answer.end == End::Whole)
    }

    fn action(action: ReplyAction) -> Self {
        Reply { delay: Duration::ZERO, action }
    }

    fn answer(mut self, change: impl FnOnce(&mut ScriptedResponse)) -> Self {
        if let ReplyAction::Respond(answer) = &mut self.action {
            change(answer);
        }
        self
    }
}

impl ScriptedResponse {
    /// Bytes of the body.
    pub(super) fn length(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}
