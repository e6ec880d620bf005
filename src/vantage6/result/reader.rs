//! Result reader: one result, decrypted as it arrives out of the JSON reply or out of the server's store.

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::error::Error;
use crate::stream::ByteStream;
use crate::vantage6::crypto::{Decryptor, JsonMessageReader, Layout};
use crate::vantage6::{Client, ops, types};

/// The member of a result that holds it.
const MEMBER: &str = "result";
/// A reply that is longer holds a value: with the id of one it has half of that.
const SHORT: usize = 1024;

/// Reader that takes pieces as they arrive, and gives what they stand for.
pub(in crate::vantage6) enum ResultReader {
    /// A message in a member of a JSON reply.
    Json(Box<JsonMessageReader>),
    /// A message that is the whole reply.
    Whole(Box<Decryptor>),
}

impl ResultReader {
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match self {
            ResultReader::Json(reader) => reader.push(piece, out),
            ResultReader::Whole(decryptor) => decryptor.push(piece, out),
        }
    }

    /// Whether there was anything to read.
    pub(super) fn finish(self, out: &mut Vec<u8>) -> Result<bool, Error> {
        match self {
            ResultReader::Json(reader) => Ok(reader.finish()?.message),
            ResultReader::Whole(decryptor) => decryptor.finish(out).map(|()| true),
        }
    }
}

/// The reply with the result of a run, and what reads it: out of its JSON, or out of the server's store.
pub(in crate::vantage6) async fn fetch_result(client: &Client, run: i64) -> Result<(ByteStream, ResultReader), Error> {
    let key = client.private_key();
    let mut stream = client.call(ops::find("result_get")).arg("id", run).stream().await?;
    let (mut begin, mut length) = (Vec::new(), 0);
    while length <= SHORT {
        let Some(piece) = stream.try_next().await? else {
            let reply: Vec<u8> = begin.concat();
            if let Some(id) = in_store(&reply) {
                let decryptor = Decryptor::either(Layout::Blob, key.as_ref());
                return Ok((client.blob().download(id).send().await?, ResultReader::Whole(Box::new(decryptor))));
            }
            break;
        };
        length += piece.len();
        begin.push(piece);
    }
    let decryptor = Decryptor::either(Layout::Text, key.as_ref());
    let whole = ByteStream::new(stream::iter(begin.into_iter().map(Ok)).chain(stream));
    Ok((whole, ResultReader::Json(Box::new(JsonMessageReader::new(MEMBER, decryptor)))))
}

/// A result, decrypted as it arrives.
pub(in crate::vantage6) fn decrypted(stream: ByteStream, reader: ResultReader) -> ByteStream {
    ByteStream::new(stream::try_unfold(Some((stream, reader)), |state| async {
        let Some((mut stream, mut reader)) = state else { return Ok(None) };
        let mut out = Vec::new();
        while let Some(piece) = stream.try_next().await? {
            reader.push(&piece, &mut out)?;
            if !out.is_empty() {
                return Ok(Some((Bytes::from(out), Some((stream, reader)))));
            }
        }
        reader.finish(&mut out)?;
        Ok(Some((Bytes::from(out), None)))
    }))
}

/// The id under which the server's store has a result. HQ has a flag for that
/// and, in 5.0.3, sets it for no run; but no value looks like an id, because a
/// hyphen is no letter of base64.
fn in_store(reply: &[u8]) -> Option<String> {
    let result: types::RunResult = serde_json::from_slice(reply).ok()?;
    result.result.filter(|text| text.len() == Hyphenated::LENGTH && Uuid::try_parse(text).is_ok())
}
