//! Extensions of seals and stamps, and the one that this platform writes.

use crate::asn1::{
    BOOLEAN, CONTEXT_0, Notes, OCTET_STRING, SEQUENCE, Walker, write, write_integer, write_oid,
};
use crate::error::FormatError;
use crate::limits::Limits;

/// The exact size of the seal picture: `SEQUENCE { width INTEGER, height INTEGER }` in tenths of a millimetre.
///
/// Never critical: a reader that does not know it uses the whole millimetres of `SES_ESPictureInfo`. The arc is
/// 2.25 with a UUID, which needs no registration.
pub const EXACT_SIZE_OID: &str = "2.25.64167878346772278716327686265875132797.1";

/// GB/T 38540-2020, 6.1:
/// ```text
/// ExtensionDatas ::= SEQUENCE SIZE(0..MAX) OF ExtData
/// ExtData ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The extension's object identifier, dotted.
    pub oid: String,
    /// Whether a reader that does not know it must not go on. Lawful documents set it without that meaning.
    pub critical: bool,
    /// The extension's content.
    pub value: Vec<u8>,
}

/// Reads optional extensions, tagged or not; `tagged` says which of both the standard writes at this place.
pub(crate) fn read_extensions(
    walker: &mut Walker<'_>,
    tagged: bool,
    limits: &Limits,
    notes: &mut Notes,
) -> Result<Vec<Extension>, FormatError> {
    const PLACE: &str = "扩展数据";
    let list = match walker.peek() {
        Some(CONTEXT_0) => {
            if !tagged {
                notes.remark("extensions_tagged", PLACE, "带有 [0] 标签");
            }
            let mut outer = Walker::new(walker.expect(CONTEXT_0, PLACE, notes)?.value);
            // Explicit: a SEQUENCE of extensions inside; implicit: the extensions themselves. An implicit list begins
            // with an extension, whose first element is an object identifier.
            let mut probe = outer.clone();
            let first = probe.element(PLACE, &mut Notes::default()).ok();
            let implicit = first.is_some_and(|e| {
                Walker::new(e.value).peek() == Some(crate::asn1::OBJECT_IDENTIFIER)
            });
            if implicit {
                notes.remark("extensions_implicit", PLACE, "[0] 标签未采用显式方式");
                outer
            } else {
                let list = outer.sequence(PLACE, notes)?;
                outer.finish(PLACE, notes);
                list
            }
        }
        Some(SEQUENCE) => {
            if tagged {
                notes.remark("extensions_untagged", PLACE, "没有 [0] 标签");
            }
            walker.sequence(PLACE, notes)?
        }
        _ => return Ok(Vec::new()),
    };
    read_list(list, limits, notes)
}

/// Writes a list of extensions, without an outer tag.
///
/// `None` where an object identifier is not one.
pub(crate) fn write_extensions(extensions: &[Extension]) -> Option<Vec<u8>> {
    let items = extensions
        .iter()
        .map(Extension::write)
        .collect::<Option<Vec<_>>>()?;
    Some(write(
        SEQUENCE,
        &items.iter().map(Vec::as_slice).collect::<Vec<_>>(),
    ))
}

impl Extension {
    /// The exact size in tenths of a millimetre as extension ([`EXACT_SIZE_OID`]).
    pub fn exact_size(width: u32, height: u32) -> Extension {
        Extension {
            oid: EXACT_SIZE_OID.to_owned(),
            critical: false,
            value: write(SEQUENCE, &[&write_integer(width), &write_integer(height)]),
        }
    }

    /// Width and height in tenths of a millimetre, if this is [`EXACT_SIZE_OID`] and readable.
    pub fn as_exact_size(&self) -> Option<(u32, u32)> {
        if self.oid != EXACT_SIZE_OID {
            return None;
        }
        let notes = &mut Notes::default();
        let mut inner = Walker::new(&self.value).sequence("尺寸", notes).ok()?;
        let size = (
            inner.integer("尺寸", notes).ok()?,
            inner.integer("尺寸", notes).ok()?,
        );
        inner.is_empty().then_some(size)
    }

    fn write(&self) -> Option<Vec<u8>> {
        // FALSE is written although it is the default: a widespread reader drops an extension without it, encodes anew
        // and then finds the maker's signature wrong. Real tax seals write it, too.
        let critical = write(BOOLEAN, &[&[if self.critical { 0xff } else { 0 }]]);
        Some(write(
            SEQUENCE,
            &[
                &write_oid(&self.oid)?,
                &critical,
                &write(OCTET_STRING, &[&self.value]),
            ],
        ))
    }
}

fn read_list(
    mut list: Walker<'_>,
    limits: &Limits,
    notes: &mut Notes,
) -> Result<Vec<Extension>, FormatError> {
    const PLACE: &str = "扩展数据";
    let mut extensions = Vec::new();
    while !list.is_empty() {
        if extensions.len() >= limits.extensions {
            return Err(FormatError::TooLarge { place: PLACE });
        }
        let mut inner = list.sequence(PLACE, notes)?;
        let oid = inner.oid("扩展标识", notes)?;
        let critical = if inner.peek() == Some(BOOLEAN) {
            let critical = inner.boolean("扩展关键性", notes)?;
            if critical {
                notes.remark(
                    "extension_critical",
                    PLACE,
                    "含有标为关键的扩展，本平台不解读其内容",
                );
            } else {
                notes.info(
                    "critical_false_written",
                    PLACE,
                    "写出了缺省值 FALSE，其他产品也这样写",
                );
            }
            critical
        } else {
            false
        };
        let value = inner.octets("扩展内容", notes)?.to_vec();
        inner.finish(PLACE, notes);
        extensions.push(Extension {
            oid,
            critical,
            value,
        });
    }
    Ok(extensions)
}
