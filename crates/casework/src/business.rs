//! What is asked for: kinds of business, kinds of seals, functions and media, and which go together.

use serde::{Deserialize, Serialize};

/// 电子印章业务类型 (Guide 第一章 一、6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusinessType {
    /// 印章申请.
    New,
    /// 印章延期.
    Renewal,
    /// 印章变更.
    Change,
    /// 印章撤销.
    Revocation,
    /// 印章失控、补办.
    Reissue,
    /// 口令解锁.
    Unlock,
}

/// 申请电子印章类型 (Guide 第二章 二、1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealKind {
    /// 单位印章.
    Unit,
    /// 个人印章.
    Personal,
    /// 设备（服务器）印章.
    Device,
}

/// 绑定的数字证书类型, a single choice of the form (Guide 第二章 三).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateType {
    /// 单位证书.
    Unit,
    /// 个人证书.
    Personal,
    /// 设备证书.
    Device,
}

/// 介质: where the key of the seal lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// USB KEY.
    UsbKey,
    /// 自动签章服务器/密码机.
    SigningDevice,
    /// 平台托管.
    Hosted,
}

/// 印章功能类型: the code of an entry of the configured list (`Policy::functions`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealFunction(pub String);

/// An entry of the list of seal functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionEntry {
    /// Stable code.
    pub code: SealFunction,
    /// Chinese name.
    pub name: String,
    /// The kinds of seals that may have it.
    pub kinds: Vec<SealKind>,
}

/// What a change changes (印章变更).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// 印模变更: a new imprint and its size.
    Imprint,
    /// 印章名称变更.
    SealName,
    /// 单位信息变更: the unit's name or code in the certificate.
    UnitData,
    /// 使用者信息变更: the name of the person of a personal seal.
    HolderData,
    /// 印章功能类型变更.
    Function,
}

/// A special situation of the guide (第二章 一、2), which needs a statement and a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialSituation {
    /// 一种印模样式绑定多枚数字证书.
    SeveralCertificates,
    /// 上级单位授权下级单位使用、绑定该上级单位的电子印章.
    SuperiorsSeal,
    /// 数字证书已变更而仍使用旧印章样式.
    OldImprint,
}

macro_rules! named {
    ($type:ident { $($variant:ident $code:literal $name:literal),* $(,)? }) => {
        impl $type {
            /// Every value, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Stable code, as in JSON.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Name in the guide's words.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The value of that code or name.
            #[must_use]
            pub fn find(code_or_name: &str) -> Option<Self> {
                let wanted = code_or_name.trim();
                Self::ALL.iter().copied().find(|v| v.code() == wanted || v.name() == wanted)
            }
        }
    };
}

named!(BusinessType {
    New "new" "印章申请",
    Renewal "renewal" "印章延期",
    Change "change" "印章变更",
    Revocation "revocation" "印章撤销",
    Reissue "reissue" "印章补办",
    Unlock "unlock" "口令解锁",
});
named!(SealKind {
    Unit "unit" "单位印章",
    Personal "personal" "个人印章",
    Device "device" "设备（服务器）印章",
});
named!(CertificateType {
    Unit "unit" "单位证书",
    Personal "personal" "个人证书",
    Device "device" "设备证书",
});
named!(Medium {
    UsbKey "usb_key" "USB KEY",
    SigningDevice "signing_device" "自动签章服务器（密码机）",
    Hosted "hosted" "平台托管",
});
named!(ChangeKind {
    Imprint "imprint" "印模变更",
    SealName "seal_name" "印章名称变更",
    UnitData "unit_data" "单位信息变更",
    HolderData "holder_data" "使用者信息变更",
    Function "function" "印章功能类型变更",
});
named!(SpecialSituation {
    SeveralCertificates "several_certificates" "一种印模样式绑定多枚数字证书",
    SuperiorsSeal "superiors_seal" "上级单位授权下级单位使用其电子印章",
    OldImprint "old_imprint" "数字证书已变更，仍使用旧印章样式",
});

impl BusinessType {
    /// Names an existing seal of the unit's register (R2.2).
    #[must_use]
    pub fn needs_existing_seal(self) -> bool {
        self != Self::New
    }

    /// Ends with the collection at the desk (R4.7, Guide 二、5（4）通知领取).
    #[must_use]
    pub fn needs_collection(self) -> bool {
        matches!(self, Self::New | Self::Reissue)
    }

    /// Makes a new seal in the register (decision 5 of the design: renewal and reissue make one too).
    #[must_use]
    pub fn makes_a_seal(self) -> bool {
        matches!(
            self,
            Self::New | Self::Renewal | Self::Change | Self::Reissue
        )
    }
}

impl SealKind {
    /// The certificate that fits (Guide 第二章 二、1).
    #[must_use]
    pub fn certificate(self) -> CertificateType {
        match self {
            Self::Unit => CertificateType::Unit,
            Self::Personal => CertificateType::Personal,
            Self::Device => CertificateType::Device,
        }
    }

    /// The media a seal of this kind may live on: a device seal's key never leaves the signing device, the
    /// others are handed out on a USB KEY or kept by the platform.
    #[must_use]
    pub fn media(self) -> &'static [Medium] {
        match self {
            Self::Unit | Self::Personal => &[Medium::UsbKey, Medium::Hosted],
            Self::Device => &[Medium::SigningDevice],
        }
    }

    /// Whether the business exists for a seal of this kind on this medium: unlock is for USB KEY alone
    /// (R2.4, Guide 二、5（3）口令解锁).
    #[must_use]
    pub fn allows(self, business: BusinessType, medium: Medium) -> bool {
        self.media().contains(&medium)
            && (business != BusinessType::Unlock || medium == Medium::UsbKey)
    }
}

impl ChangeKind {
    /// Whether a seal of this kind can be changed so.
    #[must_use]
    pub fn applies_to(self, kind: SealKind) -> bool {
        self != Self::HolderData || kind == SealKind::Personal
    }
}

/// The list of the guide's form, as default.
#[must_use]
pub fn default_functions() -> Vec<FunctionEntry> {
    use SealKind::{Device, Personal, Unit};

    [
        ("legal_name", "法定名称章", &[Unit, Device][..]),
        ("finance", "财务专用章", &[Unit, Device]),
        ("contract", "合同专用章", &[Unit, Device]),
        ("invoice", "发票专用章", &[Unit, Device]),
        ("business", "业务专用章", &[Unit, Device]),
        (
            "legal_representative",
            "法定代表人名章",
            &[Personal, Device],
        ),
        ("personal_name", "个人名章/签名", &[Personal]),
        ("other", "其他", &[Unit, Personal, Device]),
    ]
    .into_iter()
    .map(|(code, name, kinds)| FunctionEntry {
        code: SealFunction(code.to_owned()),
        name: name.to_owned(),
        kinds: kinds.to_vec(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_guides_and_read_back() {
        for business in BusinessType::ALL {
            assert_eq!(BusinessType::find(business.name()), Some(*business));
            assert_eq!(serde_json::to_value(business).unwrap(), business.code());
        }
        for kind in SealKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn r2_4_unlock_is_for_usb_keys_alone() {
        for kind in SealKind::ALL {
            for medium in Medium::ALL {
                let allowed = kind.allows(BusinessType::Unlock, *medium);
                assert_eq!(
                    allowed,
                    *medium == Medium::UsbKey && *kind != SealKind::Device
                );
            }
        }
    }
}
