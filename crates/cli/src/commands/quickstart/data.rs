//! Data set of wines: 178 rows of thirteen measurements, and folds to validate on.
//!
//! Source and licence of the table are in `data/README.md`.

use std::sync::OnceLock;

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64Mcg;

/// Table as it is kept in the repository.
const CSV: &str = include_str!("../../../data/wine.csv");

/// Table of measurements and the class of each row.
#[derive(Debug)]
pub(crate) struct WineData {
    /// One row per wine, one column per measurement.
    pub(crate) rows: Vec<Vec<f64>>,
    /// Which cultivator made each wine.
    pub(crate) classes: Vec<i32>,
}

impl WineData {
    /// The wines, read once per process.
    pub(crate) fn wines() -> &'static WineData {
        static WINES: OnceLock<WineData> = OnceLock::new();
        WINES.get_or_init(|| WineData::parse(CSV))
    }

    /// Reads what the tests prove to be well formed: a line that is not all
    /// numbers has no place in the table and would be left out.
    fn parse(csv: &str) -> WineData {
        let (mut rows, mut classes) = (Vec::new(), Vec::new());
        for line in csv.lines().skip(1) {
            let values: Result<Vec<f64>, _> = line.split(',').map(str::parse).collect();
            if let Some((class, row)) = values.ok().as_deref().and_then(<[f64]>::split_last) {
                rows.push(row.to_vec());
                classes.push(*class as i32);
            }
        }
        WineData { rows, classes }
    }

    /// The fold of each row: every fold holds the classes in the proportions of
    /// the whole table, and the seed decides which rows they are.
    pub(crate) fn folds(&self, count: usize, seed: u64) -> Vec<usize> {
        let mut random = Pcg64Mcg::seed_from_u64(seed);
        let mut folds = vec![0; self.classes.len()];
        let mut names = self.classes.clone();
        names.sort_unstable();
        names.dedup();
        // Dealt out like cards, one class after the other, without a new start
        // in between: no fold is larger than another by more than one row.
        let mut dealt = 0;
        for name in names {
            let mut members: Vec<usize> = (0..folds.len()).filter(|&row| self.classes[row] == name).collect();
            members.shuffle(&mut random);
            for row in members {
                folds[row] = dealt % count;
                dealt += 1;
            }
        }
        folds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_wine_of_the_data_set() {
        let wines = WineData::wines();
        assert_eq!(CSV.lines().count(), 1 + 178);
        assert_eq!(wines.rows.len(), 178);
        assert!(wines.rows.iter().all(|row| row.len() == 13 && row.iter().all(|value| value.is_finite())));
        let count = |class| wines.classes.iter().filter(|&&other| other == class).count();
        assert_eq!([count(0), count(1), count(2)], [59, 71, 48]);
        // Means as the data set's own description gives them.
        let mean = |column: usize| wines.rows.iter().map(|row| row[column]).sum::<f64>() / 178.0;
        assert!((mean(0) - 13.0).abs() < 0.05 && (mean(12) - 746.0).abs() < 1.0);
    }

    #[test]
    fn the_licence_and_the_source_lie_beside_the_table() {
        let licence = include_str!("../../../data/LICENSE-CC-BY-4.0");
        assert!(licence.starts_with("Attribution 4.0 International"));
        let about = include_str!("../../../data/README.md");
        for needed in ["Aeberhard", "Forina", "10.24432/C5PC7J", "CC BY 4.0", "Changes:"] {
            assert!(about.contains(needed), "{needed}");
        }
    }

    #[test]
    fn every_fold_holds_the_classes_in_the_same_proportions() {
        let wines = WineData::wines();
        let folds = wines.folds(5, 3);
        for fold in 0..5 {
            let size = folds.iter().filter(|&&other| other == fold).count();
            assert!((35..=36).contains(&size), "{size}");
            for (class, total) in [(0, 59), (1, 71), (2, 48)] {
                let share = (0..178).filter(|&row| folds[row] == fold && wines.classes[row] == class).count();
                assert!((total / 5..=total / 5 + 1).contains(&share), "class {class}: {share}");
            }
        }
    }

    #[test]
    fn the_seed_alone_decides_the_folds() {
        let wines = WineData::wines();
        assert_eq!(wines.folds(5, 3), wines.folds(5, 3));
        assert_ne!(wines.folds(5, 3), wines.folds(5, 4));
    }
}
