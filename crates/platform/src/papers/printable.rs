//! Texts that no paper could show are refused before they are taken: what is filed, and what is said in a decision.

use casework::{Act, Case, CorrectionPoint, Field, FormDraft, Point, Refusal};

use crate::{
    Platform,
    error::{Error, Result},
};

/// Code of the refusal.
pub(super) const CODE: &str = "character_not_printable";
/// What to do about it.
pub(super) const ADVICE: &str = "请核对是否有误；确为姓名或名称用字的，请联系中心加装字库";

impl Platform {
    /// Refuses an act whose text could not be printed.
    pub(crate) fn check_printable(&self, case: &Case, act: &Act) -> Result<()> {
        let mut points = Vec::new();
        for (field, place, text) in texts(case, act) {
            let lacking = self.papers.undrawable(&text);
            if !lacking.is_empty() {
                let message = format!("{place}中的{}无法打印，{ADVICE}", quoted(&lacking));
                points.push(Point::new(CODE, field, message));
            }
        }
        match points.as_slice() {
            [] => Ok(()),
            [one] => Err(Refusal::with_points(CODE, one.message.clone(), points).into()),
            [first, ..] => {
                let message = format!("有 {} 处文字无法打印，如：{}", points.len(), first.message);
                Err(Error::Refused(Refusal::with_points(CODE, message, points)))
            }
        }
    }
}

/// A text: the field it stands in, its place in words, and itself.
type Placed = (Option<String>, String, String);

fn texts(case: &Case, act: &Act) -> Vec<Placed> {
    let said = |place: &str, text: &str| vec![(None, place.to_owned(), text.to_owned())];
    match act {
        Act::Submit => filed(case),
        Act::Resubmit { remark } => {
            let mut texts = filed(case);
            texts.extend(remark.iter().flat_map(|remark| said("补正说明", remark)));
            texts
        }
        Act::SendBackInUnit { points } | Act::ReturnByConsolidator { points } => asked(points),
        Act::SetAside { points, .. } => asked(points),
        Act::RequestCorrection { points, checklist } => {
            let mut texts = asked(points);
            for answer in checklist {
                texts.extend(
                    answer
                        .remark
                        .iter()
                        .flat_map(|remark| said("核对说明", remark)),
                );
            }
            texts
        }
        Act::Refuse { reason } => said("不予办理的理由", reason),
        Act::Collect { collector_name, .. } => said("领取人姓名", collector_name),
        _ => Vec::new(),
    }
}

fn filed(case: &Case) -> Vec<Placed> {
    let mut texts = vec![
        (None, "单位名称".to_owned(), case.unit.full_name.clone()),
        (
            None,
            "红头函的办理理由".to_owned(),
            case.letter.reasons.clone(),
        ),
        (
            None,
            "红头函的函号".to_owned(),
            case.letter.letter_number.clone().unwrap_or_default(),
        ),
    ];
    for (index, application) in case.live_applications().enumerate() {
        for (field, text) in written(&application.draft) {
            texts.push((
                Some(format!("{}.{}", application.id, field.code())),
                format!("第 {} 份申请表的{}", index + 1, field.label()),
                text.clone(),
            ));
        }
    }
    texts
}

/// The fields of a form that people write in their own words.
fn written(draft: &FormDraft) -> impl Iterator<Item = (Field, &String)> {
    [
        (Field::UnitName, &draft.unit_name),
        (Field::PersonName, &draft.person_name),
        (Field::AgentName, &draft.agent_name),
        (Field::SealName, &draft.seal_name),
    ]
    .into_iter()
    .filter_map(|(field, text)| Some((field, text.as_ref()?)))
}

fn asked(points: &[CorrectionPoint]) -> Vec<Placed> {
    points
        .iter()
        .enumerate()
        .map(|(index, point)| {
            (
                None,
                format!("第 {} 条整改意见", index + 1),
                point.message.clone(),
            )
        })
        .collect()
}

/// 「“𤥷”字（U+24977）」: named so that it can be looked up where it cannot be seen.
pub(super) fn quoted(characters: &[char]) -> String {
    let names: Vec<String> = characters
        .iter()
        .take(5)
        .map(|c| {
            let code = u32::from(*c);
            if c.is_alphanumeric() {
                format!("“{c}”字（U+{code:04X}）")
            } else {
                format!("不可打印的字符（U+{code:04X}）")
            }
        })
        .collect();
    let more = if characters.len() > 5 { "等" } else { "" };
    format!("{}{more}", names.join("、"))
}
