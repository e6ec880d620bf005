//! Files that commands create: for their owner alone, whatever the umask, and never through a link of somebody else.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::hub_in_process::{HUB, PASSWORD, USER};
use crate::served_hub;
use crate::support::{Home, Ran};

/// Every file and folder below that one, with its mode.
fn modes(folder: &Path) -> BTreeMap<PathBuf, u32> {
    let (mut folders, mut modes) = (vec![folder.to_owned()], BTreeMap::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(found) = path.symlink_metadata() else { continue };
            modes.insert(path.clone(), found.permissions().mode() & 0o777);
            if found.is_dir() {
                folders.push(path);
            }
        }
    }
    modes
}

/// Runs a command under that umask.
fn under(home: &Home, umask: &str, args: &[&str], stdin: &str) -> Ran {
    use std::io::Write as _;
    let own = home.command(args);
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask \"$0\" && exec \"$@\"", umask]).arg(own.get_program()).args(own.get_args());
    shell.env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(home.path());
    let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

/// Holds what is new in a home to its owner alone.
#[track_caller]
fn only_for_the_owner(home: &Home, before: &BTreeMap<PathBuf, u32>, what: &str) {
    let after = modes(home.path());
    let new: Vec<_> =
        after.iter().filter(|(path, _)| !before.contains_key(*path) && !path.ends_with("hub.log")).collect();
    assert!(!new.is_empty(), "{what} creates nothing");
    for (path, mode) in new {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(*mode, wanted, "{what}: {} is {mode:o}", path.display());
    }
}

const SERIES: &str = r#"{"timestamps": [1, 2], "observed": {"load": [1, 2]}}"#;

#[test]
fn every_file_that_a_command_creates_is_for_its_owner_alone() {
    for umask in ["000", "077"] {
        let logins = ["login", "autotune", "--username", USER, "--password-stdin"];
        let space = "x: {type: int, min: 1, max: 3, guess: 1}\n";
        let tune = ["tune", "--space", "space.yaml", "--trials", "1", "--name", "s", "--", "/bin/echo", "{x}"];
        let commands: [(&[&str], &str); 5] = [
            (&logins, PASSWORD),
            (&["vantage6", "key", "new", "key.pem"], ""),
            (&["loudml", "plot", "-", "--svg", "plot.svg"], SERIES),
            (&tune, ""),
            (&["quickstart", "--trials", "1"], ""),
        ];
        for (args, stdin) in commands {
            let home = HUB.outside();
            let temporary = home.path().join("tmp");
            std::fs::create_dir(&temporary).unwrap();
            std::fs::write(home.path().join("space.yaml"), space).unwrap();
            let before = modes(home.path());
            let home = home.with("TMPDIR", temporary.to_str().unwrap());
            under(&home, umask, args, stdin).ok();
            if args[0] != "quickstart" {
                only_for_the_owner(&home, &before, &format!("{args:?} at {umask}"));
            }
        }
    }
}

#[test]
fn the_files_of_a_hub_and_of_its_copy_are_for_their_owner_alone() {
    for umask in ["000", "077"] {
        let home = served_hub::home();
        let before = modes(home.path());
        let run = ["-c", &format!("umask {umask} && exec \"$@\""), "sh"];
        let _hub = served_hub::Served::start_by(&home, "sh", &run, "sqlite://hub.sqlite");
        under(&home, umask, &["backup", "--database", "sqlite://hub.sqlite", "copy.sqlite"], "").ok();
        only_for_the_owner(&home, &before, &format!("a hub at {umask}"));
    }
}

/// Gives a link to somebody else, which only root can do.
fn foreign(link: &Path, target: &Path) -> bool {
    std::os::unix::fs::symlink(target, link).unwrap();
    std::os::unix::fs::lchown(link, Some(65534), Some(65534)).is_ok() && link.symlink_metadata().unwrap().uid() == 65534
}

#[test]
fn no_file_is_written_through_a_link_of_somebody_else() {
    let commands: [(&str, &[&str], &str); 4] = [
        ("config/mlhub/credentials.yaml", &["login", "autotune", "--username", USER, "--password-stdin"], PASSWORD),
        ("config/mlhub/.lock", &["login", "autotune", "--username", USER, "--password-stdin"], PASSWORD),
        ("plot.svg", &["loudml", "plot", "-", "--svg", "plot.svg"], SERIES),
        ("key.pem", &["vantage6", "key", "new", "key.pem"], ""),
    ];
    for (file, args, stdin) in commands {
        let home = HUB.outside();
        let (link, target) = (home.path().join(file), home.path().join("theirs"));
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        if !foreign(&link, &target) {
            eprintln!("only root can give a link to somebody else: not tried");
            return;
        }
        let ran = under(&home, "022", args, stdin);
        assert!(ran.code != Some(0) && !target.exists(), "{args:?}: {ran:?}");
        assert!(ran.stderr.contains(file.rsplit('/').next().unwrap()), "{args:?}: {ran:?}");
    }
    // One of root is the system's.
    let home = HUB.outside();
    std::fs::create_dir_all(home.path().join("real")).unwrap();
    std::os::unix::fs::symlink(home.path().join("real"), home.path().join("config")).unwrap();
    under(&home, "022", &["login", "autotune", "--username", USER, "--password-stdin"], PASSWORD).ok();
    assert!(home.path().join("real/mlhub/credentials.yaml").is_file());
}

#[test]
fn a_file_that_may_grow_no_further_is_an_error_and_no_signal() {
    for args in [
        &["ops", "-o", "json"][..],
        &["--help"],
        &["completions", "bash"],
        &["loudml", "plot", "-", "--svg", "a.svg", "-q"],
    ] {
        let home = Home::new();
        let own = home.command(args);
        let mut shell = Command::new("sh");
        let limited = "ulimit -f 0; exec \"$@\" > out.txt";
        shell.args(["-c", limited, "sh"]).arg(own.get_program()).args(own.get_args());
        shell.env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut child = shell.current_dir(home.path()).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        use std::io::Write as _;
        let _ = child
            .stdin
            .take()
            .unwrap()
            .write_all(json!({"timestamps": [1], "observed": {"a": [1]}}).to_string().as_bytes());
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(1), "{args:?}: {ran:?}");
        assert!(ran.stderr.contains("File too large") && ran.stderr.contains("next: "), "{args:?}: {ran:?}");
    }
}
