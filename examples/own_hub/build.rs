//! Compiles the document. This and `src/lib.rs` are all the Rust that a client needs.

fn main() -> Result<(), mlhub_codegen::Error> {
    let settings = mlhub_codegen::Settings { root: "::mlhub".to_owned(), features: false };
    mlhub_codegen::compile("openapi/workshop.json", &settings)
}
