//! Paging rules: parameters that exist, and places that the reply has.

use super::rule::{Report, Rule, RuleGroup};
use crate::extension::{Paging, PagingStyle};
use crate::spec::field_path::{self, FieldLookup};
use crate::spec::{Operation, Spec};

const PAGING_PARAMETER: Rule =
    Rule { name: "paging-parameter", why: "a page is asked for by setting parameters of the operation" };
const PAGING_PLACE: Rule = Rule { name: "paging-place", why: "items, total, id and next are read from the reply" };

pub(super) const GROUP: RuleGroup = RuleGroup { rules: &[PAGING_PARAMETER, PAGING_PLACE], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    for operation in &spec.operations {
        if let Some(paging) = &operation.extension.paging {
            parameters(operation, paging, report);
            places(operation, paging, report);
        }
    }
}

fn parameters(operation: &Operation<'_>, paging: &Paging, report: &mut Report) {
    if paging.position.is_none() && paging.style != PagingStyle::Link {
        report.add(
            &operation.at,
            PAGING_PARAMETER,
            "the paging names no \"position\"; write the parameter that takes the offset, page number or token",
        );
    }
    for (key, name) in [("position", &paging.position), ("size", &paging.size)] {
        let Some(name) = name else { continue };
        let known = operation.parameter(name).is_some_and(|p| p.location == "query");
        if !known {
            report.add(
                &operation.at,
                PAGING_PARAMETER,
                format!(
                    "the paging's {key} {name:?} is no query parameter of the operation; declare it or correct the name"
                ),
            );
        }
    }
}

fn places(operation: &Operation<'_>, paging: &Paging, report: &mut Report) {
    let at = &operation.at;
    let Some(reply) = operation.reply_schema() else {
        report.add(
            at,
            PAGING_PLACE,
            "the operation has paging and no JSON reply; describe the reply or leave paging out",
        );
        return;
    };
    let items = field_path::lookup(&reply, &paging.items);
    let item = match &items {
        FieldLookup::Found(list) if list.text("type") == Some("array") => list.get("items"),
        FieldLookup::FreeForm => None,
        FieldLookup::Found(_) | FieldLookup::Missing => {
            report.add(
                at,
                PAGING_PLACE,
                format!("the paging's items {:?} are no array in the reply; write the path of the list, \"\" for a bare array", paging.items),
            );
            None
        }
    };
    let needs_next = matches!(paging.style, PagingStyle::Token | PagingStyle::Link);
    if needs_next && paging.next.is_none() {
        report.add(
            at,
            PAGING_PLACE,
            "the paging names no \"next\"; write where the reply holds the next token or link",
        );
    }
    for (key, path) in [("total", &paging.total), ("next", &paging.next)] {
        if let Some(path) = path
            && field_path::is_missing(&reply, path)
        {
            report.add(
                at,
                PAGING_PLACE,
                format!("the paging's {key} {path:?} is not in the reply; describe it there or correct the path"),
            );
        }
    }
    if paging.sorted && paging.id.is_none() {
        report.add(
            at,
            PAGING_PLACE,
            "the paging is \"sorted\" and names no \"id\"; name the field that items are sorted by or leave \"sorted\" out",
        );
    }
    let told = paging.size.is_some() && (paging.total.is_some() || paging.next.is_some());
    if paging.sorted && paging.style == PagingStyle::Page && !told {
        report.add(
            at,
            PAGING_PLACE,
            "sorted pages are made to overlap by their size; name the parameter \"size\", and \"total\" or \"next\" to tell full pages",
        );
    }
    if let (Some(id), Some(item)) = (&paging.id, item)
        && field_path::is_missing(&item, id)
    {
        report.add(
            at,
            PAGING_PLACE,
            format!("the paging's id {id:?} is no field of an item; describe it there or correct the path"),
        );
    }
}
