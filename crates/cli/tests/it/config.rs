//! Settings in `config explain`: which count, where each comes from, and nothing secret.

use serde_json::Value;

use crate::support::Home;

const SECRET: &str = "canary-secret-77e1";

/// The rows by their settings.
fn told(home: &Home, more: &[&str]) -> impl Fn(&str) -> [String; 3] + use<> {
    let ran = home.run(&[&["config", "explain", "-o", "json"], more].concat());
    assert!(!ran.stderr.contains(SECRET), "{ran:?}");
    let printed = ran.ok();
    assert!(!printed.contains(SECRET), "{printed}");
    let rows: Vec<Value> = serde_json::from_str(&printed).unwrap();
    move |setting: &str| {
        let row = rows.iter().find(|row| row["setting"] == setting).unwrap_or_else(|| panic!("no {setting}"));
        ["value", "source", "place"].map(|name| row[name].as_str().unwrap_or_default().to_owned())
    }
}

fn profile(home: &Home, text: &str) {
    let folder = home.path().join("config/mlhub");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.yaml"), text).unwrap();
}

#[test]
fn the_command_line_goes_before_the_environment_and_that_before_the_profile() {
    let home = Home::new();
    let usual = told(&home, &[])("autotune.url");
    assert_eq!(usual, ["http://127.0.0.1:8008", "default", ""]);
    profile(&home, "profiles:\n  default:\n    autotune:\n      url: http://kept\n");
    assert_eq!(told(&home, &[])("autotune.url"), ["http://kept", "profile", "profiles.default.autotune.url"]);
    let home = home.with("MLHUB_AUTOTUNE_URL", "http://set");
    assert_eq!(told(&home, &[])("autotune.url"), ["http://set", "environment", "MLHUB_AUTOTUNE_URL"]);
    let given = told(&home, &["autotune", "--url", "http://me:canary-secret-77e1@given"]);
    assert_eq!(given("autotune.url"), ["http://given", "flag", "--url"]);
    // What it tells is what counts.
    let said = home.run(&["call", "autotune", "hub_info", "--url", "http://127.0.0.1:1"]).fails(10);
    assert!(said.contains("127.0.0.1:1/"), "{said}");
}

#[test]
fn settings_of_a_profile_have_the_key_by_which_they_were_found() {
    let home = Home::new();
    profile(
        &home,
        "profiles:\n  work:\n    vantage6:\n      hq_url: http://hq\n      auth_url: http://auth\n      \
         organization_key: /home/me/key.pem\n",
    );
    let told = told(&home, &["vantage6", "--profile", "work"]);
    assert_eq!(told("profile"), ["work", "flag", "--profile"]);
    assert_eq!(told("vantage6.url"), ["http://hq", "profile", "profiles.work.vantage6.hq_url"]);
    assert_eq!(told("vantage6.auth_url"), ["http://auth", "profile", "profiles.work.vantage6.auth_url"]);
    assert_eq!(told("vantage6.realm"), ["vantage6", "default", "MLHUB_VANTAGE6_REALM"]);
    let key = told("vantage6.private_key");
    assert_eq!(key, ["/home/me/key.pem", "profile", "profiles.work.vantage6.organization_key"]);
    assert_eq!(told("vantage6.password"), ["", "unset", "MLHUB_VANTAGE6_PASSWORD"]);
    assert_eq!(told("vantage6.login"), ["nobody", "unset", ""]);
}

#[test]
fn every_variable_of_a_platform_is_told_and_no_secret_shown() {
    for (variable, setting, hidden) in [
        ("MLHUB_AUGER_URL", "auger.url", false),
        ("MLHUB_AUGER_PROJECT_TOKEN", "auger.project_token", true),
        ("MLHUB_AUGER_CLUSTER_TOKEN", "auger.cluster_token", true),
        ("MLHUB_AUGER_TOKEN", "auger.token", true),
        ("MLHUB_AUGER_OPTIMIZERS_URL", "auger.optimizers_url", false),
        ("MLHUB_VANTAGE6_AUTH_URL", "vantage6.auth_url", false),
        ("MLHUB_VANTAGE6_REALM", "vantage6.realm", false),
        ("MLHUB_VANTAGE6_CLIENT", "vantage6.client", false),
        ("MLHUB_VANTAGE6_USERNAME", "vantage6.username", false),
        ("MLHUB_VANTAGE6_PASSWORD", "vantage6.password", true),
        ("MLHUB_VANTAGE6_CLIENT_SECRET", "vantage6.client_secret", true),
        ("MLHUB_VANTAGE6_PRIVATE_KEY", "vantage6.private_key", false),
        ("MLHUB_AUTOTUNE_USERNAME", "autotune.username", false),
        ("MLHUB_AUTOTUNE_PASSWORD", "autotune.password", true),
        ("MLHUB_AUTOTUNE_TOKEN", "autotune.token", true),
        ("MLHUB_LOUDML_URL", "loudml.url", false),
    ] {
        let value = if hidden { SECRET } else { "http://somewhere" };
        let shown = if hidden { "(hidden)" } else { value };
        let told = told(&Home::new().with(variable, value), &[]);
        assert_eq!(told(setting), [shown, "environment", variable], "{variable}");
    }
    let pem = format!("-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n");
    let told = told(&Home::new().with("MLHUB_VANTAGE6_PRIVATE_KEY", &pem), &["vantage6"]);
    assert_eq!(told("vantage6.private_key")[0], "(hidden)");
}

#[test]
fn who_asks_in_the_end_is_said() {
    let home = Home::new().with("MLHUB_AUTOTUNE_USERNAME", "me").with("MLHUB_AUTOTUNE_PASSWORD", SECRET);
    assert_eq!(told(&home, &[])("autotune.login")[..2], ["me, by a password with each command", "environment"]);
    let home = home.with("MLHUB_AUTOTUNE_TOKEN", SECRET);
    assert_eq!(told(&home, &[])("autotune.login")[..2], ["a token", "environment"]);
    assert_eq!(told(&home, &["--token", SECRET])("autotune.login")[..2], ["a token", "flag"]);
    let table = home.run(&["config", "explain", "autotune", "-o", "table"]).ok();
    assert!(table.starts_with("SETTING "), "{table}");
    home.run(&["config", "explain", "nowhere"]).fails(2);
    home.run(&["config"]).fails(2);
}
