//! Changes to a document before the generator sees it: what the dialect says
//! more plainly than the generator can read.

mod params;
mod shared;

use crate::document::Document;
use crate::error::Error;

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
pub(crate) fn lower(document: &Document) -> Result<(serde_json::Value, Vec<Replacement>), Error> {
    let mut json = document.json.clone();
    params::into_bodies(document, &mut json)?;
    let replacements = shared::types(&mut json);
    Ok((json, replacements))
}

pub(crate) use params::{component as params_component, in_body as params_in_body};
