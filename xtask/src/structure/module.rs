//! Module of a crate: the names that it defines, imports and mentions, without what only tests compile.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// Macros whose tokens are code of another crate.
const QUOTES: &[&str] = &["quote", "quote_spanned", "parse_quote"];

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

impl Module {
    /// Adds what its items define and mention; modules among them are left to themselves.
    pub(super) fn with_names(self, items: &[Item]) -> Self {
        let mut names = Names { module: self };
        items.iter().for_each(|item| names.visit_item(item));
        names.module
    }
}

/// Whether something is compiled for tests alone.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let said = attribute.meta.require_list().map(|list| list.tokens.to_string().replace(' ', ""));
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && said.is_ok_and(|said| said == "test" || said.starts_with("all(test,"))
    })
}

/// Collects what a module defines and mentions.
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
