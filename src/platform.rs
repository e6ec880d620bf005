//! Platform trait and macro: what makes a generated client one of ours.

use crate::op::{AuthKind, Op, Refused};
use crate::pipeline::Pipeline;

/// A client that sends its calls over a [`Pipeline`].
///
/// Implemented by [`platform!`](crate::__private::platform) for each generated
/// client; hand-written parts of a platform build on it.
pub trait Platform: Sized {
    /// Name of the platform, such as `autotune`.
    const NAME: &'static str;

    /// The client over that pipeline.
    fn over(pipeline: Pipeline) -> Self;

    /// The pipeline that the client's calls take.
    fn pipeline(&self) -> &Pipeline;
}

/// What the document says about refused credentials for all its operations, so
/// that a call outside the document is understood alike.
pub fn common_refusals(ops: &[Op]) -> &'static [Refused] {
    let mut all = ops.iter().filter(|op| op.auth != AuthKind::None).map(|op| op.refused);
    let first = all.next().unwrap_or_default();
    if all.all(|other| other == first) { first } else { &[] }
}

/// Joins a generated module (with `Client` and `ops`) to the pipeline: its
/// calls go over it, and the client gets `builder`, `with`, `raw` and `call`.
///
/// The third and fourth argument say where calls outside the document put
/// their credential and how the platform words its errors; default: in the
/// header, `detail`. The fifth is a function that every builder goes through
/// first.
#[doc(hidden)]
#[macro_export]
macro_rules! __mlhub_platform {
    ($generated:ident, $name:literal) => {
        $crate::__private::platform!($generated, $name, Bearer, "detail");
    };
    ($generated:ident, $name:literal, $auth:ident, $errors:literal) => {
        $crate::__private::platform!($generated, $name, $auth, $errors, ::std::convert::identity);
    };
    ($generated:ident, $name:literal, $auth:ident, $errors:literal, $begin:path) => {
        // Asked for by the generator. Its calls end before any hook: see `Pipeline::exec`.
        impl $crate::__private::ClientHooks<$crate::__private::Pipeline> for $generated::Client {}

        impl $crate::__private::Platform for $generated::Client {
            const NAME: &'static str = $name;

            fn over(pipeline: $crate::__private::Pipeline) -> Self {
                $generated::Client::new_with_client($crate::__private::PLACEHOLDER, pipeline.requests(), pipeline)
            }

            fn pipeline(&self) -> &$crate::__private::Pipeline {
                $crate::__private::ClientInfo::inner(self)
            }
        }

        impl $generated::Client {
            /// Begins a client of the server at that address.
            pub fn builder(url: impl AsRef<str>) -> $crate::Builder<$generated::Client> {
                $begin($crate::Builder::new(url, <Self as $crate::__private::Platform>::over))
            }

            /// The same client with other options: a cheap clone that shares
            /// connections and credential.
            #[must_use]
            pub fn with(&self, change: impl FnOnce($crate::Options) -> $crate::Options) -> $generated::Client {
                <Self as $crate::__private::Platform>::over(
                    <Self as $crate::__private::Platform>::pipeline(self).with(change),
                )
            }

            /// A call that the document does not name: same server, same
            /// credential, same errors; never repeated unless
            /// `idempotent` says so.
            pub fn raw(&self, method: $crate::__private::http::Method, path: &str) -> $crate::RawCall {
                static RAW: std::sync::LazyLock<$crate::Op> = std::sync::LazyLock::new(|| {
                    let refused = $crate::__private::common_refusals($generated::ops::OPS);
                    $crate::Op { refused, ..$crate::Op::raw($name, $crate::op::AuthKind::$auth, $errors) }
                });
                $crate::RawCall::raw(<Self as $crate::__private::Platform>::pipeline(self).clone(), &RAW, method, path)
            }

            /// A call of any operation by its row in the table.
            pub fn call(&self, op: &'static $crate::Op) -> $crate::RawCall {
                $crate::RawCall::of(<Self as $crate::__private::Platform>::pipeline(self).clone(), op)
            }
        }
    };
}
