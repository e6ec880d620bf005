//! Command tree, and the messages for its mistakes.

use crate::support::Home;

/// Every command, as `mlhub help` names them.
fn commands() -> Vec<String> {
    let help = Home::new().run(&["--help"]).ok();
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_command_tree_is_as_documented() {
    let mut tree = Home::new().run(&["--help"]).ok();
    // What the platforms' documents add is held by a test that goes through their tables.
    let grown = ["help", "auger", "loudml", "vantage6"];
    for command in commands().iter().filter(|name| !grown.contains(&name.as_str())) {
        tree += &format!("\n===== {command}\n\n{}", Home::new().run(&[command, "--help"]).ok());
    }
    insta::assert_snapshot!(tree);
}

#[test]
fn mistakes_on_the_command_line_end_with_two_and_a_way_on() {
    for (args, word) in [
        (&[][..], "Usage"),
        (&["nothing"], "nothing"),
        (&["call", "nowhere", "x"], "autotune"),
        (&["call", "autotune"], "OPERATION"),
        (&["call", "autotune", "hub_info", "novalue"], "key=value"),
        (&["ops", "-o", "xml"], "jsonl"),
        (&["explain", "MLH-NOTHING"], "MLH-NOTHING"),
        (&["man", "nothing"], "nothing"),
        (&["quickstart", "--trials", "0"], "0"),
    ] {
        let said = Home::new().run(args).fails(2);
        assert!(said.contains(word), "{args:?}: {said}");
    }
}

#[test]
fn every_code_is_explained() {
    let codes = Home::new().run(&["explain", "-q"]).ok();
    assert!(codes.lines().count() >= 16);
    for code in codes.lines() {
        let text = Home::new().run(&["explain", code]).ok();
        assert!(text.starts_with(code) && text.contains("\nCause: ") && text.contains("\nCure: "), "{text}");
    }
}

#[test]
fn each_shell_gets_its_completions_and_each_command_its_page() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(Home::new().run(&["completions", shell]).ok().contains("mlhub"));
    }
    for command in commands() {
        assert!(Home::new().run(&["man", &command]).ok().starts_with(".ie") || command == "help", "{command}");
    }
}
