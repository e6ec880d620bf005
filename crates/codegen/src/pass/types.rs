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
    let replies = reachable(model, model.builders.values().map(|b| &b.reply));
    let requests = reachable(model, model.builders.values().flat_map(|b| b.fields.iter().map(|(_, ty)| ty)));
    let received: BTreeSet<String> = replies.difference(&requests).cloned().collect();
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
