//! Optional results: "not found" as a value.

use super::{Error, ErrorKind};

/// Turns "not found" from an error into `None`.
///
/// ```
/// # #[cfg(feature = "autotune")]
/// # async fn example(tune: mlhub::autotune::Client, id: uuid::Uuid) -> Result<(), mlhub::Error> {
/// use mlhub::Optional;
/// match tune.trial().get(id).send().await.optional()? {
///     Some(trial) => println!("{}", trial.state),
///     None => println!("there is no such trial"),
/// }
/// # Ok(())
/// # }
/// ```
pub trait Optional<T> {
    /// `None` where the server says that there is no such thing; every other
    /// error stays one, so that "no" and "cannot tell" are told apart.
    fn optional(self) -> Result<Option<T>, Error>;
}

impl<T> Optional<T> for Result<T, Error> {
    fn optional(self) -> Result<Option<T>, Error> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
