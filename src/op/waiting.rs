//! Wait goals of an operation: the words that end it, and where its replies keep status, progress and value.

/// Goal of a wait: the operation that is polled, and the words that end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitSpec {
    /// Its name, such as `done`.
    pub goal: &'static str,
    /// The operation that is asked again and again.
    pub poll: &'static str,
    /// Status words that mean success.
    pub good: &'static [&'static str],
    /// Status words that mean failure.
    pub bad: &'static [&'static str],
    /// Status words before the work begins; a failure once another word has been seen.
    pub start: &'static [&'static str],
    /// Words of the three kinds above that the server may take back: they count when the next poll says the same.
    pub unsure: &'static [&'static str],
    /// Whether a field whose presence is final exists.
    pub present: bool,
    /// Whether such a job lives on one node alone.
    pub pinned: bool,
    /// The operation that lists such jobs with their status.
    pub list: Option<&'static str>,
    /// The operation that stops such a job.
    pub cancel: Option<&'static str>,
}

/// Places of a wait: dotted paths to what it has to know in the replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitPlaces {
    /// The status word in the polled reply.
    pub status: Option<&'static str>,
    /// The field whose presence is final in the polled reply.
    pub present: Option<&'static str>,
    /// How far the job is, in the polled reply.
    pub progress: Option<&'static str>,
    /// The number that progress reaches at the end, in the polled reply, where it is neither 1 nor 100.
    pub whole: Option<&'static str>,
    /// Why it failed, in the polled reply.
    pub reason: Option<&'static str>,
    /// What the wait returns, in the reply of its own operation; none for all of it.
    pub value: Option<&'static str>,
    /// Fixed parameters of the call that stops the job.
    pub stop: &'static [(&'static str, &'static str)],
    /// What the items of the list of such jobs tell, where there is one.
    pub list: Option<JobListPlaces>,
}

/// Places of a list of jobs: dotted paths from an item to what it tells of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobListPlaces {
    /// The parameter of the wait's own path that has the job's id.
    pub param: &'static str,
    /// The job's id.
    pub id: &'static str,
    /// Its status word.
    pub status: Option<&'static str>,
    /// The field whose presence is final.
    pub present: Option<&'static str>,
    /// As many items cost the server as much as a poll of one job; none where nothing is known about that.
    pub items_per_poll: Option<u64>,
}

/// Start of a job: where a reply names the job that the call has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    /// The operation that is waited for.
    pub operation: &'static str,
    /// The parameter of its path that takes the id.
    pub param: &'static str,
    /// Where the id stands in the reply, as a dotted path; empty where the reply is the id.
    pub id: &'static str,
}
