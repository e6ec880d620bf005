//! Rewrite of the generated code, each change asserted: an upgrade of the generator that writes other code fails here,
//! by name, and not in a user's hands.

mod builders;
mod client;
mod prune_builders;
mod types;

use syn::{ImplItem, ImplItemFn, Item, ItemMod};

use crate::emit::Additions;
use crate::error::Error;
use crate::generated::GeneratedCode;
use crate::spec::Spec;

/// Rewrites the client, the builders and the types in place.
///
/// # Errors
///
/// Code that does not have the expected form.
pub(crate) fn rewrite(spec: &Spec<'_>, code: &GeneratedCode, schema: bool, file: &mut syn::File) -> Result<(), Error> {
    client::rewrite(spec, file)?;
    types::rewrite(spec, code, schema, module(spec, file, "types")?)?;
    for operation in &spec.operations {
        builders::rewrite(spec, code, operation, module(spec, file, "builder")?)?;
    }
    Ok(())
}

/// Adds what was emitted: some of it inside `mod builder`, whose fields are private.
///
/// # Errors
///
/// Emitted code that is not Rust, which is an error of this crate.
pub(crate) fn insert(spec: &Spec<'_>, mut file: syn::File, additions: Additions) -> Result<syn::File, Error> {
    let invalid = |e: syn::Error| Error::new(spec.name, "", format!("emitted code is not Rust: {e}"));
    let inner: syn::File = syn::parse2(additions.in_builder).map_err(invalid)?;
    let outer: syn::File = syn::parse2(additions.beside).map_err(invalid)?;
    module(spec, &mut file, "builder")?.extend(inner.items);
    file.items.extend(outer.items);
    Ok(file)
}

fn module<'a>(spec: &Spec<'_>, file: &'a mut syn::File, name: &str) -> Result<&'a mut Vec<Item>, Error> {
    file.items
        .iter_mut()
        .find_map(|item| match item {
            Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(items),
            _ => None,
        })
        .ok_or_else(|| changed(spec, "", &format!("no `mod {name}`")))
}

fn as_fn(item: &mut ImplItem) -> Option<&mut ImplItemFn> {
    match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    }
}

/// The error for output of an unexpected form.
fn changed(spec: &Spec<'_>, place: &str, what: &str) -> Error {
    Error::new(spec.name, place, format!("the generator's output changed its form: {what}"))
}
