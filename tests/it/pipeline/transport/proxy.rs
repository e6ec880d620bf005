//! Requests that take a detour.

use std::net::SocketAddr;

use mlhub::pipeline::{Pipeline, Proxy, Tls};
use mlhub::{Builder, ErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::certificates::Authority;
use super::server::{Tally, acceptor, answer, head, plain, secure, serve};
use crate::support::{Checked, READ, call, failure};

/// `svc:p@ss`, as a proxy gets it.
const LOGIN: &str = "proxy-authorization: Basic c3ZjOnBAc3M=\r\n";

/// A proxy that wants to be paid in credentials: tunnels where it is asked to,
/// and answers everything else by itself.
async fn proxy() -> std::io::Result<(SocketAddr, Tally)> {
    serve(|mut socket, tally| async move {
        let _held = tally.opened(&socket);
        let Some(first) = head(&mut socket).await? else { return Ok(()) };
        tally.saw(&first);
        if !first.to_ascii_lowercase().contains(&LOGIN.to_ascii_lowercase()) {
            return socket.write_all(b"HTTP/1.1 407 Who\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        }
        let Some(target) = first.strip_prefix("CONNECT ") else {
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n2").await?;
            return answer(socket, &tally).await;
        };
        let port = target.split([':', ' ']).nth(1).unwrap_or_default();
        let mut there = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
        socket.write_all(b"HTTP/1.1 200 Go\r\n\r\n").await?;
        copy_bidirectional(&mut socket, &mut there).await.map(|_| ())
    })
    .await
}

fn pipeline(url: String) -> Builder<Pipeline> {
    Builder::new(url, |pipeline: Pipeline| pipeline).token("t0ken")
}

#[tokio::test]
async fn a_plain_request_is_handed_to_the_proxy_with_the_whole_address() -> Checked {
    let (at, tally) = proxy().await?;
    for proxy in [
        Proxy::new(format!("http://svc:p%40ss@{at}")),
        Proxy::new(at.to_string()).basic("svc", "p@ss"),
        Proxy::new(format!("http://other:one@{at}")).basic("svc", "p@ss"),
    ] {
        assert!(!format!("{proxy:?}").contains("ss"), "{proxy:?}");
        let builder = pipeline("http://hub.test/prefix".to_owned()).proxy(proxy);
        assert_eq!(call(&builder.build()?, &READ).await?, 2);
    }
    let heads = tally.heads();
    assert!(heads[0].starts_with("GET http://hub.test/prefix/things HTTP/1.1\r\n"), "{}", heads[0]);
    assert!(heads.iter().all(|head| head.contains("host: hub.test\r\n") && head.contains("Bearer t0ken")));
    Ok(())
}

#[tokio::test]
async fn tls_goes_through_a_tunnel_and_the_proxy_sees_none_of_it() -> Checked {
    let authority = Authority::new()?;
    let (there, seen) = secure(&authority.server("localhost")?, None).await?;
    let (at, tally) = proxy().await?;
    let pipeline = pipeline(format!("https://localhost:{}", there.port()))
        .tls(Tls::default().root_bytes(authority.pem))
        .proxy(format!("http://svc:p%40ss@{at}"))
        .build()?;
    assert_eq!(call(&pipeline, &READ).await?, 1);
    let (outside, inside) = (tally.heads().join(""), seen.heads().join(""));
    assert!(outside.starts_with(&format!("CONNECT localhost:{} ", there.port())), "{outside}");
    assert!(!outside.contains("t0ken") && inside.contains("t0ken"), "{outside}");
    assert!(!inside.to_ascii_lowercase().contains("proxy-authorization"), "{inside}");
    Ok(())
}

#[tokio::test]
async fn some_hosts_are_reached_without_it() -> Checked {
    let (there, _) = plain().await?;
    let (at, tally) = proxy().await?;
    for hosts in ["127.0.0.1", "10.0.0.1, 127.0.0.0/8", "*"] {
        let proxy = Proxy::new(at.to_string()).except(hosts);
        assert_eq!(call(&pipeline(format!("http://{there}")).proxy(proxy).build()?, &READ).await?, 1);
    }
    let none = pipeline(format!("http://{there}")).proxy(at.to_string()).no_proxy();
    assert_eq!(call(&none.build()?, &READ).await?, 1);
    assert!(tally.heads().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_proxy_that_is_away_or_refuses_is_named_and_its_password_is_not() -> Checked {
    let (at, _) = proxy().await?;
    let away = tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    for (url, proxy) in [("http://hub.test", away), ("https://hub.test", away), ("https://hub.test", at)] {
        let builder = pipeline(url.to_owned()).proxy(format!("http://svc:wr0ng@{proxy}"));
        let error = failure(call(&builder.build()?.with(|o| o.no_retry()), &READ).await)?;
        assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
        assert!(error.to_string().contains(&format!("the proxy http://{proxy} could not be used")), "{error}");
        assert!(!format!("{error:?} {error}").contains("wr0ng"), "{error:?}");
    }
    Ok(())
}

/// The variables of an environment, as a list.
fn variables<'v>(list: &'v [(&str, String)]) -> impl Fn(&str) -> Option<String> + 'v {
    |name| list.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}

/// Whether a plain request goes through the proxy `at` by those variables, rather than to where it is addressed.
async fn takes_it(url: &str, list: &[(&str, String)]) -> Result<bool, Box<dyn std::error::Error>> {
    let builder = pipeline(url.to_owned()).http(|http| http.proxy_from(variables(list)));
    Ok(call(&builder.build()?, &READ).await? == 2)
}

#[tokio::test]
async fn the_environment_says_which_proxy_and_for_whom() -> Checked {
    let (there, _) = plain().await?;
    let (there, (at, _)) = (format!("http://{there}"), proxy().await?);
    let proxy = format!("http://svc:p%40ss@{at}");
    let dead = "http://127.0.0.1:1".to_owned();
    let none = String::new();
    for (list, taken) in [
        (vec![], false),
        (vec![("HTTP_PROXY", proxy.clone())], true),
        (vec![("http_proxy", proxy.clone())], true),
        (vec![("HTTP_PROXY", proxy.clone()), ("http_proxy", dead.clone())], true),
        (vec![("HTTP_PROXY", none.clone()), ("http_proxy", proxy.clone())], true),
        (vec![("ALL_PROXY", proxy.clone())], true),
        (vec![("HTTP_PROXY", proxy.clone()), ("ALL_PROXY", dead.clone())], true),
        // What is for TLS is for nothing else.
        (vec![("HTTPS_PROXY", dead.clone())], false),
        (vec![("HTTP_PROXY", none)], false),
        (vec![("HTTP_PROXY", dead.clone()), ("NO_PROXY", "127.0.0.1".to_owned())], false),
        (vec![("HTTP_PROXY", dead.clone()), ("no_proxy", "10.0.0.1, 127.0.0.0/8".to_owned())], false),
        (vec![("HTTP_PROXY", dead.clone()), ("NO_PROXY", "*".to_owned())], false),
        (vec![("HTTP_PROXY", proxy.clone()), ("NO_PROXY", "27.0.0.1,example.org".to_owned())], true),
        // A stranger's header `Proxy` in a program that a web server has started.
        (vec![("HTTP_PROXY", dead), ("REQUEST_METHOD", "GET".to_owned())], false),
    ] {
        assert_eq!(
            takes_it(&there, &list).await?,
            taken,
            "{:?}",
            list.iter().map(|(name, _)| name).collect::<Vec<_>>()
        );
    }
    // Names stand for all names below them, and for no others.
    for (host, taken) in [("hub.test", false), ("a.hub.test", false), ("nothub.test", true)] {
        let list = [("ALL_PROXY", proxy.clone()), ("NO_PROXY", "hub.test".to_owned())];
        let result = takes_it(&format!("http://{host}"), &list).await;
        // Nobody can be reached under `.test` without the proxy.
        assert_eq!(result.is_ok_and(|taken| taken), taken, "{host}");
    }
    Ok(())
}

#[tokio::test]
async fn the_environment_has_a_proxy_of_its_own_for_tls() -> Checked {
    let authority = Authority::new()?;
    let (there, _) = secure(&authority.server("localhost")?, None).await?;
    let (at, tally) = proxy().await?;
    let list = [("HTTP_PROXY", "http://127.0.0.1:1".to_owned()), ("HTTPS_PROXY", format!("svc:p%40ss@{at}"))];
    let pipeline = pipeline(format!("https://localhost:{}", there.port()))
        .tls(Tls::default().root_bytes(authority.pem))
        .http(|http| http.proxy_from(variables(&list)))
        .build()?;
    assert_eq!(call(&pipeline, &READ).await?, 1);
    assert!(tally.heads().join("").starts_with("CONNECT localhost:"), "{:?}", tally.heads());
    Ok(())
}

#[tokio::test]
async fn a_bad_address_in_the_environment_is_named_by_its_variable_where_it_would_be_used() -> Checked {
    let (there, _) = plain().await?;
    let there = format!("http://{there}");
    for address in ["gopher://svc:wr0ng@127.0.0.1:1080", "http://svc:wr0ng@", "::"] {
        let list = [("ALL_PROXY", address.to_owned())];
        let built = pipeline(there.clone()).http(|http| http.proxy_from(variables(&list))).build()?;
        let error = failure(call(&built, &READ).await)?;
        assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Connect, 1));
        assert!(error.to_string().contains("ALL_PROXY in the environment: the proxy's address"), "{error}");
        assert!(!format!("{error:?}").contains("wr0ng"), "{error:?}");
        // One that nobody would use harms nobody.
        for excepted in ["*", "127.0.0.1", "127.0.0.0/8"] {
            let list = [("ALL_PROXY", address.to_owned()), ("NO_PROXY", excepted.to_owned())];
            assert!(!takes_it(&there, &list).await?, "{address} {excepted}");
        }
        assert!(!takes_it(&there, &[("HTTPS_PROXY", address.to_owned())]).await?);
    }
    Ok(())
}

#[test]
fn an_address_that_is_none_is_refused_without_its_password() -> Checked {
    for address in ["::", "http://", "socks4://svc:wr0ng@127.0.0.1", "ftp://svc:wr0ng@127.0.0.1"] {
        let error = failure(pipeline("http://hub.test".to_owned()).proxy(address).build())?;
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("the proxy's address"), "{error}");
        assert!(!format!("{error:?}").contains("wr0ng"), "{error:?}");
    }
    Ok(())
}

/// A proxy for SOCKS that wants a password; it says by which names it was asked.
async fn socks() -> std::io::Result<(SocketAddr, Tally)> {
    serve(|mut socket, tally| async move {
        let _held = tally.opened(&socket);
        let mut hello = [0; 2];
        socket.read_exact(&mut hello).await?;
        let mut methods = vec![0; hello[1].into()];
        socket.read_exact(&mut methods).await?;
        socket.write_all(&[5, 2]).await?;
        let mut pair = Vec::new();
        socket.read_u8().await?;
        for _ in 0..2 {
            let length = socket.read_u8().await?;
            let mut text = vec![0; length.into()];
            socket.read_exact(&mut text).await?;
            pair.push(String::from_utf8_lossy(&text).into_owned());
        }
        socket.write_all(&[1, u8::from(pair != ["svc", "p@ss"])]).await?;
        let mut request = [0; 4];
        socket.read_exact(&mut request).await?;
        let host = match request[3] {
            3 => {
                let mut name = vec![0; socket.read_u8().await?.into()];
                socket.read_exact(&mut name).await?;
                String::from_utf8_lossy(&name).into_owned()
            }
            _ => std::net::Ipv4Addr::from(socket.read_u32().await?).to_string(),
        };
        let port = socket.read_u16().await?;
        tally.saw(&host);
        let mut there = TcpStream::connect(("127.0.0.1", port)).await?;
        socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        copy_bidirectional(&mut socket, &mut there).await.map(|_| ())
    })
    .await
}

#[tokio::test]
async fn socks_leads_plain_requests_and_tls_and_looks_names_up_where_it_says() -> Checked {
    let authority = Authority::new()?;
    let (secured, _) = secure(&authority.server("localhost")?, None).await?;
    let (there, seen) = plain().await?;
    let (at, tally) = socks().await?;
    for (scheme, asked) in [("socks5h", "localhost"), ("socks5", "127.0.0.1"), ("socks", "127.0.0.1")] {
        for url in [format!("http://localhost:{}", there.port()), format!("https://localhost:{}", secured.port())] {
            let list = [("ALL_PROXY", format!("{scheme}://svc:p%40ss@{at}"))];
            let pipeline = pipeline(url.clone()).ca_pem(authority.pem.clone());
            let pipeline = match url.starts_with("https") {
                true => pipeline.http(|http| http.proxy_from(variables(&list))).build()?,
                false => Builder::new(url, |pipeline: Pipeline| pipeline).proxy(list[0].1.clone()).build()?,
            };
            assert_eq!(call(&pipeline, &READ).await?, 1, "{scheme}");
            // Addresses of version 6 may come first.
            let last = tally.heads().pop().ok_or("a request")?;
            assert!(last == asked || scheme != "socks5h", "{scheme}: {last}");
        }
    }
    let heads = seen.heads().join("");
    assert!(heads.starts_with("GET /things HTTP/1.1\r\n") && !heads.contains("proxy-auth"), "{heads}");
    let error = failure(
        call(&pipeline(format!("http://{there}")).proxy(format!("socks5://svc:wr0ng@{at}")).build()?, &READ).await,
    )?;
    assert!(error.to_string().contains(&format!("the proxy socks5://{at} could not be used")), "{error}");
    assert!(!format!("{error:?} {error}").contains("wr0ng"), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_proxy_is_spoken_to_over_tls_where_its_address_says_so() -> Checked {
    let authority = Authority::new()?;
    let (secured, seen) = secure(&authority.server("localhost")?, None).await?;
    let (behind, tally) = proxy().await?;
    // TLS before the proxy of the other tests.
    let acceptor = acceptor(&authority.server("localhost")?)?;
    let (at, _) = serve(move |socket, _| {
        let acceptor = acceptor.clone();
        async move {
            let mut socket = acceptor.accept(socket).await?;
            let mut there = TcpStream::connect(behind).await?;
            copy_bidirectional(&mut socket, &mut there).await.map(|_| ())
        }
    })
    .await?;
    let proxy = format!("https://svc:p%40ss@localhost:{}", at.port());
    let to = |url: String| pipeline(url).ca_pem(authority.pem.clone()).proxy(proxy.clone()).build();
    assert_eq!(call(&to(format!("https://localhost:{}", secured.port()))?, &READ).await?, 1);
    assert!(tally.heads().join("").starts_with("CONNECT localhost:") && seen.heads().join("").contains("t0ken"));
    let built = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline)
        .tls(Tls::default().root_bytes(authority.pem.clone()))
        .proxy(proxy.clone())
        .build()?;
    assert_eq!(call(&built, &READ).await?, 2);
    // Nobody trusts it unasked.
    let error = failure(call(&pipeline("https://hub.test".to_owned()).proxy(proxy).build()?, &READ).await)?;
    assert!(error.to_string().contains("could not be used"), "{error}");
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_behind_a_unix_socket_is_called_like_any_other() -> Checked {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("hub of ours.sock");
    let listener = tokio::net::UnixListener::bind(&path)?;
    let tally = Tally::default();
    let shared = tally.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let tally = shared.clone();
            tokio::spawn(async move { answer(socket, &tally).await });
        }
    });
    let path = path.display().to_string();
    let encoded = path.replace('/', "%2F").replace(' ', "%20");
    for (address, first) in [
        (format!("unix:{path}"), "GET /things HTTP/1.1\r\n"),
        (format!("unix://{path}"), "GET /things HTTP/1.1\r\n"),
        (format!("unix:{path}:/prefix"), "GET /prefix/things HTTP/1.1\r\n"),
        (format!("http+unix://{encoded}/prefix"), "GET /prefix/things HTTP/1.1\r\n"),
    ] {
        // No proxy leads there.
        let built = pipeline(address.clone()).proxy("http://127.0.0.1:1").build()?;
        assert_eq!(call(&built, &READ).await?, 1, "{address}");
        let head = tally.heads().pop().ok_or("a request")?;
        assert!(
            head.starts_with(first) && head.contains("host: localhost\r\n") && head.contains("Bearer t0ken"),
            "{head}"
        );
    }
    let error =
        failure(call(&pipeline("unix:/nowhere/hub.sock".to_owned()).build()?.with(|o| o.no_retry()), &READ).await)?;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("%2Fnowhere%2Fhub"), "{error}");
    Ok(())
}
