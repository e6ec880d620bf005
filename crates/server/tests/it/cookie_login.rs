//! Login by cookie: good wherever a token is, and only for what the owner of the browser means.

use serde_json::{Value, json};

use crate::support::client::Call;
use crate::support::{COVARS, Hub, call, cookie, tell, text};

/// A call as a browser makes it that has signed in as Ann.
async fn browser(hub: &Hub, method: &str, path: &str) -> Call {
    call(&hub.url, method, path).header("Cookie", &hub.cookie("ann@x.com").await)
}

#[tokio::test]
async fn a_login_sets_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let reply = hub.sign_in("/auth/login", "ann@x.com", "CHANGEME").await;
    let set = reply.header("set-cookie").unwrap();
    let (value, attributes) = set.split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000");
    let value = value.strip_prefix("mlhub_session=").unwrap();
    assert_eq!(value.len(), 64, "256 bits");
    assert!(!reply.body.contains(value), "and is told nowhere else");
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await.header("set-cookie"), None);

    let hub = Hub::start_with(|settings| settings.with_secure_cookies(true)).await;
    hub.user("ann@x.com").await;
    let reply = hub.sign_in("/auth/login", "ann@x.com", "CHANGEME").await;
    assert!(reply.header("set-cookie").unwrap().ends_with("; Max-Age=2592000; Secure"), "{reply:?}");
}

#[tokio::test]
async fn each_login_has_a_cookie_of_its_own_whatever_cookie_it_was_sent_with() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let planted = hub.cookie("ann@x.com").await;
    let form = [("username", "ann@x.com"), ("password", "CHANGEME")];
    let reply = call(&hub.url, "POST", "/auth/login").header("Cookie", &planted).form(&form).send().await;
    assert_ne!(cookie(&reply), planted);
    let unknown = format!("mlhub_session={}", "0".repeat(64));
    let reply = call(&hub.url, "POST", "/auth/login").header("Cookie", &unknown).form(&form).send().await;
    assert_ne!(cookie(&reply), unknown);
    assert_eq!(call(&hub.url, "GET", "/auth/me").header("Cookie", &unknown).send().await.status, 401);
}

#[tokio::test]
async fn a_round_of_ask_and_tell_by_both_families_of_routes() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    assert_eq!(browser(&hub, "GET", "/auth/me").await.send().await.json()["uuid"], json!(ann.uuid));
    let new = browser(&hub, "POST", "/experiment/new").await;
    let made = new.body("application/json", format!("{{\"covars\": {COVARS}}}")).send().await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = text(&made.json(), "exp_uuid");
    assert_eq!(browser(&hub, "GET", &format!("/experiment/ask/{id}")).await.send().await.status, 200);
    let told = browser(&hub, "POST", &format!("/experiment/tell/{id}")).await.json(&tell(2, "red", 6.6, 1.5));
    assert_eq!(told.send().await.status, 202);
    let trial = browser(&hub, "POST", &format!("/v1/experiments/{id}/trials")).await.send().await.json();
    let told = browser(&hub, "POST", &format!("/v1/trials/{}/tell", text(&trial, "id"))).await;
    assert_eq!(told.json(&json!({"value": 2})).send().await.status, 200);
    let user = browser(&hub, "GET", &format!("/user/1?uuid={}", ann.uuid)).await.send().await;
    assert_eq!(user.json()["experiments"][0]["exp_uuid"], json!(id));
}

#[tokio::test]
async fn a_header_counts_more_than_a_cookie_even_where_it_is_no_good() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let bob = hub.user("bob@x.com").await;
    let me = browser(&hub, "GET", "/auth/me").await.bearer(&bob.token).send().await;
    assert_eq!(me.json()["email"], "bob@x.com");
    for header in ["Bearer no token", "Digest x", "Basic abc", ""] {
        let reply = browser(&hub, "GET", "/auth/me").await.header("Authorization", header).send().await;
        assert_eq!(reply.status, 401, "{header}");
        let reply = browser(&hub, "POST", "/auth/header-me").await.header("Authorization", header).send().await;
        assert_eq!(reply.status, 403, "{header}");
    }
}

#[tokio::test]
async fn an_unknown_cookie_is_refused_like_a_bad_token() {
    let hub = Hub::start().await;
    for cookie in ["mlhub_session=", "mlhub_session=x", "a=b; mlhub_session=\"\"; c"] {
        let me = call(&hub.url, "GET", "/auth/me").header("Cookie", cookie).send().await;
        assert_eq!((me.status, me.header("www-authenticate")), (401, Some("Bearer")), "{cookie}");
        assert_eq!(me.detail(), "Could not validate credentials");
        let member = call(&hub.url, "POST", "/auth/header-me").header("Cookie", cookie).send().await;
        assert_eq!((member.status, member.detail().as_str()), (403, "Could not validate credentials"), "{cookie}");
    }
    let other = call(&hub.url, "GET", "/auth/me").header("Cookie", "theme=dark").send().await;
    assert_eq!((other.status, other.detail().as_str()), (401, "Not authenticated"));
}

#[tokio::test]
async fn a_page_elsewhere_cannot_use_the_cookie_for_what_changes_something() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let host = hub.url.strip_prefix("http://").unwrap();
    let elsewhere: [(&str, &str); 6] = [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:1"),
        ("Origin", &format!("http://{host}.evil.example")),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ];
    let body = format!("{{\"covars\": {COVARS}}}");
    for (name, value) in elsewhere {
        for path in ["/experiment/new", "/auth/logout", "/auth/header-me"] {
            let reply = browser(&hub, "POST", path).await.header(name, value).body("application/json", body.clone());
            let reply = reply.send().await;
            assert_eq!(reply.status, 403, "{name}: {value}: {reply:?}");
            assert!(reply.detail().contains("another site"), "{reply:?}");
        }
        let form = [("username", "ann@x.com"), ("password", "CHANGEME")];
        let login = call(&hub.url, "POST", "/auth/login").header(name, value).form(&form).send().await;
        assert_eq!((login.status, login.header("set-cookie")), (403, None), "nor sign a browser in as somebody else");
        let token = ann.call("POST", "/experiment/new").header(name, value).body("application/json", body.clone());
        assert_eq!(token.send().await.status, 201, "a token is not sent by itself");
        assert_eq!(browser(&hub, "GET", "/auth/me").await.header(name, value).send().await.status, 200);
    }
    for (name, value) in [("Origin", hub.url.as_str()), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")] {
        let reply = browser(&hub, "POST", "/experiment/new").await.header(name, value);
        assert_eq!(reply.body("application/json", body.clone()).send().await.status, 201, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_get_that_makes_a_trial_is_not_taken_from_a_page_on_another_port_of_the_host() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let ask = format!("/experiment/ask/{experiment}");
    let printed = format!("/experiment/new/{experiment}");
    let mozilla = ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0");
    let here = format!("{}/docs", hub.url);
    let elsewhere: [&[(&str, &str)]; 6] = [
        &[("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Dest", "image")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Referer", "http://127.0.0.1:3000/page")],
        &[("Origin", "http://127.0.0.1:3000")],
        &[mozilla],
        &[mozilla, ("Referer", "http://127.0.0.1:3000/")],
    ];
    let send = async |path: &str, headers: &[(&str, &str)]| {
        let mut call = browser(&hub, "GET", path).await;
        for (name, value) in headers {
            call = call.header(name, value);
        }
        call.send().await
    };
    for headers in elsewhere {
        for path in [&ask, &printed] {
            let reply = send(path, headers).await;
            assert_eq!((reply.status, reply.detail().contains("another site")), (403, true), "{headers:?}: {reply:?}");
        }
    }
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json()["total"], 0, "none was made");
    let from_here: [&[(&str, &str)]; 4] = [
        &[],
        &[mozilla, ("Sec-Fetch-Site", "same-origin")],
        &[mozilla, ("Sec-Fetch-Site", "none")],
        &[mozilla, ("Referer", here.as_str())],
    ];
    for headers in from_here {
        assert_eq!(send(&ask, headers).await.status, 200, "{headers:?}");
    }
    let token = ann.call("GET", &ask).header("Sec-Fetch-Site", "same-site").send().await;
    assert_eq!(token.status, 200, "a token is not sent by itself");
}

#[tokio::test]
async fn a_logout_takes_the_cookie_away_and_ends_what_it_stood_for() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let login = hub.sign_in("/auth/login", "ann@x.com", "CHANGEME").await;
    let (sent, other) = (cookie(&login), hub.cookie("ann@x.com").await);
    let reply = call(&hub.url, "POST", "/auth/logout").header("Cookie", &sent).send().await;
    assert_eq!(reply.status, 200);
    let set = reply.header("set-cookie").unwrap();
    assert_eq!(set, "mlhub_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    let me = async |cookie: &str| call(&hub.url, "GET", "/auth/me").header("Cookie", cookie).send().await.status;
    assert_eq!((me(&sent).await, me(&other).await), (401, 200));
    let tokens: Value = login.json();
    assert_eq!(hub.me(&text(&tokens, "access_token")).await, 401, "the token of the same login");
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(call(&hub.url, "POST", "/auth/refresh").json(&refresh).send().await.status, 401);
}

#[tokio::test]
async fn a_cookie_lives_for_thirty_days() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let sent = hub.cookie("ann@x.com").await;
    let me = async || call(&hub.url, "GET", "/auth/me").header("Cookie", &sent).send().await.status;
    hub.clock.forward(mlhub_server::SESSION_LIFETIME - std::time::Duration::from_secs(60));
    assert_eq!(me().await, 200);
    hub.clock.forward(std::time::Duration::from_secs(60));
    assert_eq!(me().await, 401);
}
