//! Our own papers, freshly printed.

use std::collections::HashMap;
use std::sync::Arc;

use casework::{CaseNumber, Center};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};
use image::RgbImage;
use papers::Typesetter;
use platform::ports::papers::{
    ApplicationFormPaper, Choice, IdCopySheet, IntroductionPaper, LetterPaper, Paper, PaperBody,
    PaperKind, PaperMark, PaperPerson, PaperSeal, Papers as _,
};
use scan::{Area, Place};
use uuid::Uuid;

use crate::chance::Chance;
use crate::names::{PURPOSES, Unit, digits, person};
use crate::picture::Page;

/// A paper as printed for one case, its pictures drawn when they are needed.
pub struct Blank {
    /// The unit it was printed for.
    pub unit: Unit,
    /// What stands on it.
    pub paper: Paper,
    /// What its first page's code says.
    pub mark: PaperMark,
    pdf: Arc<Vec<u8>>,
    places: Vec<Place>,
    pages: HashMap<u32, Page>,
}

impl Blank {
    /// Sets a paper of a kind for a unit drawn by chance.
    ///
    /// # Errors
    /// The typesetter's.
    pub fn draw(kind: PaperKind, chance: &mut Chance) -> Result<Self, String> {
        let unit = Unit::draw(chance);
        let paper = paper(kind, &unit, chance);
        let mark = paper.mark;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|e| e.to_string())?;
        let file = runtime
            .block_on(Typesetter::embedded().render(paper.clone()))
            .map_err(|e| format!("{e:?}"))?;
        Ok(Self {
            unit,
            paper,
            mark,
            pdf: Arc::new(file.bytes),
            places: file.places,
            pages: HashMap::new(),
        })
    }

    /// The first page at so many dots per inch.
    ///
    /// # Errors
    /// The PDF cannot be drawn.
    pub fn page(&mut self, dpi: u32) -> Result<&Page, String> {
        if !self.pages.contains_key(&dpi) {
            let page = draw(&self.pdf, dpi)?;
            self.pages.insert(dpi, page);
        }
        self.pages.get(&dpi).ok_or_else(|| "no page".to_owned())
    }

    /// The PDF as it was printed from.
    #[must_use]
    pub fn pdf(&self) -> &[u8] {
        &self.pdf
    }

    /// Where a named thing stands on the first page.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<Area> {
        self.places
            .iter()
            .find(|place| place.page == 1 && place.name == name)
            .map(|place| place.area)
    }

    /// Where everything stands.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The places of the first page whose names begin like this.
    #[must_use]
    pub fn places_like(&self, start: &str) -> Vec<&Place> {
        self.places
            .iter()
            .filter(|place| place.page == 1 && place.name.starts_with(start))
            .collect()
    }
}

fn draw(pdf: &Arc<Vec<u8>>, dpi: u32) -> Result<Page, String> {
    let document = Pdf::new(Arc::clone(pdf)).map_err(|e| format!("{e:?}"))?;
    let pages = document.pages();
    let page = pages.first().ok_or("no page")?;
    let scale = dpi as f32 / 72.0;
    let settings = RenderSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
        ..RenderSettings::default()
    };
    let drawn = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &settings,
    );
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let rgb = drawn
        .data_as_u8_slice()
        .chunks_exact(4)
        .flat_map(|p| [p[0], p[1], p[2]])
        .collect();
    let picture = RgbImage::from_raw(width, height, rgb).ok_or("no picture")?;
    Ok(Page {
        picture,
        px_per_mm: dpi as f32 / 25.4,
    })
}

fn paper(kind: PaperKind, unit: &Unit, chance: &mut Chance) -> Paper {
    let year = 2026;
    // Within the range of case numbers.
    let case = CaseNumber::new(year, chance.whole(1, 999_999))
        .unwrap_or_else(|_| unreachable!("a number in range"));
    let collector = PaperPerson {
        name: person(chance),
        id: format!(
            "350102{}0101{}",
            chance.whole(1965, 2001),
            digits(chance, 4)
        ),
        mobile: format!("138{}", digits(chance, 8)),
    };
    let application = (kind == PaperKind::ApplicationForm).then(|| {
        Uuid::from_u128(u128::from(chance.bits()) << 64 | u128::from(chance.bits())).into()
    });
    let body = match kind {
        PaperKind::RedHeaderLetter => PaperBody::Letter(letter(unit, collector, chance)),
        PaperKind::IntroductionLetter | PaperKind::IntroductionSlip => {
            PaperBody::Introduction(IntroductionPaper {
                seals: vec![PaperSeal {
                    name: unit.name.clone(),
                    code: digits(chance, 14),
                    kind: "单位印章".to_owned(),
                    medium: "USB KEY".to_owned(),
                    valid_until: "2027年11月22日".to_owned(),
                }],
                collector: Some(collector),
            })
        }
        PaperKind::IdCopySheet => PaperBody::IdCopy(IdCopySheet {
            collector: Some(collector),
        }),
        _ => PaperBody::ApplicationForm(Box::new(form(unit, collector, chance))),
    };
    Paper {
        kind,
        mark: PaperMark {
            case,
            kind,
            application,
            revision: chance.whole(1, 3),
            page: 1,
        },
        number: case.to_string(),
        unit: unit.name.clone(),
        business: "印章申请".to_owned(),
        at: jiff_moment(),
        date: "2026年11月22日".to_owned(),
        center: Center::default(),
        hours: "工作日 8:30–12:00，15:00–17:30".to_owned(),
        body,
    }
}

fn form(unit: &Unit, agent: PaperPerson, chance: &mut Chance) -> ApplicationFormPaper {
    let choices = |names: &[&str], on: usize| -> Vec<Choice> {
        names
            .iter()
            .enumerate()
            .map(|(n, name)| Choice {
                name: (*name).to_owned(),
                on: n == on,
            })
            .collect()
    };
    let side = chance.pick(&[38.0, 40.0, 42.0, 45.0, 58.0]);
    let purpose = chance.happens(0.5).then(|| chance.pick(PURPOSES));
    ApplicationFormPaper {
        ordinal: 1,
        total: 1,
        revision: 1,
        kinds: choices(&["单位印章", "个人印章", "设备（服务器）印章"], 0),
        businesses: choices(
            &[
                "印章申请",
                "印章延期",
                "印章变更",
                "印章撤销",
                "印章失控、补办",
                "口令解锁",
            ],
            0,
        ),
        changes: Vec::new(),
        credit_code: format!("1135{}MB0X{}", digits(chance, 4), digits(chance, 6)),
        city: unit.city.to_owned(),
        county: unit.county.to_owned(),
        person: None,
        agent,
        seal_name: purpose.map_or_else(
            || unit.name.clone(),
            |purpose| format!("{}{purpose}", unit.name),
        ),
        seal_code: None,
        width: format!("{side}"),
        height: format!("{side}"),
        width_mm: side,
        height_mm: if side > 50.0 { 40.0 } else { side },
        functions: choices(
            &[
                "法定名称章",
                "财务专用章",
                "合同专用章",
                "发票专用章",
                "业务专用章",
                "法定代表人名章",
                "个人名章/签名",
                "其他",
            ],
            usize::from(purpose.is_some()),
        ),
        certificates: choices(&["单位证书", "个人证书", "设备证书"], 0),
        media: choices(
            &["USB KEY", "自动签章服务器/密码机", "平台托管"],
            chance.whole(0, 2) as usize,
        ),
        special: Vec::new(),
        request: false,
    }
}

fn letter(unit: &Unit, contact: PaperPerson, chance: &mut Chance) -> LetterPaper {
    LetterPaper {
        letter_number: Some(format!("侯政函〔2026〕{}号", chance.whole(1, 99))),
        title: "关于办理电子印章印章申请业务的函".to_owned(),
        addressee: "福建省经济信息中心".to_owned(),
        paragraphs: vec![
            "为推进政务服务“一网通办”，我单位自2026年12月起在网上签发受理通知书和电子证照，需要使用电子印章。".to_owned(),
            format!("现向贵中心申请办理电子印章，电子印章类型及数量为单位印章1枚，印章名称为“{}”。", unit.name),
            "我单位将严格按照福建省政务电子印章管理的有关规定使用和管理电子印章。请予以办理。".to_owned(),
        ],
        attachments: vec!["福建省电子政务电子印章申请表1份".to_owned()],
        contact: contact.name,
        phone: contact.mobile,
    }
}

/// The day on which every specimen was printed.
fn jiff_moment() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1_795_300_000)
}
