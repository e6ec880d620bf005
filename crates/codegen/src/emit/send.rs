//! Sending of a call, and what else every builder can do: take a parameter that the document does not know, and outlive
//! the client it was made from.

use proc_macro2::TokenStream;
use quote::quote;

use crate::generated::Builder;
use crate::spec::{Operation, ReplyForm};

pub(super) fn emit(operation: &Operation<'_>, row: usize, builder: &Builder, root: &TokenStream) -> TokenStream {
    let name = &builder.name;
    let fields: Vec<_> = builder.fields.iter().map(|(ident, _)| ident).collect();
    let reply = &builder.reply;
    let (reply, read) = match operation.reply_form() {
        ReplyForm::Stream => (quote!(#root::ByteStream), quote!(Ok(reply.stream()))),
        ReplyForm::Text => (quote!(::std::string::String), quote!(reply.stream().text().await)),
        ReplyForm::Empty => (
            quote!(()),
            quote!({
                let _ = reply;
                Ok(())
            }),
        ),
        ReplyForm::Json | ReplyForm::Lenient => (quote!(#reply), quote!(reply.decode().await)),
        ReplyForm::Exists => (quote!(bool), quote!()),
    };
    let (errors, end) = match operation.reply_form() {
        ReplyForm::Exists => (
            "None where the server says that it is not there: that is `false`. Every other failure is one.",
            quote!(#root::__private::exists(reply)),
        ),
        _ => (
            "See the kinds of error: what it was about, how often it was tried, and whether it may have been applied.",
            quote!({
                let reply = reply?;
                #read
            }),
        ),
    };
    quote! {
        impl #name<'_> {
            /// Sends the call, with all the care of the client's options.
            ///
            /// # Errors
            ///
            #[doc = #errors]
            pub async fn send(self) -> ::std::result::Result<#reply, #root::Error> {
                let (client, request) = self.into_request()?;
                let reply = client.inner.exec(request, &super::ops::OPS[#row]).await;
                #end
            }

            /// Adds a parameter that the document does not name.
            #[must_use]
            pub fn extra(mut self, name: impl ::std::convert::Into<::std::string::String>, value: impl ::std::convert::Into<::serde_json::Value>) -> Self {
                let client = self.client.with(|options| options.extra(name, value));
                self.client = ::std::borrow::Cow::Owned(client);
                self
            }

            /// The same call with a client of its own, free of borrows.
            #[must_use]
            pub fn into_owned(self) -> #name<'static> {
                let Self { client, #(#fields),* } = self;
                #name { client: ::std::borrow::Cow::Owned(client.into_owned()), #(#fields),* }
            }
        }
    }
}
