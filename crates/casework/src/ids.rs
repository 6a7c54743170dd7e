//! Typed identifiers. They are given from outside: this crate makes none.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Gives the UUID this meaning.
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID, for storage.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// A case (办件).
    CaseId;
    /// One application form (申请表) of a case.
    ApplicationId;
    /// A unit (单位).
    UnitId;
    /// A person.
    PersonId;
    /// An entry of the seal register.
    SealId;
    /// A material (申请材料): one file, and the paper behind it.
    MaterialId;
    /// A hand-over of several cases by a consolidator (汇总递交).
    BundleId;
    /// A stamping request (用章申请).
    UseRequestId;
    /// A deputy's time in a post (代理).
    DeputyId;
    /// Something proposed by one administrator for another to release (提请).
    ProposalId;
    /// A public announcement of the Center's own (通知公告).
    BulletinId;
    /// A unit's filing of its office and leader with the Center (备案).
    FilingId;
    /// An entry of the register of special situations (特殊情况台账).
    SpecialId;
}
