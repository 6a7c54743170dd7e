//! What goes along with people and papers: introduction, copy of the ID card, notice, card, list of a hand-over.

use casework::{Case, Due, Material, MaterialKind, Policy, Stage, required_materials};
use jiff::Timestamp;

use super::{filing, notices, words};
use crate::{
    Platform,
    error::Result,
    ports::{
        papers::{
            CollectionNotice, HandOverList, HandedOver, IdCopySheet, IntroductionPaper, PaperBody,
            PaperPerson, PaperSeal, ToBring, WhatToBring,
        },
        store::Tx,
    },
};

/// Since when the seals can be collected; before that, since when the case is where it is.
fn ready_at(case: &Case) -> Timestamp {
    case.collection_notified_at.unwrap_or(case.stage_since)
}

pub(super) fn introduction(case: &Case, collector: Option<&PaperPerson>) -> (PaperBody, Timestamp) {
    let paper = IntroductionPaper {
        collector: collector.cloned(),
        seals: seals(case),
    };
    (PaperBody::Introduction(paper), ready_at(case))
}

pub(super) fn id_copy(case: &Case, collector: Option<&PaperPerson>) -> (PaperBody, Timestamp) {
    let paper = IdCopySheet {
        collector: collector.cloned(),
    };
    (PaperBody::IdCopy(paper), ready_at(case))
}

pub(super) fn notice(case: &Case, policy: &Policy) -> Option<(PaperBody, Timestamp)> {
    let at = case.collection_notified_at?;
    let notice = CollectionNotice {
        agent: filing::agent_name(case),
        seals: seals(case),
        bring: to_collect(),
        deadline: Some(words::until(
            policy.working_days_after(at, policy.desk_days),
        )),
        appointment: case.appointment.map(words::minute),
    };
    Some((PaperBody::Collection(notice), at))
}

pub(super) fn what_to_bring(case: &Case, policy: &Policy) -> (PaperBody, Timestamp) {
    let (purpose, bring) = match case.stage {
        Stage::Collection => ("领取电子印章", to_collect()),
        Stage::OnSite => ("现场办理", to_the_desk(case, policy)),
        _ => ("递交纸质申请材料", to_hand_in(case, policy)),
    };
    let card = WhatToBring {
        purpose: purpose.to_owned(),
        bring,
        appointment: case.appointment.map(words::minute),
        deadline: case.deadline.map(|deadline| words::until(deadline.at)),
    };
    (PaperBody::WhatToBring(card), case.stage_since)
}

fn seals(case: &Case) -> Vec<PaperSeal> {
    notices::produced(case)
        .map(|(application, produced)| {
            let form = application.form.as_ref();
            let medium = form.map_or("", |form| form.medium.name());
            PaperSeal {
                name: application.seal_name().to_owned(),
                code: produced.code.to_string(),
                kind: form.map_or_else(String::new, |form| form.kind.name().to_owned()),
                medium: match &produced.key_serial {
                    Some(serial) => format!("{medium}（{serial}）"),
                    None => medium.to_owned(),
                },
                valid_until: produced
                    .valid_until
                    .map_or_else(|| "—".to_owned(), words::day),
            }
        })
        .collect()
}

fn thing(name: &str, note: &str) -> ToBring {
    ToBring {
        name: name.to_owned(),
        note: note.to_owned(),
    }
}

fn to_collect() -> Vec<ToBring> {
    vec![
        thing(
            "介绍函或介绍信（二选一）",
            "申请单位出具，写明领取人姓名和身份证号，加盖单位印章",
        ),
        thing(
            "领取人身份证复印件",
            "须与介绍函或介绍信内容中为同一人员，加盖公章",
        ),
        thing("领取人身份证原件", "现场核对本人，由本人当面签名"),
    ]
}

fn to_the_desk(case: &Case, policy: &Policy) -> Vec<ToBring> {
    let mut bring = Vec::new();
    for (application, form) in filing::submitted(case) {
        if policy.needs_key_on_site(form.business, form.medium)
            && application.key_presented.is_none()
        {
            let serial = form
                .existing
                .as_ref()
                .filter(|existing| !existing.key_lost)
                .map(|existing| existing.key_serial.as_deref().unwrap_or("见登记"));
            if let Some(serial) = serial {
                bring.push(thing(
                    &format!("USB KEY（序列号 {serial}）"),
                    &format!("印章“{}”所在的硬件介质", application.seal_name()),
                ));
            }
        }
    }
    bring.push(thing("经办人身份证原件", "现场核对本人"));
    bring
}

fn to_hand_in(case: &Case, policy: &Policy) -> Vec<ToBring> {
    let mut bring: Vec<(ToBring, usize)> = Vec::new();
    for material in required_materials(case, policy) {
        if material.due > Due::HandIn || !material.kind.has_paper() {
            continue;
        }
        let name = material.kind.name().replace("（签字盖章扫描件）", "");
        match bring.iter_mut().find(|(known, _)| known.name == name) {
            Some((_, count)) => *count += 1,
            None => bring.push((thing(&name, &material.hint), 1)),
        }
    }
    bring
        .into_iter()
        .map(|(thing, count)| ToBring {
            name: format!("{}（原件 {count} 份）", thing.name),
            ..thing
        })
        .collect()
}

impl Platform {
    /// The list of the hand-over that this case went along with.
    pub(super) async fn hand_over_list(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
    ) -> Result<Option<(PaperBody, Timestamp)>> {
        let Some(hand_over) = &case.hand_over else {
            return Ok(None);
        };
        let bundle = tx.bundle(hand_over.bundle).await?;
        let mut cases = Vec::new();
        for row in tx.bundle_cases(hand_over.bundle).await? {
            cases.push(self.load(tx, row.id).await?.0);
        }
        if cases.is_empty() {
            cases.push(case.clone());
        }
        let rows: Vec<HandedOver> = cases.iter().map(handed_over).collect();
        let list = HandOverList {
            consolidator: bundle.as_ref().map_or_else(
                || casework::consolidator_of(case.unit.city),
                |bundle| bundle.consolidator_name.clone(),
            ),
            by: hand_over.by.name.clone(),
            bundle: bundle.map_or_else(|| case.number.to_string(), |bundle| bundle.number),
            seals: rows.iter().map(|row| row.seals).sum(),
            originals: cases.iter().map(|case| originals(case).count()).sum(),
            rows,
        };
        Ok(Some((PaperBody::HandOver(list), hand_over.at)))
    }
}

fn handed_over(case: &Case) -> HandedOver {
    let mut papers: Vec<(&str, usize)> = Vec::new();
    for material in originals(case) {
        let name = short(material.kind);
        match papers.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => papers.push((name, 1)),
        }
    }
    let papers: Vec<String> = papers
        .into_iter()
        .map(|(name, count)| format!("{name}{count}份"))
        .collect();
    let form = filing::submitted(case).next().map(|(_, form)| form);
    HandedOver {
        number: case.number.to_string(),
        unit: case.unit.full_name.clone(),
        business: case.business.name().to_owned(),
        seals: filing::submitted(case).count(),
        originals: papers.join("、"),
        agent: match form {
            Some(form) => format!("{}　{}", form.agent.name, form.agent.mobile),
            None => case.opened_by.name.clone(),
        },
    }
}

/// The originals that went along when the case was handed over.
fn originals(case: &Case) -> impl Iterator<Item = &Material> {
    let at = case
        .hand_over
        .as_ref()
        .map_or(Timestamp::MAX, |hand_over| hand_over.at);
    case.materials.iter().filter(move |material| {
        material.kind.has_paper()
            && material.uploaded_at <= at
            && material.removed_at.is_none_or(|removed| removed > at)
    })
}

/// The name of a paper where there is little room.
fn short(kind: MaterialKind) -> &'static str {
    match kind {
        MaterialKind::RedHeaderLetter => "红头函",
        MaterialKind::ApplicationFormScan => "申请表",
        MaterialKind::SummarySheet => "汇总表",
        other => other.name(),
    }
}
