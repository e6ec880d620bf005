//! Client of the generated code: one way to make it, one way to call it.

use syn::{ImplItem, Item, UseTree, Visibility, parse_quote};

use super::{as_fn, changed};
use crate::error::Error;
use crate::generated::last_name;
use crate::spec::Spec;

/// Hides what would be a second way: `new`, the flat operation methods, the
/// prelude and the generator's own names.
pub(super) fn rewrite(spec: &Spec<'_>, file: &mut syn::File) -> Result<(), Error> {
    file.items.retain(|item| !matches!(item, Item::Mod(module) if module.ident == "prelude"));
    let mut hidden = 0;
    let mut constructor = false;
    for item in &mut file.items {
        match item {
            Item::Use(import) if is_from(&import.tree, "progenitor_client") => import.vis = Visibility::Inherited,
            Item::Struct(item) if item.ident == "Client" => {
                item.attrs.retain(|a| !a.path().is_ident("doc"));
                let doc =
                    format!("Calls {}. Cheap to clone; clones share connections, credentials and budget.", title(spec));
                item.attrs.push(parse_quote!(#[doc = #doc]));
            }
            Item::Impl(imp) if imp.trait_.is_none() && last_name(&imp.self_ty).as_deref() == Some("Client") => {
                imp.items.retain(|i| !matches!(i, ImplItem::Fn(f) if f.sig.ident == "new"));
                for function in imp.items.iter_mut().filter_map(as_fn) {
                    function.vis = parse_quote!(pub(crate));
                    function.attrs.retain(|a| !a.path().is_ident("doc"));
                    match function.sig.ident == "new_with_client" {
                        true => constructor = true,
                        false => hidden += 1,
                    }
                }
            }
            _ => {}
        }
    }
    match (constructor, hidden == spec.operations.len()) {
        (false, _) => Err(changed(spec, "", "no `Client::new_with_client`")),
        (_, false) => Err(changed(spec, "", &format!("{hidden} methods on `Client`, not one for each operation"))),
        _ => Ok(()),
    }
}

fn is_from(tree: &UseTree, name: &str) -> bool {
    matches!(tree, UseTree::Path(path) if path.ident == name)
}

fn title(spec: &Spec<'_>) -> String {
    spec.root.value["info"]["title"].as_str().unwrap_or(spec.name).to_owned()
}
