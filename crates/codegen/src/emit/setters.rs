//! One setter for each parameter, in place of the generator's: it says why a
//! value was refused, and a list takes anything that can be walked.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ImplItem, Type, parse_quote};

use super::sentence;
use super::walk::qualified;
use crate::document::{Document, Operation, Param};
use crate::error::Error;
use crate::lower;
use crate::model::{Builder, Model, Shape, inside};

/// The setters of an operation's builder.
///
/// # Errors
///
/// A parameter that has no field in the builder, or none in the body that holds them.
pub(crate) fn all(
    document: &Document,
    model: &Model,
    operation: &Operation,
    builder: &Builder,
) -> Result<Vec<ImplItem>, Error> {
    let body =
        lower::params_in_body(operation).then(|| model.structs.get(&lower::params_component(operation))).flatten();
    let missing = |param: &Param| {
        let what = format!("parameter `{}` has no field of that name in the generated code", param.name);
        Error::new(&document.name, &operation.id, what)
    };
    let setter = |param: &Param| match body {
        Some(Shape::Fields(fields)) if param.place == "query" => {
            let (ident, ty) = fields.get(&param.name).ok_or_else(|| missing(param))?;
            let store = into_body(ident);
            let ty = syn::parse2(qualified(inside(ty, "Option").unwrap_or(ty))).map_err(|_| missing(param))?;
            Ok(one(param, ident, &ty, &store))
        }
        Some(Shape::Fields(fields))
            if operation.params.iter().any(|p| p.name == param.name && operation.is_twin(p)) =>
        {
            let (ident, ty) = builder.field(&param.name).ok_or_else(|| missing(param))?;
            let (field, _) = fields.get(&param.name).ok_or_else(|| missing(param))?;
            let store = into_body(field);
            Ok(one(param, ident, ty, &quote!(self.#ident = value.clone(); #store)))
        }
        _ => {
            let (ident, ty) = builder.field(&param.name).ok_or_else(|| missing(param))?;
            let (ty, wrap) = match inside(ty, "Option") {
                Some(ty) => (ty, quote!(.map(Some))),
                None => (ty, quote!()),
            };
            Ok(one(param, ident, ty, &quote!(self.#ident = value #wrap;)))
        }
    };
    operation.params.iter().filter(|param| !operation.is_twin(param)).map(setter).collect()
}

/// A lowered parameter is a field of the body, which has a builder of its own.
fn into_body(ident: &Ident) -> TokenStream {
    quote!(self.body = self.body.and_then(|body| value.map(|value| body.#ident(Some(value))));)
}

/// A setter; `store` keeps `value`, which is the converted one or why there is none.
fn one(param: &Param, ident: &Ident, ty: &Type, store: &TokenStream) -> ImplItem {
    let doc = sentence(&param.description, "A parameter");
    let wire = &param.name;
    if let Some(item) = inside(ty, "Vec") {
        return parse_quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #ident<I>(mut self, values: I) -> Self
            where
                I: ::std::iter::IntoIterator,
                I::Item: ::std::convert::Into<#item>,
            {
                let value: Result<#ty, String> = Ok(values.into_iter().map(::std::convert::Into::into).collect());
                #store
                self
            }
        };
    }
    parse_quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #ident<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#ty>,
            V::Error: ::std::fmt::Display,
        {
            let value: Result<#ty, String> = value.try_into().map_err(|e| format!("{}: {e}", #wire));
            #store
            self
        }
    }
}
