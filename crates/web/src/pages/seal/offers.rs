//! The business that can be begun for a seal, from its own page (R2.2).

use casework::{BusinessType, Offer};
use platform::RegisteredSeal;

use super::super::guide;
use crate::beijing;
use crate::session::Desk;
use crate::views::OfferView;
use crate::views::parts::{Button, Field, Form, Link};

/// Each kind of business with its button, or why it cannot be begun now.
pub(super) fn views(offers: Vec<Offer>, seal: &RegisteredSeal, desk: &Desk) -> Vec<OfferView> {
    offers
        .into_iter()
        .map(|offer| {
            let business = offer.business;
            let (form, hint) = match (offer.allowed, offer.opens_at) {
                (Ok(()), _) => (Some(form(business, seal, desk)), when(business).to_owned()),
                (Err(refusal), Some(at)) if refusal.code == "renewal_too_early" => {
                    (None, format!("{} 起可以办理", beijing::day(at)))
                }
                (Err(refusal), _) => (None, format!("{}。", refusal.message)),
            };
            OfferView {
                name: business.name(),
                icon: guide::icon_of(business.code()),
                hint,
                form,
            }
        })
        .collect()
}

fn form(business: BusinessType, seal: &RegisteredSeal, desk: &Desk) -> Form {
    let button = Button {
        primary: business == BusinessType::Renewal,
        ..Button::primary(&format!("办理{}", short(business)))
    };
    Form::new("/desk/cases", desk.csrf(), button)
        .field(Field::hidden("business", business.code()))
        .field(Field::hidden("seal", seal.record.id.to_string()))
        .narrow()
}

/// The ways to each kind of business from the register: its seals are ticked there, one or several.
pub(super) fn doors() -> Vec<Link> {
    BusinessType::ALL
        .iter()
        .filter(|business| business.needs_existing_seal())
        .map(|business| {
            Link::new(
                format!("办理{}", short(*business)),
                format!("/desk/cases/new?business={}", business.code()),
            )
        })
        .collect()
}

/// As it is called on a button.
fn short(business: BusinessType) -> &'static str {
    match business {
        BusinessType::New => "申请",
        BusinessType::Renewal => "延期",
        BusinessType::Change => "变更",
        BusinessType::Revocation => "撤销",
        BusinessType::Reissue => "补办",
        BusinessType::Unlock => "解锁",
    }
}

fn when(business: BusinessType) -> &'static str {
    match business {
        BusinessType::New => "",
        BusinessType::Renewal => "即将到期，继续使用请办理；内容自动带出。",
        BusinessType::Change => "印模、名称、单位信息或功能类型有变化。",
        BusinessType::Revocation => "单位撤并、停止使用等，注销后不能恢复。",
        BusinessType::Reissue => "丢失、失控后继续使用，沿用原印模，重新绑定。",
        BusinessType::Unlock => "忘记 USB KEY 口令，须带 USB KEY 到现场。",
    }
}
