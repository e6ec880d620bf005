//! Snapshots (`cargo xtask snapshot`): what tests would change, shown and accepted; and what `check` holds snapshots to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Folders that hold what is built or kept by tools, never a snapshot of ours.
const SKIPPED: &[&str] = &["target", ".git", "node_modules"];
/// The mark of such a folder under another name: cargo leaves it where it is told to build.
const CACHE: &str = "CACHEDIR.TAG";
/// What a test writes beside a snapshot that it would change.
const PENDING: &str = "snap.new";
/// What a test writes for a snapshot inside its source, which we do not use.
const INLINE: &str = "pending-snap";
/// Lines around a change.
const CONTEXT: usize = 3;

pub(crate) fn run(workspace: &Workspace, accept: bool) -> Result<(), Failure> {
    let pending = files(workspace.root(), PENDING)?;
    if pending.is_empty() {
        println!("no snapshot is pending; `cargo test` writes those that it would change");
    }
    for path in &pending {
        let target = path.with_extension("");
        let old = workspace.read(&target)?.unwrap_or_default();
        let new = workspace.read(path)?.unwrap_or_default();
        println!("{}", workspace.shown(&target));
        let changes = TextDiff::from_lines(body(&old), body(&new));
        print!("{}", changes.unified_diff().context_radius(CONTEXT).header("as it is", "as the test has it"));
        if accept {
            fs::write(&target, persistent(&new)).map_err(|error| Failure::file(&target, &error))?;
            fs::remove_file(path).map_err(|error| Failure::file(path, &error))?;
        }
    }
    match pending.len() {
        0 => {}
        count if accept => println!("{count} accepted"),
        count => println!("{count} pending; read them, then `cargo xtask snapshot --accept`"),
    }
    Ok(())
}

/// Runs all tests and says what is wrong with the snapshots.
pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    let references = workspace.target()?.join("xtask-referenced-snapshots");
    match fs::remove_file(&references) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Failure::file(&references, &error)),
        _ => {}
    }
    let status = workspace
        .cargo()
        .args(["test", "--workspace", "--quiet"])
        .env("INSTA_UPDATE", "no")
        .env("INSTA_SNAPSHOT_REFERENCES_FILE", &references)
        .status()
        .map_err(|error| Failure::new(format!("cargo cannot be run: {error}")))?;
    if !status.success() {
        problems.push(
            "`cargo test --workspace` fails; if by a snapshot, `cargo test` and `cargo xtask snapshot` show it"
                .to_owned(),
        );
        // A test that fails before its snapshot refers to none.
        return Ok(problems);
    }
    stray(workspace, &references)
}

/// Snapshots that are pending, or that no test looks at any more: a run of all tests has written those that it looked at
/// into that file.
pub(crate) fn stray(workspace: &Workspace, references: &Path) -> Result<Vec<String>, Failure> {
    let root = workspace.root();
    let referenced = workspace.read(references)?.ok_or_else(|| {
        let file = workspace.shown(references);
        Failure::new(format!("{file} is not there; run all tests with INSTA_SNAPSHOT_REFERENCES_FILE set to it"))
    })?;
    let referenced: BTreeSet<PathBuf> = referenced.lines().map(|line| resolved(Path::new(line))).collect();
    let pending = files(root, PENDING)?.into_iter().chain(files(root, INLINE)?);
    let mut problems: Vec<String> = pending
        .map(|path| {
            let file = workspace.shown(&path);
            format!("{file} is pending; run `cargo xtask snapshot`, then accept it or delete it")
        })
        .collect();
    let unreferenced = files(root, "snap")?.into_iter().filter(|path| !referenced.contains(&resolved(path)));
    problems.extend(unreferenced.map(|path| {
        let file = workspace.shown(&path);
        format!("{file} belongs to no test any more; run `git rm {file}`")
    }));
    Ok(problems)
}

/// The same file by the same path: tests name theirs from their package.
fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// All files whose name ends in `.EXTENSION`, in order.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if folder.join(CACHE).exists() {
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|error| Failure::file(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::file(&folder, &error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(|error| Failure::file(&folder, &error))?;
            if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
                folders.push(entry.path());
            } else if kind.is_file() && name.ends_with(&format!(".{extension}")) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text after the header between two lines of dashes.
fn body(snapshot: &str) -> &str {
    let rest = snapshot.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n"));
    rest.map_or(snapshot, |(_, body)| body)
}

/// A snapshot as it is kept: the line of the test changes without it.
fn persistent(snapshot: &str) -> String {
    let body = body(snapshot);
    let header = snapshot.strip_suffix(body).unwrap_or_default();
    let kept = header.lines().filter(|line| !line.starts_with("assertion_line:"));
    kept.flat_map(|line| [line, "\n"]).chain([body]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "---\nsource: a.rs\nexpression: x\n---\none\ntwo\n";
    const NEW: &str = "---\nsource: a.rs\nassertion_line: 7\nexpression: x\n---\none\n2\n";

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("tests/snapshots")).expect("folders");
        fs::create_dir_all(folder.path().join("target")).expect("folders");
        fs::write(folder.path().join("target/built.snap"), OLD).expect("a file");
        fs::create_dir_all(folder.path().join("elsewhere")).expect("folders");
        fs::write(folder.path().join("elsewhere").join(CACHE), "").expect("a file");
        fs::write(folder.path().join("elsewhere/built.snap"), OLD).expect("a file");
        let workspace = Workspace::at(folder.path());
        (folder, workspace)
    }

    #[test]
    fn a_pending_snapshot_replaces_the_kept_one_when_accepted() {
        let (folder, workspace) = workspace();
        let kept = folder.path().join("tests/snapshots/a.snap");
        let pending = folder.path().join("tests/snapshots/a.snap.new");
        fs::write(&kept, OLD).expect("a file");
        fs::write(&pending, NEW).expect("a file");
        run(&workspace, false).expect("shown");
        assert_eq!(fs::read_to_string(&kept).expect("kept"), OLD);
        run(&workspace, true).expect("accepted");
        assert_eq!(fs::read_to_string(&kept).expect("kept"), "---\nsource: a.rs\nexpression: x\n---\none\n2\n");
        assert!(!pending.exists());
    }

    #[test]
    fn pending_inline_and_unreferenced_snapshots_are_problems_that_name_the_file() {
        let (folder, workspace) = workspace();
        let place = |name: &str| folder.path().join("tests/snapshots").join(name);
        for name in ["kept.snap", "left.snap", "new.snap.new"] {
            fs::write(place(name), OLD).expect("a file");
        }
        fs::write(folder.path().join("tests/.inline.rs.pending-snap"), "{}").expect("a file");
        let references = folder.path().join("target/references");
        let kept = place("kept.snap");
        fs::write(&references, format!("{}\n", kept.display())).expect("a file");
        let problems = stray(&workspace, &references).expect("a list").join("\n");
        insta::assert_snapshot!(problems);
    }

    #[test]
    fn a_run_of_tests_that_has_written_nothing_down_is_no_proof() {
        let (folder, workspace) = workspace();
        let failure = stray(&workspace, &folder.path().join("target/none")).expect_err("no such file");
        assert!(failure.to_string().contains("INSTA_SNAPSHOT_REFERENCES_FILE"), "{failure}");
    }

    #[test]
    fn the_header_is_what_stands_between_dashes() {
        assert_eq!(body(OLD), "one\ntwo\n");
        assert_eq!(body("no header"), "no header");
        assert_eq!(persistent("no header"), "no header");
    }
}
