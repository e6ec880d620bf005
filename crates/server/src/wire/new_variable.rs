//! One variable of a new experiment, in the words of the original, made into a variable that can be searched.

use poem_openapi::Object;

use crate::http::fault::Problem;
use crate::http::fields::{Fields, FromFields};
use crate::study::{Kind, Scalar, Variable};

/// The most options of a category.
const MAX_OPTIONS: usize = 1000;
/// The greatest size of a whole number: up to here JSON numbers are exact in every language, as RFC 8259 section 6 says.
const MAX_WHOLE: f64 = 9_007_199_254_740_991.0;

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

/// A field that is wrong, what is wrong with it, and the kind of mistake.
type Wrong = (&'static str, String, &'static str);

impl NewVariable {
    /// The variable `name`, or the first thing that is wrong with it.
    pub(crate) fn check(&self, name: &str) -> Result<Variable, Problem> {
        let wrong = |(field, msg, kind): Wrong| Problem::new(["body", "covars", name, field], msg, kind);
        let (kind, guess) = match self.vtype.as_str() {
            "int" => self.whole(),
            "cont" => self.continuous(),
            "cat" => self.category(),
            other => Err(("vtype", format!("`{other}` is not one of int, cont, cat"), "type_error.enum")),
        }
        .map_err(wrong)?;
        let variable = Variable { name: name.to_owned(), kind, guess };
        variable.admit(&variable.guess).map_err(|why| wrong(("guess", why, "value_error")))?;
        Ok(variable)
    }

    fn whole(&self) -> Result<(Kind, Scalar), Wrong> {
        let (min, max) = (self.bound("min", &self.min)?, self.bound("max", &self.max)?);
        let (min, max, guess) = (to_whole("min", min)?, to_whole("max", max)?, to_whole("guess", &self.guess)?);
        if min >= max {
            return Err(order(min, max));
        }
        Ok((Kind::Int { min, max }, guess.into()))
    }

    fn continuous(&self) -> Result<(Kind, Scalar), Wrong> {
        let (min, max) = (self.bound("min", &self.min)?, self.bound("max", &self.max)?);
        let (min, max, guess) = (to_float("min", min)?, to_float("max", max)?, to_float("guess", &self.guess)?);
        if min >= max {
            return Err(order(min, max));
        }
        if !(max - min).is_finite() {
            return Err(("max", "the range from min to max is too wide for a number".to_owned(), "value_error"));
        }
        Ok((Kind::Cont { min, max }, Scalar::Real(guess)))
    }

    fn category(&self) -> Result<(Kind, Scalar), Wrong> {
        let Scalar::Text(_) = &self.guess else {
            let msg =
                format!("data type mismatch between 'guess' and 'vtype'. Expected a text but received {}", self.guess);
            return Err(("guess", msg, "assertion_error"));
        };
        let given = self.options.as_ref().ok_or_else(|| missing("options"))?;
        let mut options = Vec::new();
        for option in given {
            if !options.contains(option) {
                options.push(option.clone());
            }
        }
        if options.is_empty() || options.len() > MAX_OPTIONS {
            let msg = format!("a category has between 1 and {MAX_OPTIONS} options, not {}", options.len());
            return Err(("options", msg, "value_error"));
        }
        Ok((Kind::Cat { options }, self.guess.clone()))
    }

    fn bound<'a>(&self, name: &'static str, bound: &'a Option<Scalar>) -> Result<&'a Scalar, Wrong> {
        bound.as_ref().ok_or_else(|| missing(name))
    }
}

fn missing(field: &'static str) -> Wrong {
    (field, "field required".to_owned(), "value_error.missing")
}

fn order(min: impl std::fmt::Display, max: impl std::fmt::Display) -> Wrong {
    ("max", format!("max has to be greater than min: {max} is not greater than {min}"), "value_error")
}

/// A cast as in the original: 1.7 and "1" become 1.
fn to_whole(field: &'static str, value: &Scalar) -> Result<i64, Wrong> {
    let whole = match value {
        Scalar::Int(value) => Some(*value),
        Scalar::Real(value) if value.abs() <= MAX_WHOLE => Some(value.trunc() as i64),
        Scalar::Real(_) => None,
        Scalar::Text(text) => match text.trim().parse() {
            Ok(value) => Some(value),
            Err(_) => {
                return Err((field, format!("invalid literal for int() with base 10: '{text}'"), "value_error"));
            }
        },
    };
    whole.filter(|whole| whole.unsigned_abs() <= MAX_WHOLE as u64).ok_or_else(|| {
        (field, format!("{value} is beyond {MAX_WHOLE}, up to which whole numbers are exact in JSON"), "value_error")
    })
}

/// A cast as in the original: 1 and "1" become 1.0.
fn to_float(field: &'static str, value: &Scalar) -> Result<f64, Wrong> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Real(value) => Some(*value),
        Scalar::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
    }
    .ok_or_else(|| (field, format!("could not convert string to float: {value}"), "value_error"))
}
