//! Uploads that are not what they should be: each gets a clear answer in time.

use std::time::{Duration, Instant};

use platform::ports::papers::PaperMark;
use scan::{Limits, Remark, ScanError, open, straighten};
use specimens::hostile::{Expected, all};

/// What came of an upload: the marks of its pages and the codes of the remarks.
fn read(bytes: Vec<u8>) -> Result<(Vec<Option<PaperMark>>, Vec<&'static str>), ScanError> {
    let upload = open(bytes, &Limits::default())?;
    let mut remarks: Vec<&'static str> = upload.remarks().iter().map(Remark::code).collect();
    let mut marks = Vec::new();
    for index in 0..upload.pages() {
        let straight = straighten(&upload.page(index)?);
        remarks.extend(straight.remarks.iter().map(Remark::code));
        marks.push(straight.code.and_then(|text| text.parse().ok()));
    }
    Ok((marks, remarks))
}

#[test]
fn every_bad_upload_gets_a_clear_answer_in_time() {
    let mut wrong = Vec::new();
    for hostile in all().unwrap() {
        let started = Instant::now();
        let answer = read(hostile.bytes);
        let took = started.elapsed();
        if let Err(error) = &answer {
            assert!(
                error.to_string().contains('请') || error.code() == "scan_no_such_page",
                "{error}"
            );
        }
        let right = match (&hostile.expected, &answer) {
            (Expected::Refused(codes), Err(error)) => codes.contains(&error.code()),
            (Expected::Filed(mark, wanted), Ok((marks, remarks))) => {
                marks.iter().all(|found| *found == Some(*mark))
                    && (wanted.is_empty() || wanted.iter().any(|code| remarks.contains(code)))
            }
            (Expected::NotFiled, Ok((marks, _))) => marks.iter().all(Option::is_none),
            (Expected::NotFiled, Err(_)) => true,
            (Expected::Either(mark), Ok((marks, _))) => marks
                .iter()
                .all(|found| found.is_none_or(|found| found == *mark)),
            (Expected::Either(_), Err(error)) => error.code() == "scan_damaged",
            _ => false,
        };
        println!(
            "{}: {took:?}, {:?}",
            hostile.name,
            answer.as_ref().map_err(ScanError::code)
        );
        if !right {
            wrong.push(format!("{}: {answer:?}", hostile.name));
        }
        if took > Duration::from_secs(20) {
            wrong.push(format!("{}: took {took:?}", hostile.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
