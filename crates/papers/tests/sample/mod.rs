//! One sample of each paper.

use casework::{CaseNumber, Center};
use platform::ports::papers::*;
use uuid::Uuid;

/// The unit of the samples: a long name with a rare character.
pub(crate) const UNIT: &str = "福建省闽侯县人民政府政务服务中心管理委员会";

pub(crate) fn paper(kind: PaperKind) -> Paper {
    let body = match kind {
        PaperKind::ApplicationForm => PaperBody::ApplicationForm(Box::new(form())),
        PaperKind::RedHeaderLetter => PaperBody::Letter(letter()),
        PaperKind::SummarySheet => PaperBody::Summary(summary(60)),
        PaperKind::IntroductionLetter | PaperKind::IntroductionSlip => {
            PaperBody::Introduction(IntroductionPaper { collector: Some(person()), seals: seals(3) })
        }
        PaperKind::CollectionSheet => PaperBody::Introduction(IntroductionPaper {
            collector: Some(person()),
            seals: seals(3),
        }),
        PaperKind::IdCopySheet => PaperBody::IdCopy(IdCopySheet { collector: Some(person()) }),
        PaperKind::AcceptanceReceipt => PaperBody::Acceptance(AcceptanceReceipt {
            agent: "林䶮晓".to_owned(),
            accepted_by: "张明远".to_owned(),
            seals: vec![UNIT.to_owned(), "财务专用章".to_owned()],
            materials: ["单位的申请红头函", "福建省电子政务电子印章申请表", "福建省电子政务电子印章申请汇总表"]
                .map(|name| ReceivedMaterial { name: name.to_owned(), copies: 1, paper: "已收原件".to_owned() })
                .to_vec(),
            next: "由印章审核员初审、部门领导终审，通过后制作印章。办理进度可在平台查询。".to_owned(),
        }),
        PaperKind::CorrectionNotice => PaperBody::Correction(correction(12)),
        PaperKind::RefusalNotice => PaperBody::Refusal(RefusalNotice {
            agent: "林䶮晓".to_owned(),
            stage: "初审".to_owned(),
            filed_on: "2026年11月20日".to_owned(),
            seals: vec![UNIT.to_owned()],
            reason: "申请单位与盖章单位不一致，经核实该印章不属于申请单位。\n该印章所属单位已撤并，应由承继单位申请。".to_owned(),
        }),
        PaperKind::CollectionNotice => PaperBody::Collection(CollectionNotice {
            agent: "林䶮晓".to_owned(),
            seals: seals(4),
            bring: bring(),
            deadline: Some("2027年1月4日".to_owned()),
            appointment: None,
        }),
        PaperKind::CancellationNotice => PaperBody::Cancellation(CancellationNotice {
            agent: "林䶮晓".to_owned(),
            seals: vec![CancelledSeal {
                name: UNIT.to_owned(),
                code: "35012100000042".to_owned(),
                certificates: "5f2c11aa90b3c4d5e6f708192a3b4c5d".to_owned(),
                since: "2026年11月22日10:30".to_owned(),
            }],
            reason: "因机构改革，单位撤并。".to_owned(),
        }),
        PaperKind::HandOverList => PaperBody::HandOver(HandOverList {
            consolidator: "福州市数字办".to_owned(),
            by: "谢丽娟".to_owned(),
            bundle: "福州市2026-000012".to_owned(),
            rows: (1..=9)
                .map(|n| HandedOver {
                    number: CaseNumber::new(2026, n).unwrap().to_string(),
                    unit: UNIT.to_owned(),
                    business: "印章申请".to_owned(),
                    seals: 2,
                    originals: "红头函 1 份、申请表 2 份、汇总表 1 份".to_owned(),
                    agent: "林䶮晓　13800001001".to_owned(),
                })
                .collect(),
            seals: 18,
            originals: 36,
        }),
        PaperKind::WhatToBring => PaperBody::WhatToBring(WhatToBring {
            purpose: "领取电子印章".to_owned(),
            bring: bring(),
            appointment: Some("2026年12月1日9:30".to_owned()),
            deadline: Some("2027年1月4日".to_owned()),
        }),
        PaperKind::CompletionCertificate => PaperBody::Completion(CompletionCertificate {
            agent: "林䶮晓".to_owned(),
            filed_on: "2026年11月20日".to_owned(),
            accepted_on: "2026年11月21日".to_owned(),
            seals: seals(3)
                .into_iter()
                .map(|seal| CompletedSeal {
                    name: seal.name,
                    code: seal.code,
                    result: "已制作并领取".to_owned(),
                    valid_until: seal.valid_until,
                    medium: "USB KEY".to_owned(),
                })
                .collect(),
            collector: Some("林䶮晓".to_owned()),
        }),
    };
    Paper {
        kind,
        mark: PaperMark {
            case: CaseNumber::new(2026, 42).unwrap(),
            kind,
            application: (kind == PaperKind::ApplicationForm)
                .then(|| Uuid::from_u128(0x0197_0c3e_5fa1_7b2c_8d4e_5f60_7182_93a4).into()),
            revision: 2,
            page: 1,
        },
        number: CaseNumber::new(2026, 42).unwrap().to_string(),
        unit: UNIT.to_owned(),
        business: "印章申请".to_owned(),
        at: "2026-11-22T02:30:00Z".parse().unwrap(),
        date: "2026年11月22日".to_owned(),
        center: Center::default(),
        hours: "工作日 8:30–12:00，15:00–17:30".to_owned(),
        body,
    }
}

pub(crate) fn form() -> ApplicationFormPaper {
    ApplicationFormPaper {
        ordinal: 1,
        total: 2,
        revision: 2,
        kinds: choices(&["单位印章", "个人印章", "设备（服务器）印章"], 0),
        businesses: choices(
            &[
                "印章申请",
                "印章延期",
                "印章变更",
                "印章撤销",
                "印章失控、补办",
                "口令解锁",
            ],
            0,
        ),
        changes: Vec::new(),
        credit_code: "11350121MB0X123456".to_owned(),
        city: "福州市".to_owned(),
        county: "闽侯县".to_owned(),
        person: None,
        agent: person(),
        seal_name: UNIT.to_owned(),
        seal_code: None,
        width: "42".to_owned(),
        height: "42".to_owned(),
        width_mm: 42.0,
        height_mm: 42.0,
        functions: choices(
            &[
                "法定名称章",
                "财务专用章",
                "合同专用章",
                "发票专用章",
                "业务专用章",
                "法定代表人名章",
                "个人名章/签名",
                "其他",
            ],
            0,
        ),
        certificates: choices(&["单位证书", "个人证书", "设备证书"], 0),
        media: choices(&["USB KEY", "自动签章服务器/密码机", "平台托管"], 0),
        special: Vec::new(),
        request: false,
    }
}

pub(crate) fn letter() -> LetterPaper {
    LetterPaper {
        letter_number: Some("侯政服函〔2026〕12号".to_owned()),
        title: "关于办理电子印章印章申请业务的函".to_owned(),
        addressee: "福建省经济信息中心".to_owned(),
        paragraphs: vec![
            "为推进政务服务“一网通办”，我中心自2026年12月起在网上签发受理通知书和电子证照，需要使用电子印章。".to_owned(),
            format!("现向贵中心申请办理电子印章，业务类型为“印章申请”，电子印章类型及数量为单位印章2枚，共计2枚，印章名称为“{UNIT}”、“财务专用章”。"),
            "我单位将严格按照福建省政务电子印章管理的有关规定使用和管理电子印章。请予以办理。".to_owned(),
        ],
        attachments: vec![
            "福建省电子政务电子印章申请表2份".to_owned(),
            "福建省电子政务电子印章申请汇总表1份".to_owned(),
        ],
        contact: "林䶮晓".to_owned(),
        phone: "13800001001".to_owned(),
    }
}

pub(crate) fn summary(rows: usize) -> SummaryPaper {
    SummaryPaper {
        credit_code: "11350121MB0X123456".to_owned(),
        agent: person(),
        rows: (0..rows)
            .map(|n| SummaryRow {
                kind: if n % 3 == 0 {
                    "个人印章"
                } else {
                    "单位印章"
                }
                .to_owned(),
                business: "印章申请".to_owned(),
                unit: UNIT.to_owned(),
                credit_code: "11350121MB0X123456".to_owned(),
                city: "福州市".to_owned(),
                county: "闽侯县".to_owned(),
                person: if n % 3 == 0 { "陈㛃𬭸" } else { "" }.to_owned(),
                person_id: if n % 3 == 0 { "350102199001011019" } else { "" }.to_owned(),
                agent: "林䶮晓".to_owned(),
                agent_mobile: "13800001001".to_owned(),
                agent_id: "350102199001011019".to_owned(),
                seal_name: format!("{UNIT}业务专用章（{}）", n + 1),
                size: "42×42".to_owned(),
                function: "业务专用章".to_owned(),
                certificate: "单位证书".to_owned(),
                medium: "平台托管".to_owned(),
            })
            .collect(),
        totals: format!("单位印章{rows}枚，共计{rows}枚"),
    }
}

pub(crate) fn correction(points: usize) -> CorrectionNotice {
    CorrectionNotice {
        agent: "林䶮晓".to_owned(),
        stage: "受理".to_owned(),
        office: "福建省经济信息中心".to_owned(),
        points: (1..=points)
            .map(|n| Corrected {
                place: format!("申请表“财务专用章（{n}）”　印章宽度（MM）"),
                message: "印模框中所盖印模直径约为 40 mm，申请表填写为 42 mm，请经过测量后更正，并重新打印、加盖清晰的印模、签字盖章".to_owned(),
            })
            .collect(),
        deadline: Some("2026年12月11日".to_owned()),
    }
}

pub(crate) fn person() -> PaperPerson {
    PaperPerson {
        name: "林䶮晓".to_owned(),
        id: "350102199001011019".to_owned(),
        mobile: "13800001001".to_owned(),
    }
}

fn seals(count: usize) -> Vec<PaperSeal> {
    (1..=count)
        .map(|n| PaperSeal {
            name: format!("{UNIT}业务专用章（{n}）"),
            code: format!("3501210000{n:04}"),
            kind: "单位印章".to_owned(),
            medium: "USB KEY（FJ2026000123）".to_owned(),
            valid_until: "2027年11月22日".to_owned(),
        })
        .collect()
}

fn bring() -> Vec<ToBring> {
    [
        (
            "介绍函或介绍信（二选一）",
            "申请单位出具，写明领取人，加盖单位印章",
        ),
        (
            "领取人身份证复印件",
            "须与介绍函或介绍信内容中为同一人员，加盖公章",
        ),
        ("领取人身份证原件", "现场核对本人"),
    ]
    .map(|(name, note)| ToBring {
        name: name.to_owned(),
        note: note.to_owned(),
    })
    .to_vec()
}

fn choices(names: &[&str], on: usize) -> Vec<Choice> {
    names
        .iter()
        .enumerate()
        .map(|(n, name)| Choice {
            name: (*name).to_owned(),
            on: n == on,
        })
        .collect()
}
