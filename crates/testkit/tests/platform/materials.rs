//! Files and fields that are not what they should be: each is answered clearly, and nothing is half-done.

use std::io::Cursor;

use casework::{Act, MaterialKind, SealKind, Stage};
use platform::{NewMaterial, Settings};
use testkit::{TestApp, code, scan};

on_both!(
    wrong_check_characters_are_named_by_field,
    what_is_no_picture_is_no_imprint,
    an_empty_file_is_refused,
    a_file_that_is_too_large_is_refused,
    only_scans_are_papers,
    a_request_of_a_device_is_looked_at_when_it_comes_in,
);

async fn attach(app: &TestApp, kind: MaterialKind, bytes: Vec<u8>) -> Result<Vec<String>, String> {
    let filed = app.draft().await;
    let before = app.case(filed).await.case;
    let application = kind_belongs_to_application(kind).then_some(filed.application);
    let new = NewMaterial {
        kind,
        application,
        name: "文件.bin".to_owned(),
        bytes,
    };
    let agent = app.actor("xian-jingban");
    match app.platform.attach(&agent, filed.case, None, new).await {
        Ok((_, _, remarks)) => Ok(remarks.into_iter().map(|remark| remark.code).collect()),
        Err(error) => {
            assert_eq!(app.case(filed).await.case, before, "nothing is half-done");
            Err(code(&error))
        }
    }
}

fn kind_belongs_to_application(kind: MaterialKind) -> bool {
    matches!(kind, MaterialKind::Imprint | MaterialKind::P10)
}

async fn wrong_check_characters_are_named_by_field(app: TestApp) {
    let filed = app.draft().await;
    let application = app
        .case(filed)
        .await
        .case
        .application(filed.application)
        .unwrap()
        .clone();
    for (field, spoil) in [
        (
            "agent_id",
            Box::new(|d: &mut casework::FormDraft| {
                d.agent_id = Some("350102199001011230".to_owned());
            }) as Box<dyn Fn(&mut casework::FormDraft)>,
        ),
        (
            "agent_mobile",
            Box::new(|d| d.agent_mobile = Some("12345678901".to_owned())),
        ),
        (
            "credit_code",
            Box::new(|d| d.credit_code = Some("1135012100DEM0004X".to_owned())),
        ),
        ("width", Box::new(|d| d.width = Some("4200".to_owned()))),
    ] {
        let mut draft = application.draft.clone();
        spoil(&mut draft);
        let act = Act::SaveDraft {
            application: filed.application,
            draft,
        };
        app.by("xian-jingban", filed, act).await;
        let error = app
            .attempt("xian-jingban", filed, Act::Submit)
            .await
            .unwrap_err();
        let platform::Error::Refused(refusal) = error else {
            panic!("{error:?}")
        };
        assert_eq!(refusal.code, "form_incomplete");
        assert!(
            refusal
                .points
                .iter()
                .any(|point| format!("{point:?}").contains(field)),
            "{field}: {:?}",
            refusal.points
        );
        assert_eq!(app.case(filed).await.case.stage, Stage::Draft);
    }
}

async fn what_is_no_picture_is_no_imprint(app: TestApp) {
    let not_a_picture = attach(&app, MaterialKind::Imprint, b"%PDF-1.7 something".to_vec()).await;
    assert_eq!(not_a_picture.unwrap_err(), "picture_not_a_picture");
    let mut cut_short = scan();
    cut_short.truncate(cut_short.len() / 2);
    assert_eq!(
        attach(&app, MaterialKind::Imprint, cut_short)
            .await
            .unwrap_err(),
        "picture_damaged"
    );
    assert_eq!(
        attach(&app, MaterialKind::Imprint, white())
            .await
            .unwrap_err(),
        "picture_blank"
    );
    // 100 megapixels: refused by its head, without being unpacked. The same for a bomb, which says it is huger still.
    for side in [10_000, 60_000] {
        let refused = attach(&app, MaterialKind::Imprint, huge_png(side))
            .await
            .unwrap_err();
        assert!(
            matches!(
                refused.as_str(),
                "picture_too_many_pixels" | "picture_too_much_memory"
            ),
            "{refused}"
        );
    }
}

async fn an_empty_file_is_refused(app: TestApp) {
    for kind in [
        MaterialKind::Imprint,
        MaterialKind::Other,
        MaterialKind::P10,
    ] {
        assert_eq!(
            attach(&app, kind, Vec::new()).await.unwrap_err(),
            "file_empty"
        );
    }
}

async fn a_file_that_is_too_large_is_refused(app: TestApp) {
    let most = app.platform.settings().max_file_bytes;
    let mut large = scan();
    large.resize(most + 1, 0);
    assert_eq!(
        attach(&app, MaterialKind::Other, large).await.unwrap_err(),
        "file_too_large"
    );
}

async fn only_scans_are_papers(app: TestApp) {
    for bytes in [
        b"MZ\x90\0".to_vec(),
        b"<html>".to_vec(),
        testkit::plain_zip(),
    ] {
        assert_eq!(
            attach(&app, MaterialKind::Other, bytes).await.unwrap_err(),
            "file_type"
        );
    }
    attach(&app, MaterialKind::Other, b"%PDF-1.7\n".to_vec())
        .await
        .unwrap();
}

async fn a_request_of_a_device_is_looked_at_when_it_comes_in(app: TestApp) {
    let key = gm::PrivateKey::generate();
    let subject = pki::Name::china("闽侯县政务服务示范局", "签章服务器").unwrap();
    let good = pki::request::build(&subject, &key).unwrap();
    assert_eq!(
        attach(&app, MaterialKind::P10, good.clone()).await.unwrap(),
        [""; 0]
    );

    let mut trailing = good.clone();
    trailing.push(0);
    let mut broken = good.clone();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    for (bytes, expected) in [
        (trailing, "p10_trailing_bytes"),
        (broken, "p10_signature_invalid"),
        (b"no request".to_vec(), "p10_not_a_request"),
    ] {
        let said = attach(&app, MaterialKind::P10, bytes).await.unwrap();
        assert_eq!(said, [expected]);
    }

    // And it holds the form back when it is submitted.
    let filed = app.draft().await;
    let (_, request) = {
        let mut bytes = good;
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let application = Some(filed.application);
        app.attach("xian-jingban", filed, MaterialKind::P10, application, bytes)
            .await
    };
    let case = app.case(filed).await.case;
    let mut draft = case.application(filed.application).unwrap().draft.clone();
    draft.kind = Some(SealKind::Device.name().to_owned());
    draft.certificate = Some(SealKind::Device.certificate().name().to_owned());
    draft.medium = Some("自动签章服务器（密码机）".to_owned());
    draft.request = Some(request);
    let act = Act::SaveDraft {
        application: filed.application,
        draft,
    };
    app.by("xian-jingban", filed, act).await;
    let error = app
        .attempt("xian-jingban", filed, Act::Submit)
        .await
        .unwrap_err();
    let said = format!("{error:?}");
    assert!(
        said.contains("request_problem") && said.contains("自签名验证不通过"),
        "{said}"
    );
}

#[tokio::test]
async fn the_operator_sets_how_large_files_may_be() {
    let app = TestApp::with_settings(Settings {
        max_file_bytes: 1000,
        ..Settings::default()
    })
    .await;
    let error = app
        .platform
        .verify("a.ofd", vec![0; 1001], None)
        .await
        .unwrap_err();
    assert_eq!(code(&error), "file_too_large");
}

fn white() -> Vec<u8> {
    let picture = image::GrayImage::from_pixel(600, 600, image::Luma([255]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// A PNG whose head claims so many pixels on each side, with little behind it.
fn huge_png(side: u32) -> Vec<u8> {
    let picture = image::GrayImage::from_pixel(8, 8, image::Luma([0]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    let mut bytes = bytes.into_inner();
    // Signature 8, length 4, "IHDR" 4, width 4, height 4, five more, CRC over type and data.
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}
