//! Generated code, read back: which builder belongs to which operation, what it replies, and what fields its types have.
//!
//! Names come from here and meaning from the document, so that a rename in one
//! is an error that names the operation and never a guess.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;
use syn::{Fields, FnArg, GenericArgument, ImplItem, Item, ItemStruct, PathArguments, ReturnType, Type};

use crate::error::Error;
use crate::identifier;
use crate::spec::Spec;

/// What the generator wrote.
pub(crate) struct GeneratedCode {
    /// Operation id to its builder.
    pub(crate) builders: BTreeMap<String, Builder>,
    /// Type name to its fields.
    pub(crate) structs: BTreeMap<String, Shape>,
    /// The names of all types.
    pub(crate) types: BTreeSet<String>,
    /// Types that keep the fields they do not know, with the field where they do.
    pub(crate) extra_fields: BTreeMap<String, syn::Ident>,
}

/// The builder of one operation.
pub(crate) struct Builder {
    /// Its type's name.
    pub(crate) name: syn::Ident,
    /// Its fields but the client, with the type inside `Result<_, String>`.
    pub(crate) fields: Vec<(syn::Ident, Type)>,
    /// What `send` gives, as written inside `mod builder`.
    pub(crate) reply: Type,
}

/// A type in `mod types`.
pub(crate) enum Shape {
    /// Named fields by their names on the wire.
    Fields(BTreeMap<String, (syn::Ident, Type)>),
    /// A wrapper around one value.
    Wrapper(Box<Type>),
}

impl GeneratedCode {
    /// # Errors
    ///
    /// An operation without a builder: the generator's output changed its form.
    pub(crate) fn read(spec: &Spec<'_>, file: &syn::File) -> Result<Self, Error> {
        let fail = |place: &str, what: &str| Error::new(spec.name, place, format!("generated code: {what}"));
        let module = |name: &str| module_items(file, name).ok_or_else(|| fail("", &format!("no `mod {name}`")));
        let types = module("types")?;
        let structs = types.iter().filter_map(shape).collect();
        let extra_fields = types.iter().filter_map(extra_field).collect();
        let names = types.iter().filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        });
        let types = names.collect();
        let builder_items = module("builder")?;
        let mut builders = BTreeMap::new();
        for operation in &spec.operations {
            let name = identifier::pascal(operation.id);
            let builder = read_builder(builder_items, &name)
                .ok_or_else(|| fail(operation.id, &format!("no builder `{name}` with a `send`")))?;
            builders.insert(operation.id.to_owned(), builder);
        }
        Ok(Self { builders, structs, types, extra_fields })
    }

    /// Names of all types in replies.
    pub(crate) fn replies(&self) -> BTreeSet<String> {
        self.reachable(self.builders.values().map(|b| &b.reply))
    }

    /// Names of the types that are received and never sent.
    pub(crate) fn received(&self) -> BTreeSet<String> {
        let requests = self.reachable(self.builders.values().flat_map(|b| b.fields.iter().map(|(_, ty)| ty)));
        self.replies().difference(&requests).cloned().collect()
    }

    /// Names of those among them that keep what they do not know: ours is how they are read.
    pub(crate) fn with_extra_fields(&self) -> BTreeSet<String> {
        let received = self.received();
        self.extra_fields.keys().filter(|name| received.contains(*name)).cloned().collect()
    }

    /// Names of all types that can be met inside the given ones.
    fn reachable<'a>(&self, from: impl Iterator<Item = &'a Type>) -> BTreeSet<String> {
        let mut names = Names::default();
        from.for_each(|ty| names.visit_type(ty));
        let mut todo: Vec<String> = names.0.iter().cloned().collect();
        while let Some(name) = todo.pop() {
            let mut inner = Names::default();
            match self.structs.get(&name) {
                Some(Shape::Fields(fields)) => fields.values().for_each(|(_, ty)| inner.visit_type(ty)),
                Some(Shape::Wrapper(ty)) => inner.visit_type(ty),
                None => {}
            }
            todo.extend(inner.0.into_iter().filter(|name| names.0.insert(name.clone())));
        }
        names.0
    }
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visit<'_> for Names {
    fn visit_ident(&mut self, ident: &syn::Ident) {
        self.0.insert(ident.to_string());
    }
}

impl Builder {
    /// The field of a parameter, by its name on the wire.
    #[must_use]
    pub(crate) fn field(&self, wire: &str) -> Option<&(syn::Ident, Type)> {
        let name = identifier::snake(wire);
        self.fields.iter().find(|(ident, _)| *ident == name)
    }
}

/// The items of a top-level module.
#[must_use]
pub(crate) fn module_items<'a>(file: &'a syn::File, name: &str) -> Option<&'a [Item]> {
    file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_ref().map(|(_, items)| items.as_slice()),
        _ => None,
    })
}

/// The type inside `Wrapper<..>`, where the last path segment is `wrapper`.
#[must_use]
pub(crate) fn inside<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|s| s.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|a| match a {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The last segment of a path type.
#[must_use]
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    }
}

fn shape(item: &Item) -> Option<(String, Shape)> {
    let Item::Struct(item) = item else { return None };
    let shape = match &item.fields {
        Fields::Named(fields) => Shape::Fields(
            fields
                .named
                .iter()
                .filter_map(|field| {
                    let ident = field.ident.clone()?;
                    let wire = renamed(&field.attrs).unwrap_or_else(|| ident.to_string());
                    Some((wire, (ident, field.ty.clone())))
                })
                .collect(),
        ),
        Fields::Unnamed(fields) => Shape::Wrapper(Box::new(fields.unnamed.first()?.ty.clone())),
        Fields::Unit => return None,
    };
    Some((item.ident.to_string(), shape))
}

/// A type and its field for further fields.
fn extra_field(item: &Item) -> Option<(String, syn::Ident)> {
    let Item::Struct(item) = item else { return None };
    let flattened = |field: &&syn::Field| {
        field.attrs.iter().filter(|a| a.path().is_ident("serde")).any(|attribute| {
            let mut found = false;
            // Keys with values are none of our business; a failed parse ends the search in this attribute.
            let _ = attribute.parse_nested_meta(|meta| {
                found |= meta.path.is_ident("flatten");
                if meta.input.peek(syn::Token![=]) {
                    meta.value()?.parse::<syn::Expr>()?;
                }
                Ok(())
            });
            found
        })
    };
    let field = item.fields.iter().find(flattened)?;
    Some((item.ident.to_string(), field.ident.clone()?))
}

/// The name that `#[serde(rename = "..")]` gives.
fn renamed(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        // Other serde keys are none of our business; a failed parse ends the search in this attribute.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    name
}

fn read_builder(items: &[Item], name: &str) -> Option<Builder> {
    let item: &ItemStruct = items.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item),
        _ => None,
    })?;
    let fields =
        item.fields.iter().filter_map(|f| Some((f.ident.clone()?, inside(&f.ty, "Result")?.clone()))).collect();
    let send = items.iter().find_map(|item| match item {
        Item::Impl(imp) if last_name(&imp.self_ty).as_deref() == Some(name) => imp.items.iter().find_map(|i| match i {
            ImplItem::Fn(f) if f.sig.ident == "send" && matches!(f.sig.inputs.first(), Some(FnArg::Receiver(_))) => {
                Some(f)
            }
            _ => None,
        }),
        _ => None,
    })?;
    let ReturnType::Type(_, result) = &send.sig.output else { return None };
    let reply = inside(inside(result, "Result")?, "ResponseValue")?.clone();
    Some(Builder { name: item.ident.clone(), fields, reply })
}
