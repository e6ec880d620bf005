//! Problems outside the published table, on which every choice of a constant was made.

use crate::problems::{Problem, cat, cont, int, real, text, well};
use mlhub_engine::Value;
use std::f64::consts::{E, PI};

/// Two without categories and three with, each of a kind that the reported ones lack.
pub(crate) const CHECK: [Problem; 5] = [
    Problem {
        name: "goldstein",
        variables: || vec![cont("x", -2.0, 2.0, 1.0), cont("y", -2.0, 2.0, 1.0)],
        function: goldstein,
        optimum: 3.0,
        budget: 35,
        noise: 5.0,
    },
    Problem {
        name: "ackley5",
        variables: || (1..=5).map(|i| cont(&format!("x{i}"), -5.0, 10.0, 5.0)).collect(),
        function: ackley,
        optimum: 0.0,
        budget: 50,
        noise: 0.5,
    },
    Problem {
        name: "bowls",
        variables: || {
            let bowl = cat("bowl", &["a", "b", "c", "d", "e"]);
            vec![cont("x", 0.0, 1.0, 0.5), cont("y", 0.0, 1.0, 0.5), cont("z", 0.0, 1.0, 0.5), bowl]
        },
        function: bowls,
        optimum: 0.0,
        budget: 45,
        noise: 0.02,
    },
    Problem {
        name: "shifts",
        variables: || {
            let (c, d) = (cat("c", &["a", "b", "c"]), cat("d", &["p", "q", "r"]));
            vec![cont("x", -2.0, 2.0, 1.0), cont("y", -2.0, 2.0, 1.0), c, d]
        },
        function: shifts,
        optimum: 0.0,
        budget: 45,
        noise: 0.5,
    },
    Problem {
        name: "network",
        variables: || {
            let (rate, decay) = (cont("rate", -4.0, 0.0, -1.0), cont("decay", -6.0, 0.0, -3.0));
            let (momentum, layers) = (cont("momentum", 0.0, 1.0, 0.5), int("layers", 1, 6, 2));
            vec![
                rate,
                decay,
                momentum,
                layers,
                cat("optimiser", &["sgd", "adam", "rms"]),
                cat("unit", &["tanh", "relu"]),
            ]
        },
        function: network,
        optimum: 0.03,
        budget: 50,
        noise: 0.02,
    },
];

/// Goldstein and Price: values from 3 to a million.
fn goldstein(point: &[Value]) -> f64 {
    let (x, y) = (real(point, 0), real(point, 1));
    let one = 19.0 - 14.0 * x + 3.0 * x * x - 14.0 * y + 6.0 * x * y + 3.0 * y * y;
    let two = 18.0 - 32.0 * x + 12.0 * x * x + 48.0 * y - 36.0 * x * y + 27.0 * y * y;
    (1.0 + (x + y + 1.0).powi(2) * one) * (30.0 + (2.0 * x - 3.0 * y).powi(2) * two)
}

/// Ackley: a needle in a field of dimples.
fn ackley(point: &[Value]) -> f64 {
    let n = point.len() as f64;
    let squares: f64 = (0..point.len()).map(|i| real(point, i).powi(2)).sum();
    let waves: f64 = (0..point.len()).map(|i| (2.0 * PI * real(point, i)).cos()).sum();
    20.0 + E - 20.0 * (-0.2 * (squares / n).sqrt()).exp() - (waves / n).exp()
}

/// A bowl of its own place, width and floor for each option; the guess's option has a poor one.
fn bowls(point: &[Value]) -> f64 {
    let (floor, x, y, z, narrow) = match text(point, 3) {
        "a" => (0.25, 0.4, 0.6, 0.5, 2.0),
        "b" => (0.15, 0.8, 0.2, 0.4, 5.0),
        "c" => (0.0, 0.25, 0.3, 0.75, 6.0),
        "d" => (0.4, 0.6, 0.9, 0.1, 3.0),
        _ => (0.1, 0.15, 0.85, 0.3, 4.0),
    };
    let (dx, dy, dz) = (real(point, 0) - x, real(point, 1) - y, real(point, 2) - z);
    let u = (dx * dx + dy * dy + 0.5 * dz * dz) * narrow;
    well(floor, 0.8, u) + 0.2 * u.min(1.0)
}

/// A wavy function that two categories shift and lift.
fn shifts(point: &[Value]) -> f64 {
    let (dx, lift_x) = match text(point, 2) {
        "a" => (0.6, 3.0),
        "b" => (-0.7, 0.0),
        _ => (0.0, 1.0),
    };
    let (dy, lift_y) = match text(point, 3) {
        "p" => (0.5, 1.5),
        "q" => (-0.4, 4.0),
        _ => (0.9, 0.0),
    };
    let wave = |x: f64| x * x + 1.0 - (3.0 * x).cos();
    2.0 * wave(real(point, 0) - dx) + 3.0 * wave(real(point, 1) - dy) + lift_x + lift_y
}

/// The error of a small network: options that interact with the learning rate, and divergence.
fn network(point: &[Value]) -> f64 {
    let (rate, decay, momentum, layers) = (real(point, 0), real(point, 1), real(point, 2), real(point, 3));
    let (floor, best_rate, narrow, by_momentum) = match text(point, 4) {
        "sgd" => (0.05, -1.0 - 0.8 * momentum, 0.25, 0.1),
        "adam" => (0.03, -2.7, 0.5, 0.02),
        _ => (0.06, -3.0, 0.4, 0.02),
    };
    let (lift, best_layers) = if text(point, 5) == "relu" { (0.0, 4.0) } else { (0.02, 2.0) };
    let divergence = 0.4 * (rate - best_rate - 1.0).clamp(0.0, 1.0);
    let u = 0.5 * narrow * (rate - best_rate).powi(2)
        + 0.02 * (decay + 3.5).powi(2)
        + 0.03 * (layers - best_layers).powi(2)
        + by_momentum * (momentum - 0.8).powi(2);
    well(floor + lift, 0.9 - floor - lift, u) + divergence
}
