//! Deserialization of objects that keep extra fields: each known field goes straight to its place, leniently, and what is
//! left over is kept as JSON. What serde derives for them holds every value in a form of its own first.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::walk::qualified;
use crate::generated::{GeneratedCode, Shape};

pub(super) fn emit(code: &GeneratedCode, root: &TokenStream) -> TokenStream {
    let names = code.with_extra_fields();
    if names.is_empty() {
        return TokenStream::new();
    }
    let read = names.iter().filter_map(|name| one(code, name, root));
    // Whatever stands in such an object is read by the same trait.
    let inside = code.replies().into_iter().filter(|name| code.types.contains(name)).map(|name| {
        let name = format_ident!("{name}");
        quote! {
            impl #root::__private::LenientDeserialize for types::#name {
                fn read<'de, D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    <Self as ::serde::Deserialize>::deserialize(deserializer)
                }
            }
        }
    });
    quote!(#(#read)* #(#inside)*)
}

fn one(code: &GeneratedCode, name: &str, root: &TokenStream) -> Option<TokenStream> {
    let (Shape::Fields(fields), further) = (code.structs.get(name)?, code.extra_fields.get(name)?) else { return None };
    let (_, rest) = fields.values().find(|(ident, _)| ident == further)?;
    let rest = qualified(rest);
    let known: Vec<_> = fields.iter().filter(|(_, (ident, _))| ident != further).collect();
    let wires: Vec<_> = known.iter().map(|(wire, _)| wire).collect();
    let idents: Vec<_> = known.iter().map(|(_, (ident, _))| ident).collect();
    let held: Vec<_> = (0..known.len()).map(|index| format_ident!("field_{index}")).collect();
    let expected = format!("an object: {name}");
    let name = format_ident!("{name}");
    Some(quote! {
        impl<'de> ::serde::Deserialize<'de> for types::#name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                struct Fields;

                impl<'de> ::serde::de::Visitor<'de> for Fields {
                    type Value = types::#name;

                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str(#expected)
                    }

                    fn visit_map<A: ::serde::de::MapAccess<'de>>(self, mut map: A) -> ::std::result::Result<Self::Value, A::Error> {
                        #(let mut #held = None;)*
                        let mut further: #rest = ::std::default::Default::default();
                        while let Some(key) = map.next_key::<#root::__private::Key<'de>>()? {
                            match &*key {
                                #(#wires => #held = Some(map.next_value::<#root::__private::Lenient<_>>()?.0),)*
                                _ => {
                                    further.insert(key.into(), map.next_value()?);
                                }
                            }
                        }
                        let missing = <A::Error as ::serde::de::Error>::missing_field;
                        Ok(types::#name {
                            #(#idents: #held.or_else(#root::__private::LenientDeserialize::missing).ok_or_else(|| missing(#wires))?,)*
                            #further: further,
                        })
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }
    })
}
