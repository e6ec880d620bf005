//! Field paths in the table of operations: where lists and waits read what they have to know, for those that are put
//! together at run time.

use proc_macro2::TokenStream;
use quote::quote;

use crate::spec::Operation;

/// Where a list takes its position and keeps its items.
pub(super) fn list(operation: &Operation<'_>, root: &TokenStream) -> TokenStream {
    let Some(paging) = &operation.extension.paging else { return quote!(None) };
    let items = &paging.items;
    let paths = [&paging.position, &paging.size, &paging.total, &paging.id, &paging.next];
    let [position, size, total, id, next] = paths.map(|path| option(path.clone()));
    let default_size = match paging.default_size {
        Some(size) => quote!(Some(#size)),
        None => quote!(None),
    };
    quote!(Some(#root::__private::ListPlaces {
        position: #position, size: #size, default_size: #default_size, items: #items, total: #total, id: #id, next: #next,
    }))
}

/// Where each wait looks, in the order of their names.
pub(super) fn waits(operation: &Operation<'_>, root: &TokenStream) -> Vec<TokenStream> {
    let waits = operation.extension.waits.iter().flatten();
    waits
        .map(|(_, wait)| {
            let paths = [&wait.status, &wait.present, &wait.progress, &wait.whole, &wait.reason, &wait.value];
            let [status, present, progress, whole, reason, value] = paths.map(|path| option(path.clone()));
            let stop = wait.cancel.iter().flat_map(|cancel| &cancel.values);
            let stop = stop.map(|(name, value)| quote!((#name, #value)));
            let list = match &wait.list {
                None => quote!(None),
                Some(list) => {
                    let (param, id) = (&list.param, &list.id);
                    let [status, present] = [&list.status, &list.present].map(|path| option(path.clone()));
                    let items = list
                        .items_per_poll
                        .map_or_else(|| quote!(None), |items_per_poll| quote!(Some(#items_per_poll)));
                    quote!(Some(#root::__private::JobListPlaces {
                        param: #param, id: #id, status: #status, present: #present, items_per_poll: #items,
                    }))
                }
            };
            quote!(#root::__private::WaitPlaces {
                status: #status, present: #present, progress: #progress, whole: #whole, reason: #reason, value: #value,
                stop: &[#(#stop),*], list: #list,
            })
        })
        .collect()
}

/// The job that the operation starts.
pub(super) fn starts(operation: &Operation<'_>, root: &TokenStream) -> TokenStream {
    let Some(starts) = &operation.extension.starts else { return quote!(None) };
    let (job, param, id) = (&starts.operation, &starts.param, &starts.id);
    quote!(Some(#root::__private::Starts { operation: #job, param: #param, id: #id }))
}

/// A text that may not be there, as a constant.
pub(super) fn option(text: Option<String>) -> TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}
