use std::fmt;
use std::str::FromStr;

use casework::{ApplicationId, CaseNumber};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::PaperKind;

/// What the QR code of a page says: which page of which paper of which case it is, and in which revision.
///
/// The text is `YX1:CASE:PAPER:APPLICATION:REVISION:PAGE:CHECK`, made of characters that a QR code holds compactly:
///
/// | part | form |
/// |---|---|
/// | `YX1` | this form's version |
/// | `CASE` | the case number without its prefix, `2026-000042-7` |
/// | `PAPER` | [`PaperKind::letters`] |
/// | `APPLICATION` | the application's id, 32 capital hexadecimal digits; `0` for a paper of the whole case |
/// | `REVISION` | the revision of the case in which what the paper shows last changed |
/// | `PAGE` | page number from 1 |
/// | `CHECK` | the first 4 bytes of the SM3 digest of everything before the last colon, in capital hexadecimal digits |
///
/// The check finds misread codes. It is no proof: whoever reads a mark asks the register what the paper has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperMark {
    /// The case.
    pub case: CaseNumber,
    /// The paper.
    pub kind: PaperKind,
    /// The application, for an application form.
    pub application: Option<ApplicationId>,
    /// The revision.
    pub revision: u32,
    /// The page, from 1.
    pub page: u32,
}

/// Why a text is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the mark of a paper")]
pub struct NoMark;

impl PaperMark {
    /// The mark of another page of the same paper.
    #[must_use]
    pub fn on_page(self, page: u32) -> Self {
        Self { page, ..self }
    }
}

impl fmt::Display for PaperMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.case.to_string();
        let application = self.application.map_or_else(
            || "0".to_owned(),
            |id| format!("{:X}", id.as_uuid().simple()),
        );
        let text = format!(
            "{VERSION}:{}:{}:{application}:{}:{}",
            number.trim_start_matches(|c: char| !c.is_ascii()),
            self.kind.letters(),
            self.revision,
            self.page
        );
        write!(f, "{text}:{}", check(&text))
    }
}

impl FromStr for PaperMark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let (body, given) = text.rsplit_once(':').ok_or(NoMark)?;
        let parts: Vec<&str> = body.split(':').collect();
        let [VERSION, case, kind, application, revision, page] = parts.as_slice() else {
            return Err(NoMark);
        };
        let mark = Self {
            case: case.parse().map_err(|_| NoMark)?,
            kind: PaperKind::of_letters(kind).ok_or(NoMark)?,
            application: match *application {
                "0" => None,
                id => Some(Uuid::parse_str(id).map_err(|_| NoMark)?.into()),
            },
            revision: revision.parse().map_err(|_| NoMark)?,
            page: page.parse().map_err(|_| NoMark)?,
        };
        // One mark has one text: what reads as a mark but is written otherwise was not written here.
        if given == check(body) && mark.to_string() == text {
            Ok(mark)
        } else {
            Err(NoMark)
        }
    }
}

impl Serialize for PaperMark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

const VERSION: &str = "YX1";

fn check(text: &str) -> String {
    hex::encode_upper(&gm::sm3(text.as_bytes())[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = PaperMark {
            case: CaseNumber::new(2026, 42).unwrap(),
            kind: PaperKind::ApplicationForm,
            application: Some(Uuid::from_u128(0x0197_0c3e_5fa1_7b2c_8d4e_5f60_7182_93a4).into()),
            revision: 2,
            page: 1,
        };
        let text = mark.to_string();
        assert!(text.starts_with("YX1:2026-000042-"));
        assert!(text.contains(":AF:01970C3E5FA17B2C8D4E5F60718293A4:2:1:"));
        assert_eq!(text.parse(), Ok(mark));
        let whole = PaperMark {
            application: None,
            kind: PaperKind::SummarySheet,
            ..mark
        };
        assert_eq!(whole.on_page(7).to_string().parse(), Ok(whole.on_page(7)));
        for at in 0..text.len() {
            let mut damaged = text.clone().into_bytes();
            damaged[at] = if damaged[at] == b'9' { b'8' } else { b'9' };
            let damaged = String::from_utf8(damaged).unwrap();
            assert_eq!(damaged.parse::<PaperMark>(), Err(NoMark), "{damaged}");
        }
        for other in ["", "YX1", ":::::::", "YX2:2026-000042-7:AF:0:1:1:00000000"] {
            assert_eq!(other.parse::<PaperMark>(), Err(NoMark));
        }
    }

    #[test]
    fn no_two_papers_share_a_code() {
        for one in PaperKind::ALL {
            assert_eq!(PaperKind::find(one.code()), Some(one));
            assert_eq!(PaperKind::of_letters(one.letters()), Some(one));
        }
    }
}
