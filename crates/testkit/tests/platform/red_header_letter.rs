//! R2.8: the red-header letter is drafted from the forms, edited as a Word file, and compared with the forms.

use casework::{
    Act, ApplicationId, BusinessType, CaseId, FileDigest, LetterDraft, MaterialKind, Stage,
};
use papers::WordLetters;
use platform::ports::letters::Letters as _;
use testkit::{Filed, TestApp, code};
use uuid::Uuid;

on_both!(
    r2_8_the_letter_is_drafted_from_reasons_and_forms_as_a_word_file,
    r2_8_an_edited_letter_is_compared_with_the_forms,
    r2_8_the_edited_letter_is_kept_with_the_case,
    r2_8_the_model_letter_as_a_word_file_is_refused,
);

const AGENT: &str = "xian-jingban";

async fn docx(app: &TestApp, case: CaseId) -> Vec<u8> {
    let (name, bytes) = app
        .platform
        .letter_docx(&app.actor(AGENT), case)
        .await
        .unwrap();
    assert!(name.starts_with("红头函-") && name.ends_with(".docx"));
    bytes
}

async fn check(app: &TestApp, case: CaseId, bytes: Vec<u8>) -> Result<(), String> {
    let agent = app.actor(AGENT);
    let checked = app.platform.keep_letter(&agent, case, "红头函.docx", bytes);
    checked.await.map(drop).map_err(|error| match &error {
        platform::Error::Refused(refusal) if !refusal.points.is_empty() => refusal
            .points
            .iter()
            .map(|p| p.code)
            .collect::<Vec<_>>()
            .join(","),
        other => code(other),
    })
}

/// The same file with words replaced, as an editor would.
fn edited(docx: &[u8], from: &str, to: &str) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};

    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name == "word/document.xml" {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        out.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

async fn r2_8_the_letter_is_drafted_from_reasons_and_forms_as_a_word_file(app: TestApp) {
    let filed = app.draft().await;
    let words = WordLetters.words(&docx(&app, filed.case).await).unwrap();
    for expected in [
        "闽侯县政务服务示范局",
        "福建省经济信息中心：",
        "网上签发通知书",
        "印章申请",
        "单位印章1枚",
    ] {
        assert!(words.contains(expected), "{expected} in {words}");
    }
    let empty = app
        .platform
        .open_case(&app.actor(AGENT), BusinessType::New)
        .await
        .unwrap();
    let refused = app.platform.letter_docx(&app.actor(AGENT), empty).await;
    assert_eq!(code(&refused.unwrap_err()), "letter_reasons_missing");
    let other = app.actor("shi-jingban");
    let stranger = app.platform.letter_docx(&other, filed.case);
    assert_eq!(code(&stranger.await.unwrap_err()), "not_found");
}

async fn r2_8_an_edited_letter_is_compared_with_the_forms(app: TestApp) {
    let filed = app.draft().await;
    let letter = docx(&app, filed.case).await;
    assert_eq!(check(&app, filed.case, letter.clone()).await, Ok(()));
    let own_words = edited(&letter, "请予以办理", "恳请支持为盼");
    assert_eq!(check(&app, filed.case, own_words).await, Ok(()));
    for (from, to, points) in [
        ("单位印章1枚", "单位印章叁枚", "letter_quantity"),
        (
            "单位印章1枚",
            "个人印章1枚",
            "letter_quantity,letter_quantity",
        ),
        ("印章申请”", "印章变更”", "letter_business"),
        (
            "福建省经济信息中心：",
            "福建省大数据局：",
            "letter_addressee",
        ),
    ] {
        let told = check(&app, filed.case, edited(&letter, from, to)).await;
        assert_eq!(told.unwrap_err(), points, "{to}");
    }
    // One seal more in the forms: the letter of before no longer fits.
    let second = Filed {
        application: ApplicationId::from_uuid(Uuid::now_v7()),
        ..filed
    };
    app.add_application(second).await;
    let told = check(&app, filed.case, letter).await;
    assert_eq!(told.unwrap_err(), "letter_quantity");
    assert_eq!(
        check(&app, filed.case, docx(&app, filed.case).await).await,
        Ok(())
    );
    assert_eq!(
        check(&app, filed.case, b"%PDF".to_vec()).await.unwrap_err(),
        "letter_type"
    );
}

async fn r2_8_the_edited_letter_is_kept_with_the_case(app: TestApp) {
    let filed = app.draft().await;
    let drafted = docx(&app, filed.case).await;
    let (first, second) = (
        edited(&drafted, "请予以办理", "请支持"),
        edited(&drafted, "请予以办理", "恳请支持为盼"),
    );
    for bytes in [first, second.clone()] {
        assert_eq!(check(&app, filed.case, bytes).await, Ok(()));
    }
    // What does not agree is not kept, and what was not compared does not come in.
    let wrong = edited(&drafted, "单位印章1枚", "单位印章叁枚");
    check(&app, filed.case, wrong).await.unwrap_err();
    let unchecked = platform::NewMaterial {
        kind: MaterialKind::EditedLetter,
        application: None,
        name: "红头函.docx".to_owned(),
        bytes: second.clone(),
    };
    let agent = app.actor(AGENT);
    let refused = app.platform.attach(&agent, filed.case, None, unchecked);
    assert_eq!(code(&refused.await.unwrap_err()), "letter_not_checked");

    app.go_on_until(filed, Stage::Acceptance).await;
    let maker = app.actor("zhizuo");
    let view = app.platform.case(&maker, filed.case).await.unwrap();
    let letters: Vec<_> = (view.case.live_materials())
        .filter(|material| material.kind == MaterialKind::EditedLetter)
        .collect();
    let [letter] = letters.as_slice() else {
        panic!("one letter: {letters:?}");
    };
    assert_eq!(letter.name, "红头函.docx");
    assert_eq!(letter.digest, FileDigest::from_bytes(gm::sm3(&second)));
    let file = app.platform.material_file(&maker, filed.case, letter.id);
    let file = file.await.unwrap();
    assert_eq!(file.bytes, second);
    assert!(file.media_type.ends_with("wordprocessingml.document"));
    let stranger = app.actor("shi-jingban");
    let hidden = app
        .platform
        .material_file(&stranger, filed.case, letter.id)
        .await;
    assert_eq!(code(&hidden.unwrap_err()), "not_found");
}

async fn r2_8_the_model_letter_as_a_word_file_is_refused(app: TestApp) {
    let filed = app.draft().await;
    let policy = app.platform.policy();
    let model = casework::letter::model_letter(BusinessType::New, &policy.center);
    let paper = |text: &str| platform::ports::papers::LetterPaper {
        letter_number: None,
        title: String::new(),
        addressee: policy.center.name.clone(),
        paragraphs: text.lines().skip(1).map(ToOwned::to_owned).collect(),
        attachments: Vec::new(),
        contact: String::new(),
        phone: String::new(),
    };
    let left = WordLetters.docx("某局", "", &paper(&model)).unwrap();
    assert_eq!(
        check(&app, filed.case, left).await.unwrap_err(),
        "letter_placeholder_left"
    );
    // The reasons of the model are refused where the agent writes them.
    let letter = LetterDraft {
        reasons: casework::letter::MODEL_REASONS.to_owned(),
        letter_number: None,
    };
    app.by(AGENT, filed, Act::SaveLetter { letter }).await;
    assert_eq!(
        app.refused(AGENT, filed, Act::Submit).await,
        "letter_is_the_model"
    );
}
