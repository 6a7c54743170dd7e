//! Production (印章办理): one application alone, or all of a case at once.

mod finishing;
mod making;

use casework::{Act, Actor, Application, ApplicationId, Case, CaseId, Effect, Progress, What};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use uuid::Uuid;

use self::finishing::Ready;
use crate::{
    Platform,
    case::{CaseView, visible},
    error::{Error, Result},
    jobs,
    ports::store::{NewJob, Tx},
};

/// Seals that one job makes and enters together: few enough to be done within the job's lease, many enough that a
/// large case is not written again for each of them.
const TOGETHER: usize = 50;
/// Seals of one job that are worked on at once.
const AT_ONCE: usize = 4;

/// How far the production of a case is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductionProgress {
    /// Applications that are done.
    pub produced: usize,
    /// Applications that were started and are not done yet, the failing ones among them.
    pub started: usize,
    /// Applications of the case.
    pub total: usize,
    /// Those that failed and are tried again.
    pub failing: Vec<FailingApplication>,
}

/// An application whose production failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingApplication {
    /// Which one.
    pub application: ApplicationId,
    /// The name of its seal.
    pub seal_name: String,
    /// What went wrong the last time.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again by itself; `None`: no more.
    pub again_at: Option<Timestamp>,
}

impl Platform {
    /// Starts the production of all applications of a case that can be started now: all in one step. The others (a USB
    /// KEY is still to be brought) stay as they are.
    ///
    /// # Errors
    /// The refusal of the first, where none can be started; [`Error::Conflict`].
    pub async fn start_all(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
    ) -> Result<CaseView> {
        let mut tx = self.store.begin().await?;
        let (mut case, version) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        if expected.is_some_and(|seen| seen != case.version) {
            return Err(Error::Conflict);
        }
        let waiting: Vec<&Application> = case
            .live_applications()
            .filter(|application| application.progress == Progress::WithCase)
            .collect();
        let facts = self
            .facts_about(tx.as_mut(), &case, waiting.iter().copied())
            .await?;
        let (now, policy) = (self.clock.now(), self.policy());
        let mut acts = Vec::with_capacity(waiting.len());
        let mut refusal = None;
        for application in waiting {
            let act = Act::StartProduction {
                application: application.id,
            };
            match casework::decide(&case, &act, actor, now, &policy, &facts) {
                Ok(_) => acts.push(act),
                Err(refused) => {
                    refusal.get_or_insert(refused);
                }
            }
        }
        if acts.is_empty() {
            return Err(refusal.map_or_else(
                || {
                    Error::refused(
                        "nothing_to_start",
                        "没有可以开始办理的电子印章，请刷新页面后查看。",
                    )
                },
                Error::Refused,
            ));
        }
        self.advance_all(tx.as_mut(), &mut case, version, actor, &acts)
            .await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(self.view(actor, case))
    }

    /// How far the production of a case is, and which applications failed.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see the case.
    pub async fn production_progress(
        &self,
        actor: &Actor,
        id: CaseId,
    ) -> Result<ProductionProgress> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        let count = |progress| {
            case.live_applications()
                .filter(|application| application.progress == progress)
                .count()
        };
        let failing = tx
            .jobs_failing(jobs::kind::PRODUCE, &format!("{id}/"))
            .await?
            .into_iter()
            .filter_map(|job| {
                let application = read_subject(&job.subject).ok()?.1;
                let found = case.application(application)?;
                (found.progress == Progress::InProduction).then(|| FailingApplication {
                    application,
                    seal_name: found.seal_name().to_owned(),
                    error: job.error,
                    attempts: job.attempts,
                    again_at: job.again_at,
                })
            })
            .collect();
        Ok(ProductionProgress {
            produced: count(Progress::Produced),
            started: count(Progress::InProduction),
            total: case.live_applications().count(),
            failing,
        })
    }

    /// Tries a failed application again now, it alone.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who makes no seals; `production_not_failing` where there is nothing to be tried again.
    pub async fn retry_production(
        &self,
        actor: &Actor,
        id: CaseId,
        application: ApplicationId,
    ) -> Result<()> {
        if actor.post.role != casework::Role::SealMaker {
            return Err(Error::Forbidden);
        }
        let mut tx = self.store.begin().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        let again = tx
            .job_again(
                jobs::kind::PRODUCE,
                &subject(id, application),
                self.clock.now(),
            )
            .await?;
        if !again {
            return Err(Error::refused(
                "production_not_failing",
                "该电子印章的办理没有失败，无需重试，请刷新页面后查看。",
            ));
        }
        tx.commit().await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Orders the production of applications that were just started: one in a job of its own, several together.
    pub(crate) async fn order_production(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        applications: &[ApplicationId],
    ) -> Result<()> {
        let now = self.clock.now();
        match applications {
            [] => Ok(()),
            [one] => {
                let job = jobs::new_job(jobs::kind::PRODUCE, subject(case.id, *one), now);
                Ok(tx.job_insert(&job).await?)
            }
            several => Ok(tx.job_insert(&together(case.id, several, now)?).await?),
        }
    }

    /// Makes (or revokes, or unlocks) what one application asks for. `subject` is `case/application`.
    pub(crate) async fn produce(&self, subject: &str) -> Result<()> {
        let (case, application) = read_subject(subject)?;
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), case).await?;
        drop(tx);
        match self.prepare(&case, application).await? {
            Some(ready) => self.finish(case.id, &[(application, ready)]).await,
            None => Ok(()),
        }
    }

    /// The same for several applications of one case. Those that fail get a job of their own and hold up nobody.
    pub(crate) async fn produce_together(&self, subject: &str, payload: &str) -> Result<()> {
        let id = subject
            .split_once('/')
            .and_then(|(case, _)| case.parse::<CaseId>().ok())
            .ok_or_else(|| Error::internal("production", "unreadable subject"))?;
        let wanted: Vec<ApplicationId> =
            serde_json::from_str(payload).map_err(|e| Error::internal("production", e))?;
        let (now_done, later) = wanted.split_at(wanted.len().min(TOGETHER));
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        drop(tx);
        let outcomes: Vec<(ApplicationId, Result<Option<Ready>>)> = stream::iter(now_done.to_vec())
            .map(|application| {
                let case = &case;
                async move { (application, self.prepare(case, application).await) }
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut ready = Vec::with_capacity(outcomes.len());
        let mut failed = Vec::new();
        for (application, outcome) in outcomes {
            match outcome {
                Ok(Some(made)) => ready.push((application, made)),
                Ok(None) => {}
                Err(error) => failed.push((application, error)),
            }
        }
        if let Err(error) = self.finish(id, &ready).await {
            tracing::warn!(
                case = %id,
                error = jobs::describe(&error),
                "made together, to be entered one by one"
            );
            for one in ready {
                let application = one.0;
                if let Err(error) = self.finish(id, &[one]).await {
                    failed.push((application, error));
                }
            }
        }
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        for (application, error) in failed {
            tracing::error!(
                case = %id,
                application = %application,
                error = jobs::describe(&error),
                "an application failed and is tried alone"
            );
            let job = jobs::new_job(jobs::kind::PRODUCE, self::subject(id, application), now);
            tx.job_insert(&job).await?;
        }
        if !later.is_empty() {
            tx.job_insert(&together(id, later, now)?).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Everything up to the register's entry; `None` where it was entered before.
    async fn prepare(&self, case: &Case, application: ApplicationId) -> Result<Option<Ready>> {
        let found = case
            .application(application)
            .ok_or(Error::NotFound("application"))?;
        if found.progress == Progress::Produced {
            return Ok(None);
        }
        let form = found
            .form
            .as_ref()
            .ok_or_else(|| Error::internal("production", "no form"))?;
        Ok(Some(match effect_of(case, found) {
            Some(Effect::Make { supersedes, .. }) => {
                Ready::Made(Box::new(self.make(case, found, form, supersedes).await?))
            }
            Some(Effect::Cancel { seal, .. }) => Ready::Cancel(seal),
            Some(Effect::ResetPin { seal, .. }) => {
                self.take_pin_away(seal).await?;
                Ready::Unlocked(seal)
            }
            _ => return Err(Error::internal("production", "nothing to be made")),
        }))
    }
}

/// What the start of production asked for.
fn effect_of(case: &Case, application: &Application) -> Option<Effect> {
    let started = application.production.as_ref()?;
    let event = casework::Event {
        at: started.at,
        by: started.by.clone(),
        what: What::ProductionStarted {
            application: application.id,
        },
    };
    casework::effects(case, &event).into_iter().next()
}

fn subject(case: CaseId, application: ApplicationId) -> String {
    format!("{case}/{application}")
}

fn read_subject(subject: &str) -> Result<(CaseId, ApplicationId)> {
    subject
        .split_once('/')
        .and_then(|(case, application)| {
            Some((
                case.parse::<CaseId>().ok()?,
                application.parse::<ApplicationId>().ok()?,
            ))
        })
        .ok_or_else(|| Error::internal("production", "unreadable subject"))
}

/// A job for several applications of a case.
fn together(case: CaseId, applications: &[ApplicationId], now: Timestamp) -> Result<NewJob> {
    let subject = format!("{case}/{}", Uuid::now_v7());
    let payload =
        serde_json::to_string(applications).map_err(|e| Error::internal("production", e))?;
    Ok(NewJob {
        payload,
        ..jobs::new_job(jobs::kind::PRODUCE_TOGETHER, subject, now)
    })
}

/// Certificates and seals keep whole seconds.
pub(crate) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
