//! Parameters in the table of operations: those that are documented, and the fields of the body.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::field_paths::option;
use crate::extension::{FLAG, JOIN};
use crate::lower;
use crate::spec::{Located, Operation};

/// Documented parameters, then the fields of the body.
pub(super) fn rows(operation: &Operation<'_>, root: &TokenStream) -> Vec<TokenStream> {
    let lowered = lower::params_in_body(operation);
    let documented = operation.parameters.iter().map(|p| {
        let place = match p.location {
            "path" => "Path",
            "header" => "Header",
            _ if lowered => "Body",
            _ => "Query",
        };
        row(root, p.name, place, p.required(), p.schema(), p.at.trimmed("description"))
    });
    let body = operation.request().and_then(|content| content.schema()).map(|schema| schema.resolve());
    let fields =
        body.iter().flat_map(|schema| schema.entries_of("properties").into_iter().map(move |field| (schema, field)));
    let fields = fields.map(|(schema, (name, field))| {
        let required = schema.items_of("required").iter().any(|required| required.value == name);
        let doc = field.text("description").unwrap_or_default();
        row(root, name, "Body", required, Some(field), doc)
    });
    documented.chain(fields).collect()
}

fn row(
    root: &TokenStream,
    name: &str,
    place: &str,
    required: bool,
    schema: Option<Located<'_>>,
    doc: &str,
) -> TokenStream {
    let schema = schema.map(|schema| unwrapped(&schema));
    let text = |key| schema.as_ref().and_then(|schema| schema.text(key));
    let list = text("type") == Some("array");
    let kind = match list {
        true => kind(schema.as_ref().and_then(|schema| schema.get("items")).map(|items| unwrapped(&items)).as_ref()),
        false => kind(schema.as_ref()),
    };
    let place = format_ident!("{place}");
    let join = option(text(JOIN).map(str::to_owned));
    let secret = text("format") == Some("password");
    let flag = match text(FLAG) {
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
fn unwrapped<'a>(schema: &Located<'a>) -> Located<'a> {
    let schema = schema.resolve();
    match schema.items_of("allOf").as_slice() {
        [only] if !schema.has("type") => only.resolve(),
        _ => schema,
    }
}

fn kind(schema: Option<&Located<'_>>) -> Ident {
    let text = |key| schema.and_then(|schema| schema.text(key));
    let word = match text("type") {
        _ if text("format") == Some("id") => "Id",
        Some("string") => "Text",
        Some("integer") => "Integer",
        Some("number") => "Number",
        Some("boolean") => "Boolean",
        _ => "Json",
    };
    format_ident!("{word}")
}
