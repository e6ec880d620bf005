//! The table of operations: what a document says, as static data.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::places;
use crate::document::{Document, Operation, ReplyForm, resolve};
use crate::error::Error;
use crate::meta::{Auth, FLAG, JOIN, PagingStyle, Params, PlainRetry, Retry};
use crate::{dialect, lower};

pub(super) fn emit(document: &Document, root: &TokenStream) -> Result<TokenStream, Error> {
    let shown = dialect::shown(&document.json);
    let none = dialect::Shown::default();
    let rows = document.operations.iter().map(|operation| {
        let shown = shown.get(&operation.id).unwrap_or(&none);
        row(document, operation, shown, root)
    });
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let platform = &document.platform.platform;
    Ok(quote! {
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
    })
}

fn row(
    document: &Document,
    operation: &Operation,
    shown: &dialect::Shown,
    root: &TokenStream,
) -> Result<TokenStream, Error> {
    let Operation { id, group, verb, path, summary, meta, .. } = operation;
    let platform = &document.platform.platform;
    let method = quote::format_ident!("{}", operation.method.as_str());
    let params = params(document, operation, root);
    let arguments = meta.arguments.iter().flatten();
    let body = match operation.body.as_ref().map(|(media, _)| media.as_str()) {
        // Also where the document names none: a further one goes there too, and so does the token.
        None if meta.params == Some(Params::Body) => quote!(Params),
        None => quote!(None),
        Some("application/json") => quote!(Json),
        Some("application/x-www-form-urlencoded") => quote!(Form),
        Some(media) if media.starts_with("text/") => quote!(Text),
        Some(_) => quote!(Bytes),
    };
    let reply = match operation.reply {
        ReplyForm::Json => quote!(Json),
        ReplyForm::Lenient => quote!(Lenient),
        ReplyForm::Text => quote!(Text),
        ReplyForm::Stream => quote!(Stream),
        ReplyForm::Empty | ReplyForm::Exists => quote!(Empty),
    };
    let retry = match &meta.retry {
        Some(Retry::Plain(PlainRetry::Safe)) => quote!(Safe),
        Some(Retry::Keyed(keyed)) => {
            let header = keyed.keyed.to_lowercase();
            quote!(Keyed { header: #header })
        }
        Some(Retry::Plain(PlainRetry::Never)) | None => quote!(Never),
    };
    let key = option(meta.key_header().map(str::to_lowercase));
    let auth = match meta.auth {
        Some(Auth::Bearer) => quote!(Bearer),
        Some(Auth::Body) => quote!(Body),
        Some(Auth::Basic) => quote!(Basic),
        Some(Auth::None) | None => quote!(None),
    };
    let refused = meta.refused.iter().flatten().map(|refused| {
        let (status, message, unsure) = (refused.status, option(refused.message.clone()), refused.unsure);
        quote!(#root::__private::Refused { status: #status, message: #message, unsure: #unsure })
    });
    let paging = match &meta.paging {
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
    let (columns, object) = (&shown.columns, &shown.row);
    let list = places::list(operation, root);
    let wait_places = places::waits(operation, root);
    let starts = places::starts(operation, root);
    let waits = meta.waits.iter().flatten().map(|(goal, wait)| {
        let poll = wait.poll.as_ref().unwrap_or(id);
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
    let wire = match &meta.wire {
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
    let errors = meta.errors.as_deref().unwrap_or_default();
    let gzip = meta.gzip.unwrap_or(false);
    let hints = meta.hints.iter().flatten().map(|(status, text)| quote!((#status, #text)));
    Ok(quote! {
        #root::Op {
            platform: #platform, id: #id, group: #group, verb: #verb,
            method: #root::__private::http::Method::#method, path: #path, summary: #summary,
            params: &[#(#params),*],
            arguments: &[#(#arguments),*],
            body: #root::__private::BodyKind::#body,
            reply: #root::__private::ReplyKind::#reply,
            retry: #root::__private::RetryClass::#retry,
            key: #key,
            paging: #paging,
            list: #list,
            columns: &[#(#columns),*],
            row: #object,
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
    })
}

pub(super) fn option(text: Option<String>) -> TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}

/// Documented parameters, then the fields of the body.
fn params(document: &Document, operation: &Operation, root: &TokenStream) -> Vec<TokenStream> {
    let lowered = lower::params_in_body(operation);
    let mut rows: Vec<_> = operation
        .params
        .iter()
        .map(|p| {
            let place = match p.place.as_str() {
                "path" => "Path",
                "header" => "Header",
                _ if lowered => "Body",
                _ => "Query",
            };
            param(document, root, &p.name, place, p.required, &p.schema, &p.description)
        })
        .collect();
    if let Some((_, schema)) = &operation.body {
        let schema = resolve(&document.json, schema);
        let required = |name: &str| schema["required"].as_array().is_some_and(|r| r.iter().any(|x| x == name));
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let doc = field["description"].as_str().unwrap_or_default();
            rows.push(param(document, root, name, "Body", required(name), field, doc));
        }
    }
    rows
}

fn param(
    document: &Document,
    root: &TokenStream,
    name: &str,
    place: &str,
    required: bool,
    schema: &Value,
    doc: &str,
) -> TokenStream {
    let schema = meant(document, schema);
    let kind = kind(document, if schema["type"] == "array" { &schema["items"] } else { schema });
    let place = quote::format_ident!("{place}");
    let list = schema["type"] == "array";
    let join = option(schema[JOIN].as_str().map(str::to_owned));
    let secret = schema["format"] == "password";
    let flag = match schema[FLAG].as_str() {
        Some("bit") => quote!(Some(#root::__private::Flag::Numeric)),
        Some(_) => quote!(Some(#root::__private::Flag::Presence)),
        None => quote!(None),
    };
    quote! {
        #root::__private::Param {
            name: #name, place: #root::__private::ParamLocation::#place, required: #required,
            kind: #root::__private::ParamKind::#kind, list: #list, join: #join, secret: #secret, flag: #flag, doc: #doc,
        }
    }
}

/// The schema behind references, also where one stands alone in `allOf` to get a description of its own.
fn meant<'a>(document: &'a Document, schema: &'a Value) -> &'a Value {
    let schema = resolve(&document.json, schema);
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) if schema.get("type").is_none() => resolve(&document.json, only),
        _ => schema,
    }
}

fn kind(document: &Document, schema: &Value) -> proc_macro2::Ident {
    let schema = meant(document, schema);
    let word = match schema["type"].as_str() {
        // A number in one place and a text in another.
        _ if schema["format"] == "id" => "Json",
        Some("string") => "Text",
        Some("integer") => "Integer",
        Some("number") => "Number",
        Some("boolean") => "Boolean",
        _ => "Json",
    };
    quote::format_ident!("{word}")
}
