//! Wait methods of a job's builder: `.wait()` and one for each further goal.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::walk::{How, qualified, walk};
use crate::document::{Document, Operation};
use crate::error::Error;
use crate::meta::Wait;
use crate::model::{Builder, Model};
use crate::names;

/// The method that waits for a goal.
pub(super) fn method(goal: &str) -> Ident {
    match goal {
        "done" => format_ident!("wait"),
        goal => format_ident!("wait_{}", names::snake(goal)),
    }
}

/// What a wait returns: its type, as written inside `mod builder`, and where the operation's reply has it.
pub(super) fn value(
    document: &Document,
    model: &Model,
    operation: &Operation,
    wait: &Wait,
) -> Result<(TokenStream, TokenStream), Error> {
    let fail = |what: String| Error::new(&document.name, &operation.id, format!("x-mlhub waits: {what}"));
    let reply = &model.builders.get(&operation.id).ok_or_else(|| fail("no builder".into()))?.reply;
    match wait.value.as_deref().unwrap_or_default() {
        "" => Ok((quote!(#reply), quote!(Some(reply)))),
        path => walk(model, quote!(reply), reply, path, How::Take)
            .map(|found| (qualified(found.ty), found.expr))
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
    let goals = operation.meta.waits.iter().flatten().enumerate();
    goals.map(|(index, (goal, wait))| one(document, model, (operation, builder), (index, goal, wait), root)).collect()
}

fn one(
    document: &Document,
    model: &Model,
    (operation, builder): (&Operation, &Builder),
    (index, goal, wait): (usize, &str, &Wait),
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let fail = |what: String| Error::new(&document.name, &operation.id, format!("x-mlhub waits.{goal}: {what}"));
    if let Some(param) = operation.params.iter().find(|p| p.place == "header") {
        let what = format!(
            "`{}` has the parameter `{}`, which a saved wait would lose: its handle keeps those of path and query",
            operation.id, param.name
        );
        return Err(fail(what));
    }
    if let Some(list) = wait.list.as_ref().filter(|list| list.worth.is_some()) {
        let paging = document.operations.iter().find(|o| o.id == list.operation).and_then(|o| o.meta.paging.as_ref());
        if paging.is_none_or(|paging| paging.size.is_none() || paging.max == 0) {
            return Err(fail("list: `worth` needs pages that have a size".into()));
        }
    }
    let polled = wait.poll.as_ref().unwrap_or(&operation.id);
    let polled_reply =
        &model.builders.get(polled).ok_or_else(|| fail(format!("poll: no builder of `{polled}`")))?.reply;
    let (value_ty, value) = value(document, model, operation, wait)?;
    let polled_value = match *polled == operation.id {
        true => quote!(|_, reply: #polled_reply| #value),
        false => quote!(|_, _: #polled_reply| None),
    };
    let (name, reply, method) = (&builder.name, &builder.reply, method(goal));
    let doc = match goal {
        "done" => "Waits until it is done, and gives the value or the reason of the failure.".to_owned(),
        goal => format!("Waits until `{goal}` is reached, and gives the value or the reason of the failure."),
    };
    Ok(quote! {
        impl #name<'_> {
            #[doc = #doc]
            ///
            /// Dropping the wait leaves the job alone.
            #[must_use]
            pub fn #method(self) -> #root::Wait<'static, #value_ty> {
                let request = self.into_raw();
                #root::Wait::new(#root::__private::Job::new(
                    request,
                    super::ops::OPS,
                    #index,
                    #polled_value,
                    |_, reply: #reply| #value,
                ))
            }
        }
    })
}
