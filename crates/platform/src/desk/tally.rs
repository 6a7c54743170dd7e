//! Statistics (R7.4): counted day by day as things happen, and what the next agent is warned of (R4.1).

use casework::correction_reason::{self, CorrectionReason};
use casework::{
    Actor, BusinessType, Case, CorrectionPoint, Event, SealKind, Stage, What, appointment,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::{Tally, TallyBy, TallyFilter, TallySum, Tx},
};

/// Filed for the first time.
const FILED: &str = "filed";
/// A stage was left, after so many seconds.
const STAGE: &str = "stage";
/// A point of a correction notice.
const CORRECTION: &str = "correction";
/// A case ended.
const CLOSED: &str = "closed";
/// A seal was made, revoked or unlocked.
const DONE: &str = "done";
/// Hints look back so many days.
const HINT_DAYS: i64 = 90;
const MOST_HINTS: usize = 5;

/// What statistics are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// From this day…
    pub from: Date,
    /// …until this, both included.
    pub until: Date,
    /// Only this city (its code).
    pub city: Option<casework::DivisionCode>,
    /// Only this business.
    pub business: Option<BusinessType>,
    /// Only this kind of seal.
    pub kind: Option<SealKind>,
}

/// Statistics of a period. Each list is by code, most frequent first.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    /// Cases filed, by city.
    pub filed_by_city: Vec<TallySum>,
    /// Cases filed, by business.
    pub filed_by_business: Vec<TallySum>,
    /// Cases filed, by kind of seal.
    pub filed_by_kind: Vec<TallySum>,
    /// Stages that were left, with the time spent there together.
    pub stages: Vec<TallySum>,
    /// Cases that ended, by outcome.
    pub closed: Vec<TallySum>,
    /// Seals made, revoked or unlocked, by business.
    pub done: Vec<TallySum>,
    /// Points of correction notices, by reason.
    pub reasons: Vec<TallySum>,
    /// The same, by field or material.
    pub places: Vec<TallySum>,
    /// The same, by city.
    pub corrections_by_city: Vec<TallySum>,
    /// The same, by business.
    pub corrections_by_business: Vec<TallySum>,
}

impl Platform {
    /// The statistics of a period, for the Center.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the Center; `period_reversed`.
    pub async fn statistics(&self, actor: &Actor, wanted: &Wanted) -> Result<Statistics> {
        if !actor.post.role.is_center() {
            return Err(Error::Forbidden);
        }
        if wanted.until < wanted.from {
            return Err(Error::refused(
                "period_reversed",
                "统计的截止日期早于起始日期，请重新选择。",
            ));
        }
        let filter = |subject| TallyFilter {
            subject,
            from: number_of(wanted.from),
            until: number_of(wanted.until),
            city: wanted.city.map(|city| city.to_string()),
            business: wanted.business.map(|business| business.code().to_owned()),
            kind: wanted.kind.map(|kind| kind.code().to_owned()),
        };
        let mut tx = self.store.read().await?;
        Ok(Statistics {
            filed_by_city: tx.tallies(&filter(FILED), TallyBy::City).await?,
            filed_by_business: tx.tallies(&filter(FILED), TallyBy::Business).await?,
            filed_by_kind: tx.tallies(&filter(FILED), TallyBy::Kind).await?,
            stages: tx.tallies(&filter(STAGE), TallyBy::Item).await?,
            closed: tx.tallies(&filter(CLOSED), TallyBy::Item).await?,
            done: tx.tallies(&filter(DONE), TallyBy::Business).await?,
            reasons: tx.tallies(&filter(CORRECTION), TallyBy::Item).await?,
            places: tx.tallies(&filter(CORRECTION), TallyBy::Place).await?,
            corrections_by_city: tx.tallies(&filter(CORRECTION), TallyBy::City).await?,
            corrections_by_business: tx.tallies(&filter(CORRECTION), TallyBy::Business).await?,
        })
    }

    /// Why cases of a business were most often sent back in the last three months, most frequent first.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn common_reasons(
        &self,
        business: BusinessType,
    ) -> Result<Vec<(&'static CorrectionReason, u64)>> {
        let today = number_of(appointment::day_of(self.clock.now()));
        let filter = TallyFilter {
            subject: CORRECTION,
            from: today - HINT_DAYS,
            until: today,
            business: Some(business.code().to_owned()),
            ..TallyFilter::default()
        };
        let sums = self
            .store
            .read()
            .await?
            .tallies(&filter, TallyBy::Item)
            .await?;
        Ok(sums
            .into_iter()
            .filter(|sum| sum.of != correction_reason::OTHER)
            .filter_map(|sum| Some((correction_reason::find(&sum.of)?, sum.amount)))
            .take(MOST_HINTS)
            .collect())
    }

    /// Counts what an event is. `case` is the case before it.
    pub(super) async fn count(&self, tx: &mut dyn Tx, case: &Case, event: &Event) -> Result<()> {
        let mut tallies = Vec::new();
        let mut add = |subject, item: &str, place: &str, seconds| {
            tallies.push(tally_of(case, event.at, subject, item, place, seconds));
        };
        let mut point = |point: &CorrectionPoint| {
            let place = point.field.as_deref().filter(|field| is_code(field));
            add(
                CORRECTION,
                correction_reason::of(point),
                place.unwrap_or_default(),
                0,
            );
        };
        match &event.what {
            What::SentBack { correction } | What::SetAside { correction, .. } => {
                correction.points.iter().for_each(&mut point);
            }
            What::Submitted { revision } if revision.number == 1 => add(FILED, "", "", 0),
            What::Produced { .. } => add(DONE, "", "", 0),
            What::Moved { to, .. } => {
                let spent = event.at.as_second() - case.stage_since.as_second();
                add(STAGE, case.stage.code(), "", spent.max(0));
                if let Stage::Closed(_) = to {
                    add(CLOSED, to.code(), "", 0);
                }
            }
            _ => {}
        }
        for tally in &tallies {
            tx.tally_add(tally).await?;
        }
        Ok(())
    }
}

fn tally_of(
    case: &Case,
    at: Timestamp,
    subject: &'static str,
    item: &str,
    place: &str,
    seconds: i64,
) -> Tally {
    let kind = case
        .live_applications()
        .find_map(casework::Application::kind);
    Tally {
        subject,
        day: number_of(appointment::day_of(at)),
        city: case.unit.city.to_string(),
        business: case.business.code().to_owned(),
        kind: kind.map_or_else(String::new, |kind| kind.code().to_owned()),
        item: item.to_owned(),
        place: place.to_owned(),
        amount: 1,
        seconds,
    }
}

/// What people type must not make the counters grow without end.
fn is_code(text: &str) -> bool {
    casework::MaterialKind::find(text).is_some() || casework::Field::find(text).is_some()
}

/// Days since 1 January 1970.
fn number_of(day: Date) -> i64 {
    day.since((jiff::Unit::Day, date(1970, 1, 1)))
        .map_or(0, |span| i64::from(span.get_days()))
}
