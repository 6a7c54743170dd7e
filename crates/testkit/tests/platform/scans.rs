//! R2.11: the form is printed, signed and stamped, and the scan comes back into the case: by itself, checked, measured.

use casework::{Act, CorrectionPoint, MaterialKind, Stage};
use platform::ports::papers::PaperKind;
use platform::{NewScan, ScanAdjust, ScanPage, ScanPicture, ScanState, ScanUpload};
use scan::Area;
use testkit::{Filed, Sheet, TestApp, code};
use uuid::Uuid;

on_both!(
    r2_11_a_stamped_form_files_itself_is_measured_and_confirmed,
    r2_11_a_page_of_a_case_that_is_not_ones_own_says_nothing_about_it,
    r2_11_an_old_revision_is_said_to_be_one,
    r2_11_the_same_page_twice_is_filed_once,
    r2_11_a_page_without_a_readable_code_is_named_by_hand,
    r2_11_what_is_no_scan_is_told_file_by_file,
    r4_3_the_maker_corrects_the_imprint_with_a_reason,
    r4_3_an_imprint_like_another_units_is_shown_to_the_reviewer,
);

const AGENT: &str = "xian-jingban";
const UNIT: &str = "闽侯县政务服务示范局";

fn file(name: &str, bytes: Vec<u8>) -> NewScan {
    NewScan {
        name: name.to_owned(),
        bytes,
    }
}

async fn brought(app: &TestApp, login: &str, files: Vec<NewScan>) -> ScanUpload {
    let actor = app.actor(login);
    let id = app.platform.take_in(&actor, None, files).await.unwrap();
    app.run_jobs().await;
    app.platform.scan_upload(&actor, id).await.unwrap()
}

fn only(upload: &ScanUpload) -> &ScanPage {
    assert_eq!(upload.pages.len(), 1, "{upload:?}");
    &upload.pages[0]
}

fn codes(page: &ScanPage) -> Vec<&str> {
    let found = &page.found;
    let remarks = found.remarks.iter().map(|remark| remark.code.as_str());
    let findings = found.findings.iter().map(|finding| finding.code.as_str());
    remarks.chain(findings).collect()
}

async fn r2_11_a_stamped_form_files_itself_is_measured_and_confirmed(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let form = app.stamped_form(AGENT, filed, UNIT).await;
    let upload = brought(&app, AGENT, vec![file("扫描.png", form.png())]).await;
    assert!(upload.progress.is_finished());
    let page = only(&upload);
    assert_eq!(page.state, ScanState::Filed, "{page:?}");
    let place = page.found.place.as_ref().unwrap();
    assert_eq!(place.case, filed.case);
    assert_eq!(place.application, Some(filed.application));
    assert_eq!((place.page, place.pages), (1, 1));
    assert!(!place.by_hand);
    let held = page.found.imprint.as_ref().unwrap();
    let cut = held.cut.as_ref().unwrap();
    for measured in [cut.width_mm, cut.height_mm] {
        assert!((measured - 42.0).abs() <= 0.3, "{cut:?}");
    }
    assert_eq!(held.declared_width, Some(42.0));
    assert!(held.statutory.is_some());
    assert!(codes(page).is_empty(), "{:?}", codes(page));
    // Nothing is a material before a person says so.
    let scans = |app: &TestApp| {
        let actor = app.actor(AGENT);
        let platform = app.platform.clone();
        async move {
            let view = platform.case(&actor, filed.case).await.unwrap();
            view.case
                .live_materials()
                .filter(|m| m.kind == MaterialKind::ApplicationFormScan)
                .count()
        }
    };
    assert_eq!(scans(&app).await, 0);
    let agent = app.actor(AGENT);
    for _ in 0..2 {
        let confirmed = app
            .platform
            .confirm_scan(&agent, page.id, false)
            .await
            .unwrap();
        assert_eq!(confirmed.state, ScanState::Confirmed);
        assert!(confirmed.found.material.is_some());
    }
    assert_eq!(scans(&app).await, 1);
    for picture in [
        ScanPicture::Sheet,
        ScanPicture::Small,
        ScanPicture::Region,
        ScanPicture::Imprint,
        ScanPicture::ImprintSvg,
        ScanPicture::Original,
    ] {
        let file = app
            .platform
            .scan_picture(&agent, page.id, picture)
            .await
            .unwrap();
        assert!(!file.bytes.is_empty(), "{picture:?}");
    }
    // Another picture of the same page takes its place; the first stays in the record.
    let again = brought(&app, AGENT, vec![file("再拍.png", form.png())]).await;
    let second = only(&again);
    assert_eq!(second.state, ScanState::Filed);
    app.platform
        .confirm_scan(&agent, second.id, false)
        .await
        .unwrap();
    let first = app.platform.scan_page(&agent, page.id).await.unwrap();
    assert_eq!(first.state, ScanState::Replaced);
    assert_eq!(scans(&app).await, 1);
    // The Center sees what was filed; the seal is made with what stands on the paper.
    app.go_on_until(filed, Stage::Acceptance).await;
    let pages = app
        .platform
        .scans_of_case(&app.actor("zhizuo"), filed.case)
        .await
        .unwrap();
    assert_eq!(pages.len(), 2);
    app.go_on_until(filed, Stage::Collection).await;
    app.platform.audit_ledger().await.unwrap();
}

async fn r2_11_a_page_of_a_case_that_is_not_ones_own_says_nothing_about_it(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let form = app.stamped_form(AGENT, filed, UNIT).await;
    let upload = brought(&app, "shi-jingban", vec![file("a.png", form.png())]).await;
    let page = only(&upload);
    assert_eq!(page.state, ScanState::OtherCase);
    assert!(page.found.place.is_none());
    let number = app.case(filed).await.case.number.to_string();
    let told = format!("{:?}", page.found);
    assert!(!told.contains(&number) && !told.contains(UNIT), "{told}");
    // Nor can the county's agent see what the city's agent brought.
    let county = app.actor(AGENT);
    let error = app.platform.scan_page(&county, page.id).await.unwrap_err();
    assert_eq!(code(&error), "not_found");
    let error = app
        .platform
        .take_in(
            &app.actor("xian-shenpi"),
            None,
            vec![file("a.png", form.png())],
        )
        .await
        .unwrap_err();
    assert_eq!(code(&error), "wrong_role");
}

async fn r2_11_an_old_revision_is_said_to_be_one(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let old = app.stamped_form(AGENT, filed, UNIT).await;
    let points = vec![CorrectionPoint {
        application: Some(filed.application),
        field: None,
        item: None,
        message: "印章名称有误".to_owned(),
    }];
    app.by("xian-shenpi", filed, Act::SendBackInUnit { points })
        .await;
    let mut draft = app.case(filed).await.case.applications[0].draft.clone();
    draft.width = Some("41.5".to_owned());
    let application = filed.application;
    app.by(AGENT, filed, Act::SaveDraft { application, draft })
        .await;
    app.by(AGENT, filed, Act::Resubmit { remark: None }).await;
    app.go_on_until(filed, Stage::HandIn).await;
    let upload = brought(&app, AGENT, vec![file("old.png", old.png())]).await;
    let page = only(&upload);
    assert_eq!(page.state, ScanState::OldRevision, "{page:?}");
    assert!(codes(page).contains(&"scan_old_revision"));
    let error = app
        .platform
        .confirm_scan(&app.actor(AGENT), page.id, false)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "scan_not_filed");
    app.platform
        .discard_scan(&app.actor(AGENT), page.id)
        .await
        .unwrap();
}

async fn r2_11_the_same_page_twice_is_filed_once(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let form = app.stamped_form(AGENT, filed, UNIT).await;
    let files = vec![file("1.png", form.png()), file("2.png", form.png())];
    let upload = brought(&app, AGENT, files).await;
    let with = |state| {
        upload
            .pages
            .iter()
            .find(move |page| page.state == state)
            .unwrap()
    };
    let (first, twin) = (with(ScanState::Filed), with(ScanState::Twice));
    assert_eq!(twin.found.twin, Some(first.id));
    let agent = app.actor(AGENT);
    app.platform.prefer_scan(&agent, twin.id).await.unwrap();
    let swapped = app.platform.scan_upload(&agent, upload.id).await.unwrap();
    let state = |id: Uuid| {
        swapped
            .pages
            .iter()
            .find(|page| page.id == id)
            .unwrap()
            .state
    };
    assert_eq!(
        (state(first.id), state(twin.id)),
        (ScanState::Twice, ScanState::Filed)
    );
}

async fn r2_11_a_page_without_a_readable_code_is_named_by_hand(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let mut form = app.stamped_form(AGENT, filed, UNIT).await;
    form.cover(Area {
        x: 170.0,
        y: 10.0,
        width: 26.0,
        height: 26.0,
    });
    let upload = brought(&app, AGENT, vec![file("covered.png", form.png())]).await;
    let page = only(&upload);
    assert_eq!(page.state, ScanState::NoCode, "{page:?}");
    let offered = page
        .found
        .suggestions
        .iter()
        .find(|offered| offered.place.paper == PaperKind::ApplicationForm)
        .unwrap();
    let agent = app.actor(AGENT);
    let error = app
        .platform
        .assign_scan(&agent, page.id, "YX1:nonsense")
        .await
        .unwrap_err();
    assert_eq!(code(&error), "scan_not_offered");
    app.platform
        .assign_scan(&agent, page.id, &offered.mark)
        .await
        .unwrap();
    app.run_jobs().await;
    let page = app.platform.scan_page(&agent, page.id).await.unwrap();
    assert_eq!(page.state, ScanState::Filed, "{page:?}");
    assert!(page.found.place.as_ref().unwrap().by_hand);
    assert!(page.found.imprint.as_ref().unwrap().cut.is_some());
}

async fn r2_11_what_is_no_scan_is_told_file_by_file(app: TestApp) {
    let filed = app.file_until(Stage::HandIn).await;
    let form = app.stamped_form(AGENT, filed, UNIT).await;
    let png = form.png();
    let blank = Sheet::blank(100);
    let files = vec![
        file("程序.exe", b"MZ\x90\0not a picture".to_vec()),
        file("空.png", Vec::new()),
        file("半张.png", png[..png.len() / 3].to_vec()),
        file("白页.png", blank.png()),
        file("好.png", png),
    ];
    let upload = brought(&app, AGENT, files).await;
    assert!(upload.progress.is_finished());
    let told = |number: u32| {
        let file = upload.files.iter().find(|f| f.number == number).unwrap();
        (file.pages, file.remarks.first().map(|r| r.code.clone()))
    };
    assert_eq!(told(1), (Some(0), Some("scan_not_a_picture".to_owned())));
    assert_eq!(told(2), (Some(0), Some("scan_empty".to_owned())));
    let half = upload.pages.iter().find(|page| page.file == 3);
    assert!(half.is_none_or(|page| page.state == ScanState::Unreadable));
    let state = |number: u32| {
        upload
            .pages
            .iter()
            .find(|page| page.file == number)
            .unwrap()
            .state
    };
    assert_eq!(state(4), ScanState::Blank);
    assert_eq!(state(5), ScanState::Filed);
    let error = app
        .platform
        .take_in(&app.actor(AGENT), None, Vec::new())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "scan_none");
}

/// A case at acceptance whose imprint was confirmed from the stamped form.
async fn confirmed(app: &TestApp, seal: &str) -> (Filed, Uuid) {
    let filed = app.file_until(Stage::HandIn).await;
    let form = app.stamped_form(AGENT, filed, seal).await;
    let upload = brought(app, AGENT, vec![file("a.png", form.png())]).await;
    let page = only(&upload).id;
    app.platform
        .confirm_scan(&app.actor(AGENT), page, false)
        .await
        .unwrap();
    app.go_on_until(filed, Stage::Acceptance).await;
    (filed, page)
}

async fn r4_3_the_maker_corrects_the_imprint_with_a_reason(app: TestApp) {
    let (filed, page) = confirmed(&app, UNIT).await;
    let maker = app.actor("zhizuo");
    let adjust = ScanAdjust {
        turn_degrees: Some(10.0),
        threshold: Some(0.4),
        crop: None,
    };
    let refused = |actor: casework::Actor, reason: &'static str| {
        let (platform, adjust) = (app.platform.clone(), adjust.clone());
        async move {
            let answer = platform.adjust_imprint(&actor, page, &adjust, reason).await;
            code(&answer.unwrap_err())
        }
    };
    assert_eq!(refused(app.actor(AGENT), "试试").await, "wrong_role");
    assert!(!refused(maker.clone(), "").await.is_empty());
    let before = app.platform.scan_page(&maker, page).await.unwrap();
    let looked_at = app
        .platform
        .preview_imprint(&maker, page, &adjust)
        .await
        .unwrap();
    let after = app
        .platform
        .adjust_imprint(&maker, page, &adjust, "原图略偏，转正")
        .await
        .unwrap();
    let (before, held) = (
        before.found.imprint.unwrap(),
        after.found.imprint.clone().unwrap(),
    );
    assert_eq!(held.adjusted.len(), 1);
    assert_eq!(held.adjusted[0].reason, "原图略偏，转正");
    assert_ne!(
        before.cut.as_ref().unwrap().picture,
        held.cut.as_ref().unwrap().picture
    );
    // Repeatable: the same parameters give the very same picture, which is the one that was looked at.
    let kept = app
        .platform
        .scan_picture(&maker, page, ScanPicture::Imprint)
        .await
        .unwrap();
    assert_eq!(kept.bytes, looked_at.bytes);
    let again = app
        .platform
        .adjust_imprint(&maker, page, &adjust, "再次确认")
        .await
        .unwrap();
    let again = again.found.imprint.unwrap();
    assert_eq!(again.adjusted.len(), 2);
    assert_eq!(
        again.cut.unwrap().likeness,
        held.cut.as_ref().unwrap().likeness
    );
    // What is shown as the imprint from now on is the corrected picture.
    let shown = app
        .platform
        .clean_imprint(&maker, filed.case, filed.application)
        .await
        .unwrap();
    assert!(shown.width_px > 0);
    app.platform.audit_ledger().await.unwrap();
}

async fn r4_3_an_imprint_like_another_units_is_shown_to_the_reviewer(app: TestApp) {
    let (first, _) = confirmed(&app, UNIT).await;
    let maker = app.actor("zhizuo");
    assert!(
        app.platform
            .alike(&maker, first.case)
            .await
            .unwrap()
            .is_empty()
    );
    app.go_on_until(first, Stage::Collection).await;
    app.run_jobs().await;
    let (second, _) = confirmed(&app, UNIT).await;
    let alike = app.platform.alike(&maker, second.case).await.unwrap();
    assert!(!alike.is_empty());
    assert!(alike.iter().any(|one| one.seal.is_some()), "{alike:?}");
    for one in &alike {
        for entry in [one.own, one.other] {
            let picture = app
                .platform
                .alike_picture(&maker, second.case, entry)
                .await
                .unwrap();
            assert!(picture.bytes.starts_with(b"\x89PNG"));
        }
    }
    let error = app
        .platform
        .alike(&app.actor(AGENT), second.case)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "forbidden");
}

#[tokio::test]
async fn killed_while_looking_at_scans_nothing_is_lost_or_filed_twice() {
    let origin = TestApp::sqlite().await;
    let filed = origin.file_until(Stage::HandIn).await;
    let form = origin.stamped_form(AGENT, filed, UNIT).await;
    let agent = origin.actor(AGENT);
    let id = origin
        .platform
        .take_in(&agent, None, vec![file("a.png", form.png())])
        .await
        .unwrap();
    let calls = {
        let app = origin.copy().await;
        app.faults.heal();
        app.run_jobs().await;
        app.faults.calls()
    };
    assert!(calls > 8, "{calls} calls");
    for call in 1..=calls {
        let mut app = origin.copy().await;
        app.faults.die_at(call);
        // What it says while it dies does not matter.
        let _ = app.platform.run_due_jobs().await;
        app.restart().await;
        app.run_jobs().await;
        app.clock.advance(jiff::SignedDuration::from_hours(2));
        app.run_jobs().await;
        let upload = app.platform.scan_upload(&agent, id).await.unwrap();
        assert!(upload.progress.is_finished(), "killed at call {call}");
        assert_eq!(
            only(&upload).state,
            ScanState::Filed,
            "killed at call {call}"
        );
    }
    for call in 1..=12 {
        let mut app = origin.copy().await;
        app.faults.die_at(call);
        let taken = app
            .platform
            .take_in(&agent, None, vec![file("b.png", form.png())])
            .await;
        app.restart().await;
        app.run_jobs().await;
        let uploads = app.platform.scan_uploads(&agent).await.unwrap();
        assert_eq!(uploads.len(), 1 + usize::from(taken.is_ok()), "call {call}");
        assert!(uploads.iter().all(|upload| upload.progress.is_finished()));
    }
}

#[tokio::test]
async fn a_hundred_pages_show_their_progress() {
    let app = TestApp::sqlite().await;
    // Coarse, so that a hundred pages stay below 50 MB without compression.
    let page = Sheet::blank(30);
    let agent = app.actor(AGENT);
    let pages = vec![page; 100];
    let id = app
        .platform
        .take_in(&agent, None, vec![file("一百页.tif", Sheet::tiff(&pages))])
        .await
        .unwrap();
    app.run_jobs().await;
    let upload = app.platform.scan_upload(&agent, id).await.unwrap();
    assert_eq!(upload.files[0].pages, Some(100));
    assert_eq!(upload.progress.pages, 100);
    assert!(upload.progress.is_finished());
}
