//! Report tables (`tests/public-reports/`): rows of what public bug reports were about, each with the test that holds it.

use std::fs;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Rows that are malformed, doubled, or name a test that is not there.
pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let folder = workspace.root().join("tests/public-reports");
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let mut tables: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    tables.sort();
    let mut problems = Vec::new();
    let mut seen = Vec::new();
    for table in tables {
        let text = workspace.read(&table)?.unwrap_or_default();
        let shown = workspace.shown(&table);
        for line in text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row ")) {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [row, _, test] = cells[..] else {
                problems.push(format!("{shown}: a row has three cells: {line}"));
                continue;
            };
            if seen.iter().any(|other| other == row) {
                problems.push(format!("{shown}: row {row} stands there twice"));
            }
            seen.push(row.to_owned());
            for named in test.split("; ") {
                if let Some(why) = missing(workspace, named)? {
                    problems.push(format!("{shown}: row {row}: {why}"));
                }
            }
        }
    }
    Ok(problems)
}

/// Why `FILE: FUNCTION`, or a script of `.ci/`, names no test; nothing if it does.
fn missing(workspace: &Workspace, named: &str) -> Result<Option<String>, Failure> {
    if named.starts_with(".ci/") && workspace.root().join(named).is_file() {
        return Ok(None);
    }
    let Some((file, function)) = named.split_once(": ") else {
        return Ok(Some(format!("\"{named}\" is neither FILE: FUNCTION nor a script of .ci")));
    };
    let Some(text) = workspace.read(&workspace.root().join(file))? else {
        return Ok(Some(format!("there is no {file}")));
    };
    let found = text.contains(&format!("fn {function}("));
    Ok((!found).then(|| format!("{file} has no test {function}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let tables = folder.path().join("tests/public-reports");
        fs::create_dir_all(&tables).expect("folders");
        fs::write(folder.path().join("tests/a.rs"), "#[test]\nfn it_holds() {}\n").expect("a test");
        fs::write(tables.join("1.md"), format!("# 1\n\n| row | what holds | test |\n|---|---|---|\n{rows}"))
            .expect("a table");
        problems(&Workspace::at(folder.path())).expect("a readable folder")
    }

    #[test]
    fn a_row_whose_test_is_there_is_in_order() {
        assert_eq!(found("| 1.1 | it holds | tests/a.rs: it_holds |\n"), Vec::<String>::new());
    }

    #[test]
    fn a_row_without_its_test_names_row_and_file() {
        let problems =
            found("| 1.1 | it holds | tests/a.rs: it_held |\n| 1.2 | so | tests/b.rs: it_holds |\n| 1.3 | so | |\n");
        assert_eq!(
            problems,
            [
                "tests/public-reports/1.md: row 1.1: tests/a.rs has no test it_held",
                "tests/public-reports/1.md: row 1.2: there is no tests/b.rs",
                "tests/public-reports/1.md: row 1.3: \"\" is neither FILE: FUNCTION nor a script of .ci",
            ]
        );
    }

    #[test]
    fn a_number_given_twice_is_a_problem() {
        let problems = found("| 1.1 | a | tests/a.rs: it_holds |\n| 1.1 | b | tests/a.rs: it_holds |\n");
        assert_eq!(problems, ["tests/public-reports/1.md: row 1.1 stands there twice"]);
    }
}
