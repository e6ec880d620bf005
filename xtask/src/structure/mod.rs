//! `structure`: import cycles and layer violations, per crate of the workspace.

mod circles;
mod floors;
mod imports;
mod modules;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use circles::Circle;
use modules::Crate;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Prints what each crate has of both, with the imports that make it.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    for root in modules::roots(workspace)? {
        let tree = Crate::read(workspace, &root)?;
        let imports = imports::imports(&tree);
        let (files, folders) = (circles::of_files(&tree, &imports), circles::of_folders(&tree, &imports));
        let upward = floors::upward(&tree, &imports);
        let count = |circles: &[Circle]| circles.iter().map(|circle| circle.nodes.len()).sum::<usize>();
        println!(
            "{}: {} of {} files in circles, {} modules in circles of folders, {} imports that reach up",
            workspace.shown(&root),
            count(&files),
            tree.files.len(),
            count(&folders),
            upward.len()
        );
        print!("{}", said(&files, &folders).concat());
        upward.iter().for_each(|line| println!("  {line}"));
    }
    floors::dependencies(workspace)?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn said(files: &[Circle], folders: &[Circle]) -> Vec<String> {
    let one = |kind: &str, circle: &Circle| {
        let mut text = format!("  {} {kind} import each other:\n", circle.nodes.len());
        for edge in &circle.edges {
            let _ = writeln!(text, "    {edge}");
        }
        text
    };
    let files = files.iter().map(|circle| one("files", circle));
    files.chain(folders.iter().map(|circle| one("modules of one folder", circle))).collect()
}
