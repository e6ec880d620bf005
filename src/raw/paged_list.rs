//! Paginated list of an operation, with typed items or without: its row says how the list is cut, and where its replies
//! keep what a walk has to know.

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::request::{RawRequest, at, count, no_list, word};
use crate::error::{Error, ErrorKind};
use crate::op::{ListPlaces, Op, PagingStyle};
use crate::paginate::{Cursor, Page, Paginate};

/// Item of a list that is walked without a type of its own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RawItem {
    /// The item, as it came.
    pub value: Value,
    /// What tells it from all others, where the document names that.
    pub id: Option<String>,
}

/// The item as it came.
impl Serialize for RawItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// Paginated list of items `T`, which come in replies `R`.
pub struct PagedList<R, T> {
    request: RawRequest,
    /// How many items a page has where the walk is not told.
    size: Option<u64>,
    read: fn(&ListPlaces, R) -> Result<Page<T>, Error>,
    id: fn(&T) -> Option<String>,
}

impl<R, T> Clone for PagedList<R, T> {
    fn clone(&self) -> Self {
        PagedList { request: self.request.clone(), ..*self }
    }
}

impl<R, T> PagedList<R, T> {
    /// A list whose pages are read like this, and whose items have such ids.
    pub fn new(
        request: RawRequest,
        read: fn(&ListPlaces, R) -> Result<Page<T>, Error>,
        id: fn(&T) -> Option<String>,
    ) -> Self {
        let list = PagedList { request, size: None, read, id };
        let usual = list.places().ok().and_then(|places| places.default_size);
        PagedList { size: usual.map(|usual| list.asked_size().unwrap_or(usual)), ..list }
    }

    /// The size of pages that the request itself asks for.
    fn asked_size(&self) -> Option<u64> {
        count(self.request.get(self.places().ok()?.size?)?)
    }

    /// Generated rows with paging have them.
    fn places(&self) -> Result<ListPlaces, Error> {
        let missing = || Error::new(ErrorKind::Request, "the table does not say where this list keeps its items");
        self.request.op.list.ok_or_else(missing)
    }
}

impl PagedList<Value, RawItem> {
    /// A list of items without a type.
    pub(super) fn raw(request: RawRequest) -> Self {
        let list = PagedList::new(request, read, |item: &RawItem| item.id.clone());
        let size = list.asked_size().or(list.size);
        PagedList { size, ..list }
    }
}

impl<R, T> Paginate for PagedList<R, T>
where
    R: DeserializeOwned + Send + 'static,
    T: Serialize + Send + 'static,
{
    type Item = T;

    fn op(&self) -> &'static Op {
        self.request.op
    }

    fn start(&self) -> Option<u64> {
        let style = self.request.op.paging?.style;
        let name = self.places().ok()?.position.filter(|_| matches!(style, PagingStyle::Offset | PagingStyle::Page))?;
        count(self.request.get(name)?)
    }

    fn size(&self) -> Option<u64> {
        self.size
    }

    fn at(mut self, cursor: &Cursor, size: Option<u64>) -> Self {
        let Ok(places) = self.places() else { return self };
        let position = match cursor {
            Cursor::Start => None,
            Cursor::Number(number) => Some(Value::from(*number)),
            Cursor::Token(token) => Some(token.as_str().into()),
            Cursor::Link(link) => {
                self.request.pipeline = self.request.pipeline.with(|options| options.follow(link));
                return self;
            }
        };
        for (name, value) in [(places.position, position), (places.size, size.map(Value::from))] {
            if let (Some(name), Some(value)) = (name, value) {
                self.request.set(name, value);
            }
        }
        self
    }

    async fn page(&self) -> Result<Page<T>, Error> {
        let (places, op) = (self.places()?, self.request.op);
        let (reply, retry_after) = self.request.clone().decode().await?;
        let page = (self.read)(&places, reply);
        let page = page.map_err(|error| error.with_call((op.platform, op.id), op.method.clone(), op.path))?;
        Ok(Page { retry_after, ..page })
    }

    fn id(&self, item: &T) -> Option<String> {
        (self.id)(item)
    }
}

/// A page of a reply without a type.
fn read(places: &ListPlaces, reply: Value) -> Result<Page<RawItem>, Error> {
    let Some(Value::Array(items)) = at(&reply, places.items) else {
        return Err(no_list(places.items));
    };
    let items = items.clone();
    let id = |value: &Value| places.id.and_then(|path| word(at(value, path)?));
    let items = items.iter().map(|value| RawItem { id: id(value), value: value.clone() }).collect();
    let total = places.total.and_then(|path| count(at(&reply, path)?));
    let next = places.next.and_then(|path| word(at(&reply, path)?));
    Ok(Page { items, total, next, retry_after: None })
}
