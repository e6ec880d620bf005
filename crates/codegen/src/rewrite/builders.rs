//! Builders of the calls: they own or borrow their client, keep the reason of a bad value, and send through our
//! pipeline.

use syn::{Fields, ImplItem, ImplItemFn, Item, Stmt, parse_quote};

use super::{as_fn, changed};
use crate::emit::setters;
use crate::error::Error;
use crate::generated::{GeneratedCode, last_name};
use crate::lower;
use crate::spec::{Operation, Spec};

pub(super) fn rewrite(
    spec: &Spec<'_>,
    code: &GeneratedCode,
    operation: &Operation<'_>,
    items: &mut [Item],
) -> Result<(), Error> {
    let fail = |what: &str| changed(spec, operation.id, what);
    let builder = code.builders.get(operation.id).ok_or_else(|| fail("no builder"))?;
    let mut done = [false; 2];
    for item in items {
        match item {
            Item::Struct(item) if item.ident == builder.name => {
                own_the_client(&mut item.fields).ok_or_else(|| fail("no field `client` in the builder"))?;
                item.attrs.retain(|a| !a.path().is_ident("doc"));
                let doc = format!(
                    "The call `{}().{}(..)`: set what it takes, then send it.",
                    operation.group, operation.verb
                );
                item.attrs.push(parse_quote!(#[doc = #doc]));
                done[0] = true;
            }
            Item::Impl(imp) if last_name(&imp.self_ty).is_some_and(|name| builder.name == name) => {
                let keep_body = !lower::params_in_body(operation);
                imp.items.retain(|item| match item {
                    ImplItem::Fn(f) => {
                        let name = f.sig.ident.to_string();
                        matches!(name.as_str(), "new" | "send")
                            || keep_body && matches!(name.as_str(), "body" | "body_map")
                    }
                    _ => true,
                });
                for function in imp.items.iter_mut().filter_map(as_fn) {
                    match function.sig.ident.to_string().as_str() {
                        "new" => borrow_the_client(function).ok_or_else(|| fail("`new` does not store `client`"))?,
                        "send" => {
                            hand_over(function)
                                .ok_or_else(|| fail("`send` does not build a `request` and then tell its `info`"))?;
                            done[1] = true;
                        }
                        _ => document_body(function),
                    }
                }
                imp.items.extend(setters::all(spec, code, operation, builder)?);
            }
            _ => {}
        }
    }
    match done {
        [true, true] => Ok(()),
        _ => Err(fail("a builder without struct or `send`")),
    }
}

/// `client: &'a Client` to `client: Cow<'a, Client>`, so that a call can outlive what it was made from.
fn own_the_client(fields: &mut Fields) -> Option<()> {
    let field = fields.iter_mut().find(|f| f.ident.as_ref().is_some_and(|i| i == "client"))?;
    field.ty = parse_quote!(::std::borrow::Cow<'a, super::Client>);
    Some(())
}

fn borrow_the_client(new: &mut ImplItemFn) -> Option<()> {
    new.vis = parse_quote!(pub(crate));
    let Some(Stmt::Expr(syn::Expr::Struct(made), None)) = new.block.stmts.last_mut() else { return None };
    let field = made.fields.iter_mut().find(|f| matches!(&f.member, syn::Member::Named(name) if name == "client"))?;
    field.expr = parse_quote!(::std::borrow::Cow::Borrowed(client));
    Some(())
}

/// `send` becomes `into_request`: it builds what the generated code would have sent, and ours goes on from there.
fn hand_over(send: &mut ImplItemFn) -> Option<()> {
    let built =
        send.block.stmts.iter().position(|stmt| matches!(stmt, Stmt::Local(local) if binds(local, "request")))?;
    let told = send.block.stmts.get(built + 1)?;
    if !matches!(told, Stmt::Local(local) if binds(local, "info")) {
        return None;
    }
    send.block.stmts.truncate(built + 1);
    send.block.stmts.push(Stmt::Expr(parse_quote!(Ok((client, request))), None));
    send.sig.ident = parse_quote!(into_request);
    send.sig.asyncness = None;
    send.sig.output = parse_quote!(-> Result<(::std::borrow::Cow<'a, super::Client>, ::reqwest::Request), Error<()>>);
    send.vis = syn::Visibility::Inherited;
    send.attrs.retain(|a| !a.path().is_ident("doc"));
    Some(())
}

fn binds(local: &syn::Local, name: &str) -> bool {
    matches!(&local.pat, syn::Pat::Ident(pattern) if pattern.ident == name)
}

fn document_body(function: &mut ImplItemFn) {
    function.attrs.retain(|a| !a.path().is_ident("doc"));
    let doc = match function.sig.ident == "body" {
        true => "Sets the request body.",
        false => "Changes the request body by its builder.",
    };
    function.attrs.push(parse_quote!(#[doc = #doc]));
}
