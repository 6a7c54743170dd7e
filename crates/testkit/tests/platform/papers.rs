//! The papers of a case: which there are, what stands in them, and that they can be had again.

use casework::{Act, CorrectionPoint, FormDraft, Medium, Outcome, SealKind, Stage};
use jiff::SignedDuration;
use platform::PaperWish;
use platform::ports::papers::{PaperBody, PaperKind, PaperPerson};
use testkit::{Filed, TestApp, Wish, code};

on_both!(
    r2_7_the_summary_sheet_is_written_from_the_forms,
    r2_8_the_letter_is_drafted_from_the_forms_and_the_units_reasons,
    r2_11_the_form_is_printed_to_be_signed_and_stamped,
    r3_1_the_list_goes_along_with_the_hand_over,
    r3_2_the_card_tells_what_to_bring_and_where,
    r4_1_the_correction_notice_says_where_and_what_and_is_the_same_again,
    r4_2_the_refusal_says_why,
    r4_7_the_papers_of_the_collection_name_the_collector,
    what_cannot_be_printed_is_refused_when_it_is_filed_or_said,
    papers_are_for_who_sees_the_case,
);

const HOSTED: Wish = Wish {
    kind: SealKind::Unit,
    medium: Medium::Hosted,
};

/// Prints a paper and gives what stood in it; the file is a PDF with a name for people.
async fn print(app: &TestApp, login: &str, filed: Filed, wish: &PaperWish) -> PaperBody {
    let actor = app.actor(login);
    let file = app.platform.paper(&actor, filed.case, wish).await.unwrap();
    let number = app.case(filed).await.case.number.to_string();
    assert!(file.bytes.starts_with(b"%PDF-"));
    assert!(
        file.name.ends_with(&format!("-{number}.pdf")),
        "{}",
        file.name
    );
    app.printed.last().body
}

async fn refusal(app: &TestApp, login: &str, filed: Filed, wish: &PaperWish) -> String {
    let actor = app.actor(login);
    let refused = app.platform.paper(&actor, filed.case, wish).await;
    code(&refused.unwrap_err())
}

async fn r2_7_the_summary_sheet_is_written_from_the_forms(app: TestApp) {
    let wish = PaperWish::of(PaperKind::SummarySheet);
    let one = app.file_until(Stage::HandIn).await;
    assert_eq!(
        refusal(&app, "xian-jingban", one, &wish).await,
        "paper_not_offered"
    );
    let filed = app.new_case(&[HOSTED, HOSTED, HOSTED]).await;
    app.go_on_until(filed, Stage::HandIn).await;
    let PaperBody::Summary(sheet) = print(&app, "xian-jingban", filed, &wish).await else {
        panic!("no summary sheet");
    };
    let case = app.case(filed).await.case;
    let forms: Vec<_> = case
        .live_applications()
        .map(|application| application.form.as_ref().unwrap())
        .collect();
    assert_eq!(sheet.rows.len(), 3);
    for (row, form) in sheet.rows.iter().zip(forms) {
        assert_eq!(row.seal_name, form.seal.name);
        assert_eq!(row.credit_code, form.unit.credit_code.to_string());
        assert_eq!(row.agent_id, form.agent.id.to_string());
        assert_eq!(row.size, "42×42");
    }
    assert_eq!(sheet.totals, "单位印章3枚，共计3枚");
}

async fn r2_8_the_letter_is_drafted_from_the_forms_and_the_units_reasons(app: TestApp) {
    let filed = app.draft().await;
    let wish = PaperWish::of(PaperKind::RedHeaderLetter);
    let PaperBody::Letter(letter) = print(&app, "xian-jingban", filed, &wish).await else {
        panic!("no letter");
    };
    let case = app.case(filed).await.case;
    assert_eq!(letter.addressee, "福建省经济信息中心");
    assert_eq!(letter.title, "关于办理电子印章申请的函");
    assert_eq!(letter.paragraphs[0], case.letter.reasons);
    assert!(letter.paragraphs[1].contains("“印章申请”，电子印章类型及数量为单位印章1枚，共计1枚"));
    assert_eq!(letter.attachments, ["福建省电子政务电子印章申请表1份"]);
}

async fn r2_11_the_form_is_printed_to_be_signed_and_stamped(app: TestApp) {
    let filed = app.draft().await;
    let wish = PaperWish {
        application: Some(filed.application),
        ..PaperWish::of(PaperKind::ApplicationForm)
    };
    assert_eq!(
        refusal(&app, "xian-jingban", filed, &wish).await,
        "form_not_submitted"
    );
    app.go_on_until(filed, Stage::HandIn).await;
    let agent = app.actor("xian-jingban");
    let offers = app.platform.papers_of(&agent, filed.case).await.unwrap();
    let form = offers
        .iter()
        .find(|offer| offer.kind == PaperKind::ApplicationForm)
        .unwrap();
    assert!(form.now, "needed now");
    let PaperBody::ApplicationForm(form) = print(&app, "xian-jingban", filed, &wish).await else {
        panic!("no form");
    };
    let ticked: Vec<_> = [&form.kinds, &form.businesses, &form.functions, &form.media]
        .map(|choices| {
            choices
                .iter()
                .find(|choice| choice.on)
                .unwrap()
                .name
                .clone()
        })
        .to_vec();
    assert_eq!(ticked, ["单位印章", "印章申请", "法定名称章", "平台托管"]);
    assert_eq!((form.width_mm, form.height_mm), (42.0, 42.0));
    let mark = app.printed.last().mark;
    assert_eq!(
        (mark.application, mark.revision),
        (Some(filed.application), 1)
    );
}

async fn r3_1_the_list_goes_along_with_the_hand_over(app: TestApp) {
    let one = app.file_until(Stage::Consolidation).await;
    let two = app.file_until(Stage::Consolidation).await;
    let wish = PaperWish::of(PaperKind::HandOverList);
    assert_eq!(
        refusal(&app, "huizong", one, &wish).await,
        "paper_not_offered"
    );
    let consolidator = app.actor("huizong");
    app.platform
        .hand_over(&consolidator, &[one.case, two.case])
        .await
        .unwrap();
    let PaperBody::HandOver(list) = print(&app, "huizong", one, &wish).await else {
        panic!("no list");
    };
    assert_eq!((list.rows.len(), list.seals, list.originals), (2, 2, 4));
    assert_eq!(list.rows[0].originals, "红头函1份、申请表1份");
    assert_eq!(list.consolidator, "福州市数字办（演示）");
    let again = print(&app, "zhizuo", two, &wish).await;
    assert_eq!(
        again,
        PaperBody::HandOver(list),
        "one list for all its cases"
    );
    assert_eq!(
        refusal(&app, "xian-jingban", one, &wish).await,
        "paper_not_offered"
    );
}

async fn r3_2_the_card_tells_what_to_bring_and_where(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let wish = PaperWish::of(PaperKind::WhatToBring);
    let PaperBody::WhatToBring(card) = print(&app, "xian-jingban", filed, &wish).await else {
        panic!("no card");
    };
    let names: Vec<_> = card.bring.iter().map(|thing| thing.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "单位的申请红头函（原件 1 份）",
            "福建省电子政务电子印章申请表（原件 1 份）"
        ]
    );
    let paper = app.printed.last();
    assert_eq!(paper.center.phones, ["0591-86303903", "0591-86303905"]);
    assert!(paper.hours.starts_with("工作日 "));
}

async fn r4_1_the_correction_notice_says_where_and_what_and_is_the_same_again(app: TestApp) {
    let filed = app.file_until(Stage::Acceptance).await;
    app.receive_papers(filed).await;
    let mut checklist = app.checklist(filed, true).await;
    checklist[0].met = false;
    let points = vec![CorrectionPoint {
        application: Some(filed.application),
        field: Some("width".to_owned()),
        item: None,
        message: "印模实测约为 40 毫米，请测量后更正".to_owned(),
    }];
    app.by(
        "zhizuo",
        filed,
        Act::RequestCorrection { points, checklist },
    )
    .await;
    let wish = PaperWish::of(PaperKind::CorrectionNotice);
    let agent = app.actor("xian-jingban");
    let first = app.platform.paper(&agent, filed.case, &wish).await.unwrap();
    let PaperBody::Correction(notice) = app.printed.last().body else {
        panic!("no notice");
    };
    assert_eq!(notice.office, "福建省经济信息中心");
    let place = &notice.points[0].place;
    assert!(
        place.contains("闽侯县政务服务示范局") && place.contains("印章宽度"),
        "{place}"
    );
    assert!(notice.points[0].message.contains("40 毫米"));
    app.clock.advance(SignedDuration::from_hours(24 * 40));
    app.go_on_until(filed, Stage::Acceptance).await;
    let again = app.platform.paper(&agent, filed.case, &wish).await.unwrap();
    assert!(first == again, "its date is that of the decision");
}

async fn r4_2_the_refusal_says_why(app: TestApp) {
    let filed = app.file_until(Stage::FirstReview).await;
    let reason = "该单位已经撤并，不再使用印章".to_owned();
    app.by(
        "shenhe",
        filed,
        Act::Refuse {
            reason: reason.clone(),
        },
    )
    .await;
    let wish = PaperWish::of(PaperKind::RefusalNotice);
    let PaperBody::Refusal(notice) = print(&app, "xian-jingban", filed, &wish).await else {
        panic!("no notice");
    };
    assert_eq!((notice.reason, notice.stage.as_str()), (reason, "初审"));
}

async fn r4_7_the_papers_of_the_collection_name_the_collector(app: TestApp) {
    let filed = app.file_until(Stage::Collection).await;
    let open = PaperWish::of(PaperKind::IntroductionLetter);
    let PaperBody::Introduction(letter) = print(&app, "xian-jingban", filed, &open).await else {
        panic!("no letter");
    };
    assert_eq!((letter.collector, letter.seals.len()), (None, 1));
    let named = |id: &str| PaperWish {
        collector: Some(PaperPerson {
            name: "陈国栋".to_owned(),
            id: id.to_owned(),
            mobile: String::new(),
        }),
        ..PaperWish::of(PaperKind::IntroductionSlip)
    };
    let id = app.account("xian-shenpi").resident_id.unwrap().to_string();
    let PaperBody::Introduction(slip) = print(&app, "xian-jingban", filed, &named(&id)).await
    else {
        panic!("no slip");
    };
    assert_eq!(slip.collector.unwrap().id, id);
    let wrong = refusal(&app, "xian-jingban", filed, &named("350102199001011234")).await;
    assert!(wrong.starts_with("resident_id"), "{wrong}");
    let notice = PaperWish::of(PaperKind::CollectionNotice);
    let PaperBody::Collection(notice) = print(&app, "xian-jingban", filed, &notice).await else {
        panic!("no notice");
    };
    assert_eq!(notice.bring.len(), 3);
    app.collect(filed).await;
    assert_eq!(
        app.case(filed).await.case.stage,
        Stage::Closed(Outcome::Completed)
    );
    let certificate = PaperWish::of(PaperKind::CompletionCertificate);
    let PaperBody::Completion(certificate) = print(&app, "xian-jingban", filed, &certificate).await
    else {
        panic!("no certificate");
    };
    assert_eq!(certificate.seals[0].result, "已制作并领取");
    assert!(certificate.collector.is_some());
}

async fn what_cannot_be_printed_is_refused_when_it_is_filed_or_said(app: TestApp) {
    let filed = app.draft().await;
    let application = filed.application;
    let case = app.case(filed).await.case;
    let draft = case.application(application).unwrap().draft.clone();
    let named = |name: &str| FormDraft {
        seal_name: Some(name.to_owned()),
        ..draft.clone()
    };
    let save = |name: &str| Act::SaveDraft {
        application,
        draft: named(name),
    };
    app.by("xian-jingban", filed, save("林𤥷工作室")).await;
    let error = app.attempt("xian-jingban", filed, Act::Submit).await;
    let platform::Error::Refused(refused) = error.unwrap_err() else {
        panic!("not refused");
    };
    assert_eq!(refused.code, "character_not_printable");
    assert!(
        refused.message.contains("“𤥷”字（U+24977）无法打印"),
        "{}",
        refused.message
    );
    assert_eq!(
        refused.points[0].field.as_deref(),
        Some(format!("{application}.seal_name").as_str())
    );
    app.by("xian-jingban", filed, save("林䶮工作室𬭸")).await;
    app.go_on_until(filed, Stage::FirstReview).await;
    let said = Act::Refuse {
        reason: "不予办理\u{1F600}".to_owned(),
    };
    let error = app.attempt("shenhe", filed, said).await.unwrap_err();
    assert_eq!(code(&error), "character_not_printable");
}

async fn papers_are_for_who_sees_the_case(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let wish = PaperWish::of(PaperKind::RedHeaderLetter);
    for stranger in ["shi-jingban", "huizong", "zhizuo", "xitong", "shenji"] {
        assert_eq!(refusal(&app, stranger, filed, &wish).await, "not_found");
    }
    print(&app, "xian-shenpi", filed, &wish).await;
}
