//! Jobs that are looked at together: by a list that they are all in, or one by one, a few at once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use futures::{FutureExt, future::BoxFuture};

use super::driver::{Driver, within};
use super::watch::{MAX_TROUBLES, News};
use super::{Listed, Listing, Update};
use crate::clock::unit;
use crate::error::{Error, ErrorKind};
use crate::op::Op;
use crate::pipeline::Pipeline;

/// Requests about single jobs that are under way at once: as many connections as browsers allow themselves to a host.
const AT_ONCE: usize = 6;

/// Jobs that are in one list, or in none.
pub(super) struct Group<'f, V> {
    /// The list, as long as it is of use.
    list: Option<List>,
    slots: Vec<Slot<'f, V>>,
    /// Readings of the list that have failed one after the other.
    troubles: u32,
    ended: VecDeque<(usize, Result<V, Error>)>,
}

/// Which list it is.
struct List {
    op: &'static Op,
    args: Vec<String>,
    pipeline: Pipeline,
}

impl List {
    fn is(&self, other: &List) -> bool {
        std::ptr::eq(self.op, other.op) && self.args == other.args && self.pipeline.is(&other.pipeline)
    }
}

struct Slot<'f, V> {
    index: usize,
    /// Its id in the list.
    id: Option<String>,
    driver: Driver<'f, V>,
    over: bool,
}

/// What a reading of the list has shown.
#[derive(Default)]
struct Reading {
    found: HashMap<String, Listed>,
    asked: Option<Duration>,
    requests: usize,
    /// The looks at single jobs that would have cost the server as much.
    cost: usize,
}

impl<'f, V: Send + 'static> Group<'f, V> {
    /// Puts a job to those in the same list.
    pub(super) fn join(groups: &mut Vec<Self>, index: usize, mut driver: Driver<'f, V>) {
        let (list, id) = match driver.job().listing(1) {
            Some(Listing { op, args, id, .. }) => {
                (Some(List { op, args, pipeline: driver.job().pipeline().clone() }), Some(id))
            }
            None => (None, None),
        };
        let same = |group: &Self| match (&group.list, &list) {
            (Some(one), Some(other)) => one.is(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let place = groups.iter().position(same).unwrap_or(groups.len());
        if place == groups.len() {
            groups.push(Group { list, slots: Vec::new(), troubles: 0, ended: VecDeque::new() });
        }
        let group = &mut groups[place];
        match driver.refusal() {
            Some(error) => group.ended.push_back((index, Err(error))),
            None => group.slots.push(Slot { index, id, driver, over: false }),
        }
    }

    /// Jobs whose end has not been given.
    pub(super) fn len(&self) -> usize {
        self.slots.len() + self.ended.len()
    }

    /// The next end; none after the last.
    pub(super) async fn next(&mut self) -> Option<(usize, Result<V, Error>)> {
        loop {
            if let Some(end) = self.ended.pop_front() {
                return Some(end);
            }
            let due = self.slots.iter().map(|slot| slot.driver.due()).min()?;
            let clock = self.slots.first()?.driver.clock();
            let pause = due.saturating_sub(clock.now());
            if !pause.is_zero() {
                clock.sleep(pause).await;
            }
            // One look at one job is no dearer than the list, and says more.
            let by_list = self.list.is_some() && self.slots.len() > 1;
            let places = if by_list { self.read_list().await } else { self.due_now() };
            self.look_at(&places).await;
            self.slots.retain(|slot| !slot.over);
        }
    }

    fn due_now(&self) -> HashSet<usize> {
        let due = |slot: &Slot<'f, V>| slot.driver.due() <= slot.driver.clock().now();
        self.slots.iter().enumerate().filter(|(_, slot)| due(slot)).map(|(place, _)| place).collect()
    }

    /// Looks at these jobs themselves.
    async fn look_at(&mut self, places: &HashSet<usize>) {
        let slots = self.slots.iter_mut().enumerate().filter(|(place, _)| places.contains(place));
        let looks: Vec<BoxFuture<'_, _>> =
            slots.map(|(_, slot)| async move { (slot.driver.attempt().await, slot) }.boxed()).collect();
        let mut looks = stream::iter(looks).buffer_unordered(AT_ONCE);
        while let Some((update, slot)) = looks.next().await {
            let end = match update {
                Ok(Update::Progress(_)) => continue,
                Ok(Update::Done(value)) => Ok(value),
                Err(error) => Err(error),
            };
            slot.over = true;
            self.ended.push_back((slot.index, end));
        }
    }

    /// Reads the list and tells the jobs that go on; those that have to be looked at themselves.
    async fn read_list(&mut self) -> HashSet<usize> {
        let wanted: HashSet<String> = self.slots.iter().filter_map(|slot| slot.id.clone()).collect();
        let Some((listing, clock)) = self.slots.first().and_then(|first| {
            Some((first.driver.job().listing(wanted.len())?, std::sync::Arc::clone(first.driver.clock())))
        }) else {
            self.list = None;
            return self.due_now();
        };
        let limit = self.slots.iter().filter_map(|slot| slot.driver.limit()).min();
        let reading = match within(&*clock, limit, read(listing, &wanted)).await {
            Ok(Ok(reading)) => reading,
            Ok(Err(error)) => return self.bear(&error),
            Err(_) => Reading::default(),
        };
        // Cut short by the limit of one wait, it says nothing about the jobs, and only that one ends.
        let cut = reading.requests == 0;
        self.troubles = 0;
        if reading.cost >= wanted.len() && reading.found.len() < wanted.len() {
            self.list = None;
        }
        let chance = unit(&*clock);
        let mut places = HashSet::new();
        for (place, slot) in self.slots.iter_mut().enumerate().filter(|(_, slot)| slot.driver.may_look()) {
            let listed = slot.id.as_ref().and_then(|id| reading.found.get(id));
            let (status, present) = listed.map_or((None, false), |job| (job.status.as_deref(), job.present));
            if cut || listed.is_some() && slot.driver.watch().goes_on(status, present) {
                let news = News { status: status.map(str::to_owned), asked: reading.asked, ..News::default() };
                if let Some(error) = slot.driver.hear(news, chance, 0) {
                    slot.over = true;
                    self.ended.push_back((slot.index, Err(error)));
                }
            } else {
                places.insert(place);
            }
        }
        places
    }

    /// A reading that failed: borne for a while where the trouble may pass. A list that is refused, or that fails too
    /// often, is given up for looks at each job.
    fn bear(&mut self, error: &Error) -> HashSet<usize> {
        let passing = error.is_retryable() || error.kind() == ErrorKind::Server;
        self.troubles += 1;
        if !passing || self.troubles >= MAX_TROUBLES {
            self.list = None;
            return self.due_now();
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.driver.may_look()) {
            let chance = unit(&**slot.driver.clock());
            let news = News { trouble: Some(error.clone()), asked: error.retry_after(), ..News::default() };
            if let Some(error) = slot.driver.hear(news, chance, self.troubles) {
                slot.over = true;
                self.ended.push_back((slot.index, Err(error)));
            }
        }
        HashSet::new()
    }
}

/// Reads the list until all wanted jobs are found or passed, or looks at each would have cost no more.
async fn read(mut listing: Listing, wanted: &HashSet<String>) -> Result<Reading, Error> {
    let (mut reading, mut items) = (Reading::default(), 0);
    while let Some(page) = listing.pages.try_next().await? {
        reading.requests += 1;
        items += page.jobs.len();
        reading.cost = listing.cost(reading.requests, items);
        reading.asked = reading.asked.max(page.retry_after);
        let past = listing.is_past(&page.jobs, wanted);
        for job in page.jobs {
            if let Some(id) = job.id.clone().filter(|id| wanted.contains(id)) {
                reading.found.insert(id, job);
            }
        }
        if past || reading.found.len() == wanted.len() || reading.cost >= wanted.len() {
            break;
        }
    }
    // A list without anything in it has been read all the same.
    reading.requests = reading.requests.max(1);
    Ok(reading)
}
