//! Module tree of a crate, read from its source files.

use std::path::{Path, PathBuf};

use syn::Item;

use super::module::{Module, is_test};
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The crate root, which is always the first module.
pub(super) const ROOT: usize = 0;

/// The modules and files of one crate, without what only tests compile.
pub(super) struct Crate {
    pub(super) modules: Vec<Module>,
    /// Each with its module, by the index that modules give.
    pub(super) files: Vec<File>,
}

/// A source file.
pub(super) struct File {
    /// As people write it, from the root of the workspace.
    pub(super) shown: String,
    pub(super) module: usize,
}

impl Crate {
    /// Reads the crate whose root is that file.
    pub(super) fn read(workspace: &Workspace, root: &Path) -> Result<Self, Failure> {
        let mut read = Self { modules: Vec::new(), files: Vec::new() };
        let folder = root.parent().unwrap_or(root);
        read.file(workspace, root, folder, None, String::new())?;
        Ok(read)
    }

    /// Reads a file as a module; `folder` holds the files of its children.
    fn file(
        &mut self,
        workspace: &Workspace,
        path: &Path,
        folder: &Path,
        parent: Option<usize>,
        name: String,
    ) -> Result<usize, Failure> {
        let text = workspace.read(path)?.ok_or_else(|| Failure::file(path, &"no such file"))?;
        let parsed = syn::parse_file(&text).map_err(|error| Failure::file(path, &error))?;
        self.files.push(File { shown: workspace.shown(path), module: self.modules.len() });
        self.module(
            workspace,
            &parsed.items,
            folder,
            Module { parent, name, file: self.files.len() - 1, ..Module::default() },
        )
    }

    fn module(
        &mut self,
        workspace: &Workspace,
        items: &[Item],
        folder: &Path,
        module: Module,
    ) -> Result<usize, Failure> {
        let (here, file) = (self.modules.len(), module.file);
        self.modules.push(module.with_names(items));
        for item in items {
            let Item::Mod(child) = item else { continue };
            if is_test(&child.attrs) {
                continue;
            }
            let name = child.ident.to_string();
            let inner = folder.join(&name);
            let index = match &child.content {
                Some((_, items)) => {
                    let child = Module { parent: Some(here), name: name.clone(), file, ..Module::default() };
                    self.module(workspace, items, &inner, child)?
                }
                None => {
                    let flat = inner.with_extension("rs");
                    let path = if flat.is_file() { flat } else { inner.join("mod.rs") };
                    self.file(workspace, &path, &inner, Some(here), name.clone())?
                }
            };
            if let Some(here) = self.modules.get_mut(here) {
                here.children.insert(name, index);
            }
        }
        Ok(here)
    }

    /// The module and those around it, outermost last.
    pub(super) fn ancestors(&self, module: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(module), |&module| self.modules.get(module)?.parent)
    }

    /// The names of the modules that lead to a file.
    pub(super) fn path(&self, file: &File) -> Vec<&str> {
        let names = self.ancestors(file.module).filter_map(|module| self.modules.get(module));
        let mut names: Vec<&str> = names.map(|module| module.name.as_str()).filter(|name| !name.is_empty()).collect();
        names.reverse();
        names
    }
}

/// The root files of all crates of the workspace.
pub(super) fn roots(workspace: &Workspace) -> Result<Vec<PathBuf>, Failure> {
    let manifest = workspace.read(&workspace.root().join("Cargo.toml"))?.unwrap_or_default();
    let members = manifest.lines().find(|line| line.starts_with("members")).unwrap_or_default();
    let mut packages = Vec::new();
    for member in members.split('"').skip(1).step_by(2) {
        match member.strip_suffix("/*") {
            None => packages.push(workspace.root().join(member)),
            Some(folder) => {
                let folder = workspace.root().join(folder);
                let entries = std::fs::read_dir(&folder).map_err(|error| Failure::file(&folder, &error))?;
                packages.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
            }
        }
    }
    packages.sort();
    let files = packages.iter().flat_map(|package| ["src/lib.rs", "src/main.rs"].map(|file| package.join(file)));
    Ok(files.filter(|file| file.is_file()).collect())
}
