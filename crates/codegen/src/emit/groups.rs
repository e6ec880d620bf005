//! Groups of operations, `client.group().verb(..)`: one accessor for each tag, path parameters as arguments.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{setters, waits};
use crate::error::Error;
use crate::generated::GeneratedCode;
use crate::identifier;
use crate::spec::{Operation, Spec};

pub(super) fn emit(spec: &Spec<'_>, code: &GeneratedCode, root: &TokenStream) -> Result<TokenStream, Error> {
    let mut groups: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for operation in &spec.operations {
        groups.entry(operation.group).or_default().push(operation);
    }
    let mut accessors = TokenStream::new();
    let mut types = TokenStream::new();
    for (group, operations) in groups {
        let (name, method) =
            (format_ident!("{}", identifier::pascal(group)), format_ident!("{}", identifier::snake(group)));
        let doc = spec.group_doc(group);
        accessors.extend(quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #method(&self) -> groups::#name<'_> {
                groups::#name { client: self }
            }
        });
        let methods =
            operations.iter().map(|operation| method_of(spec, code, operation)).collect::<Result<Vec<_>, _>>()?;
        let resume = resume(spec, code, &operations, root)?;
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

fn method_of(spec: &Spec<'_>, code: &GeneratedCode, operation: &Operation<'_>) -> Result<TokenStream, Error> {
    let fail = |what: String| Error::new(spec.name, operation.id, what);
    let builder = code.builders.get(operation.id).ok_or_else(|| fail("no builder".into()))?;
    let mut bounds = TokenStream::new();
    let mut arguments = TokenStream::new();
    let mut calls = TokenStream::new();
    for (index, param) in operation.arguments().enumerate() {
        let (ident, ty) = setters::setter(code, operation, builder, param)
            .ok_or_else(|| fail(format!("no field `{}`", param.name)))?;
        let generic = format_ident!("V{index}");
        bounds.extend(quote!(#generic: ::std::convert::TryInto<#ty, Error: ::std::fmt::Display>,));
        arguments.extend(quote!(, #ident: #generic));
        calls.extend(quote!(.#ident(#ident)));
    }
    let verb = format_ident!("{}", identifier::snake(operation.verb));
    let flat = format_ident!("{}", identifier::snake(operation.id));
    let name = &builder.name;
    let mut doc = operation.doc();
    let description = operation.at.trimmed("description");
    if !description.is_empty() && description != operation.at.trimmed("summary") {
        doc = format!("{doc}\n\n{description}");
    }
    let wire = format!("`{} {}`", operation.method.to_uppercase(), operation.path);
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
    spec: &Spec<'_>,
    code: &GeneratedCode,
    operations: &[&Operation<'_>],
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let mut arms = TokenStream::new();
    let mut ids = Vec::new();
    let mut value: Option<(String, TokenStream)> = None;
    for operation in operations {
        for (goal, wait) in operation.extension.waits.iter().flatten() {
            let (ty, _) = waits::value(spec, code, operation, wait)?;
            match &value {
                Some((first, _)) if *first != ty.to_string() => {
                    let what = format!(
                        "x-mlhub waits.{goal}: another wait of `{}` gives `{first}`, this one `{ty}`; one group resumes to one type",
                        operation.group
                    );
                    return Err(Error::new(spec.name, operation.id, what));
                }
                _ => value = Some((ty.to_string(), ty)),
            }
            let wait = waits::method(goal);
            let flat = format_ident!("{}", identifier::snake(operation.id));
            let params = operation.parameters.iter().filter(|p| p.location == "path");
            let args = params.filter_map(|p| {
                let (ident, ty) = code.builders.get(operation.id)?.field(p.name)?;
                let wire = &p.name;
                Some(quote!(.#ident(handle.arg::<#ty>(#wire)?)))
            });
            let held =
                operation.parameters.iter().filter(|p| p.location == "query" && !operation.is_twin(p)).filter_map(
                    |p| {
                        let (ident, ty) = setters::setter(code, operation, code.builders.get(operation.id)?, p)?;
                        let wire = &p.name;
                        Some(quote! {
                            let call = match handle.held::<#ty>(#wire)? {
                                Some(value) => call.#ident(value),
                                None => call,
                            };
                        })
                    },
                );
            let id = &operation.id;
            arms.extend(quote! {
                (#id, #goal) => {
                    let call = client.#flat()#(#args)*;
                    #(#held)*
                    Ok(call.#wait())
                }
            });
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
    }
    let Some((_, value)) = value else { return Ok(TokenStream::new()) };
    let group = operations.first().map(|o| o.group).unwrap_or_default();
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
