//! What several ASN.1 structures have in common: reading a whole input, signed envelopes, times.

use der::{
    AnyRef, Choice, Decode, Encode, ErrorKind, Length, Reader, Sequence, SliceReader, Tag, Tagged,
    Writer,
    asn1::{Any, BitStringRef, GeneralizedTime, ObjectIdentifier, UtcTime},
};
use gm::{PublicKey, Signature};
use jiff::{Timestamp, civil, tz::TimeZone};
use spki::AlgorithmIdentifierRef;

use crate::error::{Error, What};

/// Reads exactly one value and nothing after it, from an input of at most `limit` bytes.
pub(crate) fn read_whole<'a, T>(what: What, limit: usize, der: &'a [u8]) -> Result<T, Error>
where
    T: Decode<'a, Error = der::Error>,
{
    if der.len() > limit {
        return Err(Error::TooLarge { what, limit });
    }
    T::from_der(der).map_err(|source| Error::Malformed { what, source })
}

/// The elements of a constructed value, one after the other.
pub(crate) fn elements(value: &[u8]) -> der::Result<Vec<Raw<'_>>> {
    let mut reader = SliceReader::new(value)?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(Raw::decode(&mut reader)?);
    }
    Ok(elements)
}

/// The elements of a SEQUENCE, taken one by one where some are optional.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a>(std::iter::Peekable<std::vec::IntoIter<Raw<'a>>>);

impl<'a> Fields<'a> {
    /// Of a whole SEQUENCE, header included.
    pub(crate) fn of(sequence: Raw<'a>) -> der::Result<Self> {
        let elements = elements(sequence.content(Tag::Sequence)?)?;
        Ok(Self(elements.into_iter().peekable()))
    }

    /// The next element, which has to be there.
    pub(crate) fn required(&mut self) -> der::Result<Raw<'a>> {
        self.0
            .next()
            .ok_or_else(|| Tag::Sequence.length_error().into())
    }

    /// The next element, decoded.
    pub(crate) fn decode<T: Decode<'a, Error = der::Error>>(&mut self) -> der::Result<T> {
        T::from_der(self.required()?.0)
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, wanted: Tag) -> Option<Raw<'a>> {
        self.0
            .next_if(|next| next.any().is_ok_and(|any| any.tag() == wanted))
    }

    /// The content of the next element if it is `[number]`, primitive or constructed.
    pub(crate) fn context(&mut self, wanted: u32) -> Option<&'a [u8]> {
        let is_wanted = |next: &Raw<'_>| {
            let tag = next.any().map(|any| any.tag());
            matches!(tag, Ok(Tag::ContextSpecific { number, .. }) if number.value() == wanted)
        };
        self.0.next_if(is_wanted)?.any().ok().map(AnyRef::value)
    }

    /// Nothing may be left.
    pub(crate) fn finish(mut self) -> der::Result<()> {
        if self.0.next().is_some() {
            Err(Tag::Sequence.length_error().into())
        } else {
            Ok(())
        }
    }
}

/// Any value, with its bytes (header included) as they stand in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw<'a>(pub(crate) &'a [u8]);

impl<'a> Raw<'a> {
    /// Tag and content.
    pub(crate) fn any(self) -> der::Result<AnyRef<'a>> {
        AnyRef::from_der(self.0)
    }

    /// The content of a value with this tag.
    pub(crate) fn content(self, tag: Tag) -> der::Result<&'a [u8]> {
        let any = self.any()?;
        any.tag().assert_eq(tag)?;
        Ok(any.value())
    }
}

impl<'a> Decode<'a> for Raw<'a> {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        Ok(Self(reader.tlv_bytes()?))
    }
}

impl Encode for Raw<'_> {
    fn encoded_len(&self) -> der::Result<Length> {
        Length::try_from(self.0.len())
    }

    fn encode(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}

/// ```text
/// -- X.509, 6.2.1: certificates, requests and CRLs have this shape
/// SIGNED ::= SEQUENCE { toBeSigned ANY, algorithmIdentifier AlgorithmIdentifier, signature BIT STRING }
/// ```
#[derive(Debug, Clone, Sequence)]
pub(crate) struct Signed<'a> {
    pub(crate) tbs: Raw<'a>,
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    pub(crate) signature: BitStringRef<'a>,
}

impl Signed<'_> {
    /// Puts `tbs` and its signature together.
    pub(crate) fn assemble(tbs: &[u8], signature: &Signature) -> Vec<u8> {
        let signature = signature.to_der();
        let signed = Signed {
            tbs: Raw(tbs),
            algorithm: sm2_sm3(),
            // Whole octets: no unused bits to be wrong about.
            signature: BitStringRef::from_bytes(&signature).expect("a short bit string"),
        };
        encode(&signed)
    }
}

/// Checks an SM3withSM2 signature in strict DER over `tbs`.
pub(crate) fn verify_sm2(
    key: &PublicKey,
    tbs: &[u8],
    algorithm: &str,
    signature: &[u8],
) -> Result<(), Error> {
    if algorithm != gm::oid::SM2_SM3 {
        return Err(Error::NotSm2Signature {
            algorithm: algorithm_name(algorithm),
        });
    }
    let signature = Signature::from_der(signature).map_err(|_| Error::Signature)?;
    key.verify(tbs, &signature).map_err(|_| Error::Signature)
}

/// The algorithm identifier that we write: SM3withSM2 without parameters (GM/T 0015).
pub(crate) fn sm2_sm3() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef {
        oid: ObjectIdentifier::new_unwrap(gm::oid::SM2_SM3),
        parameters: None,
    }
}

/// Encodes what was built here from parts of bounded size.
pub(crate) fn encode(value: &impl Encode) -> Vec<u8> {
    // Encoding fails only beyond 256 MiB or on values that a type refuses to hold; ours are neither.
    value
        .to_der()
        .expect("a structure of bounded size is encodable")
}

/// A readable name for the algorithms that are met, else the OID.
pub(crate) fn algorithm_name(oid: &str) -> String {
    let name = match oid {
        gm::oid::SM2_SM3 => "SM3withSM2",
        gm::oid::SM2 => "SM2",
        gm::oid::EC_PUBLIC_KEY => "EC",
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.113549.1.1.5" => "SHA1withRSA",
        "1.2.840.113549.1.1.11" => "SHA256withRSA",
        "1.2.840.113549.1.1.12" => "SHA384withRSA",
        "1.2.840.113549.1.1.13" => "SHA512withRSA",
        "1.2.840.10045.3.1.7" => "EC P-256",
        "1.3.132.0.34" => "EC P-384",
        "1.3.132.0.10" => "EC secp256k1",
        "1.2.840.10045.4.3.2" => "SHA256withECDSA",
        "1.3.101.112" => "Ed25519",
        other => other,
    };
    name.to_owned()
}

/// ```text
/// -- X.509: years of UTCTime from 50 on are of the twentieth century
/// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

impl<'a> Decode<'a> for Time {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        AnyRef::decode(reader).and_then(read_time).map(Self)
    }
}

impl Encode for Time {
    fn encoded_len(&self) -> der::Result<Length> {
        write_time(self.0)?.encoded_len()
    }

    fn encode(&self, writer: &mut impl Writer) -> der::Result<()> {
        write_time(self.0)?.encode(writer)
    }
}

impl Tagged for Time {
    fn tag(&self) -> Tag {
        write_time(self.0).map_or(Tag::GeneralizedTime, |any| any.tag())
    }
}

impl<'a> Choice<'a> for Time {
    fn can_decode(tag: Tag) -> bool {
        matches!(tag, Tag::UtcTime | Tag::GeneralizedTime)
    }
}

/// The moment that a UTCTime or GeneralizedTime in UTC names; fractions of a second are kept.
pub(crate) fn read_time(value: AnyRef<'_>) -> der::Result<Timestamp> {
    let wrong = || der::Error::from(ErrorKind::DateTime);
    let text = std::str::from_utf8(value.value()).map_err(|_| wrong())?;
    let text = text.strip_suffix('Z').ok_or_else(wrong)?;
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = match value.tag() {
        Tag::UtcTime if digits.len() == 12 && fraction.is_empty() && digits.is_ascii() => {
            format!("{}{digits}", if &digits[..2] < "50" { "20" } else { "19" })
        }
        Tag::GeneralizedTime if digits.len() == 14 => digits.to_owned(),
        _ => return Err(wrong()),
    };
    if !digits
        .bytes()
        .chain(fraction.bytes())
        .all(|b| b.is_ascii_digit())
        || fraction.len() > 9
    {
        return Err(wrong());
    }
    let number = |at: std::ops::Range<usize>| digits[at].parse::<i16>().map_err(|_| wrong());
    let small = |at| number(at).map(|n| n as i8);
    let nanoseconds = format!("{fraction:0<9}").parse().map_err(|_| wrong())?;
    let time = civil::DateTime::new(
        number(0..4)?,
        small(4..6)?,
        small(6..8)?,
        small(8..10)?,
        small(10..12)?,
        small(12..14)?,
        nanoseconds,
    );
    let zoned = time
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .map_err(|_| wrong())?;
    Ok(zoned.timestamp())
}

/// The moment in whole seconds, as UTCTime up to 2049 and as GeneralizedTime after (RFC 5280, 4.1.2.5).
///
/// # Errors
/// For moments before 1970 and after 9999.
pub(crate) fn write_time(at: Timestamp) -> der::Result<Any> {
    let seconds = u64::try_from(at.as_second()).map_err(|_| ErrorKind::DateTime)?;
    let since_1970 = std::time::Duration::from_secs(seconds);
    let general = GeneralizedTime::from_unix_duration(since_1970)?;
    if general.to_date_time().year() < 2050 {
        Any::encode_from(&UtcTime::from_unix_duration(since_1970)?)
    } else {
        Any::encode_from(&general)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(tag: Tag, text: &str) -> Option<String> {
        let any = AnyRef::new(tag, text.as_bytes()).unwrap();
        read_time(any).ok().map(|at| at.to_string())
    }

    #[test]
    fn times_are_read_in_both_forms() {
        let utc = |text| time(Tag::UtcTime, text);
        let general = |text| time(Tag::GeneralizedTime, text);
        assert_eq!(utc("200421143938Z").unwrap(), "2020-04-21T14:39:38Z");
        assert_eq!(utc("500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
        assert_eq!(general("20500101000000Z").unwrap(), "2050-01-01T00:00:00Z");
        assert_eq!(
            general("20261122103000.25Z").unwrap(),
            "2026-11-22T10:30:00.25Z"
        );
        for wrong in [
            "",
            "Z",
            "200421143938",
            "2004211439Z",
            "200431143938Z",
            "20042114393éZ",
        ] {
            assert_eq!(utc(wrong), None, "{wrong}");
        }
        for wrong in [
            "20261122103060Z",
            "20261322103000Z",
            "-0261122103000Z",
            "2026112210300.Z",
        ] {
            assert_eq!(general(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn written_times_are_read_back(seconds in 0i64..253_402_300_799) {
            let at = Timestamp::from_second(seconds).unwrap();
            let any = write_time(at).unwrap();
            prop_assert_eq!(read_time(AnyRef::from(&any)).unwrap(), at);
        }

        #[test]
        fn no_time_panics(text in "\\PC{0,20}", tag in prop_oneof![Just(Tag::UtcTime), Just(Tag::GeneralizedTime)]) {
            time(tag, &text);
        }
    }
}
