//! Ordered map: values by name in the order in which they were given, and its schema in the document.

use std::borrow::Cow;

use indexmap::IndexMap;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Serialize;
use serde_json::Value;

use crate::study::{Scalar, Variable};

/// Values by name, in the caller's order: the order of the variables is part of what is asked and told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct OrderedMap<T>(pub(crate) IndexMap<String, T>);

impl<T> FromIterator<(String, T)> for OrderedMap<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<T: Type> Type for OrderedMap<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = T::RawValueType;

    fn name() -> Cow<'static, str> {
        format!("map_{}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            additional_properties: Some(Box::new(T::schema_ref())),
            ..MetaSchema::new("object")
        }))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        Box::new(self.0.values().filter_map(T::as_raw_value))
    }
}

impl<T: ParseFromJSON> ParseFromJSON for OrderedMap<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let Some(Value::Object(values)) = value else { return Err(ParseError::expected_input()) };
        let one = |(name, value)| Ok((name, T::parse_from_json(Some(value)).map_err(ParseError::propagate)?));
        values.into_iter().map(one).collect()
    }
}

impl<T: ToJSON> ToJSON for OrderedMap<T> {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.iter().filter_map(|(name, value)| Some((name.clone(), value.to_json()?))).collect())
    }
}

/// The values of a point under the names of the variables.
pub(crate) fn values_by_name(space: &[Variable], point: &[Scalar]) -> OrderedMap<Scalar> {
    space.iter().zip(point).map(|(variable, value)| (variable.name.clone(), value.clone())).collect()
}
