//! A list that is walked without a type of its own.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{RawCall, at};
use crate::__private::{count, word};
use crate::error::{Error, ErrorKind};
use crate::op::{ListPlaces, Op, PagingStyle};
use crate::paginate::{Cursor, Items, Page, Pages, Paginate};
use crate::pipeline::Pipeline;

/// An item of a list that is walked without a type of its own.
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

impl RawCall {
    /// All items of the list, page after page, as a stream: the document says how the list is cut. A call of another
    /// kind is an error, the first that the stream gives.
    pub fn items(self) -> Items<RawItem> {
        Items::new(List(self))
    }

    /// The pages of the list, as a stream.
    pub fn pages(self) -> Pages<RawItem> {
        Pages::new(List(self))
    }
}

#[derive(Clone)]
struct List(RawCall);

impl List {
    /// Generated rows with paging have them.
    fn places(&self) -> Result<ListPlaces, Error> {
        let missing = || Error::new(ErrorKind::Request, "the table does not say where this list keeps its items");
        self.0.op.list.ok_or_else(missing)
    }

    fn set(&mut self, name: Option<&'static str>, value: impl Into<Value>) {
        if let Some(name) = name {
            self.0.set(name, value.into());
        }
    }
}

impl Paginate for List {
    type Item = RawItem;

    fn op(&self) -> &'static Op {
        self.0.op
    }

    fn pipeline(&self) -> &Pipeline {
        &self.0.pipeline
    }

    fn start(&self) -> Option<u64> {
        let style = self.0.op.paging?.style;
        let name = self.places().ok()?.position.filter(|_| matches!(style, PagingStyle::Offset | PagingStyle::Page))?;
        let asked = self.0.query.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        count(asked.or_else(|| self.0.fields.get(name))?)
    }

    fn size(&self) -> Option<u64> {
        let places = self.places().ok()?;
        let asked = places.size.and_then(|name| {
            let asked = self.0.query.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            count(asked.or_else(|| self.0.fields.get(name))?)
        });
        asked.or(places.default_size)
    }

    fn at(mut self, cursor: &Cursor, size: Option<u64>) -> Self {
        let Ok(places) = self.places() else { return self };
        match cursor {
            Cursor::Start => {}
            Cursor::Number(number) => self.set(places.position, *number),
            Cursor::Token(token) => self.set(places.position, token.as_str()),
            Cursor::Link(link) => {
                self.0.pipeline = self.0.pipeline.with(|options| options.follow(link));
                return self;
            }
        }
        if let Some(size) = size {
            self.set(places.size, size);
        }
        self
    }

    async fn page(self) -> Result<Page<RawItem>, Error> {
        let (places, op) = (self.places()?, self.0.op);
        let (reply, retry_after) = self.0.look().await?;
        let items = match at(&reply, places.items) {
            None => Vec::new(),
            Some(Value::Array(items)) => items.clone(),
            Some(_) => {
                let error = Error::new(ErrorKind::Decode, "the reply has no list where the document says");
                return Err(error.with_call((op.platform, op.id), op.method.clone(), op.path));
            }
        };
        let id = |value: &Value| places.id.and_then(|path| word(at(value, path)?));
        let items = items.into_iter().map(|value| RawItem { id: id(&value), value }).collect();
        let total = places.total.and_then(|path| count(at(&reply, path)?));
        let next = places.next.and_then(|path| word(at(&reply, path)?));
        Ok(Page { items, total, next, retry_after })
    }

    fn id(item: &RawItem) -> Option<String> {
        item.id.clone()
    }
}
