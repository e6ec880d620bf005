//! Studies: what one suggests, and what it never does.

use mlhub_engine::{Acquisition, Error, Kind, Observation, Point, Space, Study, Value, Variable};

fn variable(name: &str, kind: Kind, guess: Option<Value>) -> Variable {
    Variable { name: name.to_owned(), kind, guess }
}

fn line(min: f64, max: f64) -> Kind {
    Kind::Cont { min, max, log: false, step: None }
}

fn options(names: &[&str]) -> Kind {
    Kind::Cat { options: names.iter().map(|&name| name.to_owned()).collect() }
}

/// One variable of each kind.
fn mixed() -> Space {
    Space::new(vec![
        variable("x", line(-1.0, 1.0), Some(Value::Real(0.25))),
        variable("k", Kind::Int { min: 1, max: 1000, log: true, step: None }, Some(Value::Int(10))),
        variable("s", Kind::Cont { min: 0.0, max: 1.0, log: false, step: Some(0.1) }, None),
        variable("c", options(&["a", "b", "c"]), Some(Value::from("b"))),
    ])
    .expect("a valid space")
}

fn small() -> Space {
    Space::new(vec![
        variable("k", Kind::Int { min: 0, max: 3, log: false, step: None }, None),
        variable("c", options(&["a", "b", "c"]), None),
    ])
    .expect("a valid space")
}

fn study(space: Space) -> Study {
    Study { space, acquisition: Acquisition::default(), seed: 11 }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Int(number) => *number as f64,
        Value::Real(number) => *number,
        Value::Text(text) => text.len() as f64,
    }
}

/// A smooth response with its best inside the space.
fn response(point: &[Value]) -> f64 {
    let option = if point.last() == Some(&Value::from("c")) { 0.0 } else { -0.5 };
    option - point.iter().map(|value| (number(value) - 0.4).powi(2).min(9.0)).sum::<f64>()
}

/// Asks and tells `count` times.
fn run(study: &Study, count: usize, mut respond: impl FnMut(&[Value]) -> f64) -> Vec<Observation> {
    let mut history = Vec::new();
    for _ in 0..count {
        let point = study.suggest(&history, &[]).expect("a suggestion");
        let value = respond(&point);
        history.push(Observation { point, value });
    }
    history
}

fn assert_legal_and_new(study: &Study, points: &[Point]) {
    for (index, point) in points.iter().enumerate() {
        assert_eq!(study.space.check(point).as_ref(), Ok(point), "suggestion {index} is not in the space");
        assert!(!points[..index].contains(point), "suggestion {index} repeats {point:?}");
    }
}

fn points(history: &[Observation]) -> Vec<Point> {
    history.iter().map(|observation| observation.point.clone()).collect()
}

#[test]
fn the_first_suggestion_is_the_guess() {
    let study = study(mixed());
    let guess = vec![Value::Real(0.25), Value::Int(10), Value::Real(0.5), Value::from("b")];
    assert_eq!(study.suggest(&[], &[]), Ok(guess.clone()));

    let told = [Observation { point: guess.clone(), value: 1.0 }];
    assert_ne!(study.suggest(&told, &[]), Ok(guess.clone()), "told already");
    assert_ne!(study.suggest(&[], std::slice::from_ref(&guess)), Ok(guess), "pending already");
}

#[test]
fn the_initial_design_does_not_depend_on_results() {
    let study = study(mixed());
    let count = study.initial_points();
    let (one, two) = (run(&study, count, response), run(&study, count, |_| 0.0));
    assert_eq!(points(&one), points(&two));
    assert_ne!(points(&run(&study, count + 1, response))[count], points(&run(&study, count + 1, |_| 0.0))[count]);
}

#[test]
fn suggestions_stay_in_the_space_and_never_repeat() {
    for acquisition in [
        Acquisition::LogEi,
        Acquisition::NoisyEi,
        Acquisition::Pi,
        Acquisition::Ucb { beta: 0.2 },
        Acquisition::PosteriorMean,
    ] {
        let study = Study { space: mixed(), acquisition, seed: 3 };
        assert_legal_and_new(&study, &points(&run(&study, 32, response)));
    }
}

#[test]
fn the_same_history_and_seed_give_the_same_suggestion() {
    let history = run(&study(mixed()), 17, response);
    let again = study(mixed());
    let pending = [vec![Value::Real(0.1), Value::Int(3), Value::Real(0.2), Value::from("a")]];
    assert_eq!(again.suggest(&history, &pending), study(mixed()).suggest(&history, &pending));
    let other = Study { seed: 12, ..study(mixed()) };
    assert_ne!(other.suggest(&history, &[]), again.suggest(&history, &[]), "another seed, another point");
}

#[test]
fn parallel_asks_differ_from_the_start_and_later_on() {
    let study = study(mixed());
    for told in [0, 5, 12] {
        let history = run(&study, told, response);
        let mut pending: Vec<Point> = Vec::new();
        for _ in 0..8 {
            pending.push(study.suggest(&history, &pending).expect("a suggestion"));
        }
        let mut all = points(&history);
        all.extend(pending);
        assert_legal_and_new(&study, &all);
    }
}

#[test]
fn parallel_asks_spread_out_instead_of_crowding_one_spot() {
    let space = Space::new(vec![variable("x", line(0.0, 1.0), None)]).expect("a valid space");
    let study = study(space);
    let history = run(&study, 7, |point| -(number(&point[0]) - 0.3).powi(2));
    let mut pending: Vec<Point> = Vec::new();
    for _ in 0..3 {
        pending.push(study.suggest(&history, &pending).expect("a suggestion"));
    }
    let mut places: Vec<f64> = pending.iter().map(|point| number(&point[0])).collect();
    places.sort_by(f64::total_cmp);
    assert!(places.windows(2).all(|pair| pair[1] - pair[0] > 1e-4), "{places:?}");
}

#[test]
fn a_finite_space_is_used_up_without_a_repeat_and_then_said_to_be() {
    let study = study(small());
    let history = run(&study, 12, response);
    assert_legal_and_new(&study, &points(&history));
    assert_eq!(study.suggest(&history, &[]), Err(Error::Exhausted));

    let open = points(&history[8..]);
    assert_eq!(study.suggest(&history[..8], &open), Err(Error::Exhausted), "pending points count");
    assert_eq!(study.suggest(&history[..8], &open[1..]), Ok(open[0].clone()), "the only one left");
}

#[test]
fn a_category_of_one_option_and_a_variable_of_two_values_are_enough() {
    let coin = Kind::Int { min: 0, max: 1, log: false, step: None };
    let space = Space::new(vec![variable("c", options(&["only"]), None), variable("k", coin, None)]);
    let study = study(space.expect("a valid space"));
    assert_eq!(points(&run(&study, 2, response)).len(), 2);
    assert_eq!(study.suggest(&run(&study, 2, response), &[]), Err(Error::Exhausted));
}

#[test]
fn results_of_any_size_and_shape_give_a_suggestion() {
    let study = study(mixed());
    type Bend = fn(usize, f64) -> f64;
    let shapes: [(&str, Bend); 8] = [
        ("constant", |_, _| 0.7),
        ("zero", |_, _| 0.0),
        ("huge", |_, value| value * 1e307),
        ("tiny", |_, value| value * 1e-310),
        ("far from zero", |_, value| 1e15 + value),
        ("two values", |turn, _| f64::from(turn % 2 == 0)),
        ("one outlier", |turn, value| if turn == 6 { -1e300 } else { value }),
        ("mostly ties", |turn, value| if turn % 5 == 0 { value } else { 0.0 }),
    ];
    for (shape, bend) in shapes {
        let mut turn = 0;
        let history = run(&study, 14, |point| {
            turn += 1;
            bend(turn, response(point))
        });
        assert_legal_and_new(&study, &points(&history));
        assert!(history.iter().all(|o| o.point.iter().all(|value| number(value).is_finite())), "{shape}");
    }
}

#[test]
fn failed_trials_are_not_tried_again_and_do_not_stop_the_study() {
    let study = study(mixed());
    for failure in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_legal_and_new(&study, &points(&run(&study, 13, |_| failure)));
        let mut turn = 0;
        let history = run(&study, 24, |point| {
            turn += 1;
            if turn % 3 == 0 { failure } else { response(point) }
        });
        assert_legal_and_new(&study, &points(&history));
    }
}

#[test]
fn trials_that_fail_in_one_half_send_the_study_to_the_other() {
    let space = Space::new(vec![variable("x", line(0.0, 1.0), None), variable("y", line(0.0, 1.0), None)]);
    let study = study(space.expect("a valid space"));
    // The response rises towards the half where everything fails.
    let history = run(&study, 30, |point| {
        let x = number(&point[0]);
        if x > 0.5 { f64::NAN } else { x }
    });
    let late = &history[15..];
    let failed = late.iter().filter(|observation| observation.value.is_nan()).count();
    assert!(failed <= 9, "{failed} of {} late trials failed", late.len());
    let best = history.iter().map(|o| o.value).filter(|v| v.is_finite()).fold(0.0, f64::max);
    assert!(best > 0.45, "the edge was not found: {best}");
}

#[test]
fn every_tenth_suggestion_is_random_and_the_others_are_not() {
    let space = Space::new(vec![variable("x", line(0.0, 1.0), None), variable("y", line(0.0, 1.0), None)]);
    let study = study(space.expect("a valid space"));
    let history = run(&study, 20, response);
    for count in 5..20 {
        let told = &history[..count];
        let mut bent = told.to_vec();
        bent.iter_mut().for_each(|o| o.value = -o.value);
        let same = study.suggest(told, &[]) == study.suggest(&bent, &[]);
        assert_eq!(same, count % 10 == 9, "after {count} results");
    }
}

#[test]
fn the_best_expectation_lies_where_the_results_say() {
    let log = Kind::Cont { min: 1e-4, max: 1.0, log: true, step: None };
    let whole = Kind::Int { min: 0, max: 50, log: false, step: None };
    let variables = vec![variable("rate", log, None), variable("size", whole, None)];
    let space = Space::new(variables).expect("a valid space");
    let study = Study { acquisition: Acquisition::PosteriorMean, ..study(space) };
    // Best at a rate of 0.01 and a size of 20, neither of which is among the results.
    let history: Vec<Observation> = (0..25)
        .map(|i| {
            let (rate, size) = (10.0_f64.powf(-4.0 + 0.9 * f64::from(i % 5)), 3 + i64::from(i / 5) * 11);
            let value = -(rate.log10() + 2.0).powi(2) - ((size as f64 - 20.0) / 15.0).powi(2);
            Observation { point: vec![Value::Real(rate), Value::Int(size)], value }
        })
        .collect();
    let point = study.suggest(&history, &[]).expect("a suggestion");
    assert!((number(&point[0]).log10() + 2.0).abs() < 0.15, "{point:?}");
    assert!((number(&point[1]) - 20.0).abs() <= 2.0, "{point:?}");
}

#[test]
fn a_history_from_elsewhere_is_used_as_it_is() {
    let study = study(mixed());
    // Never asked for, and partly between the steps.
    let history: Vec<Observation> = (0..20)
        .map(|i| {
            let x = f64::from(i) / 20.0;
            let name = ["a", "b", "c"][i as usize % 3];
            let point = vec![Value::Real(x), Value::Int(i64::from(i) + 1), Value::Real(x), Value::from(name)];
            Observation { value: response(&point), point }
        })
        .collect();
    let suggestion = study.suggest(&history, &[]).expect("a suggestion");
    assert!(!points(&history).contains(&suggestion));
    assert_eq!(study.space.check(&suggestion), Ok(suggestion));
}

#[test]
fn a_point_outside_the_space_is_refused_by_name() {
    let study = study(small());
    let outside = vec![Value::Int(4), Value::from("a")];
    let told = [Observation { point: outside.clone(), value: 1.0 }];
    for result in [study.suggest(&told, &[]), study.suggest(&[], &[outside])] {
        let Err(Error::InvalidPoint(reason)) = result else { panic!("taken: {result:?}") };
        assert!(reason.contains("variable \"k\": 4"), "{reason}");
    }
}

#[test]
fn hundreds_of_results_are_thinned_out_not_refused() {
    let space = Space::new(vec![variable("x", line(0.0, 1.0), None), variable("y", line(0.0, 1.0), None)]);
    let study = study(space.expect("a valid space"));
    let history: Vec<Observation> = (0..620)
        .map(|i| {
            let fraction = |step: f64| (step * f64::from(i)).fract();
            let point = vec![Value::Real(fraction(0.618)), Value::Real(fraction(0.414))];
            Observation { value: response(&point), point }
        })
        .collect();
    let suggestion = study.suggest(&history, &[]).expect("a suggestion");
    assert!(number(&suggestion[0]).is_finite() && !points(&history).contains(&suggestion));
}

mod any_space {
    //! The promises above, in spaces and histories that nobody chose.

    use super::*;
    use proptest::prelude::*;

    fn any_kind() -> impl Strategy<Value = Kind> {
        let bounds = (-1e6..1e6_f64, 1e-3..1e6_f64);
        prop_oneof![
            (bounds.clone(), proptest::option::of(1..40_u32)).prop_map(|((min, width), steps)| Kind::Cont {
                min,
                max: min + width,
                log: false,
                step: steps.map(|steps| width / f64::from(steps)),
            }),
            (1e-9..1.0_f64, 1.5..1e9_f64).prop_map(|(min, ratio)| Kind::Cont {
                min,
                max: min * ratio,
                log: true,
                step: None,
            }),
            (-1000..1000_i64, 1..2000_i64, 1..5_i64).prop_map(|(min, width, step)| Kind::Int {
                min,
                max: min + width.max(step),
                log: false,
                step: Some(step),
            }),
            (1..1000_i64, 1..1_000_000_i64).prop_map(|(min, width)| Kind::Int {
                min,
                max: min + width,
                log: true,
                step: None,
            }),
            (1..5_usize).prop_map(|count| Kind::Cat { options: (0..count).map(|i| format!("o{i}")).collect() }),
        ]
    }

    fn any_space() -> impl Strategy<Value = Space> {
        proptest::collection::vec(any_kind(), 1..5).prop_map(|kinds| {
            let named = kinds.into_iter().enumerate();
            let variables = named.map(|(i, kind)| variable(&format!("v{i}"), kind, None)).collect();
            Space::new(variables).expect("a valid space")
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn suggestions_are_legal_and_new_whatever_comes_back(
            space in any_space(),
            seed in any::<u64>(),
            values in proptest::collection::vec(prop_oneof![8 => -1e3..1e3_f64, 1 => any::<f64>()], 14),
        ) {
            let study = Study { space, acquisition: Acquisition::LogEi, seed };
            let mut history = Vec::new();
            let mut pending: Vec<Point> = Vec::new();
            for value in values {
                match study.suggest(&history, &pending) {
                    Ok(point) => pending.push(point),
                    Err(error) => prop_assert_eq!(error, Error::Exhausted),
                }
                // Two trials are always open.
                if pending.len() > 2 {
                    history.push(Observation { point: pending.remove(0), value });
                }
            }
            let mut all = points(&history);
            all.extend(pending);
            for (index, point) in all.iter().enumerate() {
                let checked = study.space.check(point);
                prop_assert_eq!(checked.as_ref(), Ok(point));
                prop_assert!(!all[..index].contains(point), "{:?} comes twice", point);
            }
        }
    }
}
