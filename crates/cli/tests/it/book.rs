//! The book in `docs`: its summary names every page, its links resolve, and what is written in it about the program is what
//! the program says. `MLHUB_WRITE_DOCS=1 cargo test -p mlhub-cli --test it book` writes the generated parts anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::guide_page::blocks;
use crate::support::Home;

/// Where the pages are run: a page with commands is named in one of these.
const RUNS: [&str; 4] = [
    include_str!("guide.rs"),
    include_str!("auger.rs"),
    include_str!("loudml.rs"),
    include_str!("../interop/guide.rs"),
];

/// Pages beside the book, whose links are checked as well.
const BESIDE: [&str; 5] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The text of each page of the book, by its path in `docs`.
fn pages() -> BTreeMap<String, String> {
    let docs = root().join("docs");
    let (mut folders, mut pages) = (vec![docs.clone()], BTreeMap::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(&docs).unwrap().to_str().unwrap().to_owned();
                pages.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    pages
}

/// A page without its fenced blocks and without code in a line.
fn prose(page: &str) -> String {
    let unfenced: Vec<_> = page.split("\n```").step_by(2).collect();
    unfenced.join("\n").split('`').step_by(2).collect()
}

/// Where the links of a page lead.
fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    prose.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

/// The anchors of a page's headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |c: char| match c {
        ' ' => Some('-'),
        _ if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|heading| heading.chars().filter_map(kept).collect()).collect()
}

#[test]
fn every_page_is_in_the_summary() {
    let pages = pages();
    let listed: BTreeSet<_> = links(&pages["SUMMARY.md"]).into_iter().collect();
    let there: BTreeSet<_> = pages.into_keys().filter(|name| name != "SUMMARY.md").collect();
    assert_eq!(listed, there);
}

#[test]
fn every_page_with_commands_is_run() {
    for (name, page) in pages() {
        let commands = page.lines().any(|line| line == "```sh");
        assert!(!commands || RUNS.iter().any(|runs| runs.contains(&format!("{name:?}"))), "{name} is not run");
    }
}

#[test]
fn every_link_resolves() {
    let root = root();
    let of_book = pages().into_iter().map(|(name, text)| (format!("docs/{name}"), text));
    let beside = BESIDE.map(|name| (name.to_owned(), std::fs::read_to_string(root.join(name)).unwrap()));
    for (name, text) in of_book.chain(beside) {
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let file = root.join(&name);
            let target = if path.is_empty() { file } else { file.parent().unwrap().join(path) };
            let target = target.canonicalize().unwrap_or_else(|error| panic!("{name}: {link}: {error}"));
            // The book is built from `docs` alone.
            assert!(!name.starts_with("docs/") || target.starts_with(root.join("docs")), "{name}: {link} leaves docs");
            if !anchor.is_empty() {
                let known = anchors(&std::fs::read_to_string(&target).unwrap());
                assert!(known.contains(anchor), "{name}: {link}: there are {known:?}");
            }
        }
    }
}

/// Holds the part of a page between the marks of that name to what the program says.
#[track_caller]
fn generated(page: &str, mark: &str, said: &str) {
    let path = root().join("docs").join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->\n"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (written, after) = rest.split_once(&end).unwrap();
    if std::env::var_os("MLHUB_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{begin}{said}{end}{after}")).unwrap();
    } else {
        let again = "MLHUB_WRITE_DOCS=1 cargo test -p mlhub-cli --test it book -- --test-threads 1";
        assert_eq!(written, said, "docs/{page} is not what the program says; `{again}` writes it");
    }
}

/// The rows that a command prints.
fn rows(args: &[&str]) -> Vec<Value> {
    serde_json::from_str(&Home::new().run(&[args, &["-o", "json"]].concat()).ok()).unwrap()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

#[test]
fn the_error_codes_are_those_of_explain() {
    let section = |row: &Value| {
        let (cause, cure) = (text(row, "cause"), text(row, "cure"));
        format!("### {}\n\n{cause}\n\n*What to do:* {cure}\n\n*Exit code:* {}\n\n", text(row, "code"), row["exit"])
    };
    generated("errors.md", "codes", &rows(&["explain"]).iter().map(section).collect::<String>());
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = Home::new().run(&["--help"]).ok();
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let codes = codes.lines().map_while(|line| line.trim().split_once("  "));
    let table: String = codes.map(|(code, words)| format!("| {code} | {words} |\n")).collect();
    generated("errors.md", "exit codes", &format!("| code | what it means |\n|---|---|\n{table}"));
}

#[test]
fn the_settings_are_those_of_config_explain() {
    let rows = rows(&["config", "explain"]);
    // The profile, its file, and who is logged in are no settings of a platform with a place of their own.
    let settings =
        rows.iter().filter(|row| text(row, "setting").contains('.') && !text(row, "setting").ends_with(".login"));
    let help = Home::new().run(&["--help"]).ok();
    let line = |row: &Value| {
        let (platform, setting) = text(row, "setting").split_once('.').unwrap();
        let value = text(row, "value");
        let value = if value.is_empty() { String::new() } else { format!("`{value}`") };
        let variable = setting.to_uppercase();
        // What has an option of its own counts for each of them.
        if help.contains(&format!("--{} ", setting.replace('_', "-"))) && setting != "url" && setting != "token" {
            return format!("| every | `MLHUB_<PLATFORM>_{variable}`, `MLHUB_{variable}` | {value} |\n");
        }
        format!("| {platform} | `MLHUB_{}_{variable}` | {value} |\n", platform.to_uppercase())
    };
    let mut lines: Vec<String> = settings.map(line).collect();
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    lines.sort_by_key(|line| line.starts_with("| every |"));
    let table = lines.concat();
    generated("settings.md", "settings", &format!("| platform | variable | default |\n|---|---|---|\n{table}"));
}

#[test]
fn the_page_about_an_api_of_ones_own_shows_the_example() {
    let trimmed = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    for block in blocks(&pages()["own-api.md"]) {
        let file = block.file.expect("a block is named after a file of the example");
        let example = std::fs::read_to_string(root().join("examples/own_hub").join(file)).unwrap();
        let shown = trimmed(&block.text);
        assert!(trimmed(&example).contains(&shown), "{file} does not contain:\n{shown}");
    }
}

#[test]
fn the_glossary_leads_to_the_files_that_define_its_terms() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, glossary) = page.split_once("## Glossary").unwrap();
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let rows = glossary.lines().filter_map(|line| {
        let (term, file) = (line.split(" | ").next()?.strip_prefix("| ")?, line.split('`').nth(1)?);
        Some((term, file))
    });
    let rows: Vec<_> = rows.collect();
    assert!((34..=40).contains(&rows.len()), "{} rows", rows.len());
    for (term, file) in rows {
        let source = std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let first = source.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//!") && plain(first).contains(&plain(term)),
            "{file} does not define {term}: {first}"
        );
    }
}
