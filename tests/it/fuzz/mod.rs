//! The fuzzers' entry points, over what fuzzers have found and what is near it.

use std::path::Path;

use mlhub::testing::fuzz::TARGETS;

use crate::dice::Dice;
use crate::support::Checked;

/// Changed copies of each file.
const COPIES: usize = 300;

/// The files of that target.
fn corpus(target: &str) -> std::io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    paths.iter().map(std::fs::read).collect()
}

/// The same with a few bytes changed, added, left out or doubled.
fn changed(dice: &mut Dice, data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(data.len() as u64 + 1) as usize;
        let any = dice.next() as u8;
        match dice.below(4) {
            0 => data.insert(at, any),
            1 => data.truncate(at),
            2 => data.extend_from_within(at..),
            _ => data.get_mut(at).into_iter().for_each(|byte| *byte = any),
        }
    }
    data
}

#[test]
fn no_entry_point_panics_over_its_corpus_or_near_it() -> Checked {
    for (name, target) in TARGETS {
        let files = corpus(name)?;
        assert!(files.len() >= 4, "{name} has {} files", files.len());
        let mut dice = Dice::new(files.len() as u64);
        for file in files {
            target(&file);
            for _ in 0..COPIES {
                target(&changed(&mut dice, &file));
            }
        }
    }
    Ok(())
}
