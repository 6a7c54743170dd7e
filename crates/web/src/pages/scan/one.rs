//! One page of an upload.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use casework::ActKind;
use platform::{CaseView, Remark, ScanPage, ScanPicture, ScanState};
use uuid::Uuid;

use super::{HERE, brings, chip, imprint, title};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::pages::{Answer, again, go, html, send};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::ScanPageView;
use crate::views::parts::{
    Act, Button, Cell, Choice, Facts, Field, FieldKind, Form, Link, Notice, Tone,
};

/// `GET /desk/scans/{upload}/{page}`
pub(in crate::pages) async fn page(
    State(app): State<App>,
    desk: Desk,
    Path((_, id)): Path<(Uuid, Uuid)>,
) -> Answer {
    let view = view(&app, &desk, id).await?;
    let mut response = html(&view)?;
    if view.waiting {
        let headers = response.headers_mut();
        headers.insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    Ok(response)
}

/// `POST /desk/scans/{upload}/{page}/acts/{act}`
pub(in crate::pages) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((upload, id, act)): Path<(Uuid, Uuid, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let here = format!("/desk/scans/{upload}/{id}");
    let platform = &app.platform;
    let actor = &desk.actor;
    let (outcome, said, to) = match act.as_str() {
        "confirm" => {
            let take_size = fields.text("take_size") == Some("yes");
            let outcome = platform.confirm_scan(actor, id, take_size).await;
            (
                outcome.map(drop),
                "已确认，列入办件材料",
                next(&app, &desk, upload, id).await,
            )
        }
        "discard" => (
            platform.discard_scan(actor, id).await,
            "已搁置这一页",
            next(&app, &desk, upload, id).await,
        ),
        "prefer" => (
            platform.prefer_scan(actor, id).await,
            "已选用这一张",
            here.clone(),
        ),
        "assign" => (
            platform.assign_scan(actor, id, fields.need("mark")?).await,
            "已指定，正在按这份文书识别",
            format!("/desk/scans/{upload}"),
        ),
        _ => return Err(Problem::not_found()),
    };
    match outcome.map_err(Problem::from) {
        Ok(()) => {
            desk.say(said, "").await?;
            go(&to)
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk, id).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The next page of the upload that waits for this person, else the upload.
async fn next(app: &App, desk: &Desk, upload: Uuid, done: Uuid) -> String {
    let shown = app.platform.scan_upload(&desk.actor, upload).await;
    let next = shown.ok().and_then(|upload| {
        let at = upload.pages.iter().position(|page| page.id == done)?;
        let (before, after) = upload.pages.split_at(at);
        after
            .iter()
            .chain(before)
            .find(|page| page.id != done && page.state == ScanState::Filed)
            .map(|page| page.id)
    });
    match next {
        Some(next) => format!("/desk/scans/{upload}/{next}"),
        None => format!("/desk/scans/{upload}"),
    }
}

/// `GET /desk/scans/{upload}/{page}/{picture}`
pub(in crate::pages) async fn picture(
    State(app): State<App>,
    desk: Desk,
    Path((_, id, which)): Path<(Uuid, Uuid, String)>,
) -> Answer {
    let (which, download) = match which.as_str() {
        "sheet.jpg" => (ScanPicture::Sheet, false),
        "small.jpg" => (ScanPicture::Small, false),
        "region.png" => (ScanPicture::Region, false),
        "imprint.png" => (ScanPicture::Imprint, false),
        "imprint.svg" => (ScanPicture::ImprintSvg, true),
        "original" => (ScanPicture::Original, true),
        _ => return Err(Problem::not_found()),
    };
    let file = app.platform.scan_picture(&desk.actor, id, which).await?;
    let name = match which {
        ScanPicture::ImprintSvg => "印模.svg".to_owned(),
        _ => file.name,
    };
    Ok(send(
        file.media_type,
        download.then_some(name.as_str()),
        file.bytes,
    ))
}

pub(super) async fn view(app: &App, desk: &Desk, id: Uuid) -> Result<ScanPageView, Problem> {
    let page = app.platform.scan_page(&desk.actor, id).await?;
    let case = match &page.found.place {
        Some(place) => app.platform.case(&desk.actor, place.case).await.ok(),
        None => None,
    };
    let base = format!("/desk/scans/{}/{}", page.upload, page.id);
    let own = app
        .platform
        .scan_upload(&desk.actor, page.upload)
        .await
        .is_ok();
    let here = if brings(&desk.actor) { HERE } else { "/desk" };
    let mut frame = desk.frame(app, &title(&page), here);
    frame = match (&case, own) {
        (_, true) => frame.below("扫描件识别", &format!("/desk/scans/{}", page.upload)),
        (Some(view), false) => frame
            .below(
                &format!("办件 {}", view.case.number),
                &format!("/desk/cases/{}", view.case.id),
            )
            .below("扫描件", &format!("/desk/cases/{}/scans", view.case.id)),
        (None, false) => frame,
    };
    let mut links = Vec::new();
    if let Some(place) = &page.found.place {
        links.push(Link::new(
            "本办件的扫描件",
            format!("/desk/cases/{}/scans", place.case),
        ));
    }
    links.push(Link::new("查看原件", format!("{base}/original")));
    let sheet = page.found.sheet.as_ref().map(|sheet| {
        (
            format!("{base}/sheet.jpg"),
            format!("{:.1}", sheet.width_mm),
            format!("{:.1}", sheet.height_mm),
        )
    });
    let marks = page
        .found
        .findings
        .iter()
        .filter(|finding| finding.place.is_some())
        .map(|finding| {
            let area = finding.area;
            (
                format!("{:.1}", area.x),
                format!("{:.1}", area.y),
                format!("{:.1}", area.width),
                format!("{:.1}", area.height),
            )
        })
        .collect();
    Ok(ScanPageView {
        frame: frame.script("js/compare.js"),
        chip: chip(page.state),
        waiting: page.state == ScanState::Waiting,
        meta: vec![
            format!("文件「{}」第 {} 页", page.found.file_name, page.number),
            beijing::minute(page.updated_at),
        ],
        notices: notices(&page, case.as_ref()),
        sheet,
        marks,
        facts: facts(&page),
        compare: imprint::compare(&page, &base),
        forms: forms(desk, &page, case.as_ref(), &base),
        acts: acts(desk, &page, &base),
        adjust: imprint::adjust_view(desk, &page, case.as_ref(), &base),
        adjusted: imprint::history(&page),
        links,
    })
}

fn notices(page: &ScanPage, case: Option<&CaseView>) -> Vec<Notice> {
    let tone = match page.state {
        ScanState::OtherCase
        | ScanState::OldRevision
        | ScanState::UnknownPaper
        | ScanState::ForeignCode
        | ScanState::Unreadable => Tone::Bad,
        _ => Tone::Warn,
    };
    if page.state == ScanState::Waiting {
        return vec![Notice::new(
            Tone::Info,
            "正在识别这一页，请稍候，完成后自动显示结果。",
        )];
    }
    let told = |tone: Tone, remark: &Remark| {
        Notice::new(tone, remark.message.clone()).code(remark.code.clone())
    };
    let found = &page.found;
    let mut notices: Vec<Notice> = found
        .remarks
        .iter()
        .map(|remark| told(tone, remark))
        .collect();
    notices.extend(found.findings.iter().map(|finding| {
        let tone = if finding.clear { Tone::Bad } else { Tone::Warn };
        Notice::new(tone, finding.message.clone()).code(finding.code.clone())
    }));
    if let Some(held) = &found.imprint {
        notices.extend(held.fault.iter().map(|fault| told(Tone::Bad, fault)));
        notices.extend(
            held.cut
                .iter()
                .flat_map(|cut| &cut.reasons)
                .map(|reason| told(Tone::Warn, reason)),
        );
    }
    let confirms = case.is_some_and(|view| view.allowed.contains(&ActKind::AttachMaterial));
    if page.state == ScanState::Filed && !confirms {
        notices.push(Notice::new(
            Tone::Info,
            "已归入办件，供核对；办件现在所处的环节不由您更换申请材料。",
        ));
    } else if page.state == ScanState::Filed && notices.is_empty() {
        notices.push(Notice::new(
            Tone::Good,
            "二维码、签字、盖章和印模均未发现问题，请核对后确认。",
        ));
    }
    notices
}

fn facts(page: &ScanPage) -> Facts {
    let mut facts = Facts::new();
    if let Some(place) = &page.found.place {
        facts = facts
            .with(
                "办件",
                Cell::link(
                    place.number.to_string(),
                    format!("/desk/cases/{}", place.case),
                ),
            )
            .with("文书", place.name.clone())
            .with(
                "页码",
                format!("第 {} 页，共 {} 页", place.page, place.pages),
            )
            .with("版次", format!("第 {} 版", place.revision))
            .with(
                "依据",
                if place.by_hand {
                    "由人指定"
                } else {
                    "页面二维码"
                },
            );
    }
    if let Some(sheet) = &page.found.sheet {
        let scale = if sheet.scale_known {
            "按印刷标记测定"
        } else {
            "按页面边缘估计"
        };
        facts = facts
            .with("分辨率", format!("约 {:.0} 点/英寸", sheet.source_dpi))
            .with("比例", scale)
            .with_some(
                "位置误差",
                sheet.error_mm.map(|error| format!("{error:.1} 毫米以内")),
            );
    }
    facts.with_some(
        "处理人",
        page.found.decided_by.as_ref().map(|by| by.name.clone()),
    )
}

fn forms(desk: &Desk, page: &ScanPage, case: Option<&CaseView>, base: &str) -> Vec<Form> {
    let act = |name: &str, button: Button| {
        Form::new(format!("{base}/acts/{name}"), desk.csrf(), button).narrow()
    };
    let may = |kind| case.is_some_and(|view| view.allowed.contains(&kind));
    let mut forms = Vec::new();
    match page.state {
        ScanState::Filed if may(ActKind::AttachMaterial) => {
            let mut form = act("confirm", Button::primary("确认这一页"))
                .explain("请核对页面完整清晰、签字盖章齐全、印模无误；确认后列入办件材料。");
            let cut = page
                .found
                .imprint
                .as_ref()
                .and_then(|held| held.cut.as_ref());
            if let Some(cut) = cut.filter(|_| may(ActKind::SaveDraft)) {
                let sentence = format!(
                    "把申请表的印模尺寸改为实测的 {:.1} × {:.1} 毫米",
                    cut.width_mm, cut.height_mm
                );
                form = form.field(
                    Field::new("take_size", "尺寸", FieldKind::Tick)
                        .optional()
                        .placeholder(sentence),
                );
            }
            forms.push(form);
        }
        ScanState::Twice => forms.push(
            act("prefer", Button::primary("选用这一张"))
                .explain("同一页有两张，选用这一张后，另一张作为重复页。"),
        ),
        ScanState::NoCode if !page.found.suggestions.is_empty() => {
            let choices = page
                .found
                .suggestions
                .iter()
                .map(|offered| {
                    let place = &offered.place;
                    let mut choice = Choice::new(
                        offered.mark.clone(),
                        format!("{}（办件 {}）", place.name, place.number),
                    );
                    if place.pages > 1 {
                        choice.label = format!("{} 第 {} 页", choice.label, place.page);
                    }
                    if offered.likeness > 0.0 {
                        choice =
                            choice.hint(format!("版面相似度 {:.0}%", offered.likeness * 100.0));
                    }
                    choice
                })
                .collect();
            forms.push(
                act("assign", Button::primary("按这份文书归档"))
                    .explain(
                        "二维码无法识别。请对照纸面选择这一页是哪一份文书；拿不准的，请重新拍摄。",
                    )
                    .field(Field::new("mark", "这一页是", FieldKind::Choice(choices))),
            );
        }
        _ => {}
    }
    forms
}

fn acts(desk: &Desk, page: &ScanPage, base: &str) -> Vec<Act> {
    let mut acts = Vec::new();
    let brings = brings(&desk.actor);
    if brings && page.state != ScanState::Waiting && page.state != ScanState::Replaced {
        acts.push(Act {
            id: "again".into(),
            title: "重新拍摄或扫描".into(),
            icon: "image",
            danger: false,
            open: page.state == ScanState::Unreadable,
            form: super::bring_form(desk, page.found.place.as_ref().map(|place| place.case))
                .explain("新的一张确认后替换这一张，旧的保留在记录中。"),
        });
    }
    if brings && page.state.is_open() {
        acts.push(Act {
            id: "discard".into(),
            title: "搁置这一页".into(),
            icon: "cross",
            danger: false,
            open: false,
            form: Form::new(
                format!("{base}/acts/discard"),
                desk.csrf(),
                Button::primary("搁置"),
            )
            .explain("不需要的页可以搁置，原件保留在记录中。")
            .narrow(),
        });
    }
    acts
}
