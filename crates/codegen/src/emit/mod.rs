//! What is written beside the generator's output: the table of operations, the
//! groups, and what makes a builder send, page and wait.

mod calls;
mod fields;
mod groups;
mod open;
mod ops;
mod paging;
mod places;
pub(crate) mod setters;
mod starts;
mod tests;
mod waits;
mod walk;

use proc_macro2::TokenStream;

use crate::document::Document;
use crate::error::Error;
use crate::model::Model;

/// Emitted code by where it belongs.
pub(crate) struct Additions {
    /// Inside `mod builder`, where the fields of builders can be seen.
    pub(crate) in_builder: TokenStream,
    /// At the top.
    pub(crate) beside: TokenStream,
}

/// Emits all of it.
///
/// # Errors
///
/// An `x-mlhub` that names what the operation does not have.
pub(crate) fn additions(
    document: &Document,
    model: &Model,
    root: &TokenStream,
    features: bool,
) -> Result<Additions, Error> {
    let mut in_builder = TokenStream::new();
    for operation in &document.operations {
        let builder = model
            .builders
            .get(&operation.id)
            .ok_or_else(|| Error::new(&document.name, &operation.id, "no builder was generated"))?;
        in_builder.extend(calls::emit(operation, builder, root));
        in_builder.extend(paging::raw_request(operation, builder, root));
        in_builder.extend(paging::emit(document, model, operation, builder, root)?);
        in_builder.extend(waits::emit(document, model, operation, builder, root)?);
        in_builder.extend(starts::emit(document, model, operation, builder, root)?);
    }
    let mut beside = ops::emit(document, root)?;
    beside.extend(groups::emit(document, model, root)?);
    beside.extend(open::emit(model, root));
    if features {
        beside.extend(tests::emit(document, model, root));
    }
    Ok(Additions { in_builder, beside })
}

/// Text for documentation: what a document says, as a sentence.
fn sentence(text: &str, otherwise: &str) -> String {
    let text = if text.is_empty() { otherwise } else { text };
    match text.ends_with(['.', '!', '?', ':']) {
        true => text.to_owned(),
        false => format!("{text}."),
    }
}
