use std::io::{Cursor, Write as _};

use platform::ports::letters::{Letters as _, LettersError};
use platform::ports::papers::LetterPaper;
use zip::write::SimpleFileOptions;

use super::WordLetters;

fn letter() -> LetterPaper {
    LetterPaper {
        letter_number: Some("侯政服函〔2026〕12号".to_owned()),
        title: "关于申请办理电子印章的函".to_owned(),
        addressee: "福建省经济信息中心".to_owned(),
        paragraphs: vec!["因 <网上> 签发 & 通知书\u{b}需要。".to_owned()],
        attachments: vec!["申请表2份".to_owned(), "汇总表1份".to_owned()],
        contact: "林晓梅".to_owned(),
        phone: "13800000000".to_owned(),
    }
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("word/document.xml", SimpleFileOptions::default())
        .unwrap();
    archive.write_all(body).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn r2_8_the_letter_is_written_and_its_words_are_read_back() {
    let docx = WordLetters
        .docx("闽侯县政务服务示范局", "2026年11月22日", &letter())
        .unwrap();
    let words = WordLetters.words(&docx).unwrap();
    let lines: Vec<&str> = words.lines().collect();
    assert_eq!(lines[0], "闽侯县政务服务示范局");
    assert_eq!(lines[3], "福建省经济信息中心：");
    assert_eq!(lines[4], "因 <网上> 签发 & 通知书需要。");
    assert!(words.contains("附件：1. 申请表2份"));
    assert!(words.ends_with("（联系人：林晓梅，联系电话：13800000000）"));
}

#[test]
fn what_is_no_letter_is_refused_and_a_bomb_is_not_unpacked() {
    let words = |bytes: &[u8]| WordLetters.words(bytes).unwrap_err();
    assert_eq!(words(b"%PDF-1.7"), LettersError::NotALetter);
    assert_eq!(words(&packed(&vec![b' '; 9 << 20])), LettersError::TooLarge);
    assert!(matches!(words(&packed(b"<w:p>")), LettersError::Damaged(_)));
    let entities = b"<!DOCTYPE x [<!ENTITY a \"aaaa\">]><x>&a;</x>";
    assert!(matches!(words(&packed(entities)), LettersError::Damaged(_)));
}
