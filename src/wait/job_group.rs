//! Job group: jobs that are polled together, by a status list that they are all in, or one by one, a few at once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use futures::{FutureExt, future::BoxFuture};

use super::monitor::{MAX_CONSECUTIVE_FAILURES, PollStatus, may_pass};
use super::poller::{Poller, within};
use super::{ListedJob, StatusList, Update};
use crate::clock::unit;
use crate::error::Error;
use crate::op::Op;
use crate::pipeline::Pipeline;

/// Requests about single jobs that are under way at once: as many connections as browsers allow themselves to a host.
const AT_ONCE: usize = 6;

/// Group of jobs that are in one list, or in none.
pub(super) struct JobGroup<'f, V: 'static> {
    /// The list, as long as it is of use.
    list: Option<ListKey>,
    slots: Vec<JobSlot<'f, V>>,
    /// Readings of the list that have failed one after the other.
    consecutive_failures: u32,
    ended: VecDeque<(usize, Result<V, Error>)>,
}

/// Key of a status list: what makes two the same.
struct ListKey {
    op: &'static Op,
    args: Vec<String>,
    pipeline: Pipeline,
}

impl ListKey {
    fn is(&self, other: &ListKey) -> bool {
        std::ptr::eq(self.op, other.op) && self.args == other.args && self.pipeline.is(&other.pipeline)
    }
}

struct JobSlot<'f, V: 'static> {
    index: usize,
    /// Its id in the list.
    id: Option<String>,
    poller: Poller<'f, V>,
    over: bool,
}

/// Reading of the list.
#[derive(Default)]
struct Reading {
    found: HashMap<String, ListedJob>,
    retry_after: Option<Duration>,
    requests: usize,
    /// The polls of single jobs that would have cost the server as much.
    cost: usize,
}

impl<'f, V: Send + 'static> JobGroup<'f, V> {
    /// Puts a job to those in the same list.
    pub(super) fn join(groups: &mut Vec<Self>, index: usize, mut poller: Poller<'f, V>) {
        let (list, id) = match poller.monitor.job.status_list(1) {
            Some(StatusList { op, args, id, .. }) => {
                (Some(ListKey { op, args, pipeline: poller.monitor.job.pipeline().clone() }), Some(id))
            }
            None => (None, None),
        };
        let same = |group: &Self| match (&group.list, &list) {
            (Some(one), Some(other)) => one.is(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let place = groups.iter().position(same).unwrap_or(groups.len());
        if place == groups.len() {
            groups.push(JobGroup { list, slots: Vec::new(), consecutive_failures: 0, ended: VecDeque::new() });
        }
        let group = &mut groups[place];
        match poller.refusal() {
            Some(error) => group.ended.push_back((index, Err(error))),
            None => group.slots.push(JobSlot { index, id, poller, over: false }),
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
            let due = self.slots.iter().map(|slot| slot.poller.due()).min()?;
            let clock = &self.slots.first()?.poller.clock;
            let pause = due.saturating_sub(clock.now());
            if !pause.is_zero() {
                clock.sleep(pause).await;
            }
            // One poll of one job is no dearer than the list, and says more.
            let by_list = self.list.is_some() && self.slots.len() > 1;
            let places = if by_list { self.read_list().await } else { self.due_now() };
            self.poll_jobs(&places).await;
            self.slots.retain(|slot| !slot.over);
        }
    }

    fn due_now(&self) -> HashSet<usize> {
        let due = |slot: &JobSlot<'f, V>| slot.poller.due() <= slot.poller.clock.now();
        self.slots.iter().enumerate().filter(|(_, slot)| due(slot)).map(|(place, _)| place).collect()
    }

    /// Polls these jobs themselves.
    async fn poll_jobs(&mut self, places: &HashSet<usize>) {
        let slots = self.slots.iter_mut().enumerate().filter(|(place, _)| places.contains(place));
        let polls: Vec<BoxFuture<'_, _>> =
            slots.map(|(_, slot)| async move { (slot.poller.poll().await, slot) }.boxed()).collect();
        let mut polls = stream::iter(polls).buffer_unordered(AT_ONCE);
        while let Some((update, slot)) = polls.next().await {
            let end = match update {
                Ok(Update::Progress(_)) => continue,
                Ok(Update::Done(value)) => Ok(value),
                Err(error) => Err(error),
            };
            slot.over = true;
            self.ended.push_back((slot.index, end));
        }
    }

    /// Reads the list and tells the jobs that go on; those that have to be polled themselves.
    async fn read_list(&mut self) -> HashSet<usize> {
        let wanted: HashSet<String> = self.slots.iter().filter_map(|slot| slot.id.clone()).collect();
        let Some((status_list, clock)) = self.slots.first().and_then(|first| {
            Some((first.poller.monitor.job.status_list(wanted.len())?, std::sync::Arc::clone(&first.poller.clock)))
        }) else {
            self.list = None;
            return self.due_now();
        };
        let limit = self.slots.iter().filter_map(|slot| slot.poller.limit()).min();
        let reading = match within(&*clock, limit, read(status_list, &wanted)).await {
            Ok(Ok(reading)) => reading,
            Ok(Err(error)) => return self.bear(&error),
            Err(_) => Reading::default(),
        };
        // Cut short by the limit of one wait, it says nothing about the jobs, and only that one ends.
        let cut = reading.requests == 0;
        self.consecutive_failures = 0;
        if reading.cost >= wanted.len() && reading.found.len() < wanted.len() {
            self.list = None;
        }
        let chance = unit(&*clock);
        let mut places = HashSet::new();
        for (place, slot) in self.slots.iter_mut().enumerate().filter(|(_, slot)| slot.poller.may_poll()) {
            let listed = slot.id.as_ref().and_then(|id| reading.found.get(id));
            let (status, present) = listed.map_or((None, false), |job| (job.status.as_deref(), job.present));
            if cut || listed.is_some() && slot.poller.monitor.goes_on(status, present) {
                let told = PollStatus {
                    status: status.map(str::to_owned),
                    retry_after: reading.retry_after,
                    ..PollStatus::default()
                };
                if let Some(error) = slot.poller.hear(told, chance, 0) {
                    slot.over = true;
                    self.ended.push_back((slot.index, Err(error)));
                }
            } else {
                places.insert(place);
            }
        }
        places
    }

    /// A reading that failed: borne for a while where the failure may pass. A list that is refused, or that fails too
    /// often, is given up for polls of each job.
    fn bear(&mut self, error: &Error) -> HashSet<usize> {
        self.consecutive_failures += 1;
        if !may_pass(error) || self.consecutive_failures >= MAX_CONSECUTIVE_FAILURES {
            self.list = None;
            return self.due_now();
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.poller.may_poll()) {
            let chance = unit(&*slot.poller.clock);
            let status =
                PollStatus { failure: Some(error.clone()), retry_after: error.retry_after(), ..PollStatus::default() };
            if let Some(error) = slot.poller.hear(status, chance, self.consecutive_failures) {
                slot.over = true;
                self.ended.push_back((slot.index, Err(error)));
            }
        }
        HashSet::new()
    }
}

/// Reads the list until all wanted jobs are found or passed, or polls of each would have cost no more.
async fn read(mut status_list: StatusList, wanted: &HashSet<String>) -> Result<Reading, Error> {
    let (mut reading, mut items) = (Reading::default(), 0);
    while let Some(page) = status_list.pages.try_next().await? {
        reading.requests += 1;
        items += page.jobs.len();
        reading.cost = status_list.cost(reading.requests, items);
        reading.retry_after = reading.retry_after.max(page.retry_after);
        let past = status_list.is_past(&page.jobs, wanted);
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
