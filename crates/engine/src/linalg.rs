//! Cholesky factorisation: factor, solve and invert, all the linear algebra that a Gaussian process needs.
//!
//! Written out rather than taken from a crate, for three reasons measured in the crate's README:
//! it costs no build time, it is as fast as needed up to the sizes used here, and it sums in one
//! fixed order, so that every replica computes the same bits whatever its processor can do.

/// How many partial sums a dot product keeps: enough for the compiler to use vector registers.
const LANES: usize = 8;

/// The lower triangle `L` of a symmetric positive definite matrix `L Lᵀ`, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    rows: Vec<f64>,
    n: usize,
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

impl Cholesky {
    /// Factors a matrix given by rows, of which the lower triangle is read; none if it is not
    /// positive definite.
    pub(crate) fn new(mut rows: Vec<f64>, n: usize) -> Option<Self> {
        for i in 0..n {
            let (above, row) = rows.split_at_mut(i * n);
            for j in 0..i {
                let other = &above[j * n..=j * n + j];
                row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
            }
            let pivot = row[i] - dot(&row[..i], &row[..i]);
            if pivot.is_nan() || pivot <= 0.0 {
                return None;
            }
            row[i] = pivot.sqrt();
        }
        Some(Cholesky { rows, n })
    }

    /// The logarithm of the matrix's determinant.
    pub(crate) fn log_determinant(&self) -> f64 {
        (0..self.n).map(|i| 2.0 * libm::log(self.rows[i * self.n + i])).sum()
    }

    /// Solves `L x = b` in place.
    pub(crate) fn forward(&self, b: &mut [f64]) {
        for i in 0..self.n {
            let row = &self.rows[i * self.n..=i * self.n + i];
            b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
        }
    }

    /// Solves `Lᵀ x = b` in place.
    pub(crate) fn backward(&self, b: &mut [f64]) {
        for i in (0..self.n).rev() {
            let row = &self.rows[i * self.n..=i * self.n + i];
            b[i] /= row[i];
            let solved = b[i];
            for (value, factor) in b[..i].iter_mut().zip(row) {
                *value -= factor * solved;
            }
        }
    }

    /// The inverse of the matrix, by rows.
    pub(crate) fn inverse(&self) -> Vec<f64> {
        let n = self.n;
        // Row c holds column c of the inverse of L, which is zero before c.
        let mut columns = vec![0.0; n * n];
        for (c, column) in columns.chunks_exact_mut(n.max(1)).enumerate() {
            column[c] = 1.0 / self.rows[c * n + c];
            for i in c + 1..n {
                let row = &self.rows[i * n..=i * n + i];
                column[i] = -dot(&row[c..i], &column[c..i]) / row[i];
            }
        }
        let mut inverse = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let value = dot(&columns[i * n + i..(i + 1) * n], &columns[j * n + i..(j + 1) * n]);
                inverse[i * n + j] = value;
                inverse[j * n + i] = value;
            }
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A positive definite matrix with no pattern to speak of.
    fn matrix(n: usize) -> Vec<f64> {
        let mut rows = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                rows[i * n + j] = libm::exp(-0.1 * (i as f64 - j as f64).powi(2));
            }
            rows[i * n + i] += 0.5 + 0.01 * i as f64;
        }
        rows
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        for n in [1, 2, 7, 8, 9, 20] {
            let a = matrix(n);
            let inverse = Cholesky::new(a.clone(), n).expect("positive definite").inverse();
            for i in 0..n {
                for j in 0..n {
                    let product: f64 = (0..n).map(|k| a[i * n + k] * inverse[k * n + j]).sum();
                    let expected = f64::from(u8::from(i == j));
                    assert!((product - expected).abs() < 1e-9, "n {n} ({i}, {j}): {product}");
                }
            }
        }
    }

    #[test]
    fn both_triangles_solve_the_whole_system() {
        let n = 11;
        let a = matrix(n);
        let expected: Vec<f64> = (0..n).map(|i| 1.0 - i as f64).collect();
        let mut b: Vec<f64> = a.chunks_exact(n).map(|row| dot(row, &expected)).collect();
        let factor = Cholesky::new(a, n).expect("positive definite");
        factor.forward(&mut b);
        factor.backward(&mut b);
        for (got, expected) in b.iter().zip(&expected) {
            assert!((got - expected).abs() < 1e-9, "{got} {expected}");
        }
    }

    #[test]
    fn the_determinant_is_the_product_of_a_diagonal() {
        let factor = Cholesky::new(vec![2.0, 0.0, 0.0, 8.0], 2).expect("positive definite");
        assert!((factor.log_determinant() - libm::log(16.0)).abs() < 1e-12);
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        assert!(Cholesky::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
        assert!(Cholesky::new(vec![f64::NAN], 1).is_none());
    }
}
