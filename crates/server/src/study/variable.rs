//! Variables of an experiment: what can be searched, and whether a value belongs to one.

use mlhub_engine::{Space, Value};
use serde::{Deserialize, Serialize};

use super::{Scalar, json_text};

/// A variable: its name, what it takes, and the value tried first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// The name under which its value is asked and told.
    pub name: String,
    /// What it takes.
    #[serde(flatten)]
    pub kind: Kind,
    /// The value tried first.
    pub guess: Scalar,
}

/// The kind of a variable: what it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "vtype", rename_all = "lowercase")]
pub enum Kind {
    /// Whole numbers from `min` to `max`, both included.
    Int {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
        /// Whether ratios matter rather than differences.
        #[serde(default, skip_serializing_if = "is_linear")]
        log: bool,
        /// The distance between neighbours, counted from `min`; 1 where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<i64>,
    },
    /// Numbers from `min` to `max`, both included.
    Cont {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// Whether ratios matter rather than differences.
        #[serde(default, skip_serializing_if = "is_linear")]
        log: bool,
        /// The distance between neighbours, counted from `min`; every number counts where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<f64>,
    },
    /// One of a few texts.
    Cat {
        /// The texts, in the caller's order.
        options: Vec<String>,
    },
}

impl Variable {
    /// `value` as this variable holds it (a whole number given for a `cont` becomes a float), or why it does not belong.
    pub(crate) fn admit(&self, value: &Scalar) -> Result<Scalar, String> {
        let space = search_space(std::slice::from_ref(self)).map_err(|error| error.to_string())?;
        let point = space.check(&[value.clone().into()]).map_err(|error| error.to_string())?;
        point.into_iter().next().map(Scalar::from).ok_or_else(|| format!("`{}` has no value", self.name))
    }
}

impl Variable {
    /// As [`Variable::admit`], for a value that somebody else wrote: a number in words (`.5`, `+1`) is that number, and a number
    /// is the option that is written so, or that is the same number.
    pub(crate) fn admit_as_meant(&self, value: &Scalar) -> Result<Scalar, String> {
        let meant = match (&self.kind, value) {
            (Kind::Int { .. } | Kind::Cont { .. }, Scalar::Text(text)) => number(text),
            (Kind::Cat { options }, Scalar::Int(_) | Scalar::Real(_)) => option(options, &json_text(value)),
            (Kind::Cat { options }, Scalar::Text(text)) if !options.contains(text) => option(options, text),
            _ => None,
        };
        self.admit(meant.as_ref().unwrap_or(value))
    }
}

/// The finite number that a text says.
fn number(text: &str) -> Option<Scalar> {
    let text = text.trim();
    let whole = text.parse().ok().map(Scalar::Int);
    whole.or_else(|| text.parse().ok().filter(|number: &f64| number.is_finite()).map(Scalar::Real))
}

/// The option that is written so, else the only one that is the same number.
fn option(options: &[String], text: &str) -> Option<Scalar> {
    let value = |text: &str| text.trim().parse::<f64>().ok();
    if options.iter().any(|option| option == text) {
        return Some(text.into());
    }
    let mut same = options.iter().filter(|option| value(option).is_some() && value(option) == value(text));
    same.next().filter(|_| same.next().is_none()).map(|option| option.as_str().into())
}

/// A scale that is stored by leaving it out, as all were stored before there were others.
fn is_linear(log: &bool) -> bool {
    !log
}

/// The variables as the engine searches them, or why it cannot.
pub(crate) fn search_space(variables: &[Variable]) -> Result<Space, mlhub_engine::Error> {
    let variables = variables.iter().map(|variable| mlhub_engine::Variable {
        name: variable.name.clone(),
        kind: variable.kind.clone().into(),
        guess: Some(variable.guess.clone().into()),
    });
    Space::new(variables.collect())
}

/// The value on a step that is nearest to one of the variable, or why that does not belong.
pub(crate) fn nearest(variable: &Variable) -> Result<Scalar, mlhub_engine::Error> {
    let guess = variable.guess.clone();
    let nearest = search_space(std::slice::from_ref(variable))?.nearest(&[guess.clone().into()])?;
    Ok(nearest.into_iter().next().map_or(guess, Scalar::from))
}

/// The guess of the engine for a variable that nobody has guessed at, or why it cannot search it.
pub(crate) fn default_guess(name: &str, kind: &Kind) -> Result<Scalar, mlhub_engine::Error> {
    let variable = mlhub_engine::Variable { name: name.to_owned(), kind: kind.clone().into(), guess: None };
    let guess = Space::new(vec![variable])?.guess().into_iter().next();
    guess.map(Scalar::from).ok_or_else(|| mlhub_engine::Error::InvalidSpace(format!("`{name}` has no middle")))
}

impl From<Kind> for mlhub_engine::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Int { min, max, log, step } => Self::Int { min, max, log, step },
            Kind::Cont { min, max, log, step } => Self::Cont { min, max, log, step },
            Kind::Cat { options } => Self::Cat { options },
        }
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Int(value) => Self::Int(value),
            Scalar::Real(value) => Self::Real(value),
            Scalar::Text(value) => Self::Text(value),
        }
    }
}

impl From<Value> for Scalar {
    fn from(value: Value) -> Self {
        match value {
            Value::Int(value) => Self::Int(value),
            Value::Real(value) => Self::Real(value),
            Value::Text(value) => Self::Text(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_stored_before_there_were_scales_and_steps_is_read_and_written_as_it_was() {
        for text in [
            r#"{"name":"k","vtype":"int","min":0,"max":5,"guess":2}"#,
            r#"{"name":"w","vtype":"cont","min":0.0,"max":1.0,"guess":0.5}"#,
        ] {
            let variable: Variable = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&variable).unwrap(), text);
        }
    }

    #[test]
    fn a_scale_and_a_step_are_kept() {
        let kind = Kind::Cont { min: 0.25, max: 4.0, log: true, step: Some(0.25) };
        let variable = Variable { name: "w".into(), guess: Scalar::Real(0.5), kind };
        let text = serde_json::to_string(&variable).unwrap();
        assert_eq!(serde_json::from_str::<Variable>(&text).unwrap(), variable);
    }

    #[test]
    fn what_somebody_else_wrote_is_read_as_it_was_meant() {
        let of = |kind: Kind| Variable { name: "v".into(), guess: Scalar::Real(0.0), kind };
        let cont = of(Kind::Cont { min: 0.0, max: 9.0, log: false, step: None });
        let int = of(Kind::Int { min: -5, max: 5, log: false, step: None });
        let options = |options: &[&str]| Kind::Cat { options: options.iter().map(|it| (*it).to_owned()).collect() };
        let cat = Variable { guess: "a".into(), ..of(options(&["3.10", "1", "001", "a"])) };
        for (variable, value, expected) in [
            (&cont, Scalar::from(".5"), Some(Scalar::Real(0.5))),
            (&cont, "+1".into(), Some(Scalar::Real(1.0))),
            (&cont, "1e0 ".into(), Some(Scalar::Real(1.0))),
            (&cont, "nan".into(), None),
            (&int, "+1".into(), Some(Scalar::Int(1))),
            (&int, "2.0".into(), Some(Scalar::Int(2))),
            (&int, ".5".into(), None),
            (&cat, Scalar::Int(1), Some("1".into())),
            (&cat, "001".into(), Some("001".into())),
            (&cat, Scalar::Real(3.1), Some("3.10".into())),
            (&cat, "3.10".into(), Some("3.10".into())),
            (&cat, Scalar::Real(1.0), None),
            (&cat, Scalar::Int(7), None),
        ] {
            assert_eq!(variable.admit_as_meant(&value).ok(), expected, "{value}");
        }
    }

    #[test]
    fn the_default_guess_follows_the_scale() {
        let between = |log| default_guess("w", &Kind::Int { min: 1, max: 10_000, log, step: None });
        assert_eq!((between(true), between(false)), (Ok(Scalar::Int(100)), Ok(Scalar::Int(5001))));
    }
}
