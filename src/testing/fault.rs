//! Injected faults: what goes wrong between a client and a service, kind by kind.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{Reply, RetryAfter};

/// Where a redirect to another host leads. Nobody can own a name under `.invalid`.
const ELSEWHERE: &str = "http://elsewhere.invalid/";

/// Injected fault: what goes wrong with a request.
///
/// Some faults spoil what the service would have answered: [`Slow`](Fault::Slow),
/// [`StallInBody`](Fault::StallInBody), [`CutBody`](Fault::CutBody),
/// [`WrongType`](Fault::WrongType), [`WrongLength`](Fault::WrongLength). The
/// others take the place of its answer, and its script waits for the next request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// No connection comes about: nothing is sent, nothing gets into the journal.
    ///
    /// A port cannot refuse a request that it has to read first. There, a rule
    /// that asks for an operation, an attempt, a probability or a count resets
    /// the connection; one that asks for none of them closes the port.
    Refuse,
    /// The connection is reset once the request was read.
    Reset,
    /// The connection is closed without a word once the request was read.
    HangUp,
    /// The request is read and never answered.
    StallBeforeHeaders,
    /// Half of the body comes, and then nothing.
    StallInBody,
    /// The answer comes that much later.
    Slow(Duration),
    /// The connection is closed in the middle of the body.
    CutBody,
    /// What comes back is not HTTP.
    Garbage,
    /// 200 with a body that says it is JSON and is none.
    GarbledBody,
    /// The answer is a page for people, with the status of the service's own answer.
    WrongType,
    /// The announced length is half of the body's, so that half of it is read.
    WrongLength,
    /// That status, with a message and a name for the request.
    Status(u16),
    /// 429, with the wish to be left alone in that spelling.
    TooMany(RetryAfter),
    /// A redirect to where the request came to.
    RedirectLoop,
    /// A redirect to another host.
    RedirectElsewhere,
    /// 401: the token has expired.
    ExpiredToken,
    /// Anything else.
    Reply(Reply),
}

impl Fault {
    /// One of each kind, for tests that go through all of them. What is slow
    /// is slower than anybody waits.
    pub fn samples() -> Vec<Fault> {
        let mut samples = vec![
            Fault::Refuse,
            Fault::Reset,
            Fault::HangUp,
            Fault::StallBeforeHeaders,
            Fault::StallInBody,
            Fault::Slow(Duration::from_secs(3600)),
            Fault::CutBody,
            Fault::Garbage,
            Fault::GarbledBody,
            Fault::WrongType,
            Fault::WrongLength,
            Fault::Status(418),
            Fault::Status(500),
            Fault::Status(503),
            Fault::RedirectLoop,
            Fault::RedirectElsewhere,
            Fault::ExpiredToken,
        ];
        samples.extend(RetryAfter::samples(Duration::from_secs(7)).into_iter().map(Fault::TooMany));
        samples
    }

    /// Whether what comes back is the service's own answer, spoilt.
    pub(super) fn spoils(&self) -> bool {
        use Fault::{CutBody, Slow, StallInBody, WrongLength, WrongType};
        matches!(self, Slow(_) | StallInBody | CutBody | WrongType | WrongLength)
    }

    /// What comes back in place of that answer.
    pub(super) fn apply(&self, own: Reply, url: &str, now: SystemTime) -> Reply {
        match self {
            Fault::Refuse => Reply::no_connection(),
            Fault::Reset => Reply::reset(),
            Fault::HangUp => Reply::hang_up(),
            Fault::StallBeforeHeaders => Reply::hang(),
            Fault::StallInBody => own.half().stall(),
            Fault::Slow(time) => own.later(*time),
            Fault::CutBody => own.half().cut(),
            Fault::Garbage => Reply::garbage(),
            Fault::GarbledBody => Reply::bytes(&b"{\"id\": \xff\xfe,"[..]).header("content-type", "application/json"),
            Fault::WrongType => own.page("<html><body>Welcome</body></html>"),
            Fault::WrongLength => own.short(),
            Fault::Status(status) => {
                Reply::status(*status).with_json(&json!({"detail": "the lab says no"})).header("x-request-id", "lab-1")
            }
            Fault::TooMany(spelling) => {
                let reply = Reply::status(429).with_json(&json!({"detail": "slow down"}));
                spelling.text(now).into_iter().fold(reply, |reply, text| reply.header("retry-after", &text))
            }
            Fault::RedirectLoop => Reply::status(307).location(url),
            Fault::RedirectElsewhere => Reply::status(307).location(ELSEWHERE),
            Fault::ExpiredToken => Reply::status(401)
                .header("www-authenticate", "Bearer error=\"invalid_token\"")
                .with_json(&json!({"detail": "the token has expired"})),
            Fault::Reply(reply) => reply.clone(),
        }
    }
}
