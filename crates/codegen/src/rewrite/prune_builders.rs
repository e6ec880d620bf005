//! Unused builders, taken out of the types that are only received: nobody fills in a reply, and code of that kind is a
//! third of what there is to compile.

use std::collections::BTreeSet;

use syn::{ImplItem, Item, ItemImpl, ItemMod};

use super::changed;
use crate::error::Error;
use crate::generated::{GeneratedCode, Shape, last_name};
use crate::spec::Spec;

/// What belongs to one builder in `mod builder`: the struct, its default, its
/// setters, and the conversions to the type and back.
const PARTS: usize = 5;

/// Takes the builders of those types out, and the functions that begin them.
pub(super) fn rewrite(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    received: &BTreeSet<String>,
    items: &mut Vec<Item>,
) -> Result<(), Error> {
    let built: BTreeSet<_> =
        received.iter().filter(|name| matches!(code.structs.get(*name), Some(Shape::Fields(_)))).collect();
    let before = items.len();
    items.retain(|item| !matches!(item, Item::Impl(imp) if begins(imp) && of(imp, &built)));
    if before - items.len() != built.len() {
        return Err(changed(spec, "", "a type's `builder()` is not an impl of its own"));
    }
    if built.is_empty() {
        return Ok(());
    }
    let inner = items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, inner)), .. }) if ident == "builder" => Some(inner),
        _ => None,
    });
    let inner = inner.ok_or_else(|| changed(spec, "", "no `mod builder` among the types"))?;
    let before = inner.len();
    inner.retain(|item| match item {
        Item::Struct(item) => !built.contains(&item.ident.to_string()),
        Item::Impl(imp) => !of(imp, &built),
        _ => true,
    });
    match before - inner.len() == PARTS * built.len() {
        true => Ok(()),
        false => Err(changed(spec, "", "a type's builder has other parts")),
    }
}

/// `impl Type { pub fn builder() .. }` and nothing else.
fn begins(imp: &ItemImpl) -> bool {
    imp.trait_.is_none() && matches!(imp.items.as_slice(), [ImplItem::Fn(only)] if only.sig.ident == "builder")
}

fn of(imp: &ItemImpl, names: &BTreeSet<&String>) -> bool {
    last_name(&imp.self_ty).is_some_and(|name| names.contains(&name))
}
