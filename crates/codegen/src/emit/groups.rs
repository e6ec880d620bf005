//! `client.group().verb(..)`: one accessor for each tag, path parameters as arguments.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{fields, sentence, waits};
use crate::document::{Document, Operation};
use crate::error::Error;
use crate::model::Model;
use crate::names;

pub(super) fn emit(document: &Document, model: &Model, root: &TokenStream) -> Result<TokenStream, Error> {
    let mut groups: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &document.operations {
        groups.entry(&operation.group).or_default().push(operation);
    }
    let mut accessors = TokenStream::new();
    let mut types = TokenStream::new();
    for (group, operations) in groups {
        let (name, method) = (format_ident!("{}", names::pascal(group)), format_ident!("{}", names::snake(group)));
        let doc = tag_description(document, group);
        accessors.extend(quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #method(&self) -> groups::#name<'_> {
                groups::#name { client: self }
            }
        });
        let methods =
            operations.iter().map(|operation| method_of(document, model, operation)).collect::<Result<Vec<_>, _>>()?;
        let resume = resume(document, model, &operations, root)?;
        types.extend(quote! {
            #[doc = #doc]
            #[derive(Clone, Copy, Debug)]
            pub struct #name<'a> {
                pub(crate) client: &'a Client,
            }

            impl<'a> #name<'a> {
                #(#methods)*
                #resume
            }
        });
    }
    Ok(quote! {
        impl Client {
            #accessors
        }

        /// The resources of this platform, each with its calls.
        pub mod groups {
            #[allow(unused_imports, reason = "not every group names a type")]
            use super::{Client, builder, types};

            #types
        }
    })
}

fn tag_description(document: &Document, group: &str) -> String {
    let tags = document.json["tags"].as_array().into_iter().flatten();
    let said = tags.filter(|tag| tag["name"] == group).find_map(|tag| tag["description"].as_str());
    sentence(said.unwrap_or_default(), &format!("Calls about `{group}`"))
}

fn method_of(document: &Document, model: &Model, operation: &Operation) -> Result<TokenStream, Error> {
    let fail = |what: String| Error::new(&document.name, &operation.id, what);
    let builder = model.builders.get(&operation.id).ok_or_else(|| fail("no builder".into()))?;
    let mut bounds = TokenStream::new();
    let mut arguments = TokenStream::new();
    let mut calls = TokenStream::new();
    for (index, param) in operation.arguments().enumerate() {
        let (ident, ty) =
            fields::of(model, operation, builder, param).ok_or_else(|| fail(format!("no field `{}`", param.name)))?;
        let generic = format_ident!("V{index}");
        bounds.extend(quote!(#generic: ::std::convert::TryInto<#ty, Error: ::std::fmt::Display>,));
        arguments.extend(quote!(, #ident: #generic));
        calls.extend(quote!(.#ident(#ident)));
    }
    let verb = format_ident!("{}", names::snake(&operation.verb));
    let flat = format_ident!("{}", names::snake(&operation.id));
    let name = &builder.name;
    let mut doc = sentence(&operation.summary, &operation.id);
    if !operation.description.is_empty() && operation.description != operation.summary {
        doc = format!("{doc}\n\n{}", operation.description);
    }
    let wire = format!("`{} {}`", operation.method, operation.path);
    Ok(quote! {
        #[doc = #doc]
        #[doc = ""]
        #[doc = #wire]
        pub fn #verb<#bounds>(&self #arguments) -> builder::#name<'a> {
            self.client.#flat()#calls
        }
    })
}

/// One `resume` for all waits of a group: the saved text says which it was.
fn resume(
    document: &Document,
    model: &Model,
    operations: &[&Operation],
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let mut arms = TokenStream::new();
    let mut ids = Vec::new();
    let mut value: Option<(String, TokenStream)> = None;
    for operation in operations {
        for (goal, wait) in operation.meta.waits.iter().flatten() {
            let (ty, _) = waits::value(document, model, operation, wait)?;
            match &value {
                Some((first, _)) if *first != ty.to_string() => {
                    let what = format!(
                        "x-mlhub waits.{goal}: another wait of `{}` gives `{first}`, this one `{ty}`; one group resumes to one type",
                        operation.group
                    );
                    return Err(Error::new(&document.name, &operation.id, what));
                }
                _ => value = Some((ty.to_string(), ty)),
            }
            let wait = waits::method(goal);
            let flat = format_ident!("{}", names::snake(&operation.id));
            let params = operation.params.iter().filter(|p| p.place == "path");
            let args = params.filter_map(|p| {
                let (ident, ty) = model.builders.get(&operation.id)?.field(&p.name)?;
                let wire = &p.name;
                Some(quote!(.#ident(handle.arg::<#ty>(#wire)?)))
            });
            let held =
                operation.params.iter().filter(|p| p.place == "query" && !operation.is_twin(p)).filter_map(|p| {
                    let (ident, ty) = fields::of(model, operation, model.builders.get(&operation.id)?, p)?;
                    let wire = &p.name;
                    Some(quote! {
                        let call = match handle.held::<#ty>(#wire)? {
                            Some(value) => call.#ident(value),
                            None => call,
                        };
                    })
                });
            let id = &operation.id;
            arms.extend(quote! {
                (#id, #goal) => {
                    let call = client.#flat()#(#args)*;
                    #(#held)*
                    Ok(call.#wait())
                }
            });
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
    }
    let Some((_, value)) = value else { return Ok(TokenStream::new()) };
    let group = operations.first().map(|o| o.group.as_str()).unwrap_or_default();
    Ok(quote! {
        /// Takes up a wait that was saved by `.wait().handle()`, maybe in another process.
        ///
        /// # Errors
        ///
        /// A text that is not such a handle, or one of another platform or resource.
        pub fn resume(&self, handle: &str) -> ::std::result::Result<#root::Wait<'static, #value>, #root::Error> {
            let handle = #root::__private::Handle::parse(handle, super::ops::PLATFORM, &[#(#ids),*])?;
            let client = #root::__private::resumed(self.client, &handle);
            match (handle.op(), handle.goal()) {
                #arms
                _ => Err(handle.foreign(#group)),
            }
        }
    })
}
