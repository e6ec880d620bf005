//! Import cycles: strongly connected components among files, and among the modules of one folder.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Imports;
use super::module_tree::Crate;

/// Nodes that all lead to each other, and the imports that make it so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Circle {
    pub(super) nodes: BTreeSet<String>,
    /// As `from -> to: path, path`.
    pub(super) edges: BTreeSet<String>,
}

type Graph = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Circles of files.
pub(super) fn of_files(tree: &Crate, imports: &Imports) -> Vec<Circle> {
    let name = |file: usize| tree.files.get(file).map(|file| file.shown.clone());
    circles(&graph(imports, |from, to| Some((name(from)?, name(to)?))))
}

/// Circles of modules in one folder, at least one of which is a folder itself.
pub(super) fn of_folders(tree: &Crate, imports: &Imports) -> Vec<Circle> {
    let paths: Vec<Vec<&str>> = tree.files.iter().map(|file| tree.path(file)).collect();
    let is_folder = |path: &[&str]| paths.iter().any(|inner| inner.len() > path.len() && inner.starts_with(path));
    let folders: BTreeSet<String> = paths.iter().filter(|path| is_folder(path)).map(|path| path.join("::")).collect();
    let siblings = graph(imports, |from, to| {
        let (from, to) = (paths.get(from)?, paths.get(to)?);
        let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        Some((from.get(..=shared)?.join("::"), to.get(..=shared)?.join("::")))
    });
    let mut found = circles(&siblings);
    found.retain(|circle| !circle.nodes.is_disjoint(&folders));
    found
}

fn graph(imports: &Imports, ends: impl Fn(usize, usize) -> Option<(String, String)>) -> Graph {
    let mut graph = Graph::new();
    for (from, targets) in imports {
        for (to, paths) in targets {
            if let Some((from, to)) = ends(*from, *to) {
                graph.entry(from).or_default().entry(to).or_default().extend(paths.iter().cloned());
            }
        }
    }
    graph
}

fn circles(graph: &Graph) -> Vec<Circle> {
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|node| (node.as_str(), reached(graph, node))).collect();
    let mut found: Vec<Circle> = Vec::new();
    for (node, targets) in &reach {
        let back = |other: &&str| reach.get(other).is_some_and(|targets| targets.contains(node));
        let nodes: BTreeSet<String> = targets.iter().copied().filter(back).map(str::to_owned).collect();
        if nodes.is_empty() || found.iter().any(|circle| circle.nodes == nodes) {
            continue;
        }
        let inside = |from: &str, to: &str| nodes.contains(from) && nodes.contains(to);
        let edges = graph.iter().flat_map(|(from, targets)| targets.iter().map(move |(to, paths)| (from, to, paths)));
        let edges = edges.filter(|(from, to, _)| inside(from, to)).map(|(from, to, paths)| {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            format!("{from} -> {to}: {}", paths.join(", "))
        });
        found.push(Circle { edges: edges.collect(), nodes });
    }
    found
}

/// What can be reached from a node, itself only on a way back.
fn reached<'a>(graph: &'a Graph, from: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut todo: Vec<&str> = vec![from];
    while let Some(node) = todo.pop() {
        let next = graph.get(node).into_iter().flatten().map(|(to, _)| to.as_str());
        todo.extend(next.filter(|to| reached.insert(*to)));
    }
    reached
}
