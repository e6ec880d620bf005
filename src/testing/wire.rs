//! HTTP/1.1 server side of a lab: one request for each connection, or many, and any answer.

use std::io;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Request, StatusCode};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::Lab;
use super::reply::{End, Reply, ReplyAction, ScriptedResponse};
use crate::clock::Clock;

/// Headers longer than this are no request.
const MAX_HEAD: u64 = 256 * 1024;

/// So much more is announced of a body that breaks off.
const MISSING: usize = 1000;

/// Nobody takes this for HTTP.
const GARBAGE: &[u8] = b"\x16\x03\x01 this is not HTTP\r\n\r\n";

/// Reads requests and does with them what the lab says.
pub(super) async fn serve(socket: TcpStream, lab: Lab) -> io::Result<()> {
    let mut socket = BufReader::new(socket);
    while one(&mut socket, &lab).await? {}
    Ok(())
}

/// Answers the next request; says whether another may follow.
async fn one(socket: &mut BufReader<TcpStream>, lab: &Lab) -> io::Result<bool> {
    let (parts, body) = read(socket).await?.into_parts();
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let url = format!("http://{host}{}", parts.uri);
    let bare = parts.method == http::Method::HEAD;
    let last = parts.headers.get(CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"));
    let keeps = lab.keeps.load(Ordering::Relaxed) && !last;
    let reply = lab.answer(url, parts, body).unwrap_or_else(Reply::hang_up);
    if !reply.delay.is_zero() {
        lab.clock.sleep(reply.delay).await;
    }
    match reply.action {
        // It came too late to be refused.
        ReplyAction::NoConnection | ReplyAction::Reset => socket.get_ref().set_zero_linger()?,
        ReplyAction::HangUp => socket.shutdown().await?,
        ReplyAction::Garbage => {
            socket.write_all(GARBAGE).await?;
            socket.shutdown().await?;
        }
        ReplyAction::Hang => gone(socket).await?,
        ReplyAction::Respond(answer) => {
            let keeps = keeps && answer.end == End::Whole && answer.announced.is_none();
            write(socket, lab, answer, bare, keeps).await?;
            return Ok(keeps);
        }
    }
    Ok(false)
}

/// Until the client has closed the connection.
async fn gone(socket: &mut BufReader<TcpStream>) -> io::Result<()> {
    while socket.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}

async fn write(
    socket: &mut BufReader<TcpStream>,
    lab: &Lab,
    answer: ScriptedResponse,
    bare: bool,
    keeps: bool,
) -> io::Result<()> {
    let bare = bare || matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let mut head = Vec::new();
    let reason = answer.status.canonical_reason().unwrap_or("Unknown");
    head.extend_from_slice(format!("HTTP/1.1 {} {reason}\r\n", answer.status.as_u16()).as_bytes());
    for (name, value) in &answer.headers {
        head.extend_from_slice(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    if !bare && !answer.headers.contains_key(CONTENT_LENGTH) {
        let missing = if answer.end == End::Whole { 0 } else { MISSING };
        let length = answer.announced.unwrap_or(answer.length() + missing);
        head.extend_from_slice(format!("content-length: {length}\r\n").as_bytes());
    }
    head.extend_from_slice(if keeps { b"\r\n" } else { b"connection: close\r\n\r\n" });
    let pieces = answer.pieces.iter().filter(|_| !bare);
    if answer.gap.is_zero() {
        // In one write: a second one would wait until the first is acknowledged.
        pieces.for_each(|piece| head.extend_from_slice(piece));
        socket.write_all(&head).await?;
    } else {
        socket.write_all(&head).await?;
        for piece in pieces {
            lab.clock.sleep(answer.gap).await;
            socket.write_all(piece).await?;
        }
    }
    if answer.end == End::Stall {
        gone(socket).await?;
    }
    if keeps { Ok(()) } else { socket.shutdown().await }
}

async fn read(socket: &mut BufReader<TcpStream>) -> io::Result<Request<Bytes>> {
    let mut limited = socket.take(MAX_HEAD);
    let line = line(&mut limited).await?;
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Request::builder().method(method).uri(target).body(Bytes::new()).map_err(bad)?;
    loop {
        let line = self::line(&mut limited).await?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| bad("a header without a colon"))?;
        let name = HeaderName::try_from(name).map_err(bad)?;
        request.headers_mut().append(name, HeaderValue::try_from(value.trim()).map_err(bad)?);
    }
    let body = match request.headers().get(TRANSFER_ENCODING) {
        Some(_) => chunks(socket).await?,
        None => {
            let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
            exactly(socket, length.map_or(Ok(0), str::parse).map_err(bad)?).await?
        }
    };
    *request.body_mut() = body.into();
    Ok(request)
}

/// A body of unknown length: pieces, each after its length in hexadecimal.
async fn chunks(socket: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let length = line(socket).await?;
        let length = u64::from_str_radix(length.split(';').next().unwrap_or_default(), 16).map_err(bad)?;
        body.extend(exactly(socket, length).await?);
        line(socket).await?;
        if length == 0 {
            return Ok(body);
        }
    }
}

async fn exactly(socket: &mut BufReader<TcpStream>, length: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    match socket.take(length).read_to_end(&mut body).await? as u64 == length {
        true => Ok(body),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

async fn line(source: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<String> {
    let mut line = Vec::new();
    source.read_until(b'\n', &mut line).await?;
    let line = line.strip_suffix(b"\r\n").ok_or_else(|| bad("a line that does not end"))?;
    String::from_utf8(line.to_vec()).map_err(bad)
}

fn bad(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}
