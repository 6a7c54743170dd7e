//! The imprint of a page: beside the scan, corrected by the seal maker, and held against others.

use axum::extract::{Path, Query, State};
use casework::CaseId;
use platform::{CaseView, ScanAdjust, ScanArea, ScanPage, ScanState};
use serde::Deserialize;
use uuid::Uuid;

use super::one;
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::pages::{Answer, again, go, html, send};
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{Button, Chip, Facts, Field, FieldKind, Form, Link, Notice, Tone};
use crate::views::{AdjustView, AlikePage, AlikeView, CompareView};

/// What was typed to correct an imprint.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Typed {
    threshold: Option<String>,
    turn: Option<String>,
    x: Option<String>,
    y: Option<String>,
    width: Option<String>,
    height: Option<String>,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).map(ToOwned::to_owned);
        Self {
            threshold: text("threshold"),
            turn: text("turn"),
            x: text("x"),
            y: text("y"),
            width: text("width"),
            height: text("height"),
        }
    }

    /// As numbers; a text that is none is refused in words.
    fn read(&self) -> Result<ScanAdjust, Problem> {
        let number = |text: &Option<String>| match text.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => text.parse::<f32>().map(Some).map_err(|_| {
                Problem::from(platform::Error::refused(
                    "imprint_adjust_range",
                    format!("“{text}”不是数字，请填写数字。"),
                ))
            }),
        };
        let area = [&self.x, &self.y, &self.width, &self.height].map(number);
        let [x, y, width, height] = area;
        let crop = match (x?, y?, width?, height?) {
            (Some(x), Some(y), Some(width), Some(height)) => Some(ScanArea {
                x,
                y,
                width,
                height,
            }),
            _ => None,
        };
        Ok(ScanAdjust {
            crop,
            threshold: number(&self.threshold)?.map(|percent| percent / 100.0),
            turn_degrees: number(&self.turn)?,
        })
    }

    fn query(&self) -> String {
        let pairs = [
            ("threshold", &self.threshold),
            ("turn", &self.turn),
            ("x", &self.x),
            ("y", &self.y),
            ("width", &self.width),
            ("height", &self.height),
        ];
        let typed: Vec<String> = pairs
            .iter()
            .filter_map(|(name, value)| {
                let value = value.as_deref().filter(|value| !value.trim().is_empty())?;
                Some(format!("{name}={}", form_encode(value)))
            })
            .collect();
        typed.join("&")
    }
}

/// `GET /desk/scans/{upload}/{page}/preview.png`
pub(in crate::pages) async fn preview(
    State(app): State<App>,
    desk: Desk,
    Path((_, id)): Path<(Uuid, Uuid)>,
    Query(typed): Query<Typed>,
) -> Answer {
    let file = app
        .platform
        .preview_imprint(&desk.actor, id, &typed.read()?)
        .await?;
    Ok(send(file.media_type, None, file.bytes))
}

/// `POST /desk/scans/{upload}/{page}/adjust`: looked at, or kept.
pub(in crate::pages) async fn adjust(
    State(app): State<App>,
    desk: Desk,
    Path((upload, id)): Path<(Uuid, Uuid)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let typed = Typed::of(&fields);
    let looking = fields.text("do") == Some("look");
    let outcome = match typed.read() {
        Ok(_) if looking => Ok(None),
        Ok(adjust) => app
            .platform
            .adjust_imprint(
                &desk.actor,
                id,
                &adjust,
                fields.text("reason").unwrap_or_default(),
            )
            .await
            .map(Some)
            .map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    let refill = |page: &mut crate::views::ScanPageView| {
        if let Some(view) = &mut page.adjust {
            view.form
                .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            view.preview = Some(format!(
                "/desk/scans/{upload}/{id}/preview.png?{}",
                typed.query()
            ));
        }
    };
    match outcome {
        Ok(Some(_)) => {
            desk.say(
                "印模图像已调整",
                "调整的参数和理由已记录，制作印章时使用调整后的图像。",
            )
            .await?;
            go(&format!("/desk/scans/{upload}/{id}"))
        }
        Ok(None) => {
            let mut page = one::view(&app, &desk, id).await?;
            refill(&mut page);
            html(&page)
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = one::view(&app, &desk, id).await?;
            refill(&mut page);
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The imprint over the scan, with what was measured.
pub(super) fn compare(page: &ScanPage, base: &str) -> Option<CompareView> {
    let held = page.found.imprint.as_ref()?;
    let mut facts = Facts::new();
    let declared = match (held.declared_width, held.declared_height) {
        (Some(width), Some(height)) => Some(format!("{width} × {height} 毫米")),
        _ => None,
    };
    let version = held.adjusted.len();
    let mut at = Default::default();
    let mut turn = String::new();
    let mut downloads = Vec::new();
    if let Some(cut) = &held.cut {
        let sure = if cut.turn_sure { "" } else { "（请核对）" };
        facts = facts
            .with(
                "实测尺寸",
                format!("{:.1} × {:.1} 毫米", cut.width_mm, cut.height_mm),
            )
            .with_some("申请表填写", declared)
            .with_some("规定尺寸", held.statutory.clone())
            .with("形状与印泥", format!("{}，{}", cut.shape, cut.ink))
            // Adding zero takes the sign from a zero.
            .with(
                "扶正",
                format!(
                    "旋转 {:.1}°{sure}",
                    (cut.turn_degrees * 10.0).round() / 10.0 + 0.0
                ),
            )
            .with("清晰度", format!("{} 分（满分 100）", cut.score));
        let (centre_x, centre_y) = (
            cut.stood.x + cut.stood.width / 2.0,
            cut.stood.y + cut.stood.height / 2.0,
        );
        at = (
            format!("{:.2}", centre_x - cut.width_mm / 2.0),
            format!("{:.2}", centre_y - cut.height_mm / 2.0),
            format!("{:.2}", cut.width_mm),
            format!("{:.2}", cut.height_mm),
        );
        turn = format!(
            "rotate({:.1} {centre_x:.2} {centre_y:.2})",
            -cut.turn_degrees
        );
        downloads = vec![
            Link::new("印模图像 PNG", format!("{base}/imprint.png")),
            Link::new("印模矢量图 SVG", format!("{base}/imprint.svg")),
        ];
    } else {
        facts = facts
            .with_some("申请表填写", declared)
            .with_some("规定尺寸", held.statutory.clone());
    }
    Some(CompareView {
        width_mm: format!("{:.2}", held.region_width_mm),
        height_mm: format!("{:.2}", held.region_height_mm),
        scan: format!("{base}/region.png"),
        imprint: held
            .cut
            .as_ref()
            .map(|_| format!("{base}/imprint.png?{version}")),
        at,
        turn,
        facts,
        downloads,
    })
}

/// The form for who may correct the imprint now.
pub(super) fn adjust_view(
    desk: &Desk,
    page: &ScanPage,
    case: Option<&CaseView>,
    base: &str,
) -> Option<AdjustView> {
    let held = page.found.imprint.as_ref()?;
    let place = page.found.place.as_ref()?;
    let case = &case?.case;
    let application = case.application(place.application?)?;
    if page.state != ScanState::Confirmed
        || casework::may_adjust_imprint(case, application, &desk.actor).is_err()
    {
        return None;
    }
    let how = &held.how;
    let number = |name: &str, label: &str, value: Option<f32>, step: &str| {
        Field::new(name, label, FieldKind::Input("number"))
            .optional()
            .value(value.map_or_else(String::new, |value| format!("{value:.1}")))
            .with("step", step)
    };
    let crop = |pick: fn(&ScanArea) -> f32| how.crop.as_ref().map(pick);
    let form = Form::new(
        format!("{base}/adjust"),
        desk.csrf(),
        Button::primary("保存调整"),
    )
    .button(Button {
        skips_checks: true,
        ..Button::other("预览", "do", "look")
    })
    .explain(
        "浓淡界限越小，越淡的印迹也算作印模；旋转按顺时针计；裁剪范围以印模框区域左上角为起点，四项都填写才有效。",
    )
    .field(
        number(
            "threshold",
            "浓淡界限",
            how.threshold.map(|share| share * 100.0),
            "any",
        )
        .with("min", "5")
        .with("max", "95")
        .unit("%"),
    )
    .field(
        number("turn", "旋转", how.turn_degrees, "any")
            .with("min", "-180")
            .with("max", "180")
            .unit("度"),
    )
    .field(number("x", "裁剪：左", crop(|crop| crop.x), "any").unit("毫米"))
    .field(number("y", "裁剪：上", crop(|crop| crop.y), "any").unit("毫米"))
    .field(number("width", "裁剪：宽", crop(|crop| crop.width), "any").unit("毫米"))
    .field(number("height", "裁剪：高", crop(|crop| crop.height), "any").unit("毫米"))
    .field(
        Field::text("reason", "调整理由")
            .placeholder("例如：印模左下较淡，降低界限后笔画完整")
            .with("maxlength", "300"),
    )
    .narrow();
    Some(AdjustView {
        form,
        preview: None,
        source: format!("{base}/preview.png"),
    })
}

/// What was corrected, by whom and why.
pub(super) fn history(page: &ScanPage) -> Vec<String> {
    let Some(held) = &page.found.imprint else {
        return Vec::new();
    };
    held.adjusted
        .iter()
        .map(|one| {
            let mut what = Vec::new();
            if let Some(share) = one.how.threshold {
                what.push(format!("界限 {:.0}%", share * 100.0));
            }
            if let Some(turn) = one.how.turn_degrees {
                what.push(format!("旋转 {turn:.1}°"));
            }
            if let Some(crop) = one.how.crop {
                what.push(format!(
                    "裁剪 ({:.1}, {:.1}) {:.1} × {:.1} 毫米",
                    crop.x, crop.y, crop.width, crop.height
                ));
            }
            format!(
                "{} {}：{}；理由：{}",
                beijing::minute(one.at),
                one.by.name,
                what.join("，"),
                one.reason
            )
        })
        .collect()
}

/// For who accepts and reviews: imprints that look nearly the same, told above the checklist.
pub(in crate::pages) async fn radar(
    app: &App,
    desk: &Desk,
    case: CaseId,
) -> Result<Option<Notice>, Problem> {
    let alike = app.platform.alike(&desk.actor, case).await?;
    let Some(first) = alike.first() else {
        return Ok(None);
    };
    let what = if first.seal.is_some() {
        "已制作的印章"
    } else {
        "另一办件的印模"
    };
    let mut notice = Notice::new(
        Tone::Warn,
        format!(
            "印模与{what}「{}」（{}）高度相近",
            first.name, first.unit_name
        ),
    )
    .line("请对照两个印模，核实是否为同一实体印章、是否盗用或重复申请。")
    .code("imprint_alike");
    notice.link = Some(Link::new(
        format!("对照查看（{} 处）", alike.len()),
        format!("/desk/cases/{case}/alike"),
    ));
    Ok(Some(notice))
}

/// `GET /desk/cases/{case}/alike`
pub(in crate::pages) async fn alike(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let alike = app.platform.alike(&desk.actor, id).await?;
    let pairs = alike
        .iter()
        .map(|one| {
            let own_name = view
                .case
                .application(one.application)
                .map_or("", casework::Application::seal_name);
            let (kind, href) = match (one.seal, one.case) {
                (Some(seal), _) => ("已制作的印章", Some(format!("/desk/seals/{seal}"))),
                (None, Some(case)) => ("另一办件的印模", Some(format!("/desk/cases/{case}"))),
                (None, None) => ("印模", None),
            };
            let unit = if one.same_unit {
                "同一单位"
            } else {
                "其他单位"
            };
            AlikeView {
                own: format!("/desk/cases/{id}/alike/{}", one.own),
                own_name: own_name.to_owned(),
                other: format!("/desk/cases/{id}/alike/{}", one.other),
                other_name: format!("{}（{}）", one.name, one.unit_name),
                detail: format!("{unit} · {kind} · {} 登记", beijing::minute(one.entered_at)),
                href,
                chip: Chip::new(
                    format!("相近程度 {:.0}%", (1.0 - one.distance).max(0.0) * 100.0),
                    if one.same_unit {
                        Tone::Info
                    } else {
                        Tone::Warn
                    },
                ),
            }
        })
        .collect();
    html(&AlikePage {
        frame: desk
            .frame(&app, "相近印模", "/desk")
            .below(
                &format!("办件 {}", view.case.number),
                &format!("/desk/cases/{id}"),
            ),
        lead: "平台把本办件确认的印模与已制作的印章、其他办件的印模逐一比对。相近不等于相同，请对照后判断。"
            .into(),
        pairs,
    })
}

/// `GET /desk/cases/{case}/alike/{entry}`
pub(in crate::pages) async fn alike_picture(
    State(app): State<App>,
    desk: Desk,
    Path((case, entry)): Path<(CaseId, Uuid)>,
) -> Answer {
    let file = app.platform.alike_picture(&desk.actor, case, entry).await?;
    Ok(send(file.media_type, None, file.bytes))
}
