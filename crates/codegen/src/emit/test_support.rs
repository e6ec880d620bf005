//! Test support in the emitted code, so that tests cover a whole platform with no list of their own: every type as a
//! schema, every recorded reply decoded and encoded again.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generated::GeneratedCode;
use crate::spec::{ReplyForm, Spec};

pub(super) fn emit(spec: &Spec<'_>, code: &GeneratedCode, root: &TokenStream) -> TokenStream {
    let types = code.structs.keys().map(|name| format_ident!("{name}"));
    let arms = spec.operations.iter().filter_map(|operation| {
        let text = match operation.reply_form() {
            ReplyForm::Json => quote!(reply),
            ReplyForm::Lenient => quote!(&#root::__private::to_json(reply)),
            _ => return None,
        };
        let (id, reply) = (operation.id, &code.builders.get(operation.id)?.reply);
        Some(quote!(#id => ::serde_json::from_slice::<#reply>(#text).and_then(::serde_json::to_value),))
    });
    quote! {
        /// All types of the platform as JSON Schema.
        #[cfg(feature = "schema")]
        #[must_use]
        pub fn schemas() -> ::serde_json::Value {
            let mut generator = ::schemars::SchemaGenerator::default();
            #(generator.subschema_for::<types::#types>();)*
            ::serde_json::Value::Object(generator.take_definitions(true))
        }

        /// A JSON reply of an operation, decoded to its type and encoded again;
        /// nothing for an operation without one.
        #[cfg(feature = "testing")]
        #[doc(hidden)]
        pub fn recode(operation: &str, reply: &[u8]) -> ::std::option::Option<::serde_json::Result<::serde_json::Value>> {
            Some(match operation {
                #(#arms)*
                _ => return None,
            })
        }
    }
}
