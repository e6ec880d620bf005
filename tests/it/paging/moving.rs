//! Lists that change between two requests, by random schedules. What a walk owes is judged by what the service did:
//! it knows when each item was there and which pages it sent.

use std::sync::{Arc, Mutex};

use futures::TryStreamExt;
use mlhub::op::Paging;
use mlhub::op::PagingStyle::{Link, Offset, Page, Token};
use mlhub::testing::{Lab, Reply};

use super::list::{Asked, Envelope, List, Thing, paging};
use crate::support::{Chance, Checked};

const SCHEDULES: u64 = 300;
/// A list in descending order is one in ascending order, with each id taken from this.
const MIRROR: u64 = 1 << 40;

/// A list on a server and what has happened to it.
struct Shelf {
    chance: Chance,
    items: Vec<u64>,
    /// Those that have been there all the time.
    stayed: Vec<u64>,
    /// Whether new items may appear anywhere, or only where their id belongs.
    sorted: bool,
    /// How much happens between two requests, at most.
    unrest: u64,
    /// The last item of the last page and its place, while nothing has been sent since.
    edge: Option<(u64, usize)>,
    /// The edge of a page was not in its place when the next page was asked for.
    moved: bool,
    newest: u64,
    /// The last answer was lost on the way.
    lost: bool,
}

impl Shelf {
    fn new(chance: Chance, sorted: bool, unrest: u64) -> Self {
        // Even numbers, so that there is room between them.
        let items: Vec<u64> = (1..=chance.below(90)).map(|number| number * 1000).collect();
        let (stayed, newest) = (items.clone(), items.len() as u64 * 1000);
        Shelf { chance, items, stayed, sorted, unrest, edge: None, moved: false, newest, lost: false }
    }

    /// Others add and take away.
    fn happen(&mut self) {
        for _ in 0..self.chance.below(self.unrest + 1) {
            let place = self.chance.below(self.items.len() as u64 + 1) as usize;
            if self.chance.below(2) == 0 && !self.items.is_empty() {
                let gone = self.items.remove(place.min(self.items.len() - 1));
                self.stayed.retain(|id| *id != gone);
            } else if self.sorted {
                let id = match self.chance.below(2) {
                    0 => 1 + self.chance.below(self.newest.max(1)),
                    _ => self.newest + 1,
                };
                if let Err(place) = self.items.binary_search(&id) {
                    self.items.insert(place, id);
                }
                self.newest = self.newest.max(id);
            } else {
                self.newest += 1;
                self.items.insert(place, self.newest);
            }
        }
    }

    fn answer(&mut self, paging: Paging, asked: &Asked, with_total: bool) -> Envelope {
        let style = paging.style;
        self.happen();
        if let Some((id, place)) = self.edge.take() {
            self.moved |= self.items.get(place) != Some(&id);
        }
        let size = asked.size.unwrap_or(17);
        let from = match style {
            Offset => asked.number().unwrap_or(0),
            Page => (asked.number().unwrap_or(1) - 1) * size,
            Token | Link => {
                let after: u64 =
                    asked.at.as_deref().and_then(|at| at.trim_start_matches('t').parse().ok()).unwrap_or(0);
                self.items.partition_point(|id| *id <= after)
            }
        };
        let page: Vec<u64> = self.items.iter().skip(from).take(size).copied().collect();
        let more = from + page.len() < self.items.len();
        let next = page.last().filter(|_| more).map(|last| match style {
            Link => format!("http://hub.test/prefix/things?at=t{last}"),
            _ => format!("t{last}"),
        });
        // A page of one is too small to overlap with what is not there.
        self.edge = page.last().filter(|_| page.len() > 1).map(|last| (*last, from + page.len() - 1));
        let items = page.into_iter().map(|id| Thing { id: if paging.descending { MIRROR - id } else { id } }).collect();
        let next = next.filter(|_| matches!(style, Token | Link) || style == Page && !with_total);
        Envelope { items, total: with_total.then_some(self.items.len() as u64), next }
    }
}

/// What a walk has given, whether it says that the list changed, and what became of the list.
struct Walked {
    given: Vec<u64>,
    shifted: bool,
    stayed: Vec<u64>,
    moved: bool,
}

async fn walk(seed: u64, paging: Paging, unrest: u64) -> Result<Walked, Box<dyn std::error::Error>> {
    let (lab, chance) = (Lab::new(), Chance::new(seed));
    let sorted = paging.sorted;
    let with_total = chance.below(2) == 0;
    let paging = Paging { ends: paging.style == Page && !with_total, ..paging };
    let size = [None, Some(16 + chance.below(9))][chance.below(2) as usize];
    let shelf = Arc::new(Mutex::new(Shelf::new(chance.clone(), sorted, unrest)));
    let served = Arc::clone(&shelf);
    lab.rule(move |seen| {
        // Some answers are lost on the way, and the page is asked for again.
        let mut shelf = served.lock().ok()?;
        if !shelf.lost && chance.below(8) == 0 {
            shelf.happen();
            shelf.lost = true;
            return Some(Reply::status(503));
        }
        shelf.lost = false;
        Some(Reply::json(&shelf.answer(paging, &Asked::of(seen), with_total)))
    });
    let list = || List::new(&lab, paging, true);
    let mut items = list()?.items();
    if let Some(size) = size {
        items = items.page_size(size);
    }
    let mut given = Vec::new();
    // Where places are exact, some walks are given up in the middle and taken up by another one.
    let cut = (sorted && seed.is_multiple_of(3)).then_some(seed as usize % 40);
    while let Some(item) = items.try_next().await? {
        given.push(if paging.descending { MIRROR - item.id } else { item.id });
        if Some(given.len()) == cut {
            let position = items.position().to_string().parse()?;
            items = list()?.items().resume(position);
        }
    }
    let shelf = shelf.lock().map_err(|_| "poisoned")?;
    Ok(Walked { given, shifted: items.shifted(), stayed: shelf.stayed.clone(), moved: shelf.moved })
}

#[tokio::test(start_paused = true)]
async fn token_link_and_sorted_lists_give_each_item_exactly_once_whatever_appears_and_goes() -> Checked {
    let ways = [Token, Link, Offset, Page].into_iter().flat_map(|style| [(style, false), (style, true)]);
    for (style, descending) in ways {
        let paging = Paging { sorted: true, descending, ..paging(style) };
        for seed in 0..SCHEDULES {
            let walked = walk(seed, paging, seed % 7).await?;
            let missing: Vec<_> = walked.stayed.iter().filter(|id| !walked.given.contains(id)).collect();
            assert!(
                missing.is_empty(),
                "{style:?}, descending: {descending}, seed {seed}: {missing:?} missing in {:?}",
                walked.given
            );
            let in_order = walked.given.windows(2).all(|pair| pair[0] < pair[1]);
            assert!(in_order, "{style:?}, seed {seed}: twice or out of order in {:?}", walked.given);
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_list_by_offsets_reports_every_shift_and_gives_no_item_twice_in_a_row_of_pages() -> Checked {
    let (mut moved, mut lost) = (0, 0);
    for seed in 0..4 * SCHEDULES {
        let walked = walk(seed, paging(Offset), seed % 4).await?;
        let missing = walked.stayed.iter().any(|id| !walked.given.contains(id));
        assert!(walked.shifted || !walked.moved, "seed {seed}: the list moved under the walk, and nobody says so");
        assert!(walked.shifted || !missing, "seed {seed}: an item is missing, and nobody says so");
        (moved, lost) = (moved + usize::from(walked.moved), lost + usize::from(missing));
    }
    // Or else nothing has been tried.
    assert!(moved > 100 && lost > 30, "{moved} lists have moved, {lost} walks have missed something");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_list_that_rests_is_never_said_to_have_shifted() -> Checked {
    for style in [Offset, Page] {
        for sorted in [true, false] {
            for seed in 0..SCHEDULES {
                let walked = walk(seed, Paging { sorted, ..paging(style) }, 0).await?;
                assert_eq!(walked.given, walked.stayed, "{style:?}, seed {seed}");
                assert!(!walked.shifted, "{style:?}, sorted: {sorted}, seed {seed}");
            }
        }
    }
    Ok(())
}
