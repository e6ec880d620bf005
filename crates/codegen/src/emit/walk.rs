//! Dotted path through generated types: the expression that walks it, each optional hop exact, and the type it leads to.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use crate::generated::{GeneratedCode, Shape, inside, last_name};

/// Where a path ends: the expression and the type there.
pub(super) struct Found<'a> {
    /// An `Option` of the value, or of a reference to it.
    pub expr: TokenStream,
    /// Its type, with no `Option` around it.
    pub ty: &'a Type,
}

/// Whether the walk borrows or consumes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `start` is a reference.
    Borrow,
    /// `start` is given up.
    Take,
}

/// Walks `path` from `start` of type `ty`; an error says which step is not there.
pub(super) fn walk<'a>(
    code: &'a GeneratedCode,
    start: TokenStream,
    ty: &'a Type,
    path: &str,
    how: How,
) -> Result<Found<'a>, String> {
    let mut found = unwrapped(code, Found { expr: quote!(Some(#start)), ty }, how);
    for step in path.split('.').filter(|s| !s.is_empty()) {
        found = hop(code, found, step, how)?;
        found = unwrapped(code, found, how);
    }
    Ok(found)
}

fn hop<'a>(code: &'a GeneratedCode, from: Found<'a>, step: &str, how: How) -> Result<Found<'a>, String> {
    let Found { expr, ty } = from;
    let name = last_name(ty).unwrap_or_default();
    if name == "Value" || name == "Map" {
        return match how {
            How::Borrow => Ok(Found { expr: quote!(#expr.and_then(|v| v.get(#step))), ty }),
            How::Take => Err(format!("`{step}` lies in free-form JSON; give its object a schema")),
        };
    }
    if let (Ok(index), Some(item)) = (step.parse::<usize>(), inside(ty, "Vec")) {
        let expr = match how {
            How::Borrow => quote!(#expr.and_then(|v| v.get(#index))),
            How::Take => quote!(#expr.and_then(|v| v.into_iter().nth(#index))),
        };
        return Ok(Found { expr, ty: item });
    }
    let Some(Shape::Fields(fields)) = code.structs.get(&name) else {
        return Err(format!("`{step}` is looked for in `{name}`, which has no fields"));
    };
    let Some((ident, ty)) = fields.get(step) else {
        let known: Vec<_> = fields.keys().map(String::as_str).collect();
        return Err(format!("`{name}` has no field `{step}`; it has {}", known.join(", ")));
    };
    let expr = match how {
        How::Borrow => quote!(#expr.map(|v| &v.#ident)),
        How::Take => quote!(#expr.map(|v| v.#ident)),
    };
    Ok(Found { expr, ty })
}

/// Goes through `Option`, `Box` and newtypes around a list.
fn unwrapped<'a>(code: &'a GeneratedCode, mut found: Found<'a>, how: How) -> Found<'a> {
    loop {
        let Found { expr, ty } = &found;
        if let Some(inner) = inside(ty, "Option") {
            let expr = match how {
                How::Borrow => quote!(#expr.and_then(|v| v.as_ref())),
                How::Take => quote!(#expr.flatten()),
            };
            found = Found { expr, ty: inner };
        } else if let Some(inner) = inside(ty, "Box") {
            let expr = match how {
                How::Borrow => quote!(#expr.map(|v| &**v)),
                How::Take => quote!(#expr.map(|v| *v)),
            };
            found = Found { expr, ty: inner };
        } else if let Some(Shape::Wrapper(inner)) = last_name(ty).and_then(|name| code.structs.get(&name))
            && inside(inner, "Vec").is_some()
        {
            let expr = match how {
                How::Borrow => quote!(#expr.map(|v| &v.0)),
                How::Take => quote!(#expr.map(|v| v.0)),
            };
            found = Found { expr, ty: inner };
        } else {
            return found;
        }
    }
}

/// A type as written inside `mod types`, qualified for modules that see `types`.
pub(super) fn qualified(ty: &Type) -> TokenStream {
    match ty {
        Type::Path(path) if path.path.leading_colon.is_none() && path.path.segments.len() == 1 => {
            let segment = &path.path.segments[0];
            let builtin = ["f64", "f32", "i64", "i32", "u64", "u32", "bool"];
            match builtin.iter().any(|b| segment.ident == b) {
                true => quote!(#ty),
                false => quote!(types::#segment),
            }
        }
        Type::Path(path) => {
            let mut path = path.clone();
            for segment in &mut path.path.segments {
                if let syn::PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let syn::GenericArgument::Type(inner) = argument {
                            *inner = syn::Type::Verbatim(qualified(inner));
                        }
                    }
                }
            }
            quote!(#path)
        }
        other => quote!(#other),
    }
}
