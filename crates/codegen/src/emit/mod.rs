//! Emitted code, beside that of the generator: the table of operations, the groups, and what makes a builder send, page
//! and wait.

mod extra_fields;
mod field_paths;
mod groups;
mod operation_params;
mod operation_table;
mod paging;
mod send;
pub(crate) mod setters;
mod starts;
mod test_support;
mod waits;
mod walk;

use proc_macro2::TokenStream;

use crate::error::Error;
use crate::generated::GeneratedCode;
use crate::spec::Spec;

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
    spec: &Spec<'_>,
    code: &GeneratedCode,
    root: &TokenStream,
    features: bool,
) -> Result<Additions, Error> {
    let mut in_builder = TokenStream::new();
    for (row, operation) in spec.operations.iter().enumerate() {
        let builder = code
            .builders
            .get(operation.id)
            .ok_or_else(|| Error::new(spec.name, operation.id, "no builder was generated"))?;
        in_builder.extend(send::emit(operation, row, builder, root));
        in_builder.extend(paging::raw_request(operation, builder, root));
        in_builder.extend(paging::emit(spec, code, operation, builder, root)?);
        in_builder.extend(waits::emit(spec, code, operation, builder, root)?);
        in_builder.extend(starts::emit(spec, code, operation, builder, root)?);
    }
    let mut beside = operation_table::emit(spec, root);
    beside.extend(groups::emit(spec, code, root)?);
    beside.extend(extra_fields::emit(code, root));
    if features {
        beside.extend(test_support::emit(spec, code, root));
    }
    Ok(Additions { in_builder, beside })
}
