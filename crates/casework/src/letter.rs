//! The red-header letter (申请单位红头函): what it must state, and the model text that must not be copied.
//!
//! Guide 第二章 一.

use serde::{Deserialize, Serialize};

use crate::business::{BusinessType, SealKind};
use crate::case::Case;
use crate::policy::{Center, Policy};
use crate::refusal::{Point, Refusal};

/// What the unit writes itself; everything else in the letter comes from the forms (R2.8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LetterDraft {
    /// 办理电子印章的理由: the unit's need for the seals, in its own words.
    pub reasons: String,
    /// 函号, optional (Guide: 可不带函号).
    pub letter_number: Option<String>,
}

/// What a letter states (Guide 第二章 一、1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterFacts {
    /// 行文对象.
    pub addressee: String,
    /// The unit that writes and stamps it.
    pub unit_name: String,
    /// 办理的业务类型.
    pub business: BusinessType,
    /// 电子印章类型 and 数量 of each, in the order of the form.
    pub quantities: Vec<(SealKind, usize)>,
}

/// The model text of the letter, with `××` where the unit has to write for itself.
#[must_use]
pub fn model_letter(business: BusinessType, center: &Center) -> String {
    format!(
        "{}：\n因××××业务工作需要，现向贵中心申请办理××××（单位名称）电子印章，业务类型为{}，\
         电子印章类型为××××，数量共计××枚。我单位将严格按照福建省政务电子印章管理的有关规定使用电子印章。\
         请予以办理。\n联系人：×××，联系电话：×××××××××××。\n××××（单位名称、盖章）\n××××年××月××日",
        center.name,
        business.name(),
    )
}

/// The model reasons shown as an example beside the field.
pub const MODEL_REASONS: &str = "因××××业务工作需要";

/// What the letter of this case has to state, taken from its forms.
#[must_use]
pub fn facts_from_forms(case: &Case, policy: &Policy) -> LetterFacts {
    let kinds: Vec<SealKind> = case
        .live_applications()
        .filter_map(crate::case::Application::kind)
        .collect();
    LetterFacts {
        addressee: policy.center.name.clone(),
        unit_name: case.unit.full_name.clone(),
        business: case.business,
        quantities: SealKind::ALL
            .iter()
            .map(|kind| (*kind, kinds.iter().filter(|k| *k == kind).count()))
            .filter(|(_, quantity)| *quantity > 0)
            .collect(),
    }
}

/// Compares the text of a letter with the model (Guide 第二章 一、2: 请勿完全照搬范文内容).
///
/// # Errors
/// `letter_is_the_model` when nothing but blanks and punctuation differs, `letter_placeholder_left` when a
/// placeholder of the model is still in it.
pub fn compare_to_model_letter(text: &str, center: &Center) -> Result<(), Refusal> {
    let own = essence(text);
    let copied = BusinessType::ALL.iter().any(|business| {
        let model = essence(&model_letter(*business, center));
        own == model || own == model.replace('×', "")
    });
    if copied {
        return Err(Refusal::new(
            "letter_is_the_model",
            "红头函与范文完全相同，请勿照搬范文，务必按实际情况写明办理理由、业务类型、印章类型和数量",
        ));
    }
    if ["××", "XX", "xx", "ＸＸ"]
        .iter()
        .any(|blank| text.contains(blank))
    {
        return Err(Refusal::new(
            "letter_placeholder_left",
            "红头函中还留有范文的空格（××），请按实际情况填写",
        ));
    }
    Ok(())
}

/// Checks the unit's own reasons.
///
/// # Errors
/// As [`compare_to_model_letter`], and the faults of the text.
pub fn check_reasons(reasons: &str, center: &Center) -> Result<String, Refusal> {
    let reasons = crate::text::check_reason("办理电子印章的理由", reasons)?;
    let own = essence(&reasons);
    if own == essence(MODEL_REASONS) || own == essence(MODEL_REASONS).replace('×', "") {
        return Err(Refusal::new(
            "letter_is_the_model",
            "办理理由与范文相同，请简要介绍本单位使用电子印章的业务需求",
        ));
    }
    compare_to_model_letter(&reasons, center)?;
    Ok(reasons)
}

/// Compares what a letter states with the forms it comes with (Guide 第二章 一、2: 请根据附带申请表内容准确填写).
#[must_use]
pub fn compare_with_forms(letter: &LetterFacts, forms: &LetterFacts) -> Vec<Point> {
    let mut points = Vec::new();
    let mut differ = |code, message: String| points.push(Point::new(code, None, message));
    if letter.addressee.trim() != forms.addressee {
        let (is, should) = (&letter.addressee, &forms.addressee);
        differ(
            "letter_addressee",
            format!("红头函的行文对象是「{is}」，必须是「{should}」"),
        );
    }
    if letter.unit_name.trim() != forms.unit_name {
        let (is, should) = (&letter.unit_name, &forms.unit_name);
        differ(
            "letter_unit",
            format!("红头函的发函单位是「{is}」，与申请单位「{should}」不一致"),
        );
    }
    if letter.business != forms.business {
        let (is, should) = (letter.business.name(), forms.business.name());
        differ(
            "letter_business",
            format!("红头函写的业务类型是「{is}」，申请表是「{should}」"),
        );
    }
    for kind in SealKind::ALL {
        let count = |facts: &LetterFacts| {
            facts
                .quantities
                .iter()
                .filter(|(k, _)| k == kind)
                .map(|(_, n)| n)
                .sum::<usize>()
        };
        let (is, should) = (count(letter), count(forms));
        if is != should {
            let kind = kind.name();
            differ(
                "letter_quantity",
                format!("红头函写的{kind}为 {is} 枚，申请表共 {should} 枚"),
            );
        }
    }
    points
}

/// Compares the words of a letter with the forms it comes with: whom it addresses, who writes it, the business, and
/// how many seals of which kind.
#[must_use]
pub fn compare_words_with_forms(words: &str, forms: &LetterFacts) -> Vec<Point> {
    let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let stated = |name: &str| {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        words.contains(&name)
    };
    let or_missing = |name: &str| {
        if stated(name) {
            name.to_owned()
        } else {
            "（未写明）".to_owned()
        }
    };
    let business = declared_business(&words)
        .or(stated(forms.business.name()).then_some(forms.business))
        .or_else(|| {
            let named = |business: &&BusinessType| stated(business.name());
            BusinessType::ALL.iter().find(named).copied()
        });
    let letter = LetterFacts {
        addressee: or_missing(&forms.addressee),
        unit_name: or_missing(&forms.unit_name),
        business: business.unwrap_or(forms.business),
        quantities: quantities_in(&words),
    };
    let mut points = compare_with_forms(&letter, forms);
    if business.is_none() {
        let message = format!("红头函没有写明业务类型，应为「{}」", forms.business.name());
        points.push(Point::new("letter_business", None, message));
    }
    points
}

/// The business named right behind 「业务类型」.
fn declared_business(words: &str) -> Option<BusinessType> {
    words.split("业务类型").skip(1).find_map(|rest| {
        let near: String = rest.chars().take(12).collect();
        BusinessType::ALL
            .iter()
            .find(|business| near.contains(business.name()))
            .copied()
    })
}

/// How many seals of each kind a letter names: 「单位印章2枚」, 「单位印章，数量共计贰枚」.
fn quantities_in(words: &str) -> Vec<(SealKind, usize)> {
    let total = ["共计", "总计", "合计", "共"]
        .iter()
        .find_map(|word| words.split(word).skip(1).find_map(count_before_mei));
    let named: Vec<(SealKind, Option<usize>)> = SealKind::ALL
        .iter()
        .filter(|kind| words.contains(kind.name()))
        .map(|kind| {
            let count = words.split(kind.name()).skip(1).find_map(|rest| {
                let near: String = rest
                    .trim_start_matches(['”', '"', '（', '共', '计', '，', '：', '为'])
                    .to_owned();
                count_before_mei(&near)
            });
            (*kind, count)
        })
        .collect();
    let only = named.len() == 1;
    named
        .into_iter()
        .map(|(kind, count)| (kind, count.or(total.filter(|_| only)).unwrap_or(0)))
        .collect()
}

/// The number at the beginning of a text, if 「枚」 follows it.
fn count_before_mei(text: &str) -> Option<usize> {
    let digits: String = text
        .chars()
        .take_while(|c| c.is_ascii_digit() || NUMERALS.contains(*c))
        .take(8)
        .collect();
    text[digits.len()..].starts_with('枚').then_some(())?;
    if digits.is_empty() {
        None
    } else if digits.bytes().all(|b| b.is_ascii_digit()) {
        digits.parse().ok()
    } else {
        numeral(&digits)
    }
}

const NUMERALS: &str = "〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟";

/// A Chinese numeral below ten thousand.
fn numeral(text: &str) -> Option<usize> {
    let (mut sum, mut digit) = (0, None);
    for c in text.chars() {
        let unit = match c {
            '十' | '拾' => 10,
            '百' | '佰' => 100,
            '千' | '仟' => 1000,
            _ => {
                let place = "〇一二三四五六七八九"
                    .chars()
                    .position(|d| d == c)
                    .or_else(|| "零壹贰叁肆伍陆柒捌玖".chars().position(|d| d == c))
                    .or((c == '两').then_some(2))?;
                digit = Some(place);
                continue;
            }
        };
        sum += digit.take().unwrap_or(1) * unit;
    }
    Some(sum + digit.unwrap_or(0))
}

/// A text without blanks and punctuation, the placeholder written one way.
fn essence(text: &str) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, 'X' | 'x' | 'Ｘ' | 'ｘ' | '✕') {
                '×'
            } else {
                c
            }
        })
        .filter(|c| c.is_alphanumeric() || *c == '×')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_8_the_model_letter_copied_is_refused() {
        let center = Center::default();
        for business in BusinessType::ALL {
            let model = model_letter(*business, &center);
            let code = |text: &str| compare_to_model_letter(text, &center).unwrap_err().code;
            assert_eq!(code(&model), "letter_is_the_model");
            assert_eq!(
                code(&model.replace('×', "X").replace('，', ", ")),
                "letter_is_the_model"
            );
            assert_eq!(code(&model.replace('×', "  ")), "letter_is_the_model");
            assert_eq!(
                code(&model.replacen("××××", "电子证照", 1)),
                "letter_placeholder_left"
            );
        }
        let own = "福建省经济信息中心：我局因电子证照签发需要，申请单位印章一枚。";
        assert!(compare_to_model_letter(own, &center).is_ok());
        assert!(check_reasons(MODEL_REASONS, &center).is_err());
        assert_eq!(check_reasons(" ", &center).unwrap_err().code, "text_empty");
    }

    #[test]
    fn r2_8_the_words_of_a_letter_are_compared_with_the_forms() {
        let forms = LetterFacts {
            addressee: "福建省经济信息中心".to_owned(),
            unit_name: "福州市教育局".to_owned(),
            business: BusinessType::New,
            quantities: vec![(SealKind::Unit, 2), (SealKind::Personal, 12)],
        };
        let words = |unit: &str, personal: &str| {
            format!(
                "福州市教育局\n福建省经济信息中心：\n现申请办理，业务类型为“印章申请”，\
                 电子印章类型及数量为单位印章{unit}枚、个人印章 {personal} 枚。"
            )
        };
        let codes = |text: &str, forms: &LetterFacts| -> Vec<&str> {
            compare_words_with_forms(text, forms)
                .iter()
                .map(|point| point.code)
                .collect()
        };
        for (unit, personal) in [
            ("2", "12"),
            ("贰", "十二"),
            ("两", "拾贰"),
            ("二", "一十二"),
        ] {
            assert!(
                codes(&words(unit, personal), &forms).is_empty(),
                "{unit} {personal}"
            );
        }
        assert_eq!(codes(&words("3", "12"), &forms), ["letter_quantity"]);
        assert_eq!(codes(&words("若干", "12"), &forms), ["letter_quantity"]);
        let one_kind = LetterFacts {
            quantities: vec![(SealKind::Unit, 20)],
            ..forms.clone()
        };
        let total =
            "福州市教育局致福建省经济信息中心：印章申请，电子印章类型为单位印章，数量共计二十枚";
        assert!(codes(total, &one_kind).is_empty());
        assert_eq!(
            codes("某局：请予办理口令解锁", &one_kind),
            [
                "letter_addressee",
                "letter_unit",
                "letter_business",
                "letter_quantity"
            ]
        );
    }

    #[test]
    fn r2_8_a_letter_that_differs_from_the_forms_is_told_in_what() {
        let forms = LetterFacts {
            addressee: "福建省经济信息中心".to_owned(),
            unit_name: "福州市教育局".to_owned(),
            business: BusinessType::New,
            quantities: vec![(SealKind::Unit, 2)],
        };
        assert!(compare_with_forms(&forms, &forms).is_empty());
        let letter = LetterFacts {
            addressee: "福建省大数据局".to_owned(),
            unit_name: "福州市财政局".to_owned(),
            business: BusinessType::Change,
            quantities: vec![(SealKind::Unit, 1), (SealKind::Device, 1)],
        };
        let codes: Vec<_> = compare_with_forms(&letter, &forms)
            .iter()
            .map(|p| p.code)
            .collect();
        assert_eq!(
            codes,
            [
                "letter_addressee",
                "letter_unit",
                "letter_business",
                "letter_quantity",
                "letter_quantity"
            ]
        );
    }
}
