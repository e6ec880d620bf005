//! vantage6: federated learning, version 5.
//!
//! The client speaks to HQ, as a user or a service account. It logs in through
//! the hub's identity provider, makes tasks whose arguments are encrypted for
//! each organization where the collaboration asks for it, and waits for results
//! that come decrypted, one for each organization. Every endpoint of the document
//! is there as well: `client.organization().list().items()` and so on.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use mlhub::vantage6;
//!
//! # async fn averaging(secret: &str) -> Result<(), mlhub::Error> {
//! let v6 = vantage6::Client::builder("https://hub.example.org/hq")
//!     .keycloak(vantage6::Keycloak::new("https://auth.example.org"))
//!     .build()?;
//! v6.login(vantage6::Login::service_account("svc", secret)).await?;
//! v6.set_private_key(vantage6::PrivateKey::from_pem_file("key.pem")?);
//! let task = v6
//!     .create_task(
//!         vantage6::NewTask::new("harbor2.vantage6.ai/demo/average", "central_average")
//!             .collaboration(1)
//!             .organizations([2])
//!             .session(1)
//!             .action("central_compute")
//!             .arguments(serde_json::json!({"column_name": "age"})),
//!     )
//!     .await?;
//! let results = v6.wait_for_results(task.id).timeout(Duration::from_secs(3600)).await?;
//! let averages: Vec<serde_json::Value> = results.json()?;
//! # Ok(())
//! # }
//! ```

mod account;
pub mod crypto;
#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/vantage6-v5.rs"));
}
mod group_methods;
pub mod keycloak;
mod login;
mod result;
mod session_tree;
mod state;
mod task;
mod tasks;

pub use crypto::{PrivateKey, PublicKey};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use generated::recode;
#[cfg(feature = "schema")]
pub use generated::schemas;
pub use generated::{Client, builder, groups, ops, types};
pub use group_methods::TaskWithResults;
pub use keycloak::Keycloak;
pub use login::{DevicePrompt, Login};
pub use result::{ResultRow, Results};
pub use session_tree::{SessionTree, TaskTree};
pub use state::Identity;
pub use task::{NewDataframe, NewSession, NewStep, NewTask};

crate::__private::platform!(generated, "vantage6", Bearer, "msg");
