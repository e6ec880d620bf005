//! `.wait()` and its named sisters.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::walk::{How, qualified, walk};
use super::{fields, listing};
use crate::document::{Document, Operation, Param};
use crate::error::Error;
use crate::lower;
use crate::meta::Wait;
use crate::model::{Builder, Model};
use crate::names;

/// The hidden type that polls for one goal of one operation.
pub(super) fn poller(operation: &Operation, goal: &str) -> Ident {
    format_ident!("{}{}", names::pascal(&operation.id), names::pascal(&format!("until_{goal}")))
}

/// What a wait returns, as written inside `mod builder`.
pub(super) fn value_type(
    document: &Document,
    model: &Model,
    operation: &Operation,
    wait: &Wait,
) -> Result<TokenStream, Error> {
    let fail = |what: String| Error::new(&document.name, &operation.id, format!("x-mlhub waits: {what}"));
    let builder = model.builders.get(&operation.id).ok_or_else(|| fail("no builder".into()))?;
    let path = wait.value.as_deref().unwrap_or_default();
    match path {
        "" => {
            let reply = &builder.reply;
            Ok(quote!(#reply))
        }
        path => walk(model, quote!(reply), &builder.reply, path, How::Take)
            .map(|found| qualified(found.ty))
            .map_err(|e| fail(format!("value: {e}"))),
    }
}

pub(super) fn emit(
    document: &Document,
    model: &Model,
    operation: &Operation,
    builder: &Builder,
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let mut out = TokenStream::new();
    let goals = operation.meta.waits.iter().flatten();
    for (index, (goal, wait)) in goals.enumerate() {
        out.extend(one(document, model, (operation, builder), (index, goal, wait), root)?);
    }
    Ok(out)
}

fn one(
    document: &Document,
    model: &Model,
    (operation, builder): (&Operation, &Builder),
    (index, goal, wait): (usize, &str, &Wait),
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let fail = |what: String| Error::new(&document.name, &operation.id, format!("x-mlhub waits.{goal}: {what}"));
    if let Some(param) = unsaved(operation) {
        let what = format!(
            "`{}` has the parameter `{}`, which a saved wait would lose: its handle keeps those of path and query",
            operation.id, param.name
        );
        return Err(fail(what));
    }
    let polled = match &wait.poll {
        None => operation,
        Some(id) => document
            .operations
            .iter()
            .find(|o| &o.id == id)
            .ok_or_else(|| fail(format!("poll: no operation `{id}`")))?,
    };
    let polled_builder = model.builders.get(&polled.id).ok_or_else(|| fail("poll: no builder".into()))?;
    let same = polled.id == operation.id;
    let read = |key: &str, path: &Option<String>, with: TokenStream| match path {
        None => Ok(None),
        Some(path) => walk(model, quote!(&reply), &polled_builder.reply, path, How::Borrow)
            .map(|found| {
                let expr = found.expr;
                Some(quote!(#expr.and_then(#with)))
            })
            .map_err(|e| fail(format!("{key}: {e}"))),
    };
    let none = || quote!(None);
    let status = read("status", &wait.status, quote!(#root::__private::word))?.unwrap_or_else(none);
    let progress = read("progress", &wait.progress, quote!(#root::__private::number))?.unwrap_or_else(none);
    let progress = match read("whole", &wait.whole, quote!(#root::__private::number))? {
        None => progress,
        Some(whole) => quote!(#root::__private::share(#progress, #whole)),
    };
    let reason = read("reason", &wait.reason, quote!(#root::__private::word))?.unwrap_or_else(none);
    let present = read("present", &wait.present, quote!(#root::__private::word))?
        .map_or_else(|| quote!(false), |found| quote!(#found.is_some()));
    let value_ty = value_type(document, model, operation, wait)?;
    let value_of = match wait.value.as_deref() {
        None | Some("") => quote!(Some(reply)),
        Some(path) => {
            walk(model, quote!(reply), &builder.reply, path, How::Take).map_err(|e| fail(format!("value: {e}")))?.expr
        }
    };
    let looked = if same { value_of.clone() } else { quote!(None) };
    let path_args: Vec<_> = operation.params.iter().filter(|p| p.place == "path").collect();
    let idents = path_args
        .iter()
        .map(|p| builder.field(&p.name).map(|(ident, _)| ident).ok_or_else(|| fail(format!("no field `{}`", p.name))))
        .collect::<Result<Vec<_>, _>>()?;
    let wires: Vec<_> = path_args.iter().map(|p| &p.name).collect();
    let asked: Vec<_> = operation.params.iter().filter(|p| p.place == "query" && !operation.is_twin(p)).collect();
    let names: Vec<_> = asked.iter().map(|p| &p.name).collect();
    let held = asked.iter().map(|p| {
        let (ident, _) =
            fields::of(model, operation, builder, p).ok_or_else(|| fail(format!("no field `{}`", p.name)))?;
        Ok(match lower::params_in_body(operation) {
            true => quote!(body.#ident),
            false => quote!(self.0.#ident.as_ref().map_err(#root::__private::invalid)?),
        })
    });
    let held = held.collect::<Result<Vec<_>, Error>>()?;
    // A whole body is looked at: what it lacks the call will name.
    let body = lower::params_in_body(operation).then(|| {
        let params = format_ident!("{}", lower::params_component(operation));
        quote! {
            let body = self.0.body.clone().and_then(|body| types::#params::try_from(body).map_err(|e| e.to_string()));
            let body = body.map_err(|e| #root::__private::invalid(&e))?;
        }
    });
    let also = asked.iter().filter_map(|p| {
        let shared = polled_builder.field(&p.name).is_some().then(|| builder.field(&p.name)).flatten();
        shared.map(|(ident, _)| ident)
    });
    let call = if same {
        quote!(self.0.clone())
    } else {
        let name = &polled_builder.name;
        if let Some(p) = path_args.iter().find(|p| polled_builder.field(&p.name).is_none()) {
            return Err(fail(format!("poll: `{}` has no parameter `{}`", polled.id, p.name)));
        }
        quote! {{
            let mut call = #name::new(&self.0.client);
            #(call.#idents = self.0.#idents.clone();)*
            #(call.#also = self.0.#also.clone();)*
            call
        }}
    };
    let (polled_id, polled_reply) = (&polled.id, &polled_builder.reply);
    let listing = listing::emit(document, model, (operation, builder), (goal, wait), root).map_err(fail)?;
    let (listing, of_builder) = listing.map(|emitted| (emitted.of_poll, emitted.of_builder)).unzip();
    let cancel = wait.cancel.as_ref().map(|cancel| {
        let (id, names, values) = (&cancel.operation, cancel.values.keys(), cancel.values.values());
        quote! {
            fn cancel(&self) -> ::std::option::Option<#root::__private::Boxed<'static, ::std::result::Result<(), #root::Error>>> {
                let args = ::std::vec![#((#wires, #root::__private::serde_json::to_value(self.0.#idents.as_ref().ok()?).ok()?)),*];
                Some(#root::__private::stop(&self.0.client.inner, super::ops::find(#id), args, &[#((#names, #values)),*]))
            }
        }
    });
    let pin = wait.pinned.then(|| {
        quote! {
            fn pin(&mut self, node: ::std::option::Option<&str>) {
                self.0.client = ::std::borrow::Cow::Owned(#root::__private::at(&*self.0.client, node));
            }
        }
    });
    let name = &builder.name;
    let id_text = &operation.id;
    let poller = poller(operation, goal);
    let (method, doc) = match goal {
        "done" => (
            format_ident!("wait"),
            "Waits until it is done, and gives the value or the reason of the failure.".to_owned(),
        ),
        goal => {
            let doc = format!("Waits until `{goal}` is reached, and gives the value or the reason of the failure.");
            (format_ident!("wait_{}", names::snake(goal)), doc)
        }
    };
    Ok(quote! {
        pub(super) struct #poller(pub(super) #name<'static>);

        impl #root::__private::Poll for #poller {
            type Value = #value_ty;

            fn op(&self) -> &'static #root::Op {
                super::ops::find(#id_text)
            }

            fn goal(&self) -> &'static #root::__private::WaitSpec {
                &self.op().waits[#index]
            }

            fn args(&self) -> ::std::result::Result<::std::vec::Vec<(&'static str, ::std::string::String)>, #root::Error> {
                #[allow(unused_mut, reason = "not every call takes more than its path")]
                let mut args = ::std::vec![#((#wires, self.0.#idents.as_ref().map_err(#root::__private::invalid)?.to_string())),*];
                #body
                #(#root::__private::hold(&mut args, #names, &#held);)*
                Ok(args)
            }

            fn pipeline(&self) -> &#root::__private::Pipeline {
                &self.0.client.inner
            }

            async fn look(&self) -> ::std::result::Result<#root::__private::Look<Self::Value>, #root::Error> {
                let (client, request) = #call.into_request()?;
                let answer = client.inner.exec(request, super::ops::find(#polled_id)).await?;
                let retry_after = answer.retry_after(&client.inner);
                let reply: #polled_reply = answer.decode().await?;
                let status = #status;
                let present = #present;
                let progress = #progress;
                let reason = #reason;
                Ok(#root::__private::Look { status, present, progress, reason, value: #looked, retry_after })
            }

            async fn value(&self) -> ::std::result::Result<Self::Value, #root::Error> {
                let reply = self.0.clone().send().await?;
                #value_of.ok_or_else(|| #root::__private::missing(self.op()))
            }

            #listing

            #pin

            #cancel
        }

        #of_builder

        impl #name<'_> {
            #[doc = #doc]
            ///
            /// Dropping the wait leaves the job alone.
            #[must_use]
            pub fn #method(self) -> #root::Wait<'static, #value_ty> {
                #root::Wait::new(#poller(self.into_owned()))
            }
        }
    })
}

/// A parameter that the handle of a wait does not keep.
fn unsaved(operation: &Operation) -> Option<&Param> {
    operation.params.iter().find(|p| p.place == "header")
}
