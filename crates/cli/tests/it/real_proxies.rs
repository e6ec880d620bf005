//! Proxies that people run, from their distribution: SOCKS by microsocks and Dante, HTTP by tinyproxy, TLS in front of it
//! by haproxy.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::ready::until;
use crate::requirements::can;
use crate::served_hub::{Served, home};
use crate::support::{Home, Ran};

const USER: &str = "svc";
const PASSWORD: &str = "canary-proxy-password";

/// A server of this machine on a port of its own; dropped, it is killed.
struct Daemon {
    child: Child,
    port: u16,
}

impl Daemon {
    /// Starts what that command runs on the port that it gets, and waits until it listens; what it says goes to a file.
    fn start(log: &Path, command: impl Fn(u16) -> Command) -> Daemon {
        // Another process may take a port that was free: then the next one.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let said = fs::File::create(log).unwrap();
            let mut command = command(port);
            command.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
            let mut child = command.spawn().unwrap();
            let mut ended = false;
            until("a listening proxy", || {
                ended = child.try_wait().unwrap().is_some();
                ended || TcpStream::connect(("127.0.0.1", port)).is_ok()
            });
            if !ended {
                return Daemon { child, port };
            }
        }
        panic!("it does not start: {}", fs::read_to_string(log).unwrap_or_default());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the proxies are installed, each by a command of its own that does nothing.
fn are_there() -> bool {
    let every = "for name in microsocks danted tinyproxy haproxy openssl; do command -v $name || exit 1; done";
    can("proxies", Command::new("sh").env("PATH", PATH).args(["-c", every]))
}

/// Where a distribution keeps servers.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

fn tool(name: &str) -> Command {
    let mut command = Command::new("env");
    command.env("PATH", PATH).arg(name);
    command
}

fn microsocks(home: &Home, login: bool) -> (Daemon, std::path::PathBuf) {
    let log = home.path().join("socks.log");
    let daemon = Daemon::start(&log, |port| {
        let mut command = tool("microsocks");
        command.args(["-i", "127.0.0.1", "-p", &port.to_string()]);
        if login {
            command.args(["-u", USER, "-P", PASSWORD]);
        }
        command
    });
    (daemon, log)
}

fn dante(home: &Home) -> (Daemon, std::path::PathBuf) {
    let log = home.path().join("dante.log");
    let daemon = Daemon::start(&log, |port| {
        let file = home.path().join("danted.conf");
        let text = format!(
            "logoutput: stderr\ninternal: 127.0.0.1 port = {port}\nexternal: lo\nclientmethod: none\nsocksmethod: none\n\
             client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}\n\
             socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 log: connect }}\n"
        );
        fs::write(&file, text).unwrap();
        let mut command = tool("danted");
        command.arg("-f").arg(file);
        command
    });
    (daemon, log)
}

fn tinyproxy(home: &Home) -> (Daemon, std::path::PathBuf) {
    let log = home.path().join("tinyproxy.log");
    let daemon = Daemon::start(&log, |port| {
        let file = home.path().join("tinyproxy.conf");
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Info\nBasicAuth {USER} {PASSWORD}\n"
        );
        fs::write(&file, text).unwrap();
        let mut command = tool("tinyproxy");
        command.arg("-d").arg("-c").arg(file);
        command
    });
    (daemon, log)
}

/// TLS for `localhost`, and behind it what listens on that port.
fn haproxy(home: &Home, name: &str, behind: u16) -> Daemon {
    let (key, certificate) = (home.path().join("key.pem"), home.path().join("cert.pem"));
    if !certificate.exists() {
        let made = tool("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    }
    Daemon::start(&home.path().join(format!("{name}.log")), |port| {
        let file = home.path().join(format!("{name}.conf"));
        let both = home.path().join("both.pem");
        fs::write(&both, [fs::read(&certificate).unwrap(), fs::read(&key).unwrap()].concat()).unwrap();
        let text = format!(
            "defaults\n mode tcp\n timeout connect 60s\n timeout client 60s\n timeout server 60s\n\
             frontend {name}\n bind 127.0.0.1:{port} ssl crt {}\n default_backend behind\n\
             backend behind\n server there 127.0.0.1:{behind}\n",
            both.display()
        );
        fs::write(&file, text).unwrap();
        let mut command = tool("haproxy");
        command.arg("-db").arg("-f").arg(file);
        command
    })
}

fn port(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().parse().unwrap()
}

/// A hub with an account, whose token the home has.
fn hub() -> (Home, Served) {
    let home = home();
    let hub = Served::start(&home, &[]);
    let there = ["--url", &*hub.url];
    let password = "password=correct-horse-battery";
    home.run(&[&["call", "autotune", "user_signup", "email=me@example.org", password], &there[..]].concat()).ok();
    let login = ["call", "autotune", "auth_token", "username=me@example.org", password, "-o", "json"];
    let tokens = home.run(&[&login, &there[..]].concat()).ok();
    let tokens: serde_json::Value = serde_json::from_str(&tokens).unwrap();
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    (home.with("MLHUB_AUTOTUNE_TOKEN", &token), hub)
}

/// Asks a hub who calls, with those variables of the environment.
fn ask(home: &Home, url: &str, variables: &[(&str, &str)]) -> Ran {
    let mut command = home.command(&["call", "autotune", "auth_me"]);
    command.env("MLHUB_AUTOTUNE_URL", url).envs(variables.iter().copied());
    Ran::of(command.output().unwrap())
}

fn said(log: &Path) -> String {
    fs::read_to_string(log).unwrap()
}

#[test]
fn a_call_goes_through_a_socks_proxy_by_address_and_by_name() {
    if !are_there() {
        return;
    }
    let (home, hub) = hub();
    let by_name = format!("http://localhost:{}", port(&hub.url));
    let (proxy, log) = microsocks(&home, false);
    let at = format!("127.0.0.1:{}", proxy.port);
    ask(&home, &hub.url, &[("ALL_PROXY", &format!("socks5://{at}"))]).ok();
    assert!(said(&log).contains(&format!("connected to 127.0.0.1:{}", port(&hub.url))), "{}", said(&log));
    // The proxy resolves the name.
    ask(&home, &by_name, &[("all_proxy", &format!("socks5h://{at}"))]).ok();
    assert!(said(&log).contains(&format!("connected to localhost:{}", port(&hub.url))), "{}", said(&log));
    // We resolve it: it is no name that the proxy gets.
    let before = said(&log).matches("localhost").count();
    ask(&home, &by_name, &[("HTTP_PROXY", &format!("socks5://{at}"))]).ok();
    assert_eq!(said(&log).matches("localhost").count(), before, "{}", said(&log));

    let (dante, log) = dante(&home);
    ask(&home, &by_name, &[("ALL_PROXY", &format!("socks5h://127.0.0.1:{}", dante.port))]).ok();
    assert!(said(&log).contains(&format!(".{}", port(&hub.url))), "{}", said(&log));
}

#[test]
fn a_socks_proxy_gets_its_login_and_nobody_else_sees_it() {
    if !are_there() {
        return;
    }
    let (home, hub) = hub();
    let (proxy, log) = microsocks(&home, true);
    let with = |password: &str| format!("socks5h://{USER}:{password}@127.0.0.1:{}", proxy.port);
    ask(&home, &hub.url, &[("ALL_PROXY", &with(PASSWORD))]).ok();
    assert!(said(&log).contains("connected to"), "{}", said(&log));
    let refused = ask(&home, &hub.url, &[("ALL_PROXY", &with("wr0ng-word"))]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert!(refused.stderr.contains(&format!("127.0.0.1:{}", proxy.port)), "{refused:?}");
    assert!(!refused.stderr.contains("wr0ng-word"), "{refused:?}");
}

#[test]
fn a_call_goes_through_an_http_proxy_and_through_one_behind_tls() {
    if !are_there() {
        return;
    }
    let (home, hub) = hub();
    let (proxy, log) = tinyproxy(&home);
    let secured = haproxy(&home, "proxy", proxy.port);
    let encrypted = haproxy(&home, "hub", port(&hub.url));
    let authority = home.path().join("cert.pem").display().to_string();
    let plain = format!("http://{USER}:{PASSWORD}@127.0.0.1:{}", proxy.port);
    let over_tls = format!("https://{USER}:{PASSWORD}@localhost:{}", secured.port);
    let there = format!("https://localhost:{}", encrypted.port);
    for (url, variable, proxy) in [
        (&hub.url, "HTTP_PROXY", &plain),
        (&there, "HTTPS_PROXY", &plain),
        (&hub.url, "HTTP_PROXY", &over_tls),
        (&there, "HTTPS_PROXY", &over_tls),
        (&there, "ALL_PROXY", &over_tls),
    ] {
        let before = said(&log).matches("Established connection to host").count();
        ask(&home, url, &[(variable, proxy), ("SSL_CERT_FILE", &authority)]).ok();
        let after = said(&log).matches("Established connection to host").count();
        assert_eq!(after, before + 1, "{url} by {variable}: {}", said(&log));
    }
    let wrong = format!("http://{USER}:wr0ng-word@127.0.0.1:{}", proxy.port);
    let refused = ask(&home, &there, &[("HTTPS_PROXY", &wrong), ("SSL_CERT_FILE", &authority)]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert!(refused.stderr.contains("proxy") && !refused.stderr.contains("wr0ng-word"), "{refused:?}");
    assert!(!refused.stderr.contains("mlhub login"), "a proxy's refusal is no matter of a login: {refused:?}");
}

#[test]
fn a_proxy_that_is_away_counts_for_nothing_where_it_is_not_used() {
    if !are_there() {
        return;
    }
    let (home, hub) = hub();
    for (proxy, except) in [
        ("socks5://127.0.0.1:1", "127.0.0.1"),
        ("https://127.0.0.1:1", "*"),
        ("socks5h://127.0.0.1:1", &*format!("127.0.0.1:{}", port(&hub.url))),
    ] {
        ask(&home, &hub.url, &[("ALL_PROXY", proxy), ("NO_PROXY", except)]).ok();
        let used = ask(&home, &hub.url, &[("ALL_PROXY", proxy)]);
        assert_ne!(used.code, Some(0), "{used:?}");
        assert!(used.stderr.contains("127.0.0.1:1"), "{used:?}");
    }
}
