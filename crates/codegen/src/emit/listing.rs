//! The list that tells of many jobs, for waits that are waited for together.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::walk::{How, walk};
use crate::document::{Document, Operation};
use crate::meta::Wait;
use crate::model::{Builder, Model, inside};
use crate::names;

/// What a builder says about the list that its job is in, and `Poll::listing` that asks it.
pub(super) struct Emitted {
    pub(super) of_builder: TokenStream,
    pub(super) of_poll: TokenStream,
}

/// Both, where the wait names a list.
pub(super) fn emit(
    document: &Document,
    model: &Model,
    (operation, builder): (&Operation, &Builder),
    (goal, wait): (&str, &Wait),
    root: &TokenStream,
) -> Result<Option<Emitted>, String> {
    let Some(list) = &wait.list else { return Ok(None) };
    let id = &list.operation;
    let called =
        document.operations.iter().find(|o| &o.id == id).ok_or_else(|| format!("list: no operation `{id}`"))?;
    let made = model.builders.get(id).ok_or("list: no builder")?;
    let (param, _) = builder.field(&list.param).ok_or_else(|| format!("list: no parameter `{}`", list.param))?;
    let shared = called.params.iter().filter(|p| p.place == "path").map(|p| {
        let own = operation.params.iter().any(|own| own.name == p.name).then(|| builder.field(&p.name)).flatten();
        own.map(|(ident, _)| ident).ok_or_else(|| format!("list: `{}` has no parameter `{}`", operation.id, p.name))
    });
    let shared = shared.collect::<Result<Vec<_>, _>>()?;
    let (items, pages) = match &called.meta.paging {
        Some(paging) => {
            let size = match (&paging.size, paging.max, list.worth) {
                (Some(_), max @ 1.., None) => Some(quote!(.page_size(#max))),
                (Some(_), max @ 1.., Some(_)) => Some(quote!(.page_size((wanted as u64).clamp(1, #max)))),
                (_, _, Some(_)) => return Err("list: `worth` needs pages that have a size".to_owned()),
                _ => None,
            };
            (paging.items.as_str(), quote!(#root::__private::Survey::pages(call.pages()#size, listed)))
        }
        None if list.worth.is_some() => return Err("list: `worth` needs pages that have a size".to_owned()),
        None => {
            let reply = &made.reply;
            let whole = quote! {{
                let call = call.into_owned();
                #root::__private::Survey::whole(
                    async move {
                        let (client, request) = call.into_request()?;
                        let answer = client.inner.exec(request, super::ops::find(#id)).await?;
                        let retry_after = answer.retry_after(&client.inner);
                        let reply: #reply = answer.decode().await?;
                        Ok((reply, retry_after))
                    },
                    listed,
                )
            }};
            ("", whole)
        }
    };
    let found = walk(model, quote!(reply), &made.reply, items, How::Borrow).map_err(|e| format!("list: {e}"))?;
    let item = inside(found.ty, "Vec").ok_or("list: its items are no array")?;
    let read = |key: &str, path: Option<&str>| match path {
        None => Ok(quote!(None)),
        Some(path) => walk(model, quote!(item), item, path, How::Borrow)
            .map(|found| {
                let expr = found.expr;
                quote!(#expr.and_then(#root::__private::word))
            })
            .map_err(|e| format!("list {key}: {e}")),
    };
    let key = read("id", Some(&list.id))?;
    let status = read("status", list.status.as_deref())?;
    let present = match &list.present {
        None => quote!(false),
        path => {
            let found = read("present", path.as_deref())?;
            quote!(#found.is_some())
        }
    };
    let (name, item) = (&made.name, super::walk::qualified(item));
    let method = format_ident!("listing_{}", names::snake(goal));
    let worth = list.worth.map_or_else(|| quote!(None), |worth| quote!(Some(#worth)));
    let own = &builder.name;
    let of_builder = quote! {
        impl #own<'_> {
            /// The list that tells of so many such jobs.
            #[doc(hidden)]
            #[must_use]
            #[allow(unused_variables, reason = "not every list has pages that are cut to size")]
            pub fn #method(&self, wanted: usize) -> ::std::option::Option<#root::__private::Listing> {
            fn listed(item: &#item) -> #root::__private::Listed {
                #root::__private::Listed { id: #key, status: #status, present: #present }
            }
            #[allow(unused_mut, reason = "not every list takes parameters")]
            let mut call = #name::new(&self.client);
            #(call.#shared = self.#shared.clone();)*
            Some(#root::__private::Listing {
                op: super::ops::find(#id),
                args: ::std::vec![#(self.#shared.as_ref().ok()?.to_string()),*],
                id: self.#param.as_ref().ok()?.to_string(),
                worth: #worth,
                pages: #pages,
            })
            }
        }
    };
    let of_poll = quote! {
        fn listing(&self, wanted: usize) -> ::std::option::Option<#root::__private::Listing> {
            self.0.#method(wanted)
        }
    };
    Ok(Some(Emitted { of_builder, of_poll }))
}
