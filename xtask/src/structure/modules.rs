//! Module tree of a crate, read from its source: for each module the names that it defines, imports and mentions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// The crate root, which is always the first module.
pub(super) const ROOT: usize = 0;
/// Macros whose tokens are code of another crate.
const QUOTES: &[&str] = &["quote", "quote_spanned", "parse_quote"];

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

/// A module: a file, or a block within one.
#[derive(Default)]
pub(super) struct Module {
    pub(super) parent: Option<usize>,
    pub(super) name: String,
    pub(super) file: usize,
    pub(super) children: BTreeMap<String, usize>,
    pub(super) items: BTreeSet<String>,
    /// Imported names with what they stand for.
    pub(super) imports: BTreeMap<String, Vec<String>>,
    /// Modules that all names are imported from.
    pub(super) globs: Vec<Vec<String>>,
    /// Paths that it imports or mentions.
    pub(super) uses: Vec<Vec<String>>,
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
        let mut names = Names { module };
        items.iter().for_each(|item| names.visit_item(item));
        self.modules.push(names.module);
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
    let mut packages = vec![workspace.root().to_owned(), workspace.root().join("xtask")];
    let crates = workspace.root().join("crates");
    let entries = std::fs::read_dir(&crates).map_err(|error| Failure::file(&crates, &error))?;
    packages.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
    packages.sort();
    let files = packages.iter().flat_map(|package| ["src/lib.rs", "src/main.rs"].map(|file| package.join(file)));
    Ok(files.filter(|file| file.is_file()).collect())
}

/// Whether something is compiled for tests alone.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let said = attribute.meta.require_list().map(|list| list.tokens.to_string().replace(' ', ""));
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && said.is_ok_and(|said| said == "test" || said.starts_with("all(test,"))
    })
}

/// Collects what a module defines and mentions; modules inside it are left to themselves.
struct Names {
    module: Module,
}

impl Names {
    fn import(&mut self, tree: &UseTree, mut before: Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before.clone())),
            UseTree::Glob(_) => {
                self.module.globs.push(before.clone());
                self.module.uses.push(before);
            }
            UseTree::Name(name) => self.binding(before, &name.ident, &name.ident),
            UseTree::Rename(rename) => self.binding(before, &rename.ident, &rename.rename),
        }
    }

    fn binding(&mut self, mut path: Vec<String>, name: &syn::Ident, alias: &syn::Ident) {
        if name != "self" {
            path.push(name.to_string());
        }
        let last = path.last().cloned().unwrap_or_default();
        let alias = if alias == "self" { last } else { alias.to_string() };
        self.module.uses.push(path.clone());
        self.module.imports.insert(alias, path);
    }

    fn mention(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            self.module.uses.push(path);
        }
    }

    /// Paths among the tokens of a macro or attribute, and in its texts, which derives read as paths.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.mention(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                other => {
                    self.mention(std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        TokenTree::Literal(text) => {
                            let text = text.to_string();
                            let path = syn::parse_str::<syn::Path>(text.trim_matches('"'));
                            path.into_iter().for_each(|path| self.visit_path(&path));
                        }
                        _ => {}
                    }
                }
            }
        }
        self.mention(path);
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = match item {
            Item::Const(item) => (&item.attrs, Some(&item.ident)),
            Item::Enum(item) => (&item.attrs, Some(&item.ident)),
            Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
            Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
            Item::Static(item) => (&item.attrs, Some(&item.ident)),
            Item::Struct(item) => (&item.attrs, Some(&item.ident)),
            Item::Trait(item) => (&item.attrs, Some(&item.ident)),
            Item::Type(item) => (&item.attrs, Some(&item.ident)),
            Item::Impl(item) => (&item.attrs, None),
            Item::Use(item) => (&item.attrs, None),
            _ => return,
        };
        if !is_test(attributes) {
            self.module.items.extend(name.map(ToString::to_string));
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&item.tree, Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.mention(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        self.visit_path(&call.path);
        if !QUOTES.contains(&name.as_str()) {
            self.tokens(call.tokens.clone());
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }
}
