//! A walk over a million items takes no more memory than one over a few thousand. A program of its own: its allocator
//! counts.

#[path = "memory/results.rs"]
mod results;

use std::io::Write;

use allocation_counter::AllocationInfo;
use futures::TryStreamExt;
use futures::future::BoxFuture;
use mlhub::__private::{Cursor, Page, Paginate};
use mlhub::op::{AuthKind, Op, Paging, PagingStyle};
use mlhub::pipeline::{Body, Pipeline, Transport, TransportError};
use mlhub::{Builder, Error, Items, RawCall};
use serde::{Deserialize, Serialize};

const FEW: u64 = 4_000;
const MANY: u64 = 1_000_000;
const PAGE: u64 = 1000;
/// Ids and numbers are longer towards the end of a long list; nothing else may grow.
const SLACK: u64 = 64 * 1024;

#[derive(Clone, Deserialize, Serialize)]
struct Thing {
    id: u64,
}

#[derive(Deserialize)]
struct Envelope {
    items: Vec<Thing>,
    next: Option<String>,
}

/// Serves that many items by offset or by token, and keeps nothing.
#[derive(Debug)]
struct Shelf(u64);

impl Transport for Shelf {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        let query = request.uri().query().unwrap_or_default();
        let from: u64 = query.trim_start_matches("at=").parse().unwrap_or(0);
        let end = self.0.min(from + PAGE);
        let mut text = Vec::with_capacity(32 * PAGE as usize);
        let items: Vec<_> = (from..end).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        let next = if end < self.0 { format!(r#""{end}""#) } else { "null".to_owned() };
        let written = write!(text, r#"{{"items":[{}],"next":{next}}}"#, items.join(","));
        Box::pin(async move {
            written.map_err(|_| TransportError::other("the page cannot be written"))?;
            Ok(http::Response::new(Body::from(text)))
        })
    }
}

#[derive(Clone)]
struct List {
    pipeline: Pipeline,
    op: &'static Op,
    at: Option<String>,
}

impl Paginate for List {
    type Item = Thing;

    fn op(&self) -> &'static Op {
        self.op
    }

    fn at(mut self, cursor: &Cursor, _: Option<u64>) -> Self {
        self.at = match cursor {
            Cursor::Number(number) => Some(number.to_string()),
            Cursor::Token(token) | Cursor::Link(token) => Some(token.clone()),
            Cursor::Start => None,
        };
        self
    }

    async fn page(&self) -> Result<Page<Thing>, Error> {
        let mut call = RawCall::raw(self.pipeline.clone(), self.op, http::Method::GET, "/things");
        if let Some(at) = &self.at {
            call = call.query("at", at.as_str());
        }
        let Envelope { items, next } = call.send().await?;
        Ok(Page { items, total: None, next, retry_after: None })
    }

    fn id(&self, item: &Thing) -> Option<String> {
        Some(item.id.to_string())
    }
}

/// What a walk over that many items allocates; each item has come, in order.
fn walk(style: PagingStyle, sorted: bool, count: u64) -> AllocationInfo {
    let paging = Paging { style, first: 0, max: PAGE, sized: false, sorted, descending: false, ends: false };
    let op: &'static Op = Box::leak(Box::new(Op { paging: Some(paging), ..Op::raw("lab", AuthKind::None, "detail") }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    allocation_counter::measure(|| {
        runtime.block_on(async {
            let pipeline = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline)
                .transport(Shelf(count))
                .build()
                .expect("a plain address");
            let mut items = Items::new(List { pipeline, op, at: None });
            let mut expected = 0;
            while let Some(item) = items.try_next().await.expect("an item") {
                assert_eq!(item.id, expected);
                expected += 1;
            }
            assert_eq!((expected, items.shifted()), (count, false));
        });
    })
}

#[test]
fn a_million_items_take_no_more_memory_than_a_few_thousand() {
    for (style, sorted) in [(PagingStyle::Token, false), (PagingStyle::Offset, false), (PagingStyle::Offset, true)] {
        // The first walk fills what a program fills once.
        walk(style, sorted, FEW);
        let (few, many) = (walk(style, sorted, FEW), walk(style, sorted, MANY));
        println!(
            "{style:?}, sorted: {sorted}: {} bytes at most for {FEW}, {} for {MANY}",
            few.bytes_max, many.bytes_max
        );
        assert!(few.bytes_max > 0, "nothing was counted");
        let grown = many.bytes_max.saturating_sub(few.bytes_max);
        assert!(grown <= SLACK, "{style:?}, sorted: {sorted}: {grown} bytes more, of {}", few.bytes_max);
    }
}
