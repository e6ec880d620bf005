//! Guide page: its files are written, its commands are run.

use std::path::Path;
use std::process::Command;

use crate::support::Home;

/// A fenced block. One with a word after its language is a file of that name.
pub(crate) struct Block<'a> {
    pub(crate) language: &'a str,
    pub(crate) file: Option<&'a str>,
    pub(crate) text: String,
}

/// The fenced blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let (language, file) = info.split_once(' ').map_or((info, None), |(language, file)| (language, Some(file)));
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(Block { language, file, text: text.join("\n") + "\n" });
    }
    blocks
}

/// A page, and the home in which it is run.
pub(crate) struct Page {
    name: String,
    text: String,
    home: Home,
}

impl Page {
    /// The page of that name below `docs`, in that home: files that the reader has are in it, and its variables are the
    /// reader's.
    pub(crate) fn new(name: &str, home: Home) -> Page {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        let text = std::fs::read_to_string(path).unwrap();
        Page::of(name, text, home)
    }

    /// A page of that text.
    pub(crate) fn of(name: &str, text: String, home: Home) -> Page {
        Page { name: name.to_owned(), text, home }
    }

    /// Something of these tests in place of what the page has, such as an address.
    pub(crate) fn says(mut self, theirs: &str, ours: &str) -> Page {
        self.text = self.text.replace(theirs, ours);
        self
    }

    /// Runs it; what it wrote is shown where it fails.
    #[track_caller]
    pub(crate) fn runs(&self) {
        let Page { name, text, home } = self;
        let mut script = String::from("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n");
        let mut commands = 0;
        for block in blocks(text) {
            match (block.language, block.file) {
                (_, Some(file)) => std::fs::write(home.path().join(file), block.text).unwrap(),
                ("sh", None) => {
                    script += &block.text;
                    commands += 1;
                }
                // Compiled as a doc test of the library.
                ("rust" | "rust,no_run", None) => {}
                (other, None) => panic!("{name}: a block of {other:?} is neither a file nor a command"),
            }
        }
        assert!(commands > 0, "{name} has no commands");
        std::fs::write(home.path().join("page"), script).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_mlhub")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut bash = Command::new("bash");
        // The page's compilers and interpreters find what they need in the home of whoever runs the tests; what the
        // program keeps goes elsewhere.
        for (variable, _) in std::env::vars().filter(|(variable, _)| variable.starts_with("MLHUB_")) {
            bash.env_remove(variable);
        }
        let own = home.command(&[]);
        let own = own.get_envs().filter_map(|(variable, value)| Some((variable, value?)));
        let done = bash
            .arg("page")
            .current_dir(home.path())
            .envs(own.filter(|(variable, _)| *variable != "HOME"))
            .env("PATH", path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{name}: {}\n{said}", done.status);
    }
}
