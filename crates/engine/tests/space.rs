//! Search spaces: what one accepts, what it refuses, and what it says then.

use mlhub_engine::{Error, Kind, Space, Value, Variable};

fn variable(name: &str, kind: Kind) -> Variable {
    Variable { name: name.to_owned(), kind, guess: None }
}

fn int(min: i64, max: i64) -> Kind {
    Kind::Int { min, max, log: false, step: None }
}

fn cont(min: f64, max: f64) -> Kind {
    Kind::Cont { min, max, log: false, step: None }
}

fn cat(options: &[&str]) -> Kind {
    Kind::Cat { options: options.iter().map(|&option| option.to_owned()).collect() }
}

fn space_of(kind: Kind) -> Result<Space, Error> {
    Space::new(vec![variable("k", kind)])
}

fn refusal(result: Result<Space, Error>) -> String {
    match result {
        Err(Error::InvalidSpace(reason)) => reason,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn a_space_that_cannot_be_searched_is_refused_with_the_variable_and_the_cause() {
    let log = |min, max| Kind::Cont { min, max, log: true, step: None };
    let stepped = |step| Kind::Cont { min: 0.0, max: 1.0, log: false, step: Some(step) };
    let every = |step| Kind::Int { min: 0, max: 9, log: false, step: Some(step) };
    for (kind, cause) in [
        (int(3, 3), "min must be less than max, not 3 to 3"),
        (int(4, 3), "min must be less than max"),
        (int(i64::MIN, i64::MAX), "within ±2^53"),
        (cont(1.0, 1.0), "min must be less than max"),
        (cont(f64::NAN, 1.0), "bounds must be finite"),
        (cont(0.0, f64::INFINITY), "bounds must be finite"),
        (cont(-1.7e308, 1.7e308), "bounds must be finite"),
        (log(0.0, 1.0), "a log scale needs min above 0, not 0"),
        (stepped(0.0), "step must be a positive number"),
        (stepped(f64::NAN), "step must be a positive number"),
        (stepped(1.5), "step 1.5 is wider than the range"),
        (stepped(1e-300), "too fine"),
        (every(0), "step must be at least 1"),
        (every(10), "step 10 is wider than the range"),
        (cat(&[]), "needs at least one option"),
        (cat(&["a", "b", "a"]), "option \"a\" is listed twice"),
    ] {
        let reason = refusal(space_of(kind.clone()));
        assert!(reason.starts_with("variable \"k\"") && reason.contains(cause), "{kind:?}: {reason}");
    }
}

#[test]
fn names_must_be_there_and_differ() {
    assert!(refusal(Space::new(Vec::new())).contains("at least one variable"));
    assert!(refusal(Space::new(vec![variable("", int(0, 1))])).contains("give it a name"));
    let twice = vec![variable("k", int(0, 1)), variable("k", cat(&["a"]))];
    assert!(refusal(Space::new(twice)).contains("variable \"k\" is listed twice"));
}

#[test]
fn a_guess_must_be_in_the_space() {
    let guess = |value: Value| Space::new(vec![Variable { guess: Some(value), ..variable("k", int(0, 8)) }]);
    let reason = refusal(guess(Value::Int(9)));
    assert_eq!(reason, "guess of variable \"k\": 9 is not allowed; give a whole number from 0 to 8");
    assert_eq!(guess(Value::Real(3.0)).map(|space| space.guess()), Ok(vec![Value::Int(3)]));
}

#[test]
fn without_a_guess_the_middle_or_the_first_option_is_taken() {
    let log = Kind::Cont { min: 1e-4, max: 1.0, log: true, step: None };
    let stepped = Kind::Cont { min: 0.0, max: 1.0, log: false, step: Some(0.3) };
    let every = Kind::Int { min: 10, max: 100, log: false, step: Some(45) };
    let kinds = [cont(-5.0, 10.0), log, stepped, every, cat(&["red", "green"])];
    let variables = kinds.into_iter().enumerate().map(|(i, kind)| variable(&format!("v{i}"), kind)).collect();
    let guess = Space::new(variables).expect("a valid space").guess();
    assert_eq!(guess[0], Value::Real(2.5));
    assert!(matches!(guess[1], Value::Real(x) if (x - 0.01).abs() < 1e-12), "{guess:?}");
    assert!(matches!(guess[2], Value::Real(x) if (x - 0.6).abs() < 1e-12), "{guess:?}");
    assert_eq!(guess[3..], [Value::Int(55), Value::from("red")]);
}

#[test]
fn numbers_are_brought_into_the_type_of_their_variable() {
    let variables = vec![variable("k", int(0, 8)), variable("x", cont(0.0, 3.0)), variable("c", cat(&["a"]))];
    let space = Space::new(variables).expect("a valid space");
    let point = [Value::Real(4.0), Value::Int(2), Value::from("a")];
    assert_eq!(space.check(&point), Ok(vec![Value::Int(4), Value::Real(2.0), Value::from("a")]));
}

#[test]
fn a_value_outside_its_variable_is_refused_with_what_it_may_be() {
    let all = vec![variable("k", int(0, 8)), variable("x", cont(0.0, 1.5)), variable("c", cat(&["a", "b"]))];
    let space = Space::new(all).expect("a valid space");
    let good = [Value::Int(1), Value::Real(1.0), Value::from("a")];
    let whole = "a whole number from 0 to 8";
    let real = "a number from 0 to 1.5";
    let option = "one of [\"a\", \"b\"]";
    for (index, value, allowed) in [
        (0, Value::Int(9), whole),
        (0, Value::Int(-1), whole),
        (0, Value::Real(1.5), whole),
        (0, Value::Real(1e300), whole),
        (0, Value::Real(f64::NAN), whole),
        (0, Value::from("1"), whole),
        (1, Value::Real(1.6), real),
        (1, Value::Real(f64::NAN), real),
        (1, Value::Real(f64::NEG_INFINITY), real),
        (1, Value::from("x"), real),
        (2, Value::from("z"), option),
        (2, Value::Int(0), option),
    ] {
        let mut point = good.to_vec();
        point[index] = value.clone();
        let Err(Error::InvalidPoint(reason)) = space.check(&point) else { panic!("{value} was taken") };
        let name = ["k", "x", "c"][index];
        assert_eq!(reason, format!("variable {name:?}: {value} is not allowed; give {allowed}"));
    }
    let Err(Error::InvalidPoint(reason)) = space.check(&good[..2]) else { panic!("a short point was taken") };
    assert_eq!(reason, "a point needs 3 values (k, x, c), not 2");
}

#[test]
fn a_value_between_two_steps_is_a_result_like_any_other() {
    let stepped = Kind::Cont { min: 0.0, max: 1.0, log: false, step: Some(0.25) };
    let space = space_of(stepped).expect("a valid space");
    assert_eq!(space.check(&[Value::Real(0.3)]), Ok(vec![Value::Real(0.3)]));
}

#[test]
fn every_error_is_one_line_that_says_what_to_do() {
    let message = Error::Exhausted.to_string();
    assert!(message.contains("stop here") && !message.contains('\n'), "{message}");
}
