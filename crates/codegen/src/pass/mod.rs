//! What is changed in the generator's output, each change asserted: an upgrade
//! that writes other code fails here, by name, and not in a user's hands.

mod answers;
mod builders;
mod client;
pub(crate) mod types;

use syn::{Item, ItemMod};

use crate::document::Document;
use crate::emit::Additions;
use crate::error::Error;
use crate::model::Model;

/// Reworks the client, the builders and the types in place.
///
/// # Errors
///
/// Code that does not have the expected form.
pub(crate) fn rework(document: &Document, model: &Model, schema: bool, file: &mut syn::File) -> Result<(), Error> {
    client::rework(document, file)?;
    types::rework(document, model, schema, module(document, file, "types")?)?;
    for operation in &document.operations {
        builders::rework(document, model, operation, module(document, file, "builder")?)?;
    }
    Ok(())
}

/// Adds what was emitted: some of it inside `mod builder`, whose fields are private.
///
/// # Errors
///
/// Emitted code that is not Rust, which is a fault of this crate.
pub(crate) fn insert(document: &Document, mut file: syn::File, additions: Additions) -> Result<syn::File, Error> {
    let invalid = |e: syn::Error| Error::new(&document.name, "", format!("emitted code is not Rust: {e}"));
    let inner: syn::File = syn::parse2(additions.in_builder).map_err(invalid)?;
    let outer: syn::File = syn::parse2(additions.beside).map_err(invalid)?;
    module(document, &mut file, "builder")?.extend(inner.items);
    file.items.extend(outer.items);
    Ok(file)
}

fn module<'a>(document: &Document, file: &'a mut syn::File, name: &str) -> Result<&'a mut Vec<Item>, Error> {
    file.items
        .iter_mut()
        .find_map(|item| match item {
            Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(items),
            _ => None,
        })
        .ok_or_else(|| changed(document, "", &format!("no `mod {name}`")))
}

/// The error for output of an unexpected form.
fn changed(document: &Document, place: &str, what: &str) -> Error {
    Error::new(&document.name, place, format!("the generator's output changed its form: {what}"))
}
