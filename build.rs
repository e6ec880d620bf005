//! Compiles the document of each enabled platform to `OUT_DIR`.

fn main() {
    #[cfg(feature = "auger")]
    compile("auger");
    #[cfg(feature = "autotune")]
    compile("autotune");
    #[cfg(feature = "loudml")]
    compile("loudml");
    #[cfg(feature = "vantage6")]
    ["vantage6-v5", "keycloak"].iter().for_each(|document| compile(document));
}

#[cfg(any(feature = "auger", feature = "autotune", feature = "loudml", feature = "vantage6"))]
fn compile(document: &str) {
    let settings = mlhub_codegen::Settings { root: "crate".to_owned(), features: true };
    if let Err(error) = mlhub_codegen::compile(format!("openapi/{document}.json"), &settings) {
        // A panic would bury the message under a backtrace.
        eprintln!("{error}");
        std::process::exit(1);
    }
}
