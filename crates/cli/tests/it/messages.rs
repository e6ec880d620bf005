//! Messages: what the program says is in the words of its options, its variables and its files.

use std::path::{Path, PathBuf};

use crate::support::Home;

/// String literals of a source file, without its comments and without its tests.
fn literals(source: &str) -> Vec<String> {
    let own = source.split("\n#[cfg(test)]").next().unwrap();
    let lines = own.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("tracing::"));
    let text = lines.collect::<Vec<_>>().join("\n").replace("\\\"", "'");
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn sources(folder: PathBuf) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![folder], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("testing") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn no_message_of_the_library_names_a_method_of_rust() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
    let mut found = 0;
    for file in sources(src) {
        let source = std::fs::read_to_string(&file).unwrap();
        for literal in literals(&source).iter().filter(|literal| literal.contains(' ')) {
            found += 1;
            // A call in backquotes, a path of Rust, a setter by its name.
            let calls = literal.split('`').skip(1).step_by(2).any(|code| code.contains('(') || code.contains("::"));
            let set = literal.split_whitespace().any(|word| word.starts_with("set_"));
            assert!(!calls && !set, "{}: {literal}", file.display());
        }
    }
    assert!(found > 300, "{found}");
}

#[test]
fn a_setting_that_is_missing_is_named_by_its_variable_and_its_key() {
    let home = Home::new();
    for (args, words) in [
        (&["vantage6", "login"][..], &["MLHUB_VANTAGE6_AUTH_URL", "`auth_url`"][..]),
        (&["vantage6", "key", "show"], &["MLHUB_VANTAGE6_PRIVATE_KEY", "`organization_key`"]),
        (
            &["autotune", "experiment", "list", "--url", "https://127.0.0.1:1", "--client-key", "a.pem"],
            &["--client-certificate", "MLHUB_CLIENT_CERTIFICATE"],
        ),
        (&["autotune", "experiment", "list", "--attempt-timeout", "0s"], &["--attempt-timeout", "90s"]),
    ] {
        let said = home.run(args).fails(2);
        assert!(words.iter().all(|word| said.contains(word)), "{args:?}: {said}");
    }
}
