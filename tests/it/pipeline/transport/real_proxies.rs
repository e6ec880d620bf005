//! Proxies that people run: SOCKS by microsocks, HTTP by tinyproxy, and that over TLS by haproxy before it.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use mlhub::Builder;
use mlhub::pipeline::Pipeline;

use super::certificates::Authority;
use super::server::{plain, secure};
use crate::ready::until;
use crate::support::{Checked, READ, call, failure};

/// A program that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// Whether the machine has all of them; where MLHUB_REQUIRE names proxies, as in CI, it has to.
fn all_here() -> bool {
    let missing = |program: &&str| {
        let there = |folder: &str| Path::new(folder).join(program).exists();
        !["/usr/bin", "/usr/sbin", "/usr/local/bin"].into_iter().any(there)
    };
    let missing: Vec<_> = ["microsocks", "tinyproxy", "haproxy"].into_iter().filter(missing).collect();
    let required = std::env::var("MLHUB_REQUIRE").unwrap_or_default();
    assert!(missing.is_empty() || !required.split(',').any(|what| what == "proxies"), "no {missing:?}");
    if !missing.is_empty() {
        eprintln!("skipped: this machine has no {}", missing.join(", "));
    }
    missing.is_empty()
}

/// A port that nobody uses.
fn port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts a program and waits until it takes connections on that port.
fn start(command: &mut Command, port: u16) -> Result<Running, Box<dyn std::error::Error>> {
    let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
    let running = Running(command.env("PATH", path).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    until("the proxy takes connections", || std::net::TcpStream::connect(address).is_ok());
    Ok(running)
}

/// Whether a call to each of them comes through, and one with a wrong password does not.
async fn leads(proxy: &str, wrong: &str, authority: &Authority, servers: &[String]) -> Checked {
    for url in servers {
        let builder = || Builder::new(url, |pipeline: Pipeline| pipeline);
        let secure = url.starts_with("https") || proxy.starts_with("https");
        let builder = if secure { builder().ca_pem(authority.pem.clone()) } else { builder() };
        let built = builder.proxy(proxy).build()?.with(|options| options.no_retry());
        let answered = call(&built, &READ).await.map_err(|error| format!("{proxy} to {url}: {error:?}"))?;
        assert_eq!(answered, 1, "{proxy} to {url}");
    }
    let refused = Builder::new(&servers[1], |pipeline: Pipeline| pipeline).ca_pem(authority.pem.clone());
    let error = failure(call(&refused.proxy(wrong).build()?.with(|o| o.no_retry()), &READ).await)?;
    assert!(error.to_string().contains("could not be used") && !error.to_string().contains("wr0ng"), "{error}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn socks_http_and_https_proxies_lead_to_plain_servers_and_to_tls() -> Checked {
    if !all_here() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let authority = Authority::new()?;
    let pair = authority.server("localhost")?;
    let (secured, _) = secure(&pair, None).await?;
    let (there, seen) = plain().await?;
    let servers = [format!("http://localhost:{}", there.port()), format!("https://localhost:{}", secured.port())];

    let at = port()?;
    let mut socks = Command::new("microsocks");
    socks.args(["-i", "127.0.0.1", "-p", &at.to_string(), "-u", "svc", "-P", "p@ss"]);
    let _socks = start(&mut socks, at)?;
    for scheme in ["socks5", "socks5h"] {
        let with = |password: &str| format!("{scheme}://svc:{password}@127.0.0.1:{at}");
        leads(&with("p%40ss"), &with("wr0ng"), &authority, &servers).await?;
    }

    let plain = port()?;
    let settings = folder.path().join("tinyproxy.conf");
    std::fs::write(&settings, format!("Port {plain}\nListen 127.0.0.1\nBasicAuth svc p4ss\nViaProxyName \"tiny\"\n"))?;
    let _http = start(Command::new("tinyproxy").arg("-d").arg("-c").arg(&settings), plain)?;
    let with = |password: &str| format!("http://svc:{password}@127.0.0.1:{plain}");
    leads(&with("p4ss"), &with("wr0ng"), &authority, &servers).await?;
    let via = seen.heads().iter().filter(|head| head.to_ascii_lowercase().contains("via: ")).count();
    assert!(via > 0, "{:?}", seen.heads());

    let at = port()?;
    let own = folder.path().join("own.pem");
    std::fs::write(&own, format!("{}{}", pair.certificate, pair.key))?;
    let settings = folder.path().join("haproxy.cfg");
    std::fs::write(
        &settings,
        format!(
            "defaults\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n\
             frontend f\n mode tcp\n bind 127.0.0.1:{at} ssl crt {}\n default_backend b\n\
             backend b\n mode tcp\n server s 127.0.0.1:{plain}\n",
            own.display()
        ),
    )?;
    let _https = start(Command::new("haproxy").arg("-f").arg(&settings), at)?;
    let with = |password: &str| format!("https://svc:{password}@localhost:{at}");
    leads(&with("p4ss"), &with("wr0ng"), &authority, &servers).await
}
