//! Registry of connections: what each waits for, and which one is closed where another needs its place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

use super::limits::ConnectionLimits;

/// How often it is logged that all places are taken.
const LOGGED_EVERY: Duration = Duration::from_secs(60);

/// A phase of a connection, in the order in which connections give up their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Nothing has come over it yet.
    Opened,
    /// The head of a request has begun.
    Head,
    /// A request was answered, and no other has begun.
    Idle,
    /// The body of a request is on its way.
    Body,
    /// A request is being answered. Such a connection keeps its place.
    Answer,
}

/// A connection: its phase, since when, and whether it is to be closed.
#[derive(Debug)]
pub(crate) struct Connection {
    id: u64,
    phase: Mutex<(Phase, Instant)>,
    is_closing: AtomicBool,
    changed: Notify,
    registry: Weak<Registry>,
    limits: ConnectionLimits,
}

impl Connection {
    fn set(&self, phase: Phase) {
        self.set_since(phase, Instant::now());
    }

    fn set_since(&self, phase: Phase, since: Instant) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = (phase, since);
        self.changed.notify_one();
    }

    fn get(&self) -> (Phase, Instant) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that bytes have come.
    pub(super) fn has_read(&self) {
        match self.get() {
            // The time of a first head began with the connection.
            (Phase::Opened, since) => self.set_since(Phase::Head, since),
            (Phase::Idle, _) => self.set(Phase::Head),
            _ => {}
        }
    }

    /// Notes that bytes of an answer were taken.
    pub(super) fn has_written(&self) {
        if self.get().0 == Phase::Idle {
            self.set(Phase::Idle);
        }
    }

    /// Until when the other side has to do something: send the rest of a head or the next one, or take an answer.
    fn deadline(&self) -> Option<Instant> {
        let (phase, since) = self.get();
        match phase {
            Phase::Opened | Phase::Head => Some(since + self.limits.head),
            Phase::Idle => Some(since + self.limits.idle),
            // Whoever reads the body has a limit of its own, so that it can be answered.
            Phase::Body | Phase::Answer => None,
        }
    }

    /// Notes that a request has come, with a body or without.
    pub(super) fn begin_request(&self, has_body: bool) {
        self.set(if has_body { Phase::Body } else { Phase::Answer });
    }

    /// Notes that a request is answered.
    pub(super) fn end_request(&self) {
        self.set(Phase::Idle);
        // Somebody may wait for a place that can be taken from now on.
        if let Some(registry) = self.registry.upgrade() {
            registry.room.notify_one();
        }
    }

    /// The body that `read` gives, within the time that it may take.
    pub(crate) async fn receive<T>(&self, read: impl Future<Output = T>) -> Result<T, Duration> {
        self.set(Phase::Body);
        let body = timeout(self.limits.body, read).await;
        self.set(Phase::Answer);
        body.map_err(|_| self.limits.body)
    }

    fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    fn close(&self) {
        self.is_closing.store(true, Ordering::Release);
        self.changed.notify_one();
    }

    /// Waits until it is to be closed: for the sake of another one, or since the other side has had its time.
    pub(super) async fn closed(&self) {
        loop {
            let deadline = self.deadline();
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) || self.is_closing() {
                return;
            }
            // Whichever comes first is looked at above.
            let changed = self.changed.notified();
            match deadline {
                Some(deadline) => drop(timeout_at(deadline, changed).await),
                None => changed.await,
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(registry) = self.registry.upgrade() {
            registry.places().remove(&self.id);
            registry.room.notify_one();
        }
    }
}

/// All connections.
#[derive(Debug)]
pub(super) struct Registry {
    limits: ConnectionLimits,
    places: Mutex<HashMap<u64, Weak<Connection>>>,
    next: AtomicU64,
    room: Notify,
    logged: Mutex<Option<Instant>>,
}

impl Registry {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self {
            limits,
            places: Mutex::default(),
            next: AtomicU64::new(0),
            room: Notify::new(),
            logged: Mutex::default(),
        }
    }

    fn places(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Weak<Connection>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of connections.
    pub(super) fn open(&self) -> usize {
        self.places().len()
    }

    /// A place for a new connection, which gives it back when it is dropped.
    pub(super) fn admit(self: &Arc<Self>) -> Arc<Connection> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection {
            id,
            phase: Mutex::new((Phase::Opened, Instant::now())),
            is_closing: AtomicBool::new(false),
            changed: Notify::new(),
            registry: Arc::downgrade(self),
            limits: self.limits,
        });
        self.places().insert(id, Arc::downgrade(&connection));
        connection
    }

    /// Waits until there is a place, which whoever keeps one without need gives up.
    pub(super) async fn wait_for_room(&self) {
        loop {
            let connections = self.connections();
            if connections.len() < self.limits.connections {
                return;
            }
            // Those that are being closed need not be closed again, nor others in their stead.
            if connections.iter().filter(|it| !it.is_closing()).count() >= self.limits.connections {
                self.make_room();
            }
            drop(connections);
            self.room.notified().await;
        }
    }

    fn connections(&self) -> Vec<Arc<Connection>> {
        self.places().values().filter_map(Weak::upgrade).collect()
    }

    /// Closes one of the connections that nothing is being answered on: of those that never sent a whole request the
    /// oldest, else the one that has been idle for the longest time.
    pub(super) fn make_room(&self) {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.is_none_or(|at| at.elapsed() >= LOGGED_EVERY) {
            *logged = Some(Instant::now());
            let limit = self.limits.connections;
            tracing::warn!(limit, open = self.open(), "too many connections; closing those that have waited longest");
        }
        let connections = self.connections();
        let waiting = connections.iter().filter(|it| !it.is_closing()).map(|it| (it.get(), it));
        let first = waiting.filter(|((phase, _), _)| *phase != Phase::Answer).min_by_key(|(order, _)| *order);
        if let Some((_, connection)) = first {
            connection.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(connections: usize) -> Arc<Registry> {
        Arc::new(Registry::new(ConnectionLimits { connections, ..ConnectionLimits::default() }))
    }

    fn closing(connections: &[&Arc<Connection>]) -> Vec<bool> {
        connections.iter().map(|connection| connection.is_closing()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_sent_no_request_goes_before_whoever_is_idle_and_an_answer_is_never_cut_off() {
        let registry = registry(4);
        let (answer, idle, silent, newest) = (registry.admit(), registry.admit(), registry.admit(), registry.admit());
        answer.begin_request(false);
        idle.begin_request(false);
        idle.end_request();
        tokio::time::advance(Duration::from_secs(1)).await;
        newest.set(Phase::Opened);
        let all = [&answer, &idle, &silent, &newest];
        registry.make_room();
        assert_eq!(closing(&all), [false, false, true, false]);
        registry.make_room();
        registry.make_room();
        registry.make_room();
        assert_eq!(closing(&all), [false, true, true, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_ends_makes_room() {
        let registry = registry(1);
        let first = registry.admit();
        first.begin_request(false);
        assert!(timeout(Duration::from_secs(60), registry.wait_for_room()).await.is_err());
        drop(first);
        registry.wait_for_room().await;
        assert_eq!(registry.open(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_its_time_from_its_first_byte_and_an_idle_connection_has_its_own() {
        let (registry, limits) = (registry(1), ConnectionLimits::default());
        let connection = registry.admit();
        let opened = Instant::now();
        tokio::time::advance(Duration::from_secs(3)).await;
        connection.has_read();
        assert_eq!(connection.deadline(), Some(opened + limits.head));
        connection.begin_request(true);
        assert_eq!(connection.deadline(), None);
        connection.end_request();
        assert_eq!(connection.deadline(), Some(Instant::now() + limits.idle));
        tokio::time::advance(Duration::from_secs(3)).await;
        connection.has_read();
        connection.has_read();
        assert_eq!(connection.deadline(), Some(Instant::now() + limits.head));
    }
}
