//! Pagination methods of a list's builder: `.items()` and `.pages()`.

use proc_macro2::TokenStream;
use quote::quote;

use super::walk::{How, qualified, walk};
use crate::error::Error;
use crate::generated::{Builder, GeneratedCode, inside};
use crate::spec::{Operation, Spec};

pub(super) fn emit(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    operation: &Operation<'_>,
    builder: &Builder,
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let Some(paging) = &operation.extension.paging else { return Ok(TokenStream::new()) };
    let fail = |what: String| Error::new(spec.name, operation.id, format!("x-mlhub paging: {what}"));
    let (name, reply) = (&builder.name, &builder.reply);
    let items = walk(code, quote!(reply), reply, &paging.items, How::Take).map_err(|e| fail(format!("items: {e}")))?;
    let item = inside(items.ty, "Vec").ok_or_else(|| fail("items: no array stands there".into()))?;
    let (items, place) = (items.expr, &paging.items);
    let read = |what: &str, start: TokenStream, ty, path: &Option<String>, with: TokenStream| match path {
        None => Ok(quote!(None)),
        Some(path) => walk(code, start, ty, path, How::Borrow)
            .map(|found| {
                let expr = found.expr;
                quote!(#expr.and_then(#with))
            })
            .map_err(|e| fail(format!("{what}: {e}"))),
    };
    let total = read("total", quote!(&reply), reply, &paging.total, quote!(#root::__private::count))?;
    let next = read("next", quote!(&reply), reply, &paging.next, quote!(#root::__private::word))?;
    let id = read("id", quote!(item), item, &paging.id, quote!(#root::__private::word))?;
    let bound = if paging.id.is_some() { quote!(item) } else { quote!(_) };
    let item = qualified(item);
    Ok(quote! {
        impl #name<'_> {
            /// All items, page after page, as a stream.
            #[must_use]
            pub fn items(self) -> #root::Items<#item> {
                #root::Items::new(self.into_list())
            }

            /// The pages themselves, as a stream.
            #[must_use]
            pub fn pages(self) -> #root::Pages<#item> {
                #root::Pages::new(self.into_list())
            }

            fn into_list(self) -> #root::__private::PagedList<#reply, #item> {
                #root::__private::PagedList::new(
                    self.into_raw(),
                    |_, reply: #reply| {
                        let (total, next) = (#total, #next);
                        let items = #items.ok_or_else(|| #root::__private::no_list(#place))?;
                        Ok(#root::__private::Page { items, total, next, retry_after: None })
                    },
                    |#bound: &#item| #id,
                )
            }
        }
    })
}

/// The builder's request with its parameters by name, for lists and waits.
pub(super) fn raw_request(operation: &Operation<'_>, builder: &Builder, root: &TokenStream) -> Option<TokenStream> {
    let extension = &operation.extension;
    if extension.paging.is_none() && extension.waits.iter().flatten().next().is_none() {
        return None;
    }
    let (name, id) = (&builder.name, &operation.id);
    Some(quote! {
        impl #name<'_> {
            fn into_raw(self) -> #root::__private::RawRequest {
                let pipeline = self.client.inner.clone();
                let request = self.into_request().map(|(_, request)| request);
                #root::__private::RawRequest::built(pipeline, super::ops::find(#id), request.map_err(#root::Error::from))
            }
        }
    })
}
