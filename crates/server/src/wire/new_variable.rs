//! New variable of an experiment, in the words of the original, made into a variable that can be searched.

use indexmap::IndexSet;
use poem_openapi::Object;

use crate::http::error::ValidationError;
use crate::http::fields::{Fields, FromFields};
use crate::study::{Kind, Scalar, Variable, default_guess, nearest, search_space};

/// The most options of a category.
const MAX_OPTIONS: usize = 1000;

/// One variable of a new experiment.
#[derive(Object)]
pub(crate) struct NewVariable {
    /// The value tried first, within the bounds or among the options.
    guess: Scalar,
    #[oai(flatten)]
    range: VariableRange,
}

/// One variable of an experiment that is opened by its name.
#[derive(Object)]
pub(crate) struct OpenVariable {
    /// The value tried first, within the bounds or among the options; else the middle of the range or the first option.
    guess: Option<Scalar>,
    #[oai(flatten)]
    range: VariableRange,
}

/// What a variable takes.
#[derive(Object)]
pub(crate) struct VariableRange {
    /// What it takes: int for whole numbers, cont for numbers, cat for categories.
    vtype: String,
    /// The least value; required for int and cont.
    min: Option<Scalar>,
    /// The greatest value; required for int and cont.
    max: Option<Scalar>,
    /// The options; required for cat. Their order is kept and repeats are dropped.
    #[oai(nullable)]
    options: Option<Vec<String>>,
    /// Whether ratios matter rather than differences, for int and cont; the least value is above 0 then.
    log: Option<bool>,
    /// The distance between the values that are asked, counted from the least one, for int and cont; above 0, and whole
    /// for int. Values that are told may lie between.
    step: Option<f64>,
}

impl FromFields for NewVariable {
    const STRICT: bool = false;

    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let range = VariableRange::from_fields(fields);
        let guess = fields.required::<Scalar>("guess");
        Some(Self { range: range?, guess: guess? })
    }
}

impl FromFields for OpenVariable {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let range = VariableRange::from_fields(fields);
        let guess = fields.optional::<Scalar>("guess");
        Some(Self { range: range?, guess: guess? })
    }
}

impl FromFields for VariableRange {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let vtype = fields.required::<String>("vtype");
        let min = fields.optional::<Scalar>("min");
        let max = fields.optional::<Scalar>("max");
        let options = fields.optional::<Vec<Scalar>>("options");
        let log = fields.optional::<bool>("log");
        let step = fields.optional::<f64>("step");
        let options = options?.map(|options| {
            options.into_iter().map(|option| match option {
                Scalar::Text(text) => text,
                number => number.to_string(),
            })
        });
        let options = options.map(Iterator::collect);
        Some(Self { vtype: vtype?, min: min?, max: max?, options, log: log?, step: step? })
    }
}

/// A request for a variable.
pub(crate) trait VariableRequest {
    /// The variable `name`, or the first thing that is wrong with it.
    fn check(&self, name: &str) -> Result<Variable, ValidationError>;
}

impl VariableRequest for NewVariable {
    fn check(&self, name: &str) -> Result<Variable, ValidationError> {
        self.range.check(name, Some(&self.guess), Casts::Lenient)
    }
}

impl VariableRequest for OpenVariable {
    fn check(&self, name: &str) -> Result<Variable, ValidationError> {
        self.range.check(name, self.guess.as_ref(), Casts::Strict)
    }
}

/// How a number with a fraction is read where whole numbers belong.
#[derive(Clone, Copy)]
enum Casts {
    /// As in the original, which cuts fractions off; bounds move inwards, so that no value lies beyond one that was given.
    Lenient,
    /// Not at all.
    Strict,
}

/// A problem with a field: where in a variable something is wrong (`None` for all of it), what, and the kind of mistake.
type FieldProblem = (Option<&'static str>, String, &'static str);

impl VariableRange {
    fn check(&self, name: &str, guess: Option<&Scalar>, casts: Casts) -> Result<Variable, ValidationError> {
        let variable = self.kind(casts).and_then(|kind| {
            let unfit = |error: mlhub_engine::Error| (None, error.to_string(), "value_error");
            let guess = match guess {
                Some(guess) => cast(&kind, guess, casts)?,
                None => default_guess(name, &kind).map_err(unfit)?,
            };
            let variable = Variable { name: name.to_owned(), kind, guess };
            search_space(std::slice::from_ref(&variable)).map_err(unfit)?;
            let nearest = nearest(&variable).map_err(unfit)?;
            if nearest != variable.guess {
                let msg = format!("{} lies between two steps; the nearest value is {nearest}", variable.guess);
                return Err((Some("guess"), msg, "value_error"));
            }
            Ok(variable)
        });
        variable.map_err(|(field, msg, kind)| {
            ValidationError::new(["body", "covars", name].into_iter().chain(field), msg, kind)
        })
    }

    fn kind(&self, casts: Casts) -> Result<Kind, FieldProblem> {
        let log = self.log.unwrap_or_default();
        match self.vtype.as_str() {
            "int" => {
                let (min, max) = (bound("min", &self.min)?, bound("max", &self.max)?);
                let (min, max) = (whole("min", min, casts, f64::ceil)?, whole("max", max, casts, f64::floor)?);
                Ok(Kind::Int { min, max, log, step: self.step.map(whole_step).transpose()? })
            }
            "cont" => {
                let (min, max) = (float("min", bound("min", &self.min)?)?, float("max", bound("max", &self.max)?)?);
                Ok(Kind::Cont { min, max, log, step: self.step })
            }
            "cat" if log => Err((Some("log"), "a category has no scale".to_owned(), "value_error")),
            "cat" if self.step.is_some() => Err((Some("step"), "a category has no steps".to_owned(), "value_error")),
            "cat" => Ok(Kind::Cat { options: self.options()? }),
            other => Err((Some("vtype"), format!("`{other}` is not one of int, cont, cat"), "type_error.enum")),
        }
    }

    fn options(&self) -> Result<Vec<String>, FieldProblem> {
        let given = self.options.as_ref().ok_or_else(|| missing("options"))?;
        let options: IndexSet<&String> = given.iter().collect();
        if options.len() > MAX_OPTIONS {
            let msg = format!("a category has at most {MAX_OPTIONS} options, not {}", options.len());
            return Err((Some("options"), msg, "value_error"));
        }
        Ok(options.into_iter().cloned().collect())
    }
}

fn bound<'a>(field: &'static str, bound: &'a Option<Scalar>) -> Result<&'a Scalar, FieldProblem> {
    bound.as_ref().ok_or_else(|| missing(field))
}

fn missing(field: &'static str) -> FieldProblem {
    (Some(field), "field required".to_owned(), "value_error.missing")
}

/// A guess as its variable holds it.
fn cast(kind: &Kind, guess: &Scalar, casts: Casts) -> Result<Scalar, FieldProblem> {
    match (kind, guess) {
        (Kind::Int { .. }, guess) => Ok(whole("guess", guess, casts, f64::trunc)?.into()),
        (Kind::Cont { .. }, guess) => Ok(Scalar::Real(float("guess", guess)?)),
        (Kind::Cat { .. }, Scalar::Text(_)) => Ok(guess.clone()),
        (Kind::Cat { .. }, number) => {
            let msg = format!("data type mismatch between 'guess' and 'vtype'. Expected a text but received {number}");
            Err((Some("guess"), msg, "assertion_error"))
        }
    }
}

/// A cast as in the original: "1" becomes 1, and 1.7 what `round` makes of it. What is too large saturates and is refused with
/// the bounds.
fn whole(field: &'static str, value: &Scalar, casts: Casts, round: fn(f64) -> f64) -> Result<i64, FieldProblem> {
    match (value, casts) {
        (Scalar::Int(value), _) => Ok(*value),
        (Scalar::Real(value), Casts::Strict) if value.fract() != 0.0 => {
            Err((Some(field), format!("an int has whole numbers, and {value} is none"), "value_error"))
        }
        (Scalar::Real(value), _) => Ok(round(*value) as i64),
        (Scalar::Text(text), _) => text
            .trim()
            .parse()
            .map_err(|_| (Some(field), format!("invalid literal for int() with base 10: '{text}'"), "value_error")),
    }
}

/// A step between whole numbers. The original has no steps, so nothing is cast for its sake.
fn whole_step(step: f64) -> Result<i64, FieldProblem> {
    if step.fract() == 0.0 {
        return Ok(step as i64);
    }
    Err((Some("step"), format!("the step of an int is a whole number, not {step}"), "value_error"))
}

/// A cast as in the original: 1 and "1" become 1.0.
fn float(field: &'static str, value: &Scalar) -> Result<f64, FieldProblem> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Real(value) => Some(*value),
        Scalar::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
    }
    .ok_or_else(|| (Some(field), format!("could not convert string to float: {value}"), "value_error"))
}
