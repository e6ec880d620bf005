//! What happens to a trial under `/v1` after it was given out.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Group, access};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::Body;
use crate::http::caller::Caller;
use crate::http::once::IdempotencyKey;
use crate::hub::Hub;
use crate::store::Subject;
use crate::wire::trial::{Trial, TrialFailure, TrialResult};

pub(crate) struct TrialCourseRoutes;

#[OpenApi(prefix_path = "/v1/trials", tag = "Group::Trial")]
impl TrialCourseRoutes {
    /// Tells what came out of a trial
    ///
    /// A trial is told once. A repeated request has to carry the Idempotency-Key of the first. A late tell is taken too,
    /// after the lease has ended, even where the trial failed for that.
    #[oai(path = "/:trial_id/tell", method = "post", operation_id = "trial_tell")]
    async fn tell(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
        /// With the same key the same request is stored once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: Body<TrialResult>,
    ) -> Outcome<200, Trial> {
        let (experiment, trial) = access::trial(&hub, &caller.0, trial_id.0).await?;
        let value = body.0.value;
        let once = key.once(format!("trial_tell {} {value:?}", trial.uuid));
        let (trial, _) = hub.tell(&experiment, Subject::Trial(&trial), value, once.as_ref()).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
    }

    /// Says that a trial failed, and why
    ///
    /// Its point is not asked again, and counts as no better than the worst that was told. This ends the trial.
    #[oai(path = "/:trial_id/fail", method = "post", operation_id = "trial_fail")]
    async fn fail(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
        /// With the same key the same request is stored once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: Body<TrialFailure>,
    ) -> Outcome<200, Trial> {
        let (experiment, trial) = access::trial(&hub, &caller.0, trial_id.0).await?;
        let reason = body.0.reason;
        let once = key.once(format!("trial_fail {} {reason}", trial.uuid));
        let trial = hub.fail(&experiment, &trial, reason, once.as_ref()).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
    }

    /// Starts the lease of a trial anew
    ///
    /// For work that takes longer than the trial_lifetime of the experiment: it may be sent as often as one likes.
    #[oai(path = "/:trial_id/renew", method = "post", operation_id = "trial_renew")]
    async fn renew(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
    ) -> Outcome<200, Trial> {
        let (experiment, trial) = access::trial(&hub, &caller.0, trial_id.0).await?;
        let trial = hub.renew(&experiment, &trial).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
    }

    /// Hands a trial back
    ///
    /// Its lease ends now, and the next ask gives it out again, to anybody. It may be sent as often as one likes.
    #[oai(path = "/:trial_id/release", method = "post", operation_id = "trial_release")]
    async fn release(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
    ) -> Outcome<200, Trial> {
        let (experiment, trial) = access::trial(&hub, &caller.0, trial_id.0).await?;
        let trial = hub.release(&trial).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
    }
}
