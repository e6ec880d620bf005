//! Fetch of a published document, from an address or a file.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::failure::Failure;
use crate::workspace::{Workspace, json};

/// How long a server may take to hand over its document.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) fn document(workspace: &Workspace, from: &str) -> Result<Value, Failure> {
    let text = if from.starts_with("http://") || from.starts_with("https://") {
        download(from)?
    } else {
        let path = Path::new(from);
        workspace
            .read(path)?
            .ok_or_else(|| Failure::new(format!("there is no file {from}; give an http address or a file to --from")))?
    };
    json(from, &text)
}

fn download(address: &str) -> Result<String, Failure> {
    let failed = |error: reqwest::Error| Failure::new(format!("{address} cannot be read: {}", causes(error)));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no runtime to read {address} with: {error}")))?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(failed)?;
        let response = client.get(address).send().await.map_err(failed)?;
        response.error_for_status().map_err(failed)?.text().await.map_err(failed)
    })
}

/// An error and what caused it; the address is said already.
fn causes(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// A server for one request; the handle gives the request's first line.
    fn server(status: &'static str, body: &'static str) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/openapi.json", listener.local_addr().expect("its address"));
        let served = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                request.push(byte[0]);
            }
            let length = body.len();
            let reply = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(reply.as_bytes()).expect("a reply");
            String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned()
        });
        (address, served)
    }

    #[test]
    fn an_address_is_read_over_http() {
        let (address, served) = server("200 OK", r#"{"openapi": "3.1.0"}"#);
        let read = document(&Workspace::here(), &address);
        assert_eq!(read, Ok(serde_json::json!({"openapi": "3.1.0"})));
        assert_eq!(served.join().expect("the server"), "GET /openapi.json HTTP/1.1");
    }

    #[test]
    fn a_refusal_or_a_page_that_is_not_json_names_the_address() {
        for (status, body) in [("404 Not Found", "{}"), ("200 OK", "<html>")] {
            let (address, served) = server(status, body);
            let failure = document(&Workspace::here(), &address).expect_err("no document").to_string();
            served.join().expect("the server");
            assert!(failure.contains(&address), "{failure}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_says_what_to_give() {
        let failure = document(&Workspace::here(), "no/such/file.json").expect_err("no file").to_string();
        assert_eq!(failure, "there is no file no/such/file.json; give an http address or a file to --from");
    }
}
