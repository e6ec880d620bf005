//! Problems of the published table, five of them.

use super::{Problem, cat, cont, int, real, text, well};
use mlhub_engine::{Value, Variable};
use std::f64::consts::PI;

/// The problems that the crate's README reports, with budgets and noise of the published table.
pub(crate) const REPORTED: [Problem; 5] = [
    Problem {
        name: "branin",
        variables: || vec![cont("x1", -5.0, 10.0, 0.0), cont("x2", 0.0, 15.0, 2.0)],
        function: |point| branin(real(point, 0), real(point, 1)),
        optimum: 0.397_887,
        budget: 35,
        noise: 2.0,
    },
    Problem {
        name: "hartmann6",
        variables: || (1..=6).map(|i| cont(&format!("x{i}"), 0.0, 1.0, 0.5)).collect(),
        function: hartmann,
        optimum: -3.322_368,
        budget: 50,
        noise: 0.1,
    },
    Problem {
        name: "mixed",
        variables: || {
            let color = cat("color", &["red", "green", "blue", "grey"]);
            vec![cont("x1", -5.0, 10.0, 0.0), cont("x2", 0.0, 15.0, 2.0), int("k", 0, 8, 1), color]
        },
        function: mixed,
        optimum: 0.397_887,
        budget: 40,
        noise: 2.0,
    },
    Problem {
        name: "rosen4",
        variables: || {
            vec![cont("a", -2.0, 2.0, -1.2), int("i", -3, 6, 3), cont("b", -2.0, 2.0, -1.0), int("j", -3, 6, 2)]
        },
        function: rosenbrock,
        optimum: 0.0,
        budget: 40,
        noise: 5.0,
    },
    Problem { name: "svm", variables: svm_variables, function: svm, optimum: 0.06, budget: 40, noise: 0.02 },
];

fn branin(x: f64, y: f64) -> f64 {
    let parabola = y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0;
    parabola * parabola + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x.cos() + 10.0
}

fn hartmann(point: &[Value]) -> f64 {
    const ALPHA: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const A: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const P: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    let bump = |i: usize| {
        let exponent: f64 = (0..6).map(|j| A[i][j] * (real(point, j) - P[i][j]).powi(2)).sum();
        ALPHA[i] * (-exponent).exp()
    };
    -(0..4).map(bump).sum::<f64>()
}

fn mixed(point: &[Value]) -> f64 {
    let (dx, dy, lift) = match text(point, 3) {
        "red" => (0.0, 0.0, 4.0),
        "green" => (1.5, 0.0, 0.0),
        "blue" => (0.0, 1.5, 2.0),
        _ => (-1.0, -1.0, 8.0),
    };
    branin(real(point, 0) - dx, real(point, 1) - dy) + lift + 1.5 * (real(point, 2) - 4.0).powi(2)
}

fn rosenbrock(point: &[Value]) -> f64 {
    let term = |i: usize| {
        let (x, y) = (real(point, i), real(point, i + 1));
        100.0 * (y - x * x).powi(2) + (1.0 - x).powi(2)
    };
    (0..3).map(term).sum()
}

fn svm_variables() -> Vec<Variable> {
    let kernel = cat("kernel", &["linear", "rbf", "poly", "sigmoid"]);
    vec![cont("log_c", -3.0, 3.0, 0.0), cont("log_gamma", -4.0, 1.0, -3.0), int("degree", 2, 5, 2), kernel]
}

fn svm(point: &[Value]) -> f64 {
    let (c, gamma, degree) = (real(point, 0), real(point, 1), real(point, 2));
    match text(point, 3) {
        "linear" => well(0.14, 0.30, (c + 0.5).powi(2) / 6.0),
        "rbf" => {
            let valley = gamma + 1.6 + 0.5 * (c - 1.3);
            well(0.06, 0.40, (c - 1.3).powi(2) / 3.0 + valley * valley / 0.8)
        }
        "poly" => {
            let u = (c - 0.4).powi(2) / 4.0 + (gamma + 0.8).powi(2) / 2.0;
            well(0.09 + 0.03 * (degree - 3.0).powi(2), 0.35, u)
        }
        _ => well(0.22, 0.25, ((c - 2.0).powi(2) + (gamma + 3.0).powi(2)) / 2.0),
    }
}
