//! Networks that people have: no certificate authorities, proxies that are not meant for a server.

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::support::Home;

/// A server that answers every request with that JSON; its address without a scheme.
fn answering(json: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { return };
            let mut head = [0; 4096];
            let _read = socket.read(&mut head);
            let reply = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{json}",
                json.len()
            );
            let _written = socket.write_all(reply.as_bytes());
        }
    });
    address
}

const INFO: &[&str] = &["call", "loudml", "server_info", "-o", "json", "--url"];

#[test]
fn plain_http_needs_no_authorities_and_https_names_the_variable_that_leads_nowhere() {
    let address = answering(r#"{"version": "1.6.0"}"#);
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path().display().to_string();
    for (name, path, why) in [
        ("SSL_CERT_FILE", "/gone/authorities.pem", "No such file"),
        ("SSL_CERT_DIR", &folder, "no certificate is there"),
    ] {
        let home = Home::new().with(name, path);
        let url = format!("http://{address}");
        let plain = home.run(&[INFO, &[&url]].concat());
        assert_eq!((plain.code, plain.stdout.trim()), (Some(0), r#"{"version": "1.6.0"}"#), "{plain:?}");
        let url = format!("https://{address}");
        let secure = home.run(&[INFO, &[&url]].concat());
        assert_eq!(secure.code, Some(10), "{secure:?}");
        assert!(secure.stderr.contains(&format!("{name} names {path}")), "{secure:?}");
        assert!(secure.stderr.contains(why) && secure.stderr.contains("ca_file"), "{secure:?}");
    }
}

#[test]
fn a_quickstart_needs_no_authorities() {
    let home = Home::new().with("SSL_CERT_FILE", "/gone/authorities.pem").with("ALL_PROXY", "socks5://127.0.0.1:1");
    let ran = home.run(&["quickstart", "--trials", "3", "-o", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_proxy_is_looked_at_when_it_would_be_used() {
    let address = answering(r#"{"version": "1.6.0"}"#);
    let url = format!("http://{address}");
    for proxy in ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "gopher://127.0.0.1:1", "::"] {
        for none in ["*", "127.0.0.1", "localhost 127.0.0.0/8"] {
            let ran = Home::new().with("ALL_PROXY", proxy).with("NO_PROXY", none).run(&[INFO, &[&url]].concat());
            assert_eq!(ran.code, Some(0), "{proxy} {none}: {ran:?}");
        }
        let ran = Home::new().with("ALL_PROXY", proxy).run(&[INFO, &[&url]].concat());
        assert_eq!(ran.code, Some(10), "{proxy}: {ran:?}");
        assert!(ran.stderr.contains("proxy"), "{proxy}: {ran:?}");
    }
}
