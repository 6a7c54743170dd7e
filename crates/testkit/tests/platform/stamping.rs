//! Using a seal: approval, PIN, and documents that cannot be stamped.

use casework::{SealId, UseAct};
use pki::Outcome;
use testkit::{PIN, TestApp, code};

on_both!(
    documents_that_cannot_be_stamped_are_refused_before_approval,
    nothing_is_stamped_without_approval,
    the_pin_is_the_holders,
    a_request_is_good_for_one_stamp,
    a_changed_byte_in_a_page_is_found,
    the_platform_verifies_nothing_that_is_empty,
);

async fn documents_that_cannot_be_stamped_are_refused_before_approval(app: TestApp) {
    let seal = app.made_seal().await;
    let closed = closed(&app, seal).await;
    let mut cut_short = testkit::ofd(1);
    cut_short.truncate(cut_short.len() - 40);
    for (document, expected) in [
        (testkit::plain_zip(), "plain_zip"),
        (testkit::ofd_without_pages(), "no_pages"),
        (closed, "document_closed"),
        (Vec::new(), "file_empty"),
        (b"%PDF-1.7".to_vec(), "not_ofd"),
        (cut_short, "not_ofd"),
    ] {
        let error = app.request_use(seal, document).await.unwrap_err();
        assert_eq!(code(&error), expected);
    }
    let agent = app.actor("xian-jingban");
    let mut off_page = app.new_use(seal, testkit::ofd(1));
    off_page.placements[0].x = 5000;
    let error = app
        .platform
        .request_use(&agent, off_page)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "position_off_page");
    let mut no_such_page = app.new_use(seal, testkit::ofd(1));
    no_such_page.placements[0].page = 2;
    let error = app
        .platform
        .request_use(&agent, no_such_page)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "page_not_found");
    let page = platform::ports::store::PageRequest {
        after: None,
        limit: 50,
    };
    let kept = app
        .platform
        .use_records(&agent, Some(seal), None, &page)
        .await
        .unwrap();
    assert_eq!(kept.rows.len(), 1, "only the one that closed the document");
}

async fn closed(app: &TestApp, seal: SealId) -> Vec<u8> {
    let mut new = app.new_use(seal, testkit::ofd(1));
    new.close_document = true;
    let agent = app.actor("xian-jingban");
    let request = app.platform.request_use(&agent, new).await.unwrap();
    let act = UseAct::Approve {
        until: None,
        times: 1,
    };
    app.platform
        .decide_on_use(&app.actor("xian-shenpi"), request, act)
        .await
        .unwrap();
    app.platform
        .stamp(&agent, request, PIN)
        .await
        .unwrap()
        .bytes
}

async fn nothing_is_stamped_without_approval(app: TestApp) {
    let seal = app.made_seal().await;
    let agent = app.actor("xian-jingban");
    let request = app.request_use(seal, testkit::ofd(1)).await.unwrap();
    let error = app.platform.stamp(&agent, request, PIN).await.unwrap_err();
    assert_eq!(code(&error), "use_not_approved");
    let approve = || UseAct::Approve {
        until: None,
        times: 1,
    };
    let error = app
        .platform
        .decide_on_use(&agent, request, approve())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "wrong_role");
    let stranger = app.actor("shi-shenpi");
    let error = app
        .platform
        .decide_on_use(&stranger, request, approve())
        .await
        .unwrap_err();
    assert_eq!(code(&error), "not_found");
    let approver = app.actor("xian-shenpi");
    let reject = UseAct::Reject {
        reason: "事由不充分".to_owned(),
    };
    app.platform
        .decide_on_use(&approver, request, reject)
        .await
        .unwrap();
    assert!(app.platform.stamp(&agent, request, PIN).await.is_err());
    // Another unit cannot use the seal at all.
    let stranger = app.actor("shi-jingban");
    let new = app.new_use(seal, testkit::ofd(1));
    assert_eq!(
        code(&app.platform.request_use(&stranger, new).await.unwrap_err()),
        "not_found"
    );
}

async fn the_pin_is_the_holders(app: TestApp) {
    let seal = app.made_seal().await;
    let request = app.approved_use(seal, testkit::ofd(1)).await;
    let agent = app.actor("xian-jingban");
    for _ in 0..4 {
        let error = app
            .platform
            .stamp(&agent, request, "654321-no")
            .await
            .unwrap_err();
        assert_eq!(code(&error), "pin_wrong");
    }
    let error = app
        .platform
        .stamp(&agent, request, "654321-no")
        .await
        .unwrap_err();
    assert!(matches!(code(&error).as_str(), "pin_wrong" | "pin_locked"));
    let error = app.platform.stamp(&agent, request, PIN).await.unwrap_err();
    assert_eq!(code(&error), "pin_locked");
    // The approver has a new activation code made; it must be changed before the first stamp.
    let approver = app.actor("xian-shenpi");
    let fresh = app
        .platform
        .renew_activation_code(&approver, seal)
        .await
        .unwrap();
    let error = app
        .platform
        .stamp(&agent, request, &fresh)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "pin_initial");
    let weak = app
        .platform
        .change_pin(&agent, seal, &fresh, "123456")
        .await
        .unwrap_err();
    assert_eq!(code(&weak), "pin_too_weak");
    app.platform
        .change_pin(&agent, seal, &fresh, PIN)
        .await
        .unwrap();
    app.platform.stamp(&agent, request, PIN).await.unwrap();
}

async fn a_request_is_good_for_one_stamp(app: TestApp) {
    let stamped = app.stamped().await;
    let agent = app.actor("xian-jingban");
    let again = app.platform.stamp(&agent, stamped.request, PIN).await;
    assert!(again.is_err(), "approved once, stamped once");
    // Two at once: one stamp comes of it.
    let request = app.approved_use(stamped.seal, testkit::ofd(2)).await;
    let (first, second) = tokio::join!(
        app.platform.stamp(&agent, request, PIN),
        app.platform.stamp(&agent, request, PIN)
    );
    let made: Vec<Vec<u8>> = [first, second]
        .into_iter()
        .flatten()
        .map(|file| file.bytes)
        .collect();
    assert!(!made.is_empty());
    let kept = app
        .platform
        .stamped_file(&agent, request)
        .await
        .unwrap()
        .bytes;
    assert!(
        made.iter().all(|bytes| *bytes == kept),
        "there is one stamped document"
    );
}

async fn a_changed_byte_in_a_page_is_found(app: TestApp) {
    let stamped = app.stamped().await;
    let changed = altered(&stamped.bytes, "Doc_0/Pages/0.xml", "第1页", "第9页");
    let report = app
        .platform
        .verify("改过.ofd", changed, None)
        .await
        .unwrap();
    assert_eq!(report.verdict, Outcome::Invalid);
    assert!(report.has("content_changed"));
    assert!(
        report.stamps[0]
            .changed
            .iter()
            .any(|file| file.entry.ends_with("Pages/0.xml"))
    );
    assert!(report.sentence.contains("第 1 页"), "{}", report.sentence);
}

async fn the_platform_verifies_nothing_that_is_empty(app: TestApp) {
    let error = app
        .platform
        .verify("空.ofd", Vec::new(), None)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "file_empty");
    let report = app
        .platform
        .verify("x", b"hello".to_vec(), None)
        .await
        .unwrap();
    assert_eq!(report.verdict, Outcome::Undetermined);
    let report = app
        .platform
        .verify("x.ofd", testkit::ofd(1), None)
        .await
        .unwrap();
    assert!(report.has("no_signature"));
}

/// The package with one text in one entry replaced.
fn altered(package: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};

    let mut read = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut write = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..read.len() {
        let mut entry = read.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let entry_name = entry.name().unwrap().into_owned();
        if entry_name == name {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from));
            bytes = text.replace(from, to).into_bytes();
        }
        write
            .start_file(entry_name, zip::write::SimpleFileOptions::default())
            .unwrap();
        write.write_all(&bytes).unwrap();
    }
    write.finish().unwrap().into_inner()
}
