//! One variable of a new experiment, in the words of the original, made into a variable that can be searched.

use indexmap::IndexSet;
use poem_openapi::Object;

use crate::http::fault::Problem;
use crate::http::fields::{Fields, FromFields};
use crate::study::{Kind, Scalar, Variable, searchable};

/// The most options of a category.
const MAX_OPTIONS: usize = 1000;

/// One variable of a new experiment.
#[derive(Object)]
pub(crate) struct NewVariable {
    /// What it takes: int for whole numbers, cont for numbers, cat for categories.
    vtype: String,
    /// The value tried first, within the bounds or among the options.
    guess: Scalar,
    /// The least value; required for int and cont.
    min: Option<Scalar>,
    /// The greatest value; required for int and cont.
    max: Option<Scalar>,
    /// The options; required for cat. Their order is kept and repeats are dropped.
    #[oai(nullable)]
    options: Option<Vec<String>>,
}

impl FromFields for NewVariable {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let vtype = fields.required::<String>("vtype");
        let guess = fields.required::<Scalar>("guess");
        let min = fields.optional::<Scalar>("min");
        let max = fields.optional::<Scalar>("max");
        let options = fields.optional::<Vec<Scalar>>("options")?.map(|options| {
            options.into_iter().map(|option| match option {
                Scalar::Text(text) => text,
                number => number.to_string(),
            })
        });
        Some(Self { vtype: vtype?, guess: guess?, min: min?, max: max?, options: options.map(Iterator::collect) })
    }
}

/// Where in a variable something is wrong (`None` for all of it), what, and the kind of mistake.
type Wrong = (Option<&'static str>, String, &'static str);

impl NewVariable {
    /// The variable `name`, or the first thing that is wrong with it.
    pub(crate) fn check(&self, name: &str) -> Result<Variable, Problem> {
        let wrong =
            |(field, msg, kind): Wrong| Problem::new(["body", "covars", name].into_iter().chain(field), msg, kind);
        let (kind, guess) = self.cast().map_err(wrong)?;
        let variable = Variable { name: name.to_owned(), kind, guess };
        match searchable(std::slice::from_ref(&variable)) {
            Ok(_) => Ok(variable),
            Err(error) => Err(wrong((None, error.to_string(), "value_error"))),
        }
    }

    fn cast(&self) -> Result<(Kind, Scalar), Wrong> {
        match self.vtype.as_str() {
            "int" => {
                let (min, max) = (whole("min", bound("min", &self.min)?)?, whole("max", bound("max", &self.max)?)?);
                Ok((Kind::Int { min, max }, whole("guess", &self.guess)?.into()))
            }
            "cont" => {
                let (min, max) = (float("min", bound("min", &self.min)?)?, float("max", bound("max", &self.max)?)?);
                Ok((Kind::Cont { min, max }, Scalar::Real(float("guess", &self.guess)?)))
            }
            "cat" => Ok((Kind::Cat { options: self.options()? }, self.category()?)),
            other => Err((Some("vtype"), format!("`{other}` is not one of int, cont, cat"), "type_error.enum")),
        }
    }

    fn category(&self) -> Result<Scalar, Wrong> {
        if let Scalar::Text(_) = &self.guess {
            return Ok(self.guess.clone());
        }
        let msg =
            format!("data type mismatch between 'guess' and 'vtype'. Expected a text but received {}", self.guess);
        Err((Some("guess"), msg, "assertion_error"))
    }

    fn options(&self) -> Result<Vec<String>, Wrong> {
        let given = self.options.as_ref().ok_or_else(|| missing("options"))?;
        let options: IndexSet<&String> = given.iter().collect();
        if options.len() > MAX_OPTIONS {
            let msg = format!("a category has at most {MAX_OPTIONS} options, not {}", options.len());
            return Err((Some("options"), msg, "value_error"));
        }
        Ok(options.into_iter().cloned().collect())
    }
}

fn bound<'a>(field: &'static str, bound: &'a Option<Scalar>) -> Result<&'a Scalar, Wrong> {
    bound.as_ref().ok_or_else(|| missing(field))
}

fn missing(field: &'static str) -> Wrong {
    (Some(field), "field required".to_owned(), "value_error.missing")
}

/// A cast as in the original: 1.7 and "1" become 1. What is too large saturates and is refused with the bounds.
fn whole(field: &'static str, value: &Scalar) -> Result<i64, Wrong> {
    match value {
        Scalar::Int(value) => Ok(*value),
        Scalar::Real(value) => Ok(*value as i64),
        Scalar::Text(text) => text
            .trim()
            .parse()
            .map_err(|_| (Some(field), format!("invalid literal for int() with base 10: '{text}'"), "value_error")),
    }
}

/// A cast as in the original: 1 and "1" become 1.0.
fn float(field: &'static str, value: &Scalar) -> Result<f64, Wrong> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Real(value) => Some(*value),
        Scalar::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
    }
    .ok_or_else(|| (Some(field), format!("could not convert string to float: {value}"), "value_error"))
}
