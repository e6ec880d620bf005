//! Login commands `login`, `whoami` and `logout`, without a terminal to ask on.

use crate::hub_in_process::{HUB, PASSWORD, USER};
use crate::support::Home;

const WITH_STDIN: &[&str] = &["login", "autotune", "--username", USER, "--password-stdin"];

#[test]
fn a_login_is_kept_until_it_is_forgotten() {
    let home = Home::new();
    let args = [WITH_STDIN, &["--url", &HUB.url]].concat();
    let ran = home.run_with_stdin(&args, &format!("{PASSWORD}\n"));
    assert!(ran.stderr.contains(USER) && ran.stderr.contains("as long as it is used"), "{ran:?}");
    assert_eq!(ran.ok(), "");
    // The address is in the profile too.
    let me = home.run(&["whoami", "autotune"]).ok();
    assert!(me.starts_with(&format!("{USER}\t")) && me.contains(&HUB.url) && me.contains("\tprofile\t"), "{me}");
    home.run(&["call", "autotune", "experiment_list"]).ok();
    home.run(&["whoami", "autotune", "--profile", "other"]).fails(2);
    home.run(&["logout", "autotune"]).ok();
    home.run(&["whoami", "autotune"]).fails(3);
    home.run(&["logout", "autotune"]).ok();
}

#[cfg(unix)]
#[test]
fn the_file_with_the_token_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = HUB.outside();
    home.run_with_stdin(WITH_STDIN, PASSWORD).ok();
    let file = home.path().join("config/mlhub/credentials.yaml");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = home.run(&["whoami", "autotune"]);
    assert!(ran.code == Some(0) && ran.stderr.contains("chmod 600"), "{ran:?}");
}

#[test]
fn the_token_of_one_server_is_not_sent_to_another() {
    let home = HUB.outside();
    home.run_with_stdin(WITH_STDIN, PASSWORD).ok();
    // The same hub by another name is another server.
    let other = HUB.url.replace("127.0.0.1", "localhost");
    home.run(&["whoami", "autotune", "--url", &other]).fails(3);
}

#[test]
fn nothing_is_asked_without_a_terminal() {
    let said = HUB.outside().run(&["login", "autotune"]).fails(2);
    assert!(said.contains("--password-stdin"), "{said}");
    let said = HUB.outside().run(&["login", "autotune", "--username", USER]).fails(2);
    assert!(said.contains("--password-stdin"), "{said}");
}

#[test]
fn a_wrong_password_is_refused_and_nothing_is_kept() {
    let home = HUB.outside();
    home.run_with_stdin(WITH_STDIN, "wrong").fails(3);
    assert!(!home.path().join("config/mlhub/credentials.yaml").exists());
}

#[test]
fn a_token_that_the_hub_does_not_take_leads_to_a_login() {
    let home = HUB.outside().with("MLHUB_AUTOTUNE_TOKEN", "no-token-of-this-hub");
    // The hub refuses it with 403 on its first two, as the original does, and with 401 elsewhere.
    for command in
        [&["whoami", "autotune"][..], &["call", "autotune", "experiment_all"], &["call", "autotune", "experiment_list"]]
    {
        let said = home.run(command).fails(3);
        assert!(said.contains("MLH-AUTH"), "{command:?}: {said}");
        assert!(said.trim_end().ends_with("next: mlhub login autotune"), "{command:?}: {said}");
    }
}

#[test]
fn name_and_password_in_the_environment_are_a_login_with_each_command() {
    let home = HUB.outside().with("MLHUB_AUTOTUNE_USERNAME", USER).with("MLHUB_AUTOTUNE_PASSWORD", PASSWORD);
    home.run(&["call", "autotune", "experiment_list"]).ok();
    assert!(home.run(&["whoami", "autotune"]).ok().contains("\tenvironment\t"));
    home.run(&["login", "autotune"]).ok();
    let wrong = HUB.outside().with("MLHUB_AUTOTUNE_USERNAME", USER).with("MLHUB_AUTOTUNE_PASSWORD", "wrong");
    wrong.run(&["call", "autotune", "experiment_list"]).fails(3);
    // Whoever needs no login is not asked for one.
    wrong.run(&["call", "autotune", "hub_info"]).ok();
}
