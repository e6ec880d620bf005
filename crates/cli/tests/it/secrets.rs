//! Secrets are in no output but that of a call that returns them.

use crate::hub_in_process::{HUB, PASSWORD, USER};
use crate::support::{Home, Ran};

fn clean(what: &str, ran: &Ran) {
    // Every token of the hub begins with a JWT's `{"`, in base64.
    for secret in [PASSWORD, HUB.token.as_str(), "eyJ"] {
        assert!(!ran.stderr.contains(secret), "{what}: {}", ran.stderr);
        assert!(!ran.stdout.contains(secret), "{what}: {}", ran.stdout);
    }
}

#[test]
fn no_secret_is_printed_even_where_everything_is_logged() {
    let password = format!("password={PASSWORD}");
    let noisy = |home: Home| home.with("RUST_LOG", "trace,mlhub::curl=trace");
    let logged_in = noisy(HUB.home());
    let env = noisy(HUB.outside().with("MLHUB_AUTOTUNE_USERNAME", USER).with("MLHUB_AUTOTUNE_PASSWORD", PASSWORD));
    for (home, args) in [
        (&logged_in, vec!["whoami", "autotune"]),
        (&logged_in, vec!["call", "autotune", "experiment_list"]),
        (&logged_in, vec!["call", "autotune", "experiment_get", "experiment_id=nothing"]),
        (&logged_in, vec!["call", "autotune", "user_signup", "email=taken", &password]),
        (&logged_in, vec!["call", "autotune", "auth_token", "username=nobody@example.org", &password]),
        (&logged_in, vec!["call", "autotune", "nothing", "--token", &HUB.token]),
        (&logged_in, vec!["call", "autotune", "experiment_list", "--url", "http://127.0.0.1:1", "--token", &HUB.token]),
        (&env, vec!["whoami", "autotune"]),
        (&env, vec!["login", "autotune"]),
        (&env, vec!["whoami", "autotune"]),
        (&env, vec!["logout", "autotune"]),
    ] {
        clean(&format!("{args:?}"), &home.run(&args));
    }
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    let url = format!("http://me:{PASSWORD}@127.0.0.1:1");
    for args in [vec!["call", "autotune", "hub_info"], vec!["whoami", "autotune", "--token", "t"]] {
        let ran = Home::new().run(&[&args[..], &["--url", &url]].concat());
        assert_ne!(ran.code, Some(0), "{ran:?}");
        clean(&format!("{args:?}"), &ran);
    }
}
