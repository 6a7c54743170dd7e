//! Every paper is set, says what it has to say, and can be read back. `YINXIN_SAMPLES=folder` keeps them to look at.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod poppler;
mod sample;

use papers::Typesetter;
use platform::ports::papers::{Paper, PaperBody, PaperKind, PaperMark, Papers as _, PapersError};
use proptest::prelude::{ProptestConfig, Strategy as _, any, proptest};

#[tokio::test]
async fn every_paper_is_set_and_says_whose_it_is() {
    for kind in PaperKind::ALL {
        let file = set(sample::paper(kind)).await;
        assert!(file.starts_with(b"%PDF-"), "{}", kind.name());
        if let Some(folder) = std::env::var_os("YINXIN_SAMPLES") {
            let path = std::path::Path::new(&folder).join(format!("{}.pdf", kind.code()));
            std::fs::write(path, &file).unwrap();
        }
        let Some(text) = poppler::text(&file) else {
            return;
        };
        assert!(
            text.contains("闽印2026-000042-9") || kind == PaperKind::HandOverList,
            "{text}"
        );
        assert!(text.contains(sample::UNIT), "{text}");
    }
}

#[tokio::test]
async fn the_same_paper_makes_the_same_file() {
    let paper = sample::paper(PaperKind::CorrectionNotice);
    assert_eq!(set(paper.clone()).await, set(paper).await);
}

#[tokio::test]
async fn r2_1_the_form_shows_what_was_chosen() {
    let Some(text) = poppler::text(&set(sample::paper(PaperKind::ApplicationForm)).await) else {
        return;
    };
    for fact in [
        "福建省电子政务电子印章申请表",
        "✓单位印章",
        "✓印章申请",
        "11350121MB0X123456",
        "✓法定名称章",
        "✓USBKEY",
        "350102199001011019",
        "请使用实体印章在空白框内加盖清晰有效的印模",
    ] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
    assert!(!text.contains("✓个人印章"));
}

#[tokio::test]
async fn r2_7_a_sheet_of_two_thousand_lines_is_one_paper() {
    let mut paper = sample::paper(PaperKind::SummarySheet);
    paper.body = PaperBody::Summary(sample::summary(2000));
    let started = std::time::Instant::now();
    let file = Typesetter::embedded().render(paper).await.unwrap();
    println!("2,000 lines, {} pages: {:?}", file.pages, started.elapsed());
    assert!(file.pages > 100);
    let Some(text) = poppler::text(&file.bytes) else {
        return;
    };
    assert!(text.contains("业务专用章（2000）"));
    assert_eq!(text.matches("统一社会信用代码号").count(), file.pages);
}

#[tokio::test]
async fn names_with_rare_characters_are_printed() {
    let mut paper = sample::paper(PaperKind::ApplicationForm);
    let names = "䶮𬭸㛃龑𫖮㭎喆堃𬎆𫟷";
    if let PaperBody::ApplicationForm(form) = &mut paper.body {
        form.seal_name = names.to_owned();
    }
    if let Some(text) = poppler::text(&set(paper).await) {
        assert!(text.contains(names), "{text}");
    }
}

#[tokio::test]
async fn a_character_that_no_typeface_has_is_refused_by_name() {
    let typesetter = Typesetter::embedded();
    assert_eq!(typesetter.undrawable("林𤥷\u{202E}"), ['𤥷', '\u{202E}']);
    let mut paper = sample::paper(PaperKind::WhatToBring);
    paper.unit = "林𤥷工作室".to_owned();
    match typesetter.render(paper).await {
        Err(PapersError::Undrawable(lacking)) => assert_eq!(lacking, ['𤥷']),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_code_of_each_page_can_be_read_from_a_picture_of_it() {
    for kind in [PaperKind::ApplicationForm, PaperKind::SummarySheet] {
        let paper = sample::paper(kind);
        let mark = paper.mark;
        let Some(pages) = poppler::pictures(&set(paper).await, 300) else {
            return;
        };
        for (number, (width, pixels)) in pages.iter().take(3).enumerate() {
            let height = pixels.len() / width;
            let mut picture =
                rqrr::PreparedImage::prepare_from_greyscale(*width, height, |x, y| {
                    pixels[y * width + x]
                });
            let grids = picture.detect_grids();
            let (_, text) = grids[0].decode().unwrap();
            let page = u32::try_from(number + 1).unwrap();
            assert_eq!(text.parse::<PaperMark>(), Ok(mark.on_page(page)));
        }
    }
}

#[tokio::test]
async fn the_form_keeps_to_one_page_however_long_its_names_are() {
    let mut paper = sample::paper(PaperKind::ApplicationForm);
    let long = "闽侯县人民政府".repeat(9);
    paper.unit.clone_from(&long);
    if let PaperBody::ApplicationForm(form) = &mut paper.body {
        form.seal_name = long;
        form.seal_code = Some("35012100000042".to_owned());
        form.changes = form.kinds.clone();
        form.special = vec![
            "一个印模绑定多枚数字证书".to_owned(),
            "上级单位授权下级单位使用印章".to_owned(),
        ];
        form.request = true;
        (form.width_mm, form.height_mm) = (100.0, 100.0);
    }
    assert_eq!(Typesetter::embedded().render(paper).await.unwrap().pages, 1);
}

#[tokio::test]
async fn a_letter_of_the_longest_reasons_goes_on_to_further_pages() {
    let mut paper = sample::paper(PaperKind::RedHeaderLetter);
    if let PaperBody::Letter(letter) = &mut paper.body {
        letter.paragraphs.insert(0, "因业务需要，".repeat(300));
    }
    assert!(Typesetter::embedded().render(paper).await.unwrap().pages > 2);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Names are data: whatever is written in them is printed as it stands, never read as markup.
    #[test]
    fn markup_in_names_stays_text(name in hostile()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut paper = sample::paper(PaperKind::WhatToBring);
        paper.unit.clone_from(&name);
        let file = runtime.block_on(set(paper));
        if let Some(text) = poppler::text(&file) {
            let plain: String = name.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(text.contains(&plain), "{name:?} in {text}");
        }
    }
}

/// Pieces of the typesetter's language, put together at random.
fn hostile() -> impl proptest::strategy::Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "#read(\"/etc/passwd\")",
        "#include \"x\"",
        "$x^2$",
        "*粗*",
        "_斜_",
        "= 题",
        "- 项",
        "`码`",
        "@ref",
        "<标>",
        "\\u{41}",
        "#eval(\"1+1\")",
        "//注",
        "/*注*/",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "~",
        "--",
        "#let a=1",
        "&",
        "\\",
    ]);
    (proptest::collection::vec(piece, 1..4), any::<bool>()).prop_map(|(pieces, first)| {
        // A word at the end: pdftotext drops a hyphen that ends a line.
        format!("{}{}乙", if first { "甲" } else { "" }, pieces.concat())
    })
}

async fn set(paper: Paper) -> Vec<u8> {
    Typesetter::embedded().render(paper).await.unwrap().bytes
}
