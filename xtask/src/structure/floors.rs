//! Layers of the architecture: which modules rest on which, and imports that reach up or across.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Imports;
use super::module_tree::Crate;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The floors of one crate.
struct Layers {
    /// Its folder of sources.
    sources: &'static str,
    /// Top-level modules from the ground up; those of one floor import each other unless they are `apart`.
    floors: &'static [&'static [&'static str]],
    /// Modules of which none imports another.
    apart: &'static [&'static str],
}

const LAYERS: &[Layers] = &[
    Layers {
        sources: "src/",
        floors: &[&["error"], &["clock"], &["pipeline"], &["paginate", "wait"], PLATFORMS],
        apart: PLATFORMS,
    },
    Layers {
        sources: "crates/server/src/",
        floors: &[&["study"], &["store"], &["hub"], &["http"], &["routes"]],
        apart: &[],
    },
];
const PLATFORMS: &[&str] = &["auger", "autotune", "loudml", "vantage6"];
/// Packages that know nothing of the client.
const WITHOUT_CLIENT: &[&str] = &["crates/engine/Cargo.toml", "crates/server/Cargo.toml"];

/// Imports that reach up, straight or by way of modules that have no floor.
pub(super) fn upward(tree: &Crate, imports: &Imports) -> BTreeSet<String> {
    let root = tree.files.first().map_or("", |file| file.shown.as_str());
    let Some(layers) = LAYERS.iter().find(|layers| root.strip_prefix(layers.sources).is_some_and(|f| !f.contains('/')))
    else {
        return BTreeSet::new();
    };
    let tops: Vec<&str> = tree.files.iter().map(|file| tree.path(file).first().copied().unwrap_or_default()).collect();
    let top = |file: usize| tops.get(file).copied().unwrap_or_default();
    let floor = |module: &str| layers.floors.iter().position(|floor| floor.contains(&module));
    let shown = |file: usize| tree.files.get(file).map_or("", |file| file.shown.as_str());
    let mut found = BTreeSet::new();
    for start in 0..tree.files.len() {
        let (from, Some(own)) = (top(start), floor(top(start))) else { continue };
        let mut ways: BTreeMap<usize, String> = BTreeMap::from([(start, shown(start).to_owned())]);
        let mut todo = vec![start];
        while let Some(file) = todo.pop() {
            for (to, paths) in imports.get(&file).into_iter().flatten() {
                let module = top(*to);
                let across = module != from && layers.apart.contains(&module) && layers.apart.contains(&from);
                let said = paths.iter().next().map_or("", String::as_str);
                let way = format!("{} -> {} ({said})", ways.get(&file).map_or("", String::as_str), shown(*to));
                match floor(module) {
                    Some(other) if other > own => found.insert(format!("{way}: {from} lies below {module}")),
                    Some(_) if across => found.insert(format!("{way}: {from} and {module} stand apart")),
                    None if !module.is_empty() && !ways.contains_key(to) => {
                        ways.insert(*to, way);
                        todo.push(*to);
                        false
                    }
                    _ => false,
                };
            }
        }
    }
    found
}

/// Packages that depend on the client and must not.
pub(super) fn dependencies(workspace: &Workspace) -> Result<BTreeSet<String>, Failure> {
    let mut found = BTreeSet::new();
    for manifest in WITHOUT_CLIENT {
        let text = workspace.read(&workspace.root().join(manifest))?.unwrap_or_default();
        let mut section = "";
        for line in text.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if section == "[dependencies]" && name == "mlhub" {
                found.insert(format!("{manifest} depends on mlhub, the client: only its tests may"));
            }
        }
    }
    Ok(found)
}
