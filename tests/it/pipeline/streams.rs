//! Replies that are handed over as they arrive.

use std::sync::LazyLock;

use futures::{StreamExt, TryStreamExt};
use mlhub::op::{BodyKind, Op, ReplyKind, RetryClass};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, RawCall};

use crate::support::{Checked, READ, client, failure, op, seconds};

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
    let mut stream = RawCall::of(client(&lab)?.with(|o| o.no_retry()), &LOGS).stream().await?;
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
    let stream = RawCall::of(client(&lab)?.with(|o| o.no_retry()), &LOGS).stream().await?;
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

/// A server with one text, of which it sends so many bytes before it cuts the connection, and less than a piece of which
/// comes in a minute.
fn cutting(lab: &Lab, text: &'static str, at: usize, headers: &'static [(&'static str, &'static str)]) {
    lab.rule(move |seen| {
        let ranges = headers.iter().any(|(name, _)| *name == "accept-ranges");
        let from = seen
            .header("range")
            .filter(|_| ranges)
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        let rest = &text[from.unwrap_or(0)..];
        let (status, sent) = (if from.is_some() { 206 } else { 200 }, &rest[..rest.len().min(at)]);
        let reply = Reply::status(status).with_pieces(sent.as_bytes().chunks(2).map(<[u8]>::to_vec)).gap(seconds(50));
        let reply = headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value));
        let range = format!("bytes {}-{}/{}", from.unwrap_or(0), text.len() - 1, text.len());
        let reply = if from.is_some() { reply.header("content-range", &range) } else { reply };
        Some(if sent.len() < rest.len() { reply.cut() } else { reply })
    });
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_cut_goes_on_where_it_was() -> Checked {
    const TEXT: &str = "once upon a time";
    for (headers, requests, ranges) in [
        // By parts: five bytes each time.
        (&[("accept-ranges", "bytes"), ("etag", "\"v1\"")][..], 4, &["bytes=5-", "bytes=10-", "bytes=15-"][..]),
        (&[("accept-ranges", "bytes"), ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")], 4, &["bytes=5-"]),
        // A tag that is weak says nothing of bytes.
        (&[("accept-ranges", "bytes"), ("etag", "W/\"v1\"")], 0, &[]),
        (&[], 0, &[]),
    ] {
        let lab = Lab::new();
        if requests > 0 {
            cutting(&lab, TEXT, 5, headers);
        } else {
            // The whole once more, which lasts a little longer each time.
            let tries = std::sync::atomic::AtomicUsize::new(0);
            let headers = headers.to_vec();
            lab.rule(move |_| {
                let at = 5 * (1 + tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
                let sent = &TEXT[..TEXT.len().min(at)];
                let reply = Reply::status(200).with_pieces([sent.to_owned()]);
                let reply = headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value));
                Some(if sent.len() < TEXT.len() { reply.cut() } else { reply })
            });
        }
        let read = RawCall::of(client(&lab)?, &LOGS).stream().await?.text().await?;
        assert_eq!(read, TEXT, "{headers:?}");
        let seen = lab.seen();
        assert_eq!(seen.len(), 4, "{headers:?}");
        let asked: Vec<_> = seen.iter().filter_map(|seen| seen.header("range")).collect();
        assert!(asked.starts_with(ranges) && (ranges.is_empty() == asked.is_empty()), "{headers:?}: {asked:?}");
        let validators = seen.iter().filter(|seen| seen.header("if-range").is_some()).count();
        assert_eq!(validators, asked.len());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_stream_does_not_go_on_with_other_bytes_nor_a_change_at_all() -> Checked {
    for reply in [
        Reply::status(200).with_pieces(["xnce upon a time"]),
        Reply::status(200).with_pieces(["on"]),
        Reply::status(206).with_pieces(["time"]).header("content-range", "bytes 12-15/16"),
        Reply::status(404),
    ] {
        let lab = Lab::new();
        lab.then(
            Reply::status(200).with_pieces(["once"]).cut().header("accept-ranges", "bytes").header("etag", "\"1\""),
        );
        lab.then(reply);
        let error = failure(RawCall::of(client(&lab)?, &LOGS).stream().await?.collect_bytes().await)?;
        assert_eq!((error.kind(), lab.seen().len()), (ErrorKind::Transport, 2), "{error}");
    }
    let lab = Lab::new();
    lab.times(2, Reply::status(200).with_pieces(["once"]).cut());
    let change: &'static Op = Box::leak(Box::new(Op { reply: ReplyKind::Stream, ..op("change", RetryClass::Safe) }));
    assert!(RawCall::of(client(&lab)?, change).stream().await?.collect_bytes().await.is_err());
    assert_eq!(lab.seen().len(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_download_that_drips_is_read_to_its_end() -> Checked {
    // Longer than an attempt and than a call.
    for json in [true, false] {
        let lab = Lab::new();
        let pieces = std::iter::once("[").chain(std::iter::repeat_n("1, ", 9)).chain(["2]"]);
        lab.then(Reply::status(200).with_pieces(pieces).gap(seconds(50)));
        let call = RawCall::of(client(&lab)?, if json { &READ } else { &LOGS });
        assert_eq!(call.bytes().await?.len(), 30);
        assert_eq!(mlhub::clock::Clock::now(&lab.clock()), seconds(550));
    }
    Ok(())
}
