//! Lowering of a document before the generator sees it: what the dialect says more plainly than the generator can read.

mod own_types;
mod params_in_body;

use crate::error::Error;
use crate::spec::Spec;

/// A component schema whose generated type is replaced by one of ours.
pub(crate) struct Replacement {
    /// Name of the component.
    pub(crate) component: String,
    /// Path of the type, without the root of the crate.
    pub(crate) path: String,
    /// Whether values of it may stand in a path or query as text.
    pub(crate) display: bool,
}

/// The lowered JSON and the types that stand in for components of it.
///
/// # Errors
///
/// A parameter that cannot travel in a body.
pub(crate) fn lower(spec: &Spec<'_>) -> Result<(serde_json::Value, Vec<Replacement>), Error> {
    let mut json = spec.root.value.clone();
    params_in_body::lower(spec, &mut json)?;
    let replacements = own_types::lower(&mut json);
    Ok((json, replacements))
}

pub(crate) use params_in_body::{component as params_component, is_lowered as params_in_body};
