//! Table of operations: what a document says of each, as static data.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::field_paths::{self, option};
use super::operation_params;
use crate::dialect;
use crate::extension::{Auth, PagingStyle, PlainRetry, Retry};
use crate::spec::{JSON, Operation, ReplyForm, Spec};

pub(super) fn emit(spec: &Spec<'_>, root: &TokenStream) -> TokenStream {
    let rows = spec.operations.iter().map(|operation| row(spec, operation, root));
    let platform = &spec.platform.platform;
    quote! {
        /// Every operation of the document, as data.
        pub mod ops {
            /// The platform's name.
            pub const PLATFORM: &str = #platform;

            /// All rows, sorted by id.
            pub static OPS: &[#root::Op] = &[#(#rows),*];

            /// The row of an operation.
            pub(crate) fn find(id: &str) -> &'static #root::Op {
                #root::__private::find(OPS, id)
            }
        }
    }
}

fn row(spec: &Spec<'_>, operation: &Operation<'_>, root: &TokenStream) -> TokenStream {
    let Operation { id, group, verb, path, extension, .. } = operation;
    let summary = operation.at.trimmed("summary");
    let platform = &spec.platform.platform;
    let method = format_ident!("{}", operation.method.to_uppercase());
    let params = operation_params::rows(operation, root);
    let arguments = extension.arguments.iter().flatten();
    let body = match operation.request().map(|content| content.media) {
        // Also where the document names none: a further one goes there too, and so does the token.
        None if operation.is_lowered() => quote!(Params),
        None => quote!(None),
        Some(JSON) => quote!(Json),
        Some("application/x-www-form-urlencoded") => quote!(Form),
        Some(media) if media.starts_with("text/") => quote!(Text),
        Some(_) => quote!(Bytes),
    };
    let reply = match operation.reply_form() {
        ReplyForm::Json => quote!(Json),
        ReplyForm::Lenient => quote!(Lenient),
        ReplyForm::Text => quote!(Text),
        ReplyForm::Stream => quote!(Stream),
        ReplyForm::Empty | ReplyForm::Exists => quote!(Empty),
    };
    let shape = shape(operation, root);
    let retry = match &extension.retry {
        Some(Retry::Plain(PlainRetry::Safe)) => quote!(Safe),
        Some(Retry::Keyed(keyed)) => {
            let header = keyed.keyed.to_lowercase();
            quote!(Keyed { header: #header })
        }
        Some(Retry::Plain(PlainRetry::Never)) | None => quote!(Never),
    };
    let key = option(extension.key_header().map(str::to_lowercase));
    let auth = match extension.auth {
        Some(Auth::Bearer) => quote!(Bearer),
        Some(Auth::Body) => quote!(Body),
        Some(Auth::Basic) => quote!(Basic),
        Some(Auth::None) | None => quote!(None),
    };
    let refused = extension.refused.iter().flatten().map(|refused| {
        let (status, message, unsure) = (refused.status, option(refused.message.clone()), refused.unsure);
        quote!(#root::__private::Refused { status: #status, message: #message, unsure: #unsure })
    });
    let paging = match &extension.paging {
        None => quote!(None),
        Some(paging) => {
            let style = match paging.style {
                PagingStyle::Offset => quote!(Offset),
                PagingStyle::Page => quote!(Page),
                PagingStyle::Token => quote!(Token),
                PagingStyle::Link => quote!(Link),
            };
            let (first, max, sized) = (paging.first, paging.max, paging.size.is_some());
            let (sorted, descending) = (paging.sorted, paging.descending);
            let counted = matches!(paging.style, PagingStyle::Offset | PagingStyle::Page);
            let ends = counted && paging.next.is_some();
            quote!(Some(#root::__private::Paging {
                style: #root::__private::PagingStyle::#style,
                first: #first, max: #max, sized: #sized, sorted: #sorted, descending: #descending, ends: #ends,
            }))
        }
    };
    let dialect::Table { columns, row } = dialect::table(operation);
    let list = field_paths::list(operation, root);
    let wait_places = field_paths::waits(operation, root);
    let starts = field_paths::starts(operation, root);
    let waits = extension.waits.iter().flatten().map(|(goal, wait)| {
        let poll = wait.poll.as_deref().unwrap_or(id);
        let (good, bad, start, unsure) = (&wait.good, &wait.bad, &wait.start, &wait.unsure);
        let (present, pinned) = (wait.present.is_some(), wait.pinned);
        let list = option(wait.list.as_ref().map(|list| list.operation.clone()));
        let cancel = option(wait.cancel.as_ref().map(|cancel| cancel.operation.clone()));
        quote!(#root::__private::WaitSpec {
            goal: #goal, poll: #poll,
            good: &[#(#good),*], bad: &[#(#bad),*], start: &[#(#start),*], unsure: &[#(#unsure),*],
            present: #present, pinned: #pinned, list: #list, cancel: #cancel,
        })
    });
    let wire = match &extension.wire {
        None => quote!(None),
        Some(wire) => {
            let (path, service) = (option(wire.path.clone()), option(wire.service.clone()));
            let query = wire.query.iter().map(|(k, v)| quote!((#k, #v)));
            let defaults = wire.client_defaults.iter().map(|(k, v)| quote!((#k, #v)));
            let with = wire.with.iter().flat_map(|(set, pairs)| pairs.iter().map(move |(k, v)| quote!((#set, #k, #v))));
            quote!(Some(#root::__private::Wire {
                path: #path, query: &[#(#query),*], client_defaults: &[#(#defaults),*], with: &[#(#with),*], service: #service,
            }))
        }
    };
    let errors = extension.errors.as_deref().unwrap_or_default();
    let gzip = extension.gzip.unwrap_or(false);
    let hints = extension.hints.iter().flatten().map(|(status, text)| quote!((#status, #text)));
    quote! {
        #root::Op {
            platform: #platform, id: #id, group: #group, verb: #verb,
            method: #root::__private::http::Method::#method, path: #path, summary: #summary,
            params: &[#(#params),*],
            arguments: &[#(#arguments),*],
            body: #root::__private::BodyKind::#body,
            reply: #root::__private::ReplyKind::#reply,
            shape: #shape,
            retry: #root::__private::RetryClass::#retry,
            key: #key,
            paging: #paging,
            list: #list,
            columns: &[#(#columns),*],
            row: #row,
            waits: &[#(#waits),*],
            wait_places: &[#(#wait_places),*],
            starts: #starts,
            auth: #root::__private::AuthKind::#auth,
            refused: &[#(#refused),*],
            errors: #errors,
            wire: #wire,
            gzip: #gzip,
            hints: &[#(#hints),*],
        }
    }
}

/// What the JSON of a success is at the least: an object has one of the fields that it needs, or one of all where it
/// needs none.
fn shape(operation: &Operation<'_>, root: &TokenStream) -> TokenStream {
    let shape = quote!(#root::__private::ReplyShape);
    let Some(schema) = operation.reply_schema().map(|schema| schema.resolve()) else { return quote!(#shape::Any) };
    if schema.is("nullable") {
        return quote!(#shape::Any);
    }
    match schema.text("type") {
        Some("array") => quote!(#shape::List),
        Some("string") => quote!(#shape::Text),
        Some("object") => {
            let required = schema.items_of("required");
            let mut fields: Vec<&str> = required.iter().filter_map(|field| field.value.as_str()).collect();
            if fields.is_empty() {
                fields = schema.entries_of("properties").into_iter().map(|(name, _)| name).collect();
            }
            match fields.as_slice() {
                [] => quote!(#shape::Any),
                fields => quote!(#shape::Object(&[#(#fields),*])),
            }
        }
        _ => quote!(#shape::Any),
    }
}
