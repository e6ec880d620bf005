//! Logins of each kind, and logins that end.

use serde_json::{Value, json};

use crate::federation::{Federation, PASSWORD};
use crate::hq::{self, ADMIN, Hq};
use crate::ready::until;
use crate::shell::Shell;

/// A service account of the first member, made from a shell; its secret.
fn robot(hq: &Hq, federation: &Federation, name: &str) -> String {
    let admin = Shell::admin(hq);
    let role = admin.gets("role list --name Root -q");
    let organization = federation.members[0].organization;
    let create = format!(
        "user create --username {name} --is-service-account --organization {organization} --roles {role} \
         --fields client_secret"
    );
    admin.gets(&create)
}

#[test]
fn a_service_account_logs_in_once_and_is_somebody() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-robots", 1, false);
    let secret = robot(hq, &federation, "cli-robot");
    let shell = Shell::of(hq).with("CLIENT_SECRET", &secret);
    shell.fails("whoami", 3, "mlhub login vantage6");
    let ran = shell.types("login --service-account cli-robot");
    assert!(ran.stderr.contains(&format!("logged in to {} as cli-robot, until 2", hq.url)), "{ran:?}");
    assert_eq!(ran.ok(), "");
    let me = shell.json("whoami");
    assert_eq!((&me["username"], &me["organization"]["name"]), (&json!("cli-robot"), &json!("cli-robots-0")));
    assert_eq!(shell.gets("whoami -q"), "cli-robot");
    let page = shell.gets("whoami -o table");
    assert!(page.contains("\norganization.name  cli-robots-0\n"), "{page}");
    assert_eq!(shell.gets(&format!("session list --collaboration {} -q", federation.collaboration)).lines().count(), 1);
    // The other spelling, and the end of it.
    assert_eq!(shell.home.run(&["whoami", "vantage6", "-q"]).ok(), "cli-robot\n");
    shell.gets("logout");
    shell.fails("whoami", 3, "mlhub login vantage6");
    // Without a login: each command by itself.
    assert_eq!(shell.with("USERNAME", "cli-robot").gets("whoami -q"), "cli-robot");
    let wrong = Shell::of(hq).with("CLIENT_SECRET", "wrong");
    let said = wrong.fails("login --service-account cli-robot", 3, "mlhub login vantage6");
    assert!(said.contains("Invalid client or Invalid client credentials"), "{said}");
}

#[test]
fn a_login_without_a_refresh_token_that_has_ended_leads_to_another() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-ends", 1, false);
    let secret = robot(hq, &federation, "cli-short");
    hq.identity("lifetime?azp=cli-short-user-client&seconds=3&told=3");
    let shell = Shell::of(hq).with("CLIENT_SECRET", &secret);
    shell.gets("login --service-account cli-short");
    until("the end of the login", || shell.types("whoami").code == Some(3));
    let said = shell.fails("whoami", 3, "mlhub login vantage6");
    assert!(said.contains("the login in the profile has ended"), "{said}");
    hq.identity("lifetime?azp=cli-short-user-client&seconds=300");
    shell.gets("login --service-account cli-short");
    shell.gets("whoami");
}

#[test]
fn a_password_serves_where_the_realm_takes_one() {
    let Some(hq) = hq::shared() else { return };
    for line in [
        &["vantage6", "login", "--username", ADMIN, "--secret-stdin"][..],
        &["login", "vantage6", "--username", ADMIN, "--password-stdin"],
    ] {
        let shell = Shell::of(hq);
        let said = shell.home.run_with_stdin(line, "wrong").fails(3);
        assert!(said.contains("Invalid user credentials"), "{said}");
        shell.home.run_with_stdin(line, &format!("{ADMIN}\n")).ok();
        assert_eq!(shell.gets("whoami -q"), ADMIN);
    }
    let named = Shell::of(hq).with("USERNAME", ADMIN).with("PASSWORD", ADMIN);
    assert_eq!(named.gets("whoami -q"), ADMIN);
    // Nobody can be asked here.
    Shell::of(hq).fails("login --username admin", 2, "mlhub vantage6 login --help");
}

#[test]
fn a_person_confirms_on_another_device() {
    let Some(hq) = hq::shared() else { return };
    // What a refused login advises is the same login.
    for line in [&["vantage6", "login"][..], &["login", "vantage6"]] {
        let shell = Shell::of(hq);
        let login = shell.starts_words(line);
        login.says("within 10 minutes");
        let said = login.said();
        assert!(said.starts_with(&format!("open {}/realms/vantage6/device?user_code=", hq.auth)), "{said}");
        let code = said.split("confirm the code ").nth(1).and_then(|rest| rest.split(',').next()).unwrap().to_owned();
        hq.identity(&format!("approve?user_code={code}&username={ADMIN}"));
        let ran = login.ends();
        assert!(ran.stderr.contains("as admin, for as long as it is used once in a while"), "{ran:?}");
        assert_eq!(ran.ok(), "");
        assert_eq!(shell.gets("whoami -q"), ADMIN);
    }
    let shell = Shell::of(hq);
    let login = shell.starts("login --device");
    login.says("within 10 minutes");
    let said = login.said();
    let code = said.split("confirm the code ").nth(1).and_then(|rest| rest.split(',').next()).unwrap().to_owned();
    hq.identity(&format!("deny?user_code={code}"));
    let said = login.ends().fails(3);
    assert!(said.trim_end().ends_with("next: mlhub login vantage6"), "{said}");
}

#[test]
fn a_login_renews_itself_and_its_copy_ends_with_that() {
    let Some(hq) = hq::shared() else { return };
    // A client of its own, whose tokens live for a moment.
    hq.identity("lifetime?azp=cli-renews&seconds=2&told=2");
    let shell = Shell::of(hq).with("CLIENT", "cli-renews").logged_in(ADMIN, ADMIN);
    let file = shell.home.path().join("config/mlhub/credentials.yaml");
    let first = std::fs::read_to_string(&file).unwrap();
    // Ahead of the end already: the next command fetches another.
    assert_eq!(shell.gets("whoami -q"), ADMIN);
    let second = std::fs::read_to_string(&file).unwrap();
    assert_ne!(first, second);
    assert_eq!(shell.gets("whoami -q"), ADMIN);
    // A refresh token serves once: what was copied before is worth nothing.
    std::fs::write(&file, first).unwrap();
    until("the end of the copy", || shell.types("whoami").code == Some(3));
    let said = shell.fails("whoami", 3, "mlhub login vantage6");
    assert!(said.contains("Token is not active"), "{said}");
}

#[test]
fn the_profile_has_the_names_of_the_platforms_own_configuration() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-profile", 1, true);
    let key = federation.members[0].key.as_deref().unwrap();
    hq.identity("lifetime?azp=cli-stale&seconds=-11&told=300");
    let shell = Shell { home: crate::support::Home::new() };
    std::fs::write(shell.home.path().join("key.pem"), key).unwrap();
    let folder = shell.home.path().join("config/mlhub");
    std::fs::create_dir_all(&folder).unwrap();
    let profile = |realm: &str, client: &str| {
        let place = json!({
            "hq_url": hq.url, "auth_url": hq.auth, "keycloak_realm": realm, "keycloak_client": client,
            "organization_key": shell.home.path().join("key.pem"),
        });
        // YAML reads JSON.
        let text = json!({"profiles": {"default": {"vantage6": place}}}).to_string();
        std::fs::write(folder.join("config.yaml"), text).unwrap();
    };
    let login = || {
        shell.home.run_with_stdin(&["vantage6", "login", "--username", &federation.user, "--secret-stdin"], PASSWORD)
    };
    profile("nowhere", "public_client");
    login().fails(4);
    // Tokens of that client are old when they come.
    profile("vantage6", "cli-stale");
    login().fails(3);
    profile("vantage6", "public_client");
    login().ok();
    assert_eq!(shell.json("whoami")["username"], Value::from(federation.user.as_str()));
    assert_eq!(shell.json("key show")["registered"], "yes");
    // Where each of them comes from is told.
    let told = shell.home.run(&["config", "explain", "vantage6"]).ok();
    for (name, value) in [("url", hq.url.as_str()), ("auth_url", &hq.auth), ("realm", "vantage6")] {
        assert!(told.contains(&format!("{name}\t{value}\tprofile\t")), "{told}");
    }
}
