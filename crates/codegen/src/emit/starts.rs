//! Start method of a call that begins a job: `.start()` gives the call by which the job is waited for.

use proc_macro2::TokenStream;
use quote::quote;

use super::walk::{How, walk};
use crate::error::Error;
use crate::generated::{Builder, GeneratedCode, last_name};
use crate::spec::{Operation, Spec};

/// The method, where the document says what the operation starts.
pub(super) fn emit(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    operation: &Operation<'_>,
    builder: &Builder,
    root: &TokenStream,
) -> Result<Option<TokenStream>, Error> {
    let Some(starts) = &operation.extension.starts else { return Ok(None) };
    let fail = |what: String| Error::new(spec.name, operation.id, format!("x-mlhub starts: {what}"));
    let id = &starts.operation;
    let job = spec.operation(id).zip(code.builders.get(id));
    let (job, made) = job.ok_or_else(|| fail(format!("no operation `{id}`")))?;
    let found =
        walk(code, quote!(reply), &builder.reply, &starts.id, How::Take).map_err(|e| fail(format!("id: {e}")))?;
    let field = |builder: &'_ Builder, name: &str| {
        builder.field(name).cloned().ok_or_else(|| fail(format!("`{}` has no parameter `{name}`", builder.name)))
    };
    let (param, ty) = field(made, &starts.param)?;
    // Ids go by number in one place and by text in another.
    let is_text = |ty| last_name(ty).as_deref() == Some("String");
    let value = match is_text(&ty) && !is_text(found.ty) {
        true => {
            let expr = found.expr;
            quote!(#expr.and_then(|id| #root::__private::word(&id)))
        }
        false => found.expr,
    };
    let shared = job.parameters.iter().filter(|p| p.location == "path" && p.name != starts.param);
    let shared = shared.map(|p| field(builder, p.name).map(|(ident, _)| ident)).collect::<Result<Vec<_>, _>>()?;
    let pinned = job.extension.waits.iter().flatten().any(|(_, wait)| wait.pinned);
    let (node, at) = match pinned {
        true => (
            quote!(Some(answer.node())),
            " It goes to the server that has answered, where the job lives, and to no other; so do its wait and the handle of that.",
        ),
        false => (quote!(None), ""),
    };
    let doc =
        format!("Sends the call, and gives `{}().{}(..)` about the job that it has started.{at}", job.group, job.verb);
    let (name, own, reply, job) = (&builder.name, operation.id, &builder.reply, &made.name);
    Ok(Some(quote! {
        impl #name<'_> {
            #[doc = #doc]
            ///
            /// # Errors
            ///
            /// Those of `send`, and a reply without an id.
            pub async fn start(self) -> ::std::result::Result<#job<'static>, #root::Error> {
                #(let #shared = self.#shared.clone();)*
                let (client, request) = self.into_request()?;
                let answer = client.inner.exec(request, super::ops::find(#own)).await?;
                let client = #root::__private::onward(&*client, #node);
                let reply: #reply = answer.decode().await?;
                let id = #value.ok_or_else(|| #root::__private::missing(super::ops::find(#own)))?;
                #[allow(unused_mut, reason = "not every job takes more than its id")]
                let mut call = #job::new(&client);
                #(call.#shared = #shared;)*
                Ok(call.#param(id).into_owned())
            }
        }
    }))
}
