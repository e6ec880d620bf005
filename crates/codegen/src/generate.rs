//! Code generation, from a document to Rust: lint, lower, generate, rewrite, emit, print.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl};
use quote::quote;
use serde_json::Value;

use crate::error::Error;
use crate::generated::GeneratedCode;
use crate::lower::{self, Replacement};
use crate::spec::Spec;
use crate::{dialect, emit, rewrite};

/// How the emitted code refers to the world around it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Path of the library's root: `crate` inside it, `::mlhub` in a crate of your own.
    pub root: String,
    /// Whether the crate has the features `schema` (types describe themselves) and `testing` (replies recoded for tests).
    pub features: bool,
}

/// Compiles a document to Rust source.
///
/// # Errors
///
/// Everything that the lint finds, then the first thing that cannot be generated.
pub fn generate(name: &str, text: &str, settings: &Settings) -> Result<String, Error> {
    let json: Value = serde_json::from_str(text).map_err(|e| Error::new(name, "", format!("not JSON: {e}")))?;
    let mut spec = Spec::new(name, &json);
    let violations = dialect::check(&spec);
    if !violations.is_empty() {
        let all: Vec<_> = violations.iter().map(ToString::to_string).collect();
        return Err(Error::new(name, "", format!("outside the dialect:\n  {}", all.join("\n  "))));
    }
    spec.operations.sort_by_key(|operation| operation.id);
    let root: TokenStream =
        settings.root.parse().map_err(|e| Error::new(name, "", format!("root `{}` is no path: {e}", settings.root)))?;
    let (lowered, replacements) = lower::lower(&spec)?;
    let mut file = run_generator(name, lowered, &replacements, &settings.root)?;
    let code = GeneratedCode::read(&spec, &file)?;
    rewrite::rewrite(&spec, &code, settings.features, &mut file)?;
    let additions = emit::additions(&spec, &code, &root, settings.features)?;
    let mut file = rewrite::insert(&spec, file, additions)?;
    file.attrs.clear();
    Ok(prettyplease::unparse(&file))
}

fn run_generator(name: &str, lowered: Value, replacements: &[Replacement], root: &str) -> Result<syn::File, Error> {
    let spec: openapiv3::OpenAPI = serde_json::from_value(lowered)
        .map_err(|e| Error::new(name, "", format!("not an OpenAPI 3.0 document: {e}")))?;
    let tokens = catch_unwind(AssertUnwindSafe(|| {
        let inner: TokenStream = root.parse().unwrap_or_default();
        let mut settings = GenerationSettings::new();
        settings
            .with_interface(InterfaceStyle::Builder)
            .with_tag(TagStyle::Merged)
            .with_hooks(HooksMode::Expected)
            .with_inner_type(quote!(#inner::__private::Pipeline))
            .with_map_type("::std::collections::BTreeMap");
        for ours in replacements {
            let traits = ours.display.then_some(TypeImpl::Display);
            settings.with_replacement(&ours.component, format!("{root}::{}", ours.path), traits.into_iter());
        }
        Generator::new(&settings).generate_tokens(&spec)
    }));
    let tokens = match tokens {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(e)) => return Err(Error::new(name, "", format!("the generator refused it: {e}"))),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            let hint = "a rule is missing from the dialect; take operations out until it passes to find the one";
            return Err(Error::new(name, "", format!("the generator panicked: {said} ({hint})")));
        }
    };
    syn::parse2(tokens).map_err(|e| Error::new(name, "", format!("the generator wrote invalid Rust: {e}")))
}
