//! `.items()` and `.pages()` for lists.

use proc_macro2::TokenStream;
use quote::quote;

use super::walk::{How, qualified, walk};
use crate::document::{Document, Operation};
use crate::error::Error;
use crate::lower;
use crate::meta::{Paging, PagingStyle};
use crate::model::{Builder, Model, inside};
use crate::names;

pub(super) fn emit(
    document: &Document,
    model: &Model,
    operation: &Operation,
    builder: &Builder,
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let Some(paging) = &operation.meta.paging else { return Ok(TokenStream::new()) };
    let fail = |what: String| Error::new(&document.name, &operation.id, format!("x-mlhub paging: {what}"));
    let name = &builder.name;
    let (id_text, reply) = (&operation.id, &builder.reply);
    let items = walk(model, quote!(reply), &builder.reply, &paging.items, How::Take)
        .map_err(|e| fail(format!("items: {e}")))?;
    let item = inside(items.ty, "Vec").ok_or_else(|| fail("items: no array stands there".into()))?;
    let items = items.expr;
    let borrowed = |path: &Option<String>, what: &str, read: TokenStream| match path {
        None => Ok(quote!(None)),
        Some(path) => walk(model, quote!(&reply), &builder.reply, path, How::Borrow)
            .map(|found| {
                let expr = found.expr;
                quote!(#expr.and_then(#read))
            })
            .map_err(|e| fail(format!("{what}: {e}"))),
    };
    let total = borrowed(&paging.total, "total", quote!(#root::__private::count))?;
    let next = borrowed(&paging.next, "next", quote!(#root::__private::word))?;
    let id = match &paging.id {
        None => quote!({
            let _ = item;
            None
        }),
        Some(id) => {
            let found = walk(model, quote!(item), item, id, How::Borrow).map_err(|e| fail(format!("id: {e}")))?;
            let expr = found.expr;
            quote!(#expr.and_then(#root::__private::word))
        }
    };
    let at = at(operation, builder, paging, root).map_err(fail)?;
    let start = start(operation, builder, paging, root);
    let default_size = default_size(builder, paging, root);
    let item = qualified(item);
    Ok(quote! {
        impl #root::__private::Paginate for #name<'static> {
            type Item = #item;

            fn op(&self) -> &'static #root::Op {
                super::ops::find(#id_text)
            }

            fn pipeline(&self) -> &#root::__private::Pipeline {
                &self.client.inner
            }

            #start

            #default_size

            fn at(self, cursor: &#root::__private::Cursor, size: ::std::option::Option<u64>) -> Self {
                #at
            }

            async fn page(self) -> ::std::result::Result<#root::__private::Page<Self::Item>, #root::Error> {
                let (client, request) = self.into_request()?;
                let answer = client.inner.exec(request, super::ops::find(#id_text)).await?;
                let retry_after = answer.retry_after(&client.inner);
                let reply: #reply = answer.decode().await?;
                let total = #total;
                let next = #next;
                Ok(#root::__private::Page { items: #items.unwrap_or_default(), total, next, retry_after })
            }

            fn id(item: &Self::Item) -> ::std::option::Option<::std::string::String> {
                #id
            }
        }

        impl #name<'_> {
            /// All items, page after page, as a stream.
            #[must_use]
            pub fn items(self) -> #root::Items<#item> {
                #root::Items::new(self.into_owned())
            }

            /// The pages themselves, as a stream.
            #[must_use]
            pub fn pages(self) -> #root::Pages<#item> {
                #root::Pages::new(self.into_owned())
            }
        }
    })
}

/// Where the caller has set the walk to begin.
fn start(operation: &Operation, builder: &Builder, paging: &Paging, root: &TokenStream) -> Option<TokenStream> {
    if !matches!(paging.style, PagingStyle::Offset | PagingStyle::Page) {
        return None;
    }
    let wire = paging.position.as_deref()?;
    let set = match builder.field(wire) {
        Some((ident, _)) => quote!(self.#ident.as_ref().ok().and_then(#root::__private::count)),
        // A parameter in the body can be looked at only in a whole one; what it lacks the call will name.
        None if lower::params_in_body(operation) => {
            let body = quote::format_ident!("{}", lower::params_component(operation));
            let ident = quote::format_ident!("{}", names::snake(wire));
            quote! {
                let body = self.body.clone().and_then(|body| types::#body::try_from(body).map_err(|e| e.to_string()));
                body.ok().and_then(|body| #root::__private::count(&body.#ident))
            }
        }
        None => return None,
    };
    Some(quote! {
        fn start(&self) -> ::std::option::Option<u64> {
            #set
        }
    })
}

/// The size of pages where the walk is not told.
fn default_size(builder: &Builder, paging: &Paging, root: &TokenStream) -> Option<TokenStream> {
    let default_size = paging.default_size?;
    let set = match paging.size.as_deref().and_then(|wire| builder.field(wire)) {
        Some((ident, _)) => quote!(self.#ident.as_ref().ok().and_then(#root::__private::count).or(Some(#default_size))),
        None => quote!(Some(#default_size)),
    };
    Some(quote! {
        fn size(&self) -> ::std::option::Option<u64> {
            #set
        }
    })
}

/// The call for a position: by the ordinary setters, or by following a link.
fn at(operation: &Operation, builder: &Builder, paging: &Paging, root: &TokenStream) -> Result<TokenStream, String> {
    let setter = |key: &str, name: &Option<String>| match name {
        None => Err(format!("{key} is missing")),
        Some(wire) => {
            let known = operation.params.iter().any(|p| &p.name == wire) && !wire.is_empty();
            let ident = builder.field(wire).map(|(ident, _)| ident.clone());
            let ident = ident.unwrap_or_else(|| quote::format_ident!("{}", names::snake(wire)));
            known.then_some(ident).ok_or_else(|| format!("{key}: the operation has no parameter `{wire}`"))
        }
    };
    let sized = match &paging.size {
        None => quote!({
            let _ = size;
            call
        }),
        some => {
            let size = setter("size", some)?;
            quote!(match size {
                Some(size) => call.#size(size),
                None => call,
            })
        }
    };
    let placed = match paging.style {
        PagingStyle::Offset | PagingStyle::Page => {
            let position = setter("position", &paging.position)?;
            quote!(#root::__private::Cursor::Number(n) => self.#position(*n),)
        }
        PagingStyle::Token => {
            let position = setter("position", &paging.position)?;
            quote!(#root::__private::Cursor::Token(token) => self.#position(token.as_str()),)
        }
        PagingStyle::Link => quote! {
            #root::__private::Cursor::Link(link) => {
                let client = self.client.with(|options| options.follow(link));
                return Self { client: ::std::borrow::Cow::Owned(client), ..self };
            }
        },
    };
    Ok(quote! {
        let call = match cursor {
            #placed
            _ => self,
        };
        #sized
    })
}
