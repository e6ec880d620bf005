//! One result, opened as it arrives: out of the JSON reply, or out of the
//! server's store.

use std::io::Write;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::error::{Error, ErrorKind};
use crate::stream::ByteStream;
use crate::vantage6::crypto::{Layout, Opener, TextReader};
use crate::vantage6::{Client, ops, types};

/// The member of a result that holds it.
const MEMBER: &str = "result";
/// A reply that is longer holds a value: with the id of one it has half of that.
const SHORT: usize = 1024;

/// Takes pieces as they arrive, and gives what they stand for.
enum Reader {
    /// A message in a member of a JSON reply.
    Json(Box<TextReader>),
    /// A message that is the whole reply.
    Whole(Box<Opener>),
}

impl Reader {
    fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match self {
            Reader::Json(reader) => reader.push(piece, out),
            Reader::Whole(opener) => opener.push(piece, out),
        }
    }

    /// Whether there was anything to read.
    fn finish(self, out: &mut Vec<u8>) -> Result<bool, Error> {
        match self {
            Reader::Json(reader) => Ok(reader.finish()?.message),
            Reader::Whole(opener) => opener.finish(out).map(|()| true),
        }
    }
}

impl Client {
    /// The result of a run, opened as it arrives: neither the reply nor the
    /// result is ever whole in memory. A run without a result gives nothing.
    ///
    /// # Errors
    ///
    /// A run that is not there; [`ErrorKind::Decrypt`], also in the middle of
    /// the stream, for what the key of this client does not open.
    pub async fn read_result(&self, run: i64) -> Result<ByteStream, Error> {
        let (stream, reader) = self.open_result(run).await?;
        let state = Some((stream, reader));
        let opened = stream::try_unfold(state, |state| async {
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
        });
        Ok(ByteStream::new(opened))
    }

    /// Writes the result of a run, opened as it arrives, and gives the number of
    /// bytes. Without a checksum in the format, what has been written before an
    /// error is not known to be right.
    ///
    /// # Errors
    ///
    /// As of [`read_result`](Self::read_result), and a writer that fails.
    pub async fn write_result(&self, run: i64, mut writer: impl Write + Send) -> Result<u64, Error> {
        let mut stream = self.read_result(run).await?;
        let mut written = 0;
        let failed = |cause| Error::new(ErrorKind::Request, "the result cannot be written").with_source(cause);
        while let Some(piece) = stream.next().await.transpose()? {
            writer.write_all(&piece).map_err(failed)?;
            written += piece.len() as u64;
        }
        writer.flush().map_err(failed)?;
        Ok(written)
    }

    /// The result of a run, whole; nothing where it has given none.
    pub(super) async fn whole_result(&self, run: i64) -> Result<Option<Bytes>, Error> {
        let (mut stream, mut reader) = self.open_result(run).await?;
        let mut whole = Vec::new();
        while let Some(piece) = stream.try_next().await? {
            reader.push(&piece, &mut whole)?;
        }
        let found = reader.finish(&mut whole)?;
        Ok(found.then(|| whole.into()))
    }

    async fn open_result(&self, run: i64) -> Result<(ByteStream, Reader), Error> {
        let mut stream = self.call(ops::find("result_get")).arg("id", run).stream().await?;
        let (mut begin, mut length) = (Vec::new(), 0);
        while length <= SHORT {
            let Some(piece) = stream.try_next().await? else {
                let reply: Vec<u8> = begin.concat();
                if let Some(id) = in_store(&reply) {
                    return self.open_blob(id).await;
                }
                break;
            };
            length += piece.len();
            begin.push(piece);
        }
        let opener = Opener::either(Layout::Text, self.private_key().as_ref());
        let whole = ByteStream::new(stream::iter(begin.into_iter().map(Ok)).chain(stream));
        Ok((whole, Reader::Json(Box::new(TextReader::new(MEMBER, opener)))))
    }

    async fn open_blob(&self, id: String) -> Result<(ByteStream, Reader), Error> {
        let opener = Opener::either(Layout::Blob, self.private_key().as_ref());
        Ok((self.blob().download(id).send().await?, Reader::Whole(Box::new(opener))))
    }
}

/// The id under which the server's store has a result. HQ has a flag for that
/// and, in 5.0.3, sets it for no run; but no value looks like an id, because a
/// hyphen is no letter of base64.
fn in_store(reply: &[u8]) -> Option<String> {
    let result: types::RunResult = serde_json::from_slice(reply).ok()?;
    result.result.filter(|text| text.len() == Hyphenated::LENGTH && Uuid::try_parse(text).is_ok())
}
