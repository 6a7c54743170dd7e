//! Statistics (统计): by period, city, business, kind and stage; why cases were sent back.

use axum::extract::{Query, State};
use casework::{
    BusinessType, DivisionCode, Field as FormField, MaterialKind, SealKind, Stage, appointment,
    cities, correction_reason,
};
use jiff::ToSpan;
use jiff::civil::Date;
use platform::WantedStatistics;
use platform::ports::store::TallySum;
use serde::Deserialize;

use super::{Answer, again};
use crate::app::App;
use crate::listing::Listing;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Cell, Choice, Column, Empty, Facts, Field, FieldKind, Notice, Row, Table, Tone,
};
use crate::views::{Bar, Bars, Filtered, StatisticsPage};

const HERE: &str = "/desk/statistics";
/// Days that are shown unless others are asked for.
const USUAL_DAYS: i64 = 30;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    from: Option<String>,
    until: Option<String>,
    city: Option<String>,
    business: Option<String>,
    kind: Option<String>,
}

/// `GET /desk/statistics`
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let today = appointment::day_of(app.platform.now());
    let day = |text: &Option<String>, usual: Date| {
        text.as_deref()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(usual)
    };
    let before = today.checked_sub(USUAL_DAYS.days()).unwrap_or(today);
    let asked = WantedStatistics {
        from: day(&wanted.from, before),
        until: day(&wanted.until, today),
        city: wanted
            .city
            .as_deref()
            .and_then(|code| code.parse::<DivisionCode>().ok()),
        business: wanted.business.as_deref().and_then(BusinessType::find),
        kind: wanted.kind.as_deref().and_then(SealKind::find),
    };
    match app
        .platform
        .statistics(&desk.actor, &asked)
        .await
        .map_err(Problem::from)
    {
        Ok(found) => listing.answer(view(&app, &desk, &asked, &found)).await,
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk, &asked, &platform::Statistics::default());
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn view(
    app: &App,
    desk: &Desk,
    asked: &WantedStatistics,
    found: &platform::Statistics,
) -> StatisticsPage {
    let sum = |sums: &[TallySum]| sums.iter().map(|sum| sum.amount).sum::<u64>();
    let closed = |outcome: &str| {
        found
            .closed
            .iter()
            .find(|sum| sum.of == outcome)
            .map_or(0, |sum| sum.amount)
    };
    let facts = Facts::new()
        .with("新提交办件", format!("{} 件", sum(&found.filed_by_city)))
        .with("办理印章", format!("{} 枚", sum(&found.done)))
        .with("已办结", format!("{} 件", closed("completed")))
        .with("不予办理", format!("{} 件", closed("refused")))
        .with("已撤回", format!("{} 件", closed("withdrawn")))
        .with("退回补正", format!("{} 处", sum(&found.reasons)))
        .in_two();
    let cases = |n: u64| format!("{n} 件");
    let points = |n: u64| format!("{n} 处");
    let charts = vec![
        bars("各地市新提交办件", &found.filed_by_city, city_name, cases),
        bars(
            "各业务新提交办件",
            &found.filed_by_business,
            business_name,
            cases,
        ),
        bars(
            "各类型印章新提交办件",
            &found.filed_by_kind,
            kind_name,
            cases,
        ),
        stage_bars(&found.stages),
        bars("退回原因", &found.reasons, reason_name, points),
        bars("退回涉及的材料和填写项", &found.places, place_name, points),
        bars("各地市退回", &found.corrections_by_city, city_name, points),
        bars(
            "各业务退回",
            &found.corrections_by_business,
            business_name,
            points,
        ),
    ];
    let mut filtered = vec![Filtered::chosen(
        "时段",
        &format!("{} 至 {}", asked.from, asked.until),
    )];
    if let Some(city) = asked.city {
        filtered.push(Filtered::chosen("地市", city.city().name));
    }
    if let Some(business) = asked.business {
        filtered.push(Filtered::chosen("业务", business.name()));
    }
    if let Some(kind) = asked.kind {
        filtered.push(Filtered::chosen("印章类型", kind.name()));
    }
    let rows = charts.iter().flat_map(|chart| {
        chart.bars.iter().map(|bar| {
            Row::new(vec![
                chart.title.clone().into(),
                Cell::text(&bar.label),
                bar.words.clone().into(),
            ])
        })
    });
    StatisticsPage {
        frame: desk.frame(app, "业务统计", HERE),
        filters: filters(asked),
        filtered,
        facts,
        table: Table::new(
            "统计",
            vec![
                Column::new("统计项"),
                Column::new("分项"),
                Column::short("数量"),
            ],
            rows.collect(),
            Empty::new("list", "所选时段没有记录", ""),
        ),
        charts,
    }
}

fn filters(asked: &WantedStatistics) -> Vec<Field> {
    let date = |name: &str, label: &str, day: Date| {
        Field::new(name, label, FieldKind::Input("date"))
            .optional()
            .value(day.to_string())
    };
    let mut all_cities = vec![Choice::new("", "全省")];
    all_cities.extend(
        cities()
            .iter()
            .map(|city| Choice::new(city.code.to_string(), city.name)),
    );
    let mut businesses = vec![Choice::new("", "全部业务")];
    businesses.extend(
        BusinessType::ALL
            .iter()
            .map(|b| Choice::new(b.code(), b.name())),
    );
    let mut kinds = vec![Choice::new("", "全部类型")];
    kinds.extend(
        SealKind::ALL
            .iter()
            .map(|k| Choice::new(k.code(), k.name())),
    );
    let select = |name: &str, label: &str, choices, value: String| {
        Field::new(name, label, FieldKind::Select(choices))
            .optional()
            .value(value)
    };
    vec![
        date("from", "从", asked.from),
        date("until", "到", asked.until),
        select(
            "city",
            "地市",
            all_cities,
            asked.city.map(|city| city.to_string()).unwrap_or_default(),
        ),
        select(
            "business",
            "业务类型",
            businesses,
            asked.business.map_or("", BusinessType::code).to_owned(),
        ),
        select(
            "kind",
            "印章类型",
            kinds,
            asked.kind.map_or("", SealKind::code).to_owned(),
        ),
    ]
}

fn bars(
    title: &str,
    sums: &[TallySum],
    name: fn(&str) -> String,
    words: fn(u64) -> String,
) -> Bars {
    let bars = sums.iter().map(|sum| Bar {
        label: name(&sum.of),
        value: sum.amount,
        words: words(sum.amount),
    });
    Bars::new(title, bars.collect())
}

/// How long cases stayed at each stage, on average, in the order of the process.
fn stage_bars(sums: &[TallySum]) -> Bars {
    let bars = Stage::ALL.iter().filter_map(|stage| {
        let sum = sums
            .iter()
            .find(|sum| sum.of == stage.code() && sum.amount > 0)?;
        let average = sum.seconds / sum.amount;
        Some(Bar {
            label: stage.name().to_owned(),
            value: average,
            words: format!("{}（{} 件）", duration(average), sum.amount),
        })
    });
    Bars::new("各环节平均用时", bars.collect())
}

fn duration(seconds: u64) -> String {
    match seconds / 60 {
        0 => "不到 1 分钟".to_owned(),
        minutes @ 1..60 => format!("{minutes} 分钟"),
        minutes @ 60..2880 => format!("{} 小时", minutes / 60),
        minutes => format!("{} 天", minutes / 1440),
    }
}

fn city_name(code: &str) -> String {
    code.parse::<DivisionCode>()
        .map_or_else(|_| code.to_owned(), |city| city.city().name.to_owned())
}

fn business_name(code: &str) -> String {
    BusinessType::find(code).map_or_else(|| code.to_owned(), |found| found.name().to_owned())
}

fn kind_name(code: &str) -> String {
    SealKind::find(code).map_or_else(|| "未填写".to_owned(), |kind| kind.name().to_owned())
}

fn reason_name(code: &str) -> String {
    match correction_reason::find(code) {
        Some(reason) => reason.name.to_owned(),
        None => code.to_owned(),
    }
}

fn place_name(code: &str) -> String {
    FormField::find(code)
        .map(FormField::label)
        .or_else(|| MaterialKind::find(code).map(MaterialKind::name))
        .unwrap_or("整个办件")
        .to_owned()
}

/// What cases of a business were most often sent back for lately, for who is about to submit one.
pub(super) async fn hints(app: &App, business: BusinessType) -> Result<Option<Notice>, Problem> {
    let reasons = app.platform.common_reasons(business).await?;
    if reasons.is_empty() {
        return Ok(None);
    }
    let title = format!(
        "近三个月{}最常见的退回原因，请提交前再核对",
        business.name()
    );
    Ok(Some(reasons.iter().fold(
        Notice::new(Tone::Info, title),
        |notice, (reason, count)| {
            notice.line(format!("{}（{count} 次）：{}。", reason.name, reason.hint))
        },
    )))
}
