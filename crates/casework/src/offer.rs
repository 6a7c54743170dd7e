//! Which business can be begun for a seal of the register, why not otherwise, and from when (R2.2–R2.4).

use jiff::Timestamp;

use crate::business::{BusinessType, Medium};
use crate::form::ExistingSeal;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::seal_register::SealState;

/// One kind of business for one seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The business.
    pub business: BusinessType,
    /// Whether it can be begun now, and why not.
    pub allowed: Result<(), Refusal>,
    /// From when, for a business that has a window (印章延期).
    pub opens_at: Option<Timestamp>,
}

impl ExistingSeal {
    /// Every business that concerns an existing seal, in the order of the form.
    #[must_use]
    pub fn offers(&self, policy: &Policy, now: Timestamp) -> Vec<Offer> {
        BusinessType::ALL
            .iter()
            .copied()
            .filter(|business| business.needs_existing_seal())
            .map(|business| Offer {
                business,
                allowed: self.allows(business, policy, now),
                opens_at: (business == BusinessType::Renewal)
                    .then(|| policy.renewal_opens(self.valid_until)),
            })
            .collect()
    }

    /// Whether the business can be begun for this seal now.
    ///
    /// # Errors
    /// `seal_has_open_case`, `unlock_needs_usb_key`, `seal_state_unfit`, `renewal_too_early`.
    pub fn allows(
        &self,
        business: BusinessType,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        use BusinessType as B;
        use SealState as S;

        let name = &self.name;
        if let Some(other) = &self.open_case {
            return Err(Refusal::new(
                "seal_has_open_case",
                format!("「{name}」已有在办的办件 {other}，请待其办结或撤回后再申请"),
            ));
        }
        if business == B::Unlock && self.medium != Medium::UsbKey {
            // R2.4, Guide 二、5（3）: 该项业务只针对 USB KEY 电子印章.
            return Err(Refusal::new(
                "unlock_needs_usb_key",
                format!("「{name}」不是 USB KEY 电子印章，口令解锁只针对 USB KEY 电子印章"),
            ));
        }
        let good = match business {
            B::New => true,
            B::Renewal | B::Change | B::Unlock => self.state == S::Active,
            B::Revocation => matches!(
                self.state,
                S::Active | S::Suspended | S::Expired | S::NotYetActive
            ),
            B::Reissue => matches!(self.state, S::Active | S::Suspended | S::Expired),
        };
        if !good {
            let advice = match (business, self.state) {
                (B::Renewal | B::Change, S::Expired) => "，请按印章补办办理",
                (B::Renewal | B::Change | B::Unlock, S::Suspended) => {
                    "，请先恢复使用或按印章补办办理"
                }
                _ => "",
            };
            return Err(Refusal::new(
                "seal_state_unfit",
                format!(
                    "「{name}」现为「{}」，不能办理{}{advice}",
                    self.state.name(),
                    business.name()
                ),
            ));
        }
        // R2.3, Guide 一、6: 到期前三十日内.
        if business == B::Renewal && now < policy.renewal_opens(self.valid_until) {
            return Err(Refusal::new(
                "renewal_too_early",
                format!(
                    "「{name}」尚未到延期办理时间，到期前 {} 日内方可办理印章延期",
                    policy.renewal_window_days
                ),
            ));
        }
        Ok(())
    }
}
