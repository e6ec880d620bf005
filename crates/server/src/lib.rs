//! Tuning hub: ask and tell Bayesian optimisation over HTTP, by the routes of AutoTune and by plain ones under `/v1`.
//!
//! [`Settings`] say how a hub is to run, [`Server`] runs one, [`openapi_document`] describes what it serves.
//!
//! ```no_run
//! use mlhub_server::{Server, Settings};
//!
//! # async fn serve(secret: String) -> Result<(), mlhub_server::Error> {
//! let settings = Settings::new(([127, 0, 0, 1], 8008).into(), "sqlite://hub.db").with_key(secret);
//! let server = Server::bind(settings).await?;
//! println!("listening on {}", server.url());
//! server.run(std::future::pending()).await
//! # }
//! ```
//!
//! Inside, each part rests only on those named after it: `server` (it listens and stops), `app` (all routes together), `routes` (one operation each),
//! `wire` (what stands in requests and replies), `http` (how they are read, and how errors are written), `hub` (how an ask
//! and a tell are carried out), `store` (rows; one transaction each), `auth`, `model`, `study` (variables, values,
//! tables), `metrics`, `connection` (how long a client may take), `clock`.

mod app;
mod auth;
mod clock;
mod connection;
mod error;
mod http;
mod hub;
mod metrics;
mod model;
mod routes;
mod secret;
mod server;
mod settings;
mod store;
mod study;
mod wire;

pub use clock::{Clock, SystemClock};
pub use error::Error;
pub use mlhub_engine::Cancellation;
pub use model::{GaussianProcess, Model, ModelError, ModelInput};
pub use secret::Secret;
pub use server::Server;
pub use settings::{MIN_KEY_BYTES, SESSION_LIFETIME, Settings, Signup, TOKEN_LIFETIME};
pub use store::backup;
pub use study::{Kind, Scalar, Variable};

/// The OpenAPI document of the hub, as JSON text that ends with a newline: the same for the same version.
pub fn openapi_document() -> String {
    app::document()
}
