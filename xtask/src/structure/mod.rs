//! Structure (`cargo xtask structure`): import cycles and layer violations, per crate of the workspace.

mod circles;
mod floors;
mod imports;
mod module;
mod module_tree;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use circles::Circle;
use module_tree::Crate;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// What is wrong with the imports of one crate.
struct Findings {
    /// How many files it has.
    size: usize,
    files: Vec<Circle>,
    folders: Vec<Circle>,
    upward: BTreeSet<String>,
}

impl Findings {
    fn of(workspace: &Workspace, root: &Path) -> Result<Self, Failure> {
        let tree = Crate::read(workspace, root)?;
        let imports = imports::imports(&tree);
        let (files, folders) = (circles::of_files(&tree, &imports), circles::of_folders(&tree, &imports));
        Ok(Self { size: tree.files.len(), files, folders, upward: floors::upward(&tree, &imports) })
    }

    /// Each circle and each import that reaches up, with what makes it.
    fn problems(&self) -> Vec<String> {
        let one = |kind: &str, circle: &Circle| {
            let mut text = format!("{} {kind} import each other:", circle.nodes.len());
            for edge in &circle.edges {
                let _ = write!(text, "\n  {edge}");
            }
            text
        };
        let files = self.files.iter().map(|circle| one("files", circle));
        let folders = self.folders.iter().map(|circle| one("modules of one folder", circle));
        files.chain(folders).chain(self.upward.iter().cloned()).collect()
    }
}

/// Prints what each crate has of both, with the imports that make it.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    for root in module_tree::roots(workspace)? {
        let found = Findings::of(workspace, &root)?;
        let count = |circles: &[Circle]| circles.iter().map(|circle| circle.nodes.len()).sum::<usize>();
        println!(
            "{}: {} of {} files in circles, {} modules in circles of folders, {} imports that reach up",
            workspace.shown(&root),
            count(&found.files),
            found.size,
            count(&found.folders),
            found.upward.len()
        );
        found.problems().iter().for_each(|problem| println!("{problem}"));
    }
    floors::dependencies(workspace)?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// The same as problems of `check`.
pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems: Vec<String> = floors::dependencies(workspace)?.into_iter().collect();
    for root in module_tree::roots(workspace)? {
        problems.extend(Findings::of(workspace, &root)?.problems());
    }
    Ok(problems)
}
