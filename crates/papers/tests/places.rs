//! Where things stand on the papers, as the platform is told: what a scan is cut and compared by.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod sample;

use papers::Typesetter;
use platform::ports::papers::{Paper, PaperBody, PaperKind, Papers as _};
use scan::{Area, Place};

#[tokio::test]
async fn the_form_tells_where_its_imprint_and_signatures_and_stamp_belong() {
    let places = places(sample::paper(PaperKind::ApplicationForm)).await;
    let frame = area(&places, "imprint-frame");
    // The inner edge's bottom left corner, as the README says.
    assert_eq!(
        (frame.x, frame.y + frame.height, frame.width, frame.height),
        (26.0, 258.0, 62.0, 58.0)
    );
    for name in [
        "approver-signature",
        "approver-date",
        "agent-signature",
        "unit-stamp",
    ] {
        let place = area(&places, name);
        assert!(place.x > frame.x + frame.width, "{name}: {place:?}");
        assert!(
            place.width > 50.0 && place.height >= 5.0,
            "{name}: {place:?}"
        );
        assert!(inside(&place, 190.5, 279.0), "{name}: {place:?}");
    }
}

#[tokio::test]
async fn r2_1_every_field_of_the_form_has_its_place() {
    let mut paper = sample::paper(PaperKind::ApplicationForm);
    if let PaperBody::ApplicationForm(form) = &mut paper.body {
        form.seal_code = Some("35012100000042".to_owned());
        form.changes.clone_from(&form.kinds);
        form.special = vec!["一个印模绑定多枚数字证书".to_owned()];
        form.person = Some(sample::person());
    }
    let places = places(paper).await;
    let mut before: Option<Area> = None;
    for name in [
        "kind",
        "business",
        "change",
        "unit.name",
        "unit.credit_code",
        "unit.city",
        "unit.county",
        "person.name",
        "person.id",
        "agent.name",
        "agent.mobile",
        "agent.id",
        "seal.name",
        "seal.code",
        "seal.width",
        "seal.height",
        "function",
        "certificate",
        "medium",
        "special",
    ] {
        let place = area(&places, &format!("field:{name}"));
        assert!(
            place.width > 20.0 && place.height > 4.0,
            "{name}: {place:?}"
        );
        assert!(inside(&place, 190.5, 186.0), "{name}: {place:?}");
        // One below the other, or beside each other in one line.
        if let Some(before) = before {
            let below = place.y > before.y + before.height - 0.3;
            let beside = place.x > before.x + before.width - 0.3;
            assert!(below || beside, "{name}: {before:?} {place:?}");
        }
        before = Some(place);
    }
}

#[tokio::test]
async fn letters_and_sheets_tell_where_the_stamp_belongs() {
    for kind in [
        PaperKind::RedHeaderLetter,
        PaperKind::IntroductionLetter,
        PaperKind::IntroductionSlip,
        PaperKind::IdCopySheet,
        PaperKind::SummarySheet,
    ] {
        let places = places(sample::paper(kind)).await;
        let stamp = area(&places, "unit-stamp");
        assert!(
            stamp.width > 42.0 && stamp.height >= 40.0,
            "{}: {stamp:?}",
            kind.name()
        );
    }
}

#[tokio::test]
async fn every_line_of_a_long_sheet_has_its_place() {
    let mut paper = sample::paper(PaperKind::SummarySheet);
    paper.body = PaperBody::Summary(sample::summary(120));
    let places = places(paper).await;
    let mut last = (1, 0.0);
    for line in 1..=120 {
        let place = places
            .iter()
            .find(|place| place.name == format!("row:{line}"))
            .unwrap();
        assert!(place.area.width > 270.0, "{place:?}");
        assert!((place.page, place.area.y) > last, "{place:?}");
        last = (place.page, place.area.y);
    }
    assert!(last.0 > 3);
}

fn inside(area: &Area, right: f32, bottom: f32) -> bool {
    area.x >= 19.0 && area.x + area.width <= right && area.y + area.height <= bottom
}

fn area(places: &[Place], name: &str) -> Area {
    places
        .iter()
        .find(|place| place.name == name)
        .unwrap_or_else(|| panic!("no {name} in {places:?}"))
        .area
}

async fn places(paper: Paper) -> Vec<Place> {
    let file = Typesetter::embedded().render(paper.clone()).await.unwrap();
    if let Some(folder) = std::env::var_os("YINXIN_SAMPLES") {
        let path = std::path::Path::new(&folder).join(format!("{}.places.json", paper.kind.code()));
        std::fs::write(path, serde_json::to_vec(&file.places).unwrap()).unwrap();
    }
    file.places
}
