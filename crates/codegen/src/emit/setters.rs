//! One setter for each parameter, in place of the generator's: it says why a
//! value was refused, and a list takes anything that can be walked.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ImplItem, Type, parse_quote};

use super::sentence;
use crate::document::{Document, Operation, Param};
use crate::error::Error;
use crate::lower;
use crate::model::{Builder, inside};
use crate::names;

/// The setters of an operation's builder.
///
/// # Errors
///
/// A parameter that has no field in the builder.
pub(crate) fn all(
    document: &Document,
    operation: &Operation,
    builder: &Builder,
    root: &TokenStream,
) -> Result<Vec<ImplItem>, Error> {
    let lowered = lower::params_in_body(operation);
    operation
        .params
        .iter()
        .map(|param| {
            if lowered && param.place == "query" {
                return Ok(in_body(param, root));
            }
            let (ident, ty) = builder.field(&param.name).ok_or_else(|| {
                let what = format!("parameter `{}` has no field of that name in the generated builder", param.name);
                Error::new(&document.name, &operation.id, what)
            })?;
            Ok(plain(param, ident, ty))
        })
        .collect()
}

fn plain(param: &Param, ident: &Ident, ty: &Type) -> ImplItem {
    let doc = sentence(&param.description, "A parameter");
    let wire = &param.name;
    let (value, wrap) = match inside(ty, "Option") {
        Some(value) => (value, quote!(.map(Some))),
        None => (ty, quote!()),
    };
    if let Some(item) = inside(value, "Vec") {
        return parse_quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #ident<I>(mut self, values: I) -> Self
            where
                I: ::std::iter::IntoIterator,
                I::Item: ::std::convert::Into<#item>,
            {
                let values: #value = values.into_iter().map(::std::convert::Into::into).collect();
                self.#ident = Ok(values)#wrap;
                self
            }
        };
    }
    parse_quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #ident<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#value>,
            V::Error: ::std::fmt::Display,
        {
            self.#ident = value.try_into()#wrap.map_err(|e| format!("{}: {e}", #wire));
            self
        }
    }
}

/// A lowered parameter is a field of the body, whose own builder knows its exact type.
fn in_body(param: &Param, root: &TokenStream) -> ImplItem {
    let ident = syn::Ident::new(&names::snake(&param.name), proc_macro2::Span::call_site());
    let doc = sentence(&param.description, "A parameter");
    let wire = &param.name;
    let (item, list) = match param.schema["type"].as_str() {
        Some("array") => (rust_type(&param.schema["items"], root), true),
        _ => (rust_type(&param.schema, root), false),
    };
    if list {
        return parse_quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #ident<I>(mut self, values: I) -> Self
            where
                I: ::std::iter::IntoIterator,
                I::Item: ::std::convert::Into<#item>,
            {
                let values: ::std::vec::Vec<#item> = values.into_iter().map(::std::convert::Into::into).collect();
                self.body = self.body.map(|body| body.#ident(Some(values)));
                self
            }
        };
    }
    parse_quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #ident<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#item>,
            V::Error: ::std::fmt::Display,
        {
            self.body = self.body.and_then(|body| match value.try_into() {
                Ok(value) => Ok(body.#ident(Some::<#item>(value))),
                Err(e) => Err(format!("{}: {e}", #wire)),
            });
            self
        }
    }
}

/// The Rust type of a simple parameter schema, as the generator chooses it.
fn rust_type(schema: &serde_json::Value, root: &TokenStream) -> TokenStream {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        let ident = syn::Ident::new(&names::pascal(name), proc_macro2::Span::call_site());
        return quote!(super::types::#ident);
    }
    if schema.get(crate::meta::JOIN).is_some() || schema["format"] == "password" {
        return match schema[crate::meta::JOIN].as_str().and_then(|s| s.chars().next()) {
            Some(separator) => quote!(#root::glue::Joined<#separator>),
            None => quote!(#root::glue::Secret),
        };
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), Some("int32")) => quote!(i32),
        (Some("integer"), _) if schema["minimum"] == 0 => quote!(u64),
        (Some("integer"), _) if schema["minimum"] == 1 => quote!(::std::num::NonZeroU64),
        (Some("integer"), _) => quote!(i64),
        (Some("number"), Some("float")) => quote!(f32),
        (Some("number"), _) => quote!(f64),
        (Some("boolean"), _) => quote!(bool),
        (Some("string"), Some("uuid")) => quote!(::uuid::Uuid),
        (Some("string"), Some("date-time")) => quote!(#root::glue::Timestamp),
        (Some("string"), _) => quote!(::std::string::String),
        (Some("object"), _) => quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
        (Some("array"), _) => {
            let item = rust_type(&schema["items"], root);
            quote!(::std::vec::Vec<#item>)
        }
        _ => quote!(::serde_json::Value),
    }
}
