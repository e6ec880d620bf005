//! Where a builder keeps a parameter, and of which type it is there.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::walk::qualified;
use crate::document::{Operation, Param};
use crate::lower;
use crate::model::{Builder, Model, Shape, inside};

/// The setter of a parameter and what it takes, whether the parameter travels by itself or in the body.
pub(super) fn of<'a>(
    model: &'a Model,
    operation: &Operation,
    builder: &'a Builder,
    param: &Param,
) -> Option<(&'a Ident, TokenStream)> {
    let (ident, ty) = match param.place.as_str() {
        "query" if lower::params_in_body(operation) => {
            let Some(Shape::Fields(fields)) = model.structs.get(&lower::params_component(operation)) else {
                return None;
            };
            let (ident, ty) = fields.get(&param.name)?;
            return Some((ident, qualified(inside(ty, "Option").unwrap_or(ty))));
        }
        _ => builder.field(&param.name)?,
    };
    let ty = inside(ty, "Option").unwrap_or(ty);
    Some((ident, quote!(#ty)))
}
