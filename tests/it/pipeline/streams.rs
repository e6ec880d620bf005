//! Replies that are handed over as they arrive.

use std::sync::LazyLock;

use futures::{StreamExt, TryStreamExt};
use mlhub::op::{BodyKind, Op, ReplyKind, RetryClass};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, RawCall};

use crate::support::{Checked, client, failure, op, seconds};

static LOGS: LazyLock<Op> = LazyLock::new(|| Op {
    method: http::Method::GET,
    body: BodyKind::None,
    reply: ReplyKind::Stream,
    ..op("logs", RetryClass::Safe)
});

#[tokio::test(start_paused = true)]
async fn pieces_arrive_before_the_end_and_longer_than_an_attempt() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(200).with_pieces(["a", "b", "c"]).gap(seconds(50)));
    let mut stream = RawCall::of(client(&lab)?, &LOGS).stream().await?;
    assert_eq!(stream.try_next().await?.as_deref(), Some(&b"a"[..]));
    assert_eq!(mlhub::clock::Clock::now(&lab.clock()), seconds(50));
    assert_eq!(stream.collect_bytes().await?, "bc");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn silence_ends_it() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(200).with_pieces(["a"]).stall());
    let mut stream = RawCall::of(client(&lab)?, &LOGS).stream().await?;
    assert!(stream.try_next().await?.is_some());
    let error = failure(stream.try_next().await)?;
    assert_eq!(mlhub::clock::Clock::now(&lab.clock()), mlhub::pipeline::IDLE_TIMEOUT);
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Timeout, Some("logs")));
    assert!(stream.next().await.is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_cut_is_an_error_and_not_the_end() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(200).with_pieces(["a"]).cut());
    let stream = RawCall::of(client(&lab)?, &LOGS).stream().await?;
    let error = failure(stream.collect_bytes().await)?;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(lab.seen().len(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn dropping_it_closes_the_connection() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(200).with_pieces(["a", "b"]).gap(seconds(1)));
    let mut stream = RawCall::of(client(&lab)?, &LOGS).stream().await?;
    stream.try_next().await?;
    assert_eq!(lab.open_bodies(), 1);
    drop(stream);
    assert_eq!(lab.open_bodies(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refusal_before_the_stream_is_repeated_and_told_like_any_other() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::status(404).with_pieces(["no logs"]));
    let error = failure(RawCall::of(client(&lab)?, &LOGS).stream().await)?;
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, Some("no logs")));
    assert_eq!(lab.seen().len(), 2);
    Ok(())
}
