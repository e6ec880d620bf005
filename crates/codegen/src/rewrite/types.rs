//! Types of the generated code: replies may grow and have no builders, and every type can describe itself.

use syn::{Item, parse_quote};

use super::{changed, prune_builders};
use crate::error::Error;
use crate::generated::GeneratedCode;
use crate::spec::Spec;

/// Marks reply types `#[non_exhaustive]` and takes their builders out; with `schema`, adds the derive.
pub(super) fn rewrite(spec: &Spec<'_>, code: &GeneratedCode, schema: bool, items: &mut Vec<Item>) -> Result<(), Error> {
    let received = code.received();
    let with_extra_fields = code.with_extra_fields();
    prune_builders::rewrite(spec, code, &received, items)?;
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
        if with_extra_fields.contains(&name) {
            read_by_hand(attributes).ok_or_else(|| changed(spec, &name, "a type without `Deserialize`"))?;
        }
        if schema {
            attributes.push(parse_quote!(#[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]));
        }
    }
    let expected = received.iter().any(|name| code.structs.contains_key(name));
    match expected && marked == 0 {
        true => Err(changed(spec, "", "no reply type in `mod types`")),
        false => Ok(()),
    }
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
