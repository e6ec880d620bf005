//! Bodies that are made smaller on their way.

use std::io::{Read, Write};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use mlhub::op::{Op, RetryClass};
use mlhub::pipeline::{GZIP_THRESHOLD, Pipeline};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, RawCall};
use serde_json::{Value, json};

use crate::support::{Checked, NEVER, READ, SAFE, call, client, failure, op};

static ZIPPED: LazyLock<Op> = LazyLock::new(|| Op { gzip: true, ..op("zipped", RetryClass::Safe) });

/// A JSON text of that many bytes.
fn text(bytes: usize) -> Value {
    json!("x".repeat(bytes - 2))
}

async fn send(pipeline: &Pipeline, op: &'static Op, body: Value) -> Result<u8, mlhub::Error> {
    RawCall::of(pipeline.clone(), op).body(body).send().await
}

#[tokio::test(start_paused = true)]
async fn a_body_is_compressed_where_the_document_or_the_caller_says_so() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503)).times(4, Reply::json(&1));
    let pipeline = client(&lab)?;
    let long = text(GZIP_THRESHOLD);
    send(&pipeline, &ZIPPED, long.clone()).await?;
    send(&pipeline.with(|o| o.gzip(false)), &ZIPPED, long.clone()).await?;
    send(&pipeline, &SAFE, long.clone()).await?;
    send(&pipeline.with(|o| o.gzip(true)), &SAFE, long.clone()).await?;
    let mut packed = Vec::new();
    for seen in lab.seen() {
        let is_packed = seen.header("content-encoding") == Some("gzip");
        let mut body = String::new();
        match is_packed {
            true => GzDecoder::new(&seen.body[..]).read_to_string(&mut body)?,
            false => (&seen.body[..]).read_to_string(&mut body)?,
        };
        assert_eq!(body, long.to_string());
        assert_eq!(is_packed, seen.body.len() < 100);
        packed.push(is_packed);
    }
    // The first call was tried twice.
    assert_eq!(packed, [true, true, false, false, true]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_small_or_empty_is_sent_as_it_is() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let pipeline = client(&lab)?;
    send(&pipeline, &ZIPPED, text(GZIP_THRESHOLD - 1)).await?;
    RawCall::of(pipeline, &ZIPPED).send::<u8>().await?;
    for seen in lab.seen() {
        assert_eq!(seen.header("content-encoding"), None);
    }
    Ok(())
}

/// That text in every coding that is understood.
fn packed(text: &str) -> std::io::Result<Vec<(&'static str, Vec<u8>)>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text.as_bytes())?;
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(text.as_bytes())?;
    let mut bare = DeflateEncoder::new(Vec::new(), Compression::best());
    bare.write_all(text.as_bytes())?;
    let gzip = gzip.finish()?;
    let (one, other) = text.split_at(text.len() / 2);
    let mut twice = Vec::new();
    for part in [one, other] {
        let mut member = GzEncoder::new(twice, Compression::fast());
        member.write_all(part.as_bytes())?;
        twice = member.finish()?;
    }
    Ok(vec![
        ("gzip", gzip.clone()),
        ("GZip", gzip.clone()),
        ("x-gzip", gzip),
        ("gzip", twice),
        ("deflate", zlib.finish()?),
        ("deflate", bare.finish()?),
        ("identity", text.as_bytes().to_vec()),
    ])
}

#[tokio::test(start_paused = true)]
async fn a_compressed_reply_is_read_whole_and_as_a_stream_however_it_is_cut() -> Checked {
    let text = json!({"detail": "y".repeat(50_000)}).to_string();
    for (coding, bytes) in packed(&text)? {
        for size in [1, 7, bytes.len()] {
            let lab = Lab::new();
            let pieces = || bytes.chunks(size).map(<[u8]>::to_vec);
            let reply = |status| Reply::status(status).with_pieces(pieces()).header("content-encoding", coding);
            lab.times(3, reply(200)).then(reply(400));
            let pipeline = client(&lab)?;
            assert_eq!(call(&pipeline, &READ).await?.to_string(), text, "{coding}");
            let reply = RawCall::of(pipeline.clone(), &READ).answer().await?;
            assert_eq!((reply.body.len(), reply.headers.contains_key("content-length")), (text.len(), false));
            let stream = RawCall::of(pipeline.clone(), &READ).stream().await?;
            assert_eq!(stream.collect_bytes().await?, text.as_bytes(), "{coding}");
            // An error's words are read too.
            let error = failure(call(&pipeline, &READ).await)?;
            assert!(error.message().is_some_and(|message| message.starts_with("yyy")), "{coding}: {error}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_coding_is_known_however_it_is_spelt_and_what_is_none_means_nothing() -> Checked {
    let text = "[1, 2, 3]";
    let all = packed(text)?;
    let gzip = &all.iter().find(|(coding, _)| *coding == "gzip").ok_or("gzip")?.1;
    let mut twice = GzEncoder::new(Vec::new(), Compression::fast());
    twice.write_all(gzip)?;
    let twice = twice.finish()?;
    let plain = text.as_bytes();
    for (headers, bytes) in [
        (&["GZIP"][..], &gzip[..]),
        (&["\"gzip\""], gzip),
        (&["gzip;q=1.0"], gzip),
        (&["gzip,"], gzip),
        (&["identity, X-GZip , utf-8"], gzip),
        (&["utf-8", "gzip"], gzip),
        (&["gzip, gzip"], &twice),
        (&["gzip", "gzip"], &twice),
        (&["utf-8"], plain),
        (&["none"], plain),
        (&["UTF8, binary"], plain),
        (&["identity"], plain),
        (&[""], plain),
    ] {
        let lab = Lab::new();
        let reply = Reply::bytes(bytes.to_vec());
        lab.then(headers.iter().fold(reply, |reply, value| reply.header("content-encoding", value)));
        assert_eq!(call(&client(&lab)?, &READ).await?, json!([1, 2, 3]), "{headers:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn bytes_behind_the_end_of_gzip_are_passed_over_and_damage_within_it_is_not() -> Checked {
    let all = packed("[1, 2, 3]")?;
    let gzip = &all.iter().find(|(coding, _)| *coding == "gzip").ok_or("gzip")?.1;
    let rests: [&[u8]; 7] =
        [b"\0", b"\0\0\0\0\0\0\0\0\0\0\0\0", b"\n", b"<!-- 0.1 s -->", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x08\0"];
    for rest in rests {
        for size in [1, 5, 1000] {
            let lab = Lab::new();
            let bytes = [&gzip[..], rest].concat();
            let pieces = bytes.chunks(size).map(<[u8]>::to_vec);
            lab.then(Reply::status(200).with_pieces(pieces).header("content-encoding", "gzip"));
            assert_eq!(call(&client(&lab)?, &READ).await?, json!([1, 2, 3]), "{rest:?} by {size}");
        }
    }
    // Two members are one text.
    let mut members = Vec::new();
    for part in ["[1, 2", ", 3]"] {
        let mut member = GzEncoder::new(Vec::new(), Compression::fast());
        member.write_all(part.as_bytes())?;
        members.extend(member.finish()?);
    }
    for bytes in [members.clone(), [&members[..], b"\0\0"].concat()] {
        let lab = Lab::new();
        lab.then(Reply::bytes(bytes).header("content-encoding", "gzip"));
        assert_eq!(call(&client(&lab)?, &READ).await?, json!([1, 2, 3]));
    }
    let mut damaged = gzip.clone();
    let last = damaged.len() - 6;
    damaged[last] ^= 1;
    let cut = members[..members.len() - 4].to_vec();
    for bytes in [damaged, cut] {
        let lab = Lab::new();
        lab.then(Reply::bytes(bytes).header("content-encoding", "gzip"));
        assert!(failure(call(&client(&lab)?, &READ).await)?.to_string().contains("it is damaged"));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn only_who_asks_for_it_says_that_it_takes_it() -> Checked {
    let lab = Lab::new();
    lab.times(3, Reply::json(&1));
    let pipeline = client(&lab)?;
    call(&pipeline, &READ).await?;
    call(&pipeline.with(|o| o.compressed_replies(true)), &READ).await?;
    call(&pipeline.with(|o| o.compressed_replies(true).header("accept-encoding", "br")), &READ).await?;
    let asked: Vec<_> = lab.seen().iter().map(|seen| seen.header("accept-encoding").map(str::to_owned)).collect();
    assert_eq!(asked, [None, Some("gzip, deflate".to_owned()), Some("br".to_owned())]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn who_passes_replies_on_gets_them_as_they_came() -> Checked {
    for (coding, bytes) in packed("[1]")? {
        let lab = Lab::new();
        lab.then(Reply::bytes(bytes.clone()).header("content-encoding", coding));
        let reply = RawCall::of(client(&lab)?.with(|o| o.keep_compressed()), &READ).answer().await?;
        assert_eq!((&*reply.body, reply.headers["content-encoding"].to_str()?), (&bytes[..], coding));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_small_reply_that_unpacks_to_more_than_is_held_is_refused_at_once() -> Checked {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        bomb.write_all(&vec![0; 1 << 20])?;
    }
    let bomb = bomb.finish()?;
    assert!(bomb.len() < 70_000, "64 MiB of nothing are {} bytes", bomb.len());
    let lab = Lab::new();
    lab.rule(move |_| Some(Reply::bytes(bomb.clone()).header("content-encoding", "gzip")));
    let pipeline = client(&lab)?.with(|o| o.max_reply(1 << 20));
    for op in [&*READ, &*NEVER] {
        let error = failure(call(&pipeline, op).await)?;
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("more than the 1048576 bytes of `max_reply`"), "{error}");
        assert_eq!((error.attempts().len(), error.is_retryable()), (1, false));
        // The server has done what it was asked for.
        assert_eq!(error.may_have_been_applied(), op.id == "never");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_limit_is_for_every_reply_that_is_held_and_to_the_byte() -> Checked {
    for (pieces, most, fits) in [
        (vec!["[1]"], 3, true),
        (vec!["[1]"], 2, false),
        (vec!["[", "1", "]"], 3, true),
        (vec!["[", "1", "]"], 2, false),
    ] {
        let lab = Lab::new();
        lab.then(Reply::status(200).with_pieces(pieces.clone()).gap(std::time::Duration::from_millis(1)));
        let found = call(&client(&lab)?.with(|o| o.max_reply(most)), &READ).await;
        assert_eq!(found.is_ok(), fits, "{pieces:?} {most}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn damage_and_unknown_codings_are_told_and_not_tried_again() -> Checked {
    let whole = packed("[1, 2, 3]")?;
    let cut = |coding: &'static str, at: usize| {
        let bytes = &whole[at].1;
        (coding, bytes[..bytes.len() - 3].to_vec(), "it says that it is packed, and it is damaged")
    };
    for (coding, bytes, words) in [
        cut("gzip", 0),
        cut("deflate", 4),
        cut("deflate", 5),
        ("gzip", b"[1, 2, 3]".to_vec(), "it is damaged"),
        ("br", b"[1]".to_vec(), "packed in a way that is not known here"),
    ] {
        let lab = Lab::new();
        lab.then(Reply::bytes(bytes).header("content-encoding", coding));
        let error = failure(call(&client(&lab)?, &READ).await).map_err(|what| format!("{what}: {coding} {words}"))?;
        assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Decode, 1), "{error}");
        assert!(error.to_string().contains(words), "{coding}: {error}");
    }
    // A reply without a body has nothing to unpack.
    let lab = Lab::new();
    lab.then(Reply::status(204).header("content-encoding", "gzip"));
    assert_eq!(call(&client(&lab)?, &READ).await?, Value::Null);
    Ok(())
}
