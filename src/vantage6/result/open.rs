//! One result, opened as it arrives: out of the JSON reply, or out of the
//! server's store.

use std::io::Write;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::error::{Error, ErrorKind};
use crate::stream::ByteStream;
use crate::vantage6::crypto::{Layout, Opener, TextReader};
use crate::vantage6::{Client, ops, types};

/// The member of a result that holds it.
const MEMBER: &str = "result";

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
    pub(super) async fn whole_result(&self, run: i64, in_store: Option<bool>) -> Result<Option<Bytes>, Error> {
        let (mut stream, mut reader) = match in_store {
            Some(true) => self.open_blob(run).await?,
            Some(false) => self.open_text(run).await?,
            None => self.open_result(run).await?,
        };
        let mut whole = Vec::new();
        while let Some(piece) = stream.try_next().await? {
            reader.push(&piece, &mut whole)?;
        }
        let found = reader.finish(&mut whole)?;
        Ok(found.then(|| whole.into()))
    }

    async fn open_result(&self, run: i64) -> Result<(ByteStream, Reader), Error> {
        // Only a hub with a store keeps results in it, and then the run says so.
        let in_store = self.has_blob_store().await? && {
            let run: types::Run = self.run().get(run).send().await?;
            run.blob_storage_used == Some(true)
        };
        if in_store { self.open_blob(run).await } else { self.open_text(run).await }
    }

    async fn open_text(&self, run: i64) -> Result<(ByteStream, Reader), Error> {
        let opener = Opener::either(Layout::Text, self.private_key().as_ref());
        let stream = self.call(ops::find("result_get")).arg("id", run).stream().await?;
        Ok((stream, Reader::Json(Box::new(TextReader::new(MEMBER, opener)))))
    }

    async fn open_blob(&self, run: i64) -> Result<(ByteStream, Reader), Error> {
        let result: types::RunResult = self.result().get(run).send().await?;
        let Some(id) = result.result else {
            return Ok((ByteStream::whole(Bytes::new()), Reader::Whole(Box::new(Opener::plain()))));
        };
        let opener = Opener::either(Layout::Blob, self.private_key().as_ref());
        Ok((self.blob().download(id).send().await?, Reader::Whole(Box::new(opener))))
    }
}
