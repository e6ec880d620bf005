//! Wait methods of a job's builder: `.wait()` and one for each further goal.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::walk::{How, qualified, walk};
use crate::error::Error;
use crate::extension::Wait;
use crate::generated::{Builder, GeneratedCode};
use crate::identifier;
use crate::spec::{Operation, Spec};

/// The method that waits for a goal.
pub(super) fn method(goal: &str) -> Ident {
    match goal {
        "done" => format_ident!("wait"),
        goal => format_ident!("wait_{}", identifier::snake(goal)),
    }
}

/// What a wait returns: its type, as written inside `mod builder`, and where the operation's reply has it.
pub(super) fn value(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    operation: &Operation<'_>,
    wait: &Wait,
) -> Result<(TokenStream, TokenStream), Error> {
    let fail = |what: String| Error::new(spec.name, operation.id, format!("x-mlhub waits: {what}"));
    let reply = &code.builders.get(operation.id).ok_or_else(|| fail("no builder".into()))?.reply;
    match wait.value.as_deref().unwrap_or_default() {
        "" => Ok((quote!(#reply), quote!(Some(reply)))),
        path => walk(code, quote!(reply), reply, path, How::Take)
            .map(|found| (qualified(found.ty), found.expr))
            .map_err(|e| fail(format!("value: {e}"))),
    }
}

pub(super) fn emit(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    operation: &Operation<'_>,
    builder: &Builder,
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let goals = operation.extension.waits.iter().flatten().enumerate();
    goals.map(|(index, (goal, wait))| one(spec, code, (operation, builder), (index, goal, wait), root)).collect()
}

fn one(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    (operation, builder): (&Operation<'_>, &Builder),
    (index, goal, wait): (usize, &str, &Wait),
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let fail = |what: String| Error::new(spec.name, operation.id, format!("x-mlhub waits.{goal}: {what}"));
    if let Some(param) = operation.parameters.iter().find(|p| p.location == "header") {
        let what = format!(
            "`{}` has the parameter `{}`, which a saved wait would lose: its handle keeps those of path and query",
            operation.id, param.name
        );
        return Err(fail(what));
    }
    if let Some(list) = wait.list.as_ref().filter(|list| list.items_per_poll.is_some()) {
        let paging = spec.operation(&list.operation).and_then(|o| o.extension.paging.as_ref());
        if paging.is_none_or(|paging| paging.size.is_none() || paging.max == 0) {
            return Err(fail("list: `items_per_poll` needs pages that have a size".into()));
        }
    }
    let polled = wait.poll.as_deref().unwrap_or(operation.id);
    let polled_reply = &code.builders.get(polled).ok_or_else(|| fail(format!("poll: no builder of `{polled}`")))?.reply;
    let (value_ty, value) = value(spec, code, operation, wait)?;
    let polled_value = match polled == operation.id {
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
