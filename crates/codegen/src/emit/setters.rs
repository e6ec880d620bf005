//! Setters of the parameters, one for each, in place of the generator's: a setter says why a value was refused, that of
//! a list takes anything that can be iterated.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ImplItem, Type, parse_quote};

use super::walk::qualified;
use crate::error::Error;
use crate::generated::{Builder, GeneratedCode, Shape, inside};
use crate::lower;
use crate::spec::{Operation, Parameter, Spec};

/// The setters of an operation's builder.
///
/// # Errors
///
/// A parameter that has no field in the builder, or none in the body that holds them.
pub(crate) fn all(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    operation: &Operation<'_>,
    builder: &Builder,
) -> Result<Vec<ImplItem>, Error> {
    let body =
        lower::params_in_body(operation).then(|| code.structs.get(&lower::params_component(operation))).flatten();
    let missing = |param: &Parameter<'_>| {
        let what = format!("parameter `{}` has no field of that name in the generated code", param.name);
        Error::new(spec.name, operation.id, what)
    };
    let method = |param: &Parameter<'_>| match body {
        Some(Shape::Fields(fields)) if param.location == "query" => {
            let (ident, ty) = fields.get(param.name).ok_or_else(|| missing(param))?;
            let store = into_body(ident);
            let ty = syn::parse2(qualified(inside(ty, "Option").unwrap_or(ty))).map_err(|_| missing(param))?;
            Ok(one(param, ident, &ty, &store))
        }
        Some(Shape::Fields(fields))
            if operation.parameters.iter().any(|p| p.name == param.name && operation.is_twin(p)) =>
        {
            let (ident, ty) = builder.field(param.name).ok_or_else(|| missing(param))?;
            let (field, _) = fields.get(param.name).ok_or_else(|| missing(param))?;
            let store = into_body(field);
            Ok(one(param, ident, ty, &quote!(self.#ident = value.clone(); #store)))
        }
        _ => {
            let (ident, ty) = builder.field(param.name).ok_or_else(|| missing(param))?;
            let (ty, wrap) = match inside(ty, "Option") {
                Some(ty) => (ty, quote!(.map(Some))),
                None => (ty, quote!()),
            };
            Ok(one(param, ident, ty, &quote!(self.#ident = value #wrap;)))
        }
    };
    operation.parameters.iter().filter(|param| !operation.is_twin(param)).map(method).collect()
}

/// The setter of a parameter and what it takes, whether the parameter travels by itself or in the body.
pub(super) fn setter<'a>(
    code: &'a GeneratedCode,
    operation: &Operation<'_>,
    builder: &'a Builder,
    param: &Parameter<'_>,
) -> Option<(&'a Ident, TokenStream)> {
    let (ident, ty) = match param.location {
        "query" if lower::params_in_body(operation) => {
            let Some(Shape::Fields(fields)) = code.structs.get(&lower::params_component(operation)) else {
                return None;
            };
            let (ident, ty) = fields.get(param.name)?;
            return Some((ident, qualified(inside(ty, "Option").unwrap_or(ty))));
        }
        _ => builder.field(param.name)?,
    };
    let ty = inside(ty, "Option").unwrap_or(ty);
    Some((ident, quote!(#ty)))
}

/// A lowered parameter is a field of the body, which has a builder of its own.
fn into_body(ident: &Ident) -> TokenStream {
    quote!(self.body = self.body.and_then(|body| value.map(|value| body.#ident(Some(value))));)
}

/// A setter; `store` keeps `value`, which is the converted one or why there is none.
fn one(param: &Parameter<'_>, ident: &Ident, ty: &Type, store: &TokenStream) -> ImplItem {
    let doc = param.doc();
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
