//! PDF bombs: compressed streams that grow out of all proportion are found before anything of the file is read.

use flate2::{Decompress, FlushDecompress, Status};
use memchr::memmem;

use crate::{Limits, ScanError};

/// Bytes that all streams may grow to together.
const MOST_TOGETHER: u64 = 3_000_000_000;
/// Streams inside streams.
const DEEPEST: u32 = 2;

/// Checks every compressed stream of a PDF by inflating it to nowhere.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), ScanError> {
    // A compression of the 1990s that can grow two thousandfold and is in no scanner's files.
    if memmem::find(bytes, b"/LZW").is_some() {
        return Err(ScanError::Unsupported {
            what: "PDF 的 LZW 压缩",
        });
    }
    let mut together = 0;
    for at in memmem::find_iter(bytes, b"stream") {
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let mut start = at + 6;
        for end_of_line in [b'\r', b'\n'] {
            if bytes.get(start) == Some(&end_of_line) {
                start += 1;
            }
        }
        let grown = grown(&bytes[start..], limits.memory, 0)?;
        together += grown;
        if together > MOST_TOGETHER {
            return Err(ScanError::PdfTooComplex);
        }
    }
    Ok(())
}

/// How large a zlib stream grows; 0 for what is none.
fn grown(compressed: &[u8], most: u64, depth: u32) -> Result<u64, ScanError> {
    if !looks_compressed(compressed) {
        return Ok(0);
    }
    if depth > DEEPEST {
        return Err(ScanError::PdfTooComplex);
    }
    let mut inflater = Decompress::new(true);
    let mut block = vec![0; 64 * 1024];
    let mut inner: Option<Vec<u8>> = None;
    let mut input = compressed;
    loop {
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress(input, &mut block, FlushDecompress::None);
        let fresh = (inflater.total_out() - written) as usize;
        input = &input[(inflater.total_in() - read) as usize..];
        if written == 0 && fresh >= 2 && looks_compressed(&block) {
            inner = Some(vec![]);
        }
        if let Some(inner) = &mut inner {
            inner.extend(&block[..fresh]);
            // What is compressed twice is small once it is unpacked once.
            if inner.len() > 16_000_000 {
                return Err(ScanError::PdfTooComplex);
            }
        }
        if inflater.total_out() > most {
            return Err(ScanError::PdfTooComplex);
        }
        match status {
            Ok(Status::Ok) if fresh > 0 || inflater.total_in() > read => {}
            _ => break,
        }
    }
    let within = match inner {
        Some(inner) => grown(&inner, most, depth + 1)?,
        None => 0,
    };
    Ok(inflater.total_out() + within)
}

/// Whether bytes begin like a zlib stream.
fn looks_compressed(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..]
        if method & 0x0f == 8
            && method >> 4 <= 7
            && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(vec![], Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn pdf_with(stream: &[u8]) -> Vec<u8> {
        [
            b"%PDF-1.7\n1 0 obj <<>> stream\r\n",
            stream,
            b"\nendstream endobj",
        ]
        .concat()
    }

    #[test]
    fn a_stream_that_grows_too_large_is_refused() {
        let limits = Limits {
            memory: 1_000_000,
            ..Limits::default()
        };
        assert_eq!(check(&pdf_with(&packed(&[7; 900_000])), &limits), Ok(()));
        assert_eq!(
            check(&pdf_with(&packed(&[0; 1_100_000])), &limits),
            Err(ScanError::PdfTooComplex)
        );
        let twice = packed(&packed(&[0; 1_100_000]));
        assert_eq!(
            check(&pdf_with(&twice), &limits),
            Err(ScanError::PdfTooComplex)
        );
    }

    #[test]
    fn what_is_broken_is_left_to_the_reader() {
        let mut stream = packed(b"q 1 0 0 1 0 0 cm Q");
        stream.truncate(9);
        assert_eq!(check(&pdf_with(&stream), &Limits::default()), Ok(()));
        assert_eq!(check(b"%PDF-1.7 stream", &Limits::default()), Ok(()));
    }
}
