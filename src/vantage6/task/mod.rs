//! Task requests: tasks, sessions and dataframes to be made, who takes part, and the encryption of arguments.

mod encrypt;
mod new_dataframe;
mod new_session;
mod new_task;
mod participants;

pub use new_dataframe::{NewDataframe, NewStep};
pub use new_session::NewSession;
pub use new_task::NewTask;

pub(super) use encrypt::encrypted_arguments;
pub(super) use new_task::word;
pub(super) use participants::{Participants, id};
