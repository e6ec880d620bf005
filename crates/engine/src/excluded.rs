//! Excluded points: those told or pending, which are not suggested again, and how to find one that may be.

use crate::rng::Stream;
use crate::{Error, Space};

/// Coordinates nearer than this are the same point: far below what a result could tell apart, far
/// above rounding.
const SAME: f64 = 1e-7;

/// Random points to draw before a finite space is searched one by one.
const DRAWS: usize = 32;

/// Excluded points: those with a result, and those whose result is still to come.
#[derive(Debug)]
pub(crate) struct ExcludedPoints<'a> {
    space: &'a Space,
    points: Vec<Vec<f64>>,
}

impl<'a> ExcludedPoints<'a> {
    /// # Errors
    /// [`Error::Exhausted`] where the points leave none of a finite space.
    pub(crate) fn new(space: &'a Space, points: Vec<Vec<f64>>) -> Result<Self, Error> {
        if let Some(size) = space.size() {
            let mut places: Vec<u64> = points.iter().filter_map(|x| place(space, x)).collect();
            places.sort_unstable();
            places.dedup();
            if places.len() as u64 >= size {
                return Err(Error::Exhausted);
            }
        }
        Ok(ExcludedPoints { space, points })
    }

    pub(crate) fn is_free(&self, x: &[f64]) -> bool {
        !self.points.iter().any(|point| same(point, x))
    }

    /// A random point that is free.
    ///
    /// # Errors
    /// [`Error::Exhausted`] where there is none.
    pub(crate) fn draw(&self, stream: &mut Stream) -> Result<Vec<f64>, Error> {
        let axes = self.space.axes();
        for _ in 0..DRAWS {
            let x: Vec<f64> = axes.iter().map(|axis| axis.sample(stream)).collect();
            if self.is_free(&x) {
                return Ok(x);
            }
        }
        let size = self.space.size().ok_or(Error::Exhausted)?;
        let start = stream.below(size);
        // Each excluded point blocks one place, so one of the first few must be free.
        (0..=self.points.len() as u64)
            .map(|step| point_at(self.space, (start + step) % size))
            .find(|x| self.is_free(x))
            .ok_or(Error::Exhausted)
    }

    /// Every free point of a space with at most `most` points.
    pub(crate) fn all_free(&self, most: u64) -> Option<Vec<Vec<f64>>> {
        let size = self.space.size().filter(|&size| size <= most)?;
        Some((0..size).map(|at| point_at(self.space, at)).filter(|x| self.is_free(x)).collect())
    }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| (x - y).abs() < SAME)
}

/// The point's number in a finite space; none for a point between the steps.
fn place(space: &Space, x: &[f64]) -> Option<u64> {
    space.axes().iter().zip(x).try_fold(0_u64, |place, (axis, &coordinate)| {
        ((axis.snap(coordinate) - coordinate).abs() < SAME)
            .then(|| place * axis.levels().unwrap_or(1) + axis.level(coordinate))
    })
}

fn point_at(space: &Space, mut place: u64) -> Vec<f64> {
    let mut x: Vec<f64> = space
        .axes()
        .iter()
        .rev()
        .map(|axis| {
            let levels = axis.levels().unwrap_or(1);
            let level = place % levels;
            place /= levels;
            axis.coordinate_of_level(level)
        })
        .collect();
    x.reverse();
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;
    use crate::{Kind, Variable};

    fn grid() -> Space {
        let kind = Kind::Int { min: 0, max: 9, log: false, step: None };
        let options = (0..20).map(|i| i.to_string()).collect();
        Space::new(vec![
            Variable { name: "k".to_owned(), kind, guess: None },
            Variable { name: "c".to_owned(), kind: Kind::Cat { options }, guess: None },
        ])
        .expect("a valid space")
    }

    #[test]
    fn places_and_points_belong_to_each_other() {
        let space = grid();
        for at in 0..200 {
            assert_eq!(place(&space, &point_at(&space, at)), Some(at));
        }
        assert_eq!(place(&space, &[0.05, 0.0]), None, "between two steps");
    }

    #[test]
    fn the_last_free_point_is_found_and_then_there_is_none() {
        let space = grid();
        let mut points: Vec<Vec<f64>> = (0..200).map(|at| point_at(&space, at)).collect();
        let last = points.remove(137);
        let mut stream = Stream::new(1, 0, 0, Purpose::Search);
        let excluded = ExcludedPoints::new(&space, points.clone()).expect("one is left");
        assert_eq!(excluded.draw(&mut stream), Ok(last.clone()));
        assert_eq!(excluded.all_free(200), Some(vec![last.clone()]));
        points.push(last);
        assert_eq!(ExcludedPoints::new(&space, points).err(), Some(Error::Exhausted));
    }

    #[test]
    fn a_point_told_twice_blocks_one_place() {
        let space = grid();
        let points = vec![point_at(&space, 3); 200];
        assert!(ExcludedPoints::new(&space, points).is_ok());
    }
}
