//! Import graph of a crate: which file needs which, each name traced through re-exports to the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::module_tree::{Crate, ROOT};

/// More re-exports of one name than any crate has; one that leads to itself ends here.
const MAX_HOPS: usize = 16;

/// For each file the files that it imports from, with the paths that do it.
pub(super) type Imports = BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>>;

/// What a path leads to.
#[derive(Clone, Copy)]
enum Target {
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

/// Reads the graph. A module that is only named is no import, and neither is what a parent takes from its own children:
/// it is made of them, and they may take from it what all of them share.
pub(super) fn imports(tree: &Crate) -> Imports {
    let mut imports = Imports::new();
    for (index, module) in tree.modules.iter().enumerate() {
        let Some(own) = tree.files.get(module.file).map(|file| file.module) else { continue };
        for path in &module.uses {
            let glob = module.globs.contains(path);
            let target = match resolve(tree, index, path, MAX_HOPS) {
                Some(Target::Item(target)) => target,
                Some(Target::Module(target)) if glob => target,
                _ => continue,
            };
            let Some(to) = tree.modules.get(target).map(|module| module.file) else { continue };
            if !tree.ancestors(target).any(|above| above == own) {
                imports.entry(module.file).or_default().entry(to).or_default().insert(path.join("::"));
            }
        }
    }
    imports
}

fn resolve(tree: &Crate, from: usize, path: &[String], hops: usize) -> Option<Target> {
    let hops = hops.checked_sub(1)?;
    let mut here = from;
    let mut rest = path;
    let mut anchored = false;
    while let [first, after @ ..] = rest {
        here = match first.as_str() {
            "crate" => ROOT,
            "self" => here,
            "super" => tree.modules.get(here)?.parent?,
            _ => break,
        };
        (rest, anchored) = (after, true);
    }
    while let [name, after @ ..] = rest {
        match lookup(tree, here, name, after.is_empty(), hops)? {
            Target::Module(module) => here = module,
            item => return Some(item),
        }
        (rest, anchored) = (after, true);
    }
    anchored.then_some(Target::Module(here))
}

/// A name in a module. What another crate or a macro gives is not found.
fn lookup(tree: &Crate, module: usize, name: &str, last: bool, hops: usize) -> Option<Target> {
    let here = tree.modules.get(module)?;
    let child = here.children.get(name).map(|child| Target::Module(*child));
    let item = here.items.contains(name).then_some(Target::Item(module));
    let import = || here.imports.get(name).and_then(|path| resolve(tree, module, path, hops));
    let glob = || {
        here.globs.iter().find_map(|path| match resolve(tree, module, path, hops)? {
            Target::Module(inner) => lookup(tree, inner, name, last, hops.checked_sub(1)?),
            Target::Item(_) => None,
        })
    };
    // A function and a module may share a name; only a module leads on.
    let own = if last { item.or_else(import).or(child) } else { child.or(item).or_else(import) };
    own.or_else(glob)
}
