//! Operation of a platform as a command: from its arguments to what is shown of its reply.

pub(crate) mod arguments;
pub(crate) mod body;
mod body_text;
pub(crate) mod columns;
pub(crate) mod command_override;
pub(crate) mod context;
pub(crate) mod error;
pub(crate) mod options;
pub(crate) mod reply_view;
pub(crate) mod run;
pub(crate) mod success;
pub(crate) mod value;
pub(crate) mod wait;
pub(crate) mod whole_list;
