//! A list operation as generated code has it, and a service that serves it.

use std::sync::{Arc, Mutex};

use mlhub::__private::{Cursor, Page, Paginate};
use mlhub::op::{BodyKind, Op, Paging, PagingStyle, RetryClass};
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::{Error, Items, Pages, RawCall};
use serde::{Deserialize, Serialize};

use crate::support::{builder, op};

/// What the lists hold.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Thing {
    pub(crate) id: u64,
}

/// The envelope of the lists.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Envelope {
    pub(crate) items: Vec<Thing>,
    pub(crate) total: Option<u64>,
    pub(crate) next: Option<String>,
}

/// A list builder, written by hand as codegen would.
#[derive(Clone)]
pub(crate) struct List {
    pipeline: Pipeline,
    op: &'static Op,
    position: Option<String>,
    size: Option<u64>,
    ids: bool,
}

impl List {
    /// A list over that lab, with pages of that kind; `ids` says whether the
    /// document names the id of an item.
    pub(crate) fn new(lab: &Lab, paging: Paging, ids: bool) -> Result<List, Error> {
        // One row for each test is what a program has for each operation: it
        // lives as long as the program.
        let row = Op {
            method: http::Method::GET,
            body: BodyKind::None,
            paging: Some(paging),
            ..op("list", RetryClass::Safe)
        };
        let op: &'static Op = Box::leak(Box::new(row));
        Ok(List { pipeline: builder(lab).build()?, op, position: None, size: None, ids })
    }

    pub(crate) fn items(self) -> Items<Thing> {
        match self.ids {
            true => Items::new(WithIds(self)),
            false => Items::new(self),
        }
    }

    pub(crate) fn pages(self) -> Pages<Thing> {
        match self.ids {
            true => Pages::new(WithIds(self)),
            false => Pages::new(self),
        }
    }
}

impl Paginate for List {
    type Item = Thing;

    fn op(&self) -> &'static Op {
        self.op
    }

    fn at(mut self, cursor: &Cursor, size: Option<u64>) -> Self {
        match cursor {
            Cursor::Start => {}
            Cursor::Number(number) => self.position = Some(number.to_string()),
            Cursor::Token(token) => self.position = Some(token.clone()),
            Cursor::Link(link) => self.pipeline = self.pipeline.with(|options| options.follow(link)),
        }
        self.size = size.or(self.size);
        self
    }

    async fn page(&self) -> Result<Page<Thing>, Error> {
        let mut call = RawCall::of(self.pipeline.clone(), self.op);
        if let Some(position) = &self.position {
            call = call.query("at", position.as_str());
        }
        if let Some(size) = self.size {
            call = call.query("size", size);
        }
        let Envelope { items, total, next } = call.send().await?;
        Ok(Page { items, total, next, retry_after: None })
    }

    fn id(&self, _: &Thing) -> Option<String> {
        None
    }
}

/// The same list of a document that names the id of an item.
#[derive(Clone)]
struct WithIds(List);

impl Paginate for WithIds {
    type Item = Thing;

    fn op(&self) -> &'static Op {
        self.0.op()
    }

    fn at(self, cursor: &Cursor, size: Option<u64>) -> Self {
        WithIds(self.0.at(cursor, size))
    }

    async fn page(&self) -> Result<Page<Thing>, Error> {
        self.0.page().await
    }

    fn id(&self, item: &Thing) -> Option<String> {
        Some(item.id.to_string())
    }
}

/// Paging of that style, from 0 (offset) or 1 (page), at most 100 a page.
pub(crate) const fn paging(style: PagingStyle) -> Paging {
    let first = match style {
        PagingStyle::Page => 1,
        _ => 0,
    };
    Paging { style, first, max: 100, sized: true, sorted: false, descending: false, ends: false }
}

/// What the query says.
pub(crate) struct Asked {
    pub(crate) at: Option<String>,
    pub(crate) size: Option<usize>,
}

impl Asked {
    pub(crate) fn of(seen: &SeenRequest) -> Asked {
        let value = |name: &str| {
            let pairs = seen.query().split('&').filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
        };
        Asked { at: value("at"), size: value("size").and_then(|size| size.parse().ok()) }
    }

    pub(crate) fn number(&self) -> Option<usize> {
        self.at.as_deref().and_then(|at| at.parse().ok())
    }
}

/// A list on a server, which a test may change while it is read.
pub(crate) type Shelf = Arc<Mutex<Vec<u64>>>;

/// Serves the numbers below `count` in that style, two a page unless asked
/// otherwise.
pub(crate) fn serve(lab: &Lab, style: PagingStyle, count: u64, with_total: bool) -> Shelf {
    let shelf: Shelf = Arc::new(Mutex::new((0..count).collect()));
    let served = Arc::clone(&shelf);
    lab.rule(move |seen| {
        let all = served.lock().map(|all| all.clone()).unwrap_or_default();
        let asked = Asked::of(seen);
        let size = asked.size.unwrap_or(2);
        let from = match style {
            PagingStyle::Offset => asked.number().unwrap_or(0),
            PagingStyle::Page => (asked.number().unwrap_or(1) - 1) * size,
            PagingStyle::Token | PagingStyle::Link => {
                asked.at.as_deref().and_then(|at| at.trim_start_matches("after-").parse().ok()).unwrap_or(0)
            }
        };
        let items: Vec<_> = all.iter().skip(from).take(size).map(|&id| Thing { id }).collect();
        let end = from + items.len();
        let more = end < all.len();
        let next = match style {
            PagingStyle::Token => more.then(|| format!("after-{end}")),
            PagingStyle::Link => more.then(|| format!("http://inner.test/things?at=after-{end}")),
            _ => None,
        };
        let total = with_total.then_some(all.len() as u64);
        Some(Reply::json(&Envelope { items, total, next }))
    });
    shelf
}

/// The ids of the items.
pub(crate) fn ids(things: &[Thing]) -> Vec<u64> {
    things.iter().map(|thing| thing.id).collect()
}
