//! A job without its type.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::{Listing, Look, Poll, WaitHandle};
use crate::clock::Clock;
use crate::error::Error;
use crate::op::{Op, WaitSpec};
use crate::pipeline::Pipeline;

/// [`Poll`] without its type.
pub(super) trait Job<V>: Send + Sync {
    fn spec(&self) -> (&'static Op, &'static WaitSpec);
    fn handle(&self) -> WaitHandle;
    fn clock(&self) -> Arc<dyn Clock>;
    fn look(&self) -> BoxFuture<'_, Result<Look<V>, Error>>;
    fn value(&self) -> BoxFuture<'_, Result<V, Error>>;
    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>>;
    fn listing(&self, wanted: usize) -> Option<Listing>;
    fn pipeline(&self) -> &Pipeline;
    fn pin(&mut self, node: Option<&str>);
}

impl<P: Poll> Job<P::Value> for P {
    fn spec(&self) -> (&'static Op, &'static WaitSpec) {
        (self.op(), self.goal())
    }

    fn handle(&self) -> WaitHandle {
        let (op, goal) = (self.op(), self.goal());
        // A value that is missing is noticed when the handle is resumed, and by the call itself.
        let args = self.args().unwrap_or_default();
        WaitHandle::new(op.platform, op.id, goal.goal, args).at(self.pipeline().pinned_node())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.pipeline().clock())
    }

    fn look(&self) -> BoxFuture<'_, Result<Look<P::Value>, Error>> {
        Box::pin(Poll::look(self))
    }

    fn value(&self) -> BoxFuture<'_, Result<P::Value, Error>> {
        Box::pin(Poll::value(self))
    }

    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        Poll::cancel(self)
    }

    fn listing(&self, wanted: usize) -> Option<Listing> {
        Poll::listing(self, wanted)
    }

    fn pipeline(&self) -> &Pipeline {
        self.pipeline()
    }

    fn pin(&mut self, node: Option<&str>) {
        Poll::pin(self, node);
    }
}
