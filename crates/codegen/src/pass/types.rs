//! The types: replies may grow and have no builders, and every type can
//! describe itself.

use std::collections::BTreeSet;

use syn::visit::Visit;
use syn::{Item, Type, parse_quote};

use super::{answers, changed};
use crate::document::Document;
use crate::error::Error;
use crate::model::{Model, Shape};

/// Marks reply types `#[non_exhaustive]` and takes their builders out; with `schema`, adds the derive.
pub(super) fn rework(document: &Document, model: &Model, schema: bool, items: &mut Vec<Item>) -> Result<(), Error> {
    let (replies, requests) = (replies(model), requests(model));
    let received: BTreeSet<String> = replies.difference(&requests).cloned().collect();
    let open = open(model);
    answers::rework(document, model, &received, items)?;
    let mut marked = 0;
    for item in items {
        let (name, attributes) = match item {
            Item::Struct(item) => (item.ident.to_string(), &mut item.attrs),
            Item::Enum(item) => (item.ident.to_string(), &mut item.attrs),
            _ => continue,
        };
        if received.contains(&name) {
            attributes.push(parse_quote!(#[non_exhaustive]));
            marked += 1;
        }
        if open.contains(&name) {
            read_by_hand(attributes).ok_or_else(|| changed(document, &name, "a type without `Deserialize`"))?;
        }
        if schema {
            attributes.push(parse_quote!(#[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]));
        }
    }
    let expected = received.iter().any(|name| model.structs.contains_key(name));
    match expected && marked == 0 {
        true => Err(changed(document, "", "no reply type in `mod types`")),
        false => Ok(()),
    }
}

/// Names of all types in replies.
pub(crate) fn replies(model: &Model) -> BTreeSet<String> {
    reachable(model, model.builders.values().map(|b| &b.reply))
}

/// Names of all types in requests.
fn requests(model: &Model) -> BTreeSet<String> {
    reachable(model, model.builders.values().flat_map(|b| b.fields.iter().map(|(_, ty)| ty)))
}

/// Names of the types that keep what they do not know and are only received: ours is how they are read.
pub(crate) fn open(model: &Model) -> BTreeSet<String> {
    let (replies, requests) = (replies(model), requests(model));
    model.open.keys().filter(|name| replies.contains(*name) && !requests.contains(*name)).cloned().collect()
}

/// Takes the derived `Deserialize` away: for such types it holds every reply twice, and is strict.
fn read_by_hand(attributes: &mut [syn::Attribute]) -> Option<()> {
    for attribute in attributes.iter_mut().filter(|a| a.path().is_ident("derive")) {
        type Paths = syn::punctuated::Punctuated<syn::Path, syn::Token![,]>;
        let paths = attribute.parse_args_with(Paths::parse_terminated).ok()?;
        let is_read = |path: &syn::Path| path.segments.last().is_some_and(|s| s.ident == "Deserialize");
        if paths.iter().any(is_read) {
            let rest: Vec<_> = paths.iter().filter(|path| !is_read(path)).collect();
            *attribute = parse_quote!(#[derive(#(#rest),*)]);
            return Some(());
        }
    }
    None
}

/// Names of all types that can be met inside the given ones.
fn reachable<'a>(model: &Model, from: impl Iterator<Item = &'a Type>) -> BTreeSet<String> {
    let mut names = Names::default();
    from.for_each(|ty| names.visit_type(ty));
    let mut open: Vec<String> = names.0.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let mut inner = Names::default();
        match model.structs.get(&name) {
            Some(Shape::Fields(fields)) => fields.values().for_each(|(_, ty)| inner.visit_type(ty)),
            Some(Shape::Wrapper(ty)) => inner.visit_type(ty),
            None => {}
        }
        open.extend(inner.0.into_iter().filter(|name| names.0.insert(name.clone())));
    }
    names.0
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visit<'_> for Names {
    fn visit_ident(&mut self, ident: &syn::Ident) {
        self.0.insert(ident.to_string());
    }
}
