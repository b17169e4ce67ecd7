//! bytes => text, with a note wherever something was guessed or replaced.
//!
//! Order: byte-order mark; the `--encoding` option; the encoding that the input declares (HTML `meta`); UTF-16 without
//! a mark, known by its NUL bytes; UTF-8 where valid; else the guess of `chardetng`, the detector of Firefox. Labels are
//! those of the WHATWG Encoding Standard.

use std::borrow::Cow;
use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes at the start of a file that are looked at for UTF-16, and of streamed files for a guess.
pub(super) const PREFIX: usize = 1 << 18;

/// Text and what a user should know about how it was decoded.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub text: String,
    pub notes: Vec<String>,
}

/// The encoding of a label such as `latin1` or `windows-1251`, or a message.
pub(super) fn by_label(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
        format!("unknown encoding `{label}`; use a label of the WHATWG Encoding Standard")
    })
}

/// Decodes a whole file. `declared` is what the file says of itself; it loses against a mark, an option and valid UTF-8.
pub(super) fn decode_file(
    bytes: &[u8],
    forced: Option<&'static Encoding>,
    declared: Option<&'static Encoding>,
) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(&bytes[mark..], encoding, None);
    }
    if let Some(encoding) = forced {
        return decode_as(bytes, encoding, None);
    }
    // A page that was saved as UTF-8 often still declares its old charset; valid UTF-8 with other than ASCII
    // characters is UTF-8 beyond reasonable doubt.
    if let Some(encoding) = utf16_without_mark(bytes) {
        return decode_as(bytes, encoding, Some("guessed"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded {
            text: text.to_owned(),
            notes: Vec::new(),
        };
    }
    if let Some(encoding) = declared.filter(|e| *e != UTF_16LE && *e != UTF_16BE) {
        return decode_as(bytes, encoding, Some("declared"));
    }
    decode_record(bytes, None)
}

/// Decodes one record of a byte-oriented file: UTF-8 where valid, else `hint`, else the detector's guess.
pub(super) fn decode_record(bytes: &[u8], hint: Option<&'static Encoding>) -> Decoded {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded {
            text: text.to_owned(),
            notes: Vec::new(),
        };
    }
    match settle(bytes, hint) {
        Some(encoding) if encoding != UTF_8 => decode_as(bytes, encoding, Some("guessed")),
        _ => decode_as(bytes, UTF_8, None),
    }
}

/// The encoding of a record; None where it is UTF-8 without fault.
pub(super) fn settle(bytes: &[u8], hint: Option<&'static Encoding>) -> Option<&'static Encoding> {
    if std::str::from_utf8(bytes).is_ok() {
        None
    } else if hint.is_none() && mostly_utf8(bytes) {
        // A few damaged bytes among UTF-8 are damage, not a legacy encoding.
        Some(UTF_8)
    } else {
        Some(hint.unwrap_or_else(|| guess(bytes)))
    }
}

/// The encoding that the start of a streamed file suggests; None for UTF-8 and ASCII.
pub(super) fn sniff(prefix: &[u8]) -> Option<&'static Encoding> {
    if let Some(encoding) = utf16_without_mark(prefix) {
        return Some(encoding);
    }
    // Only lines that are no UTF-8 tell: files that were joined from several may have lines of either kind. The last
    // line may be cut in the middle of a character.
    let complete = prefix.iter().rposition(|b| *b == b'\n').unwrap_or(0);
    let mut foreign = Vec::new();
    for line in prefix[..complete].split(|b| *b == b'\n') {
        if std::str::from_utf8(line).is_err() && !mostly_utf8(line) {
            foreign.extend_from_slice(line);
            foreign.push(b'\n');
        }
    }
    (!foreign.is_empty()).then(|| guess(&foreign))
}

/// True where a file in this encoding cannot be cut at line ends before it is decoded.
pub(super) fn needs_transcoding(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE || !encoding.is_ascii_compatible()
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    // News text is web text: ISO-2022-JP is not guessed, as in browsers.
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(4 << 20)], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// At least nine in ten multi-byte positions are well-formed UTF-8. In a legacy encoding hardly any are.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= 9 * bad
}

/// UTF-16 has a NUL byte in every Latin character, digit, space and line end; text in other encodings has none.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let enough = head.len() / 2 / 20; // one unit in twenty: spaces alone give that in any script that has them
    if odd > enough && odd > 4 * even {
        Some(UTF_16LE)
    } else if even > enough && even > 4 * odd {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn decode_as(bytes: &[u8], encoding: &'static Encoding, how: Option<&str>) -> Decoded {
    let (text, malformed) =
        match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => (text.into_owned(), 0),
            None => decode_with_count(bytes, encoding),
        };
    let mut notes = Vec::new();
    if let Some(how) = how {
        notes.push(format!("encoding {} ({how})", encoding.name()));
    }
    if malformed > 0 {
        notes.push(replaced(malformed, encoding));
    }
    Decoded { text, notes }
}

fn replaced(n: usize, encoding: &'static Encoding) -> String {
    format!(
        "{n} byte sequences that are no {} were replaced by U+FFFD",
        encoding.name()
    )
}

/// Decodes with every malformed sequence replaced and counted.
fn decode_with_count(bytes: &[u8], encoding: &'static Encoding) -> (String, usize) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = String::new();
    let mut malformed = 0;
    let mut rest = bytes;
    loop {
        let need = decoder
            .max_utf8_buffer_length_without_replacement(rest.len().min(1 << 20))
            .unwrap_or(1 << 22);
        out.reserve(need.max(16));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut out, true);
        rest = &rest[read..];
        match result {
            encoding_rs::DecoderResult::InputEmpty => return (out, malformed),
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => {
                malformed += 1;
                out.push('\u{FFFD}');
            }
        }
    }
}

/// Reads any encoding as UTF-8, for files that are streamed.
pub(super) struct Transcoder<R> {
    inner: R,
    /// None once it was told that the input has ended and has given everything.
    decoder: Option<Decoder>,
    input: Vec<u8>,
    from: usize,
    ended: bool,
    output: Vec<u8>,
    given: usize,
}

impl<R: Read> Transcoder<R> {
    /// Decodes what `inner` gives as `encoding`; a byte-order mark is dropped.
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = Some(encoding.new_decoder_with_bom_removal());
        Transcoder {
            inner,
            decoder,
            input: Vec::new(),
            from: 0,
            ended: false,
            output: Vec::new(),
            given: 0,
        }
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            let Some(decoder) = &mut self.decoder else {
                return Ok(0);
            };
            if self.from == self.input.len() && !self.ended {
                self.input.resize(PIECE, 0);
                let n = self.inner.read(&mut self.input)?;
                self.input.truncate(n);
                self.from = 0;
                self.ended = n == 0;
            }
            // Three bytes of UTF-8 for every byte of input is the most that any encoding needs.
            self.output.resize(3 * PIECE + 16, 0);
            let (result, read, written, _) =
                decoder.decode_to_utf8(&self.input[self.from..], &mut self.output, self.ended);
            self.from += read;
            self.output.truncate(written);
            self.given = 0;
            if self.ended && result == CoderResult::InputEmpty {
                self.decoder = None;
            }
        }
        let n = buf.len().min(self.output.len() - self.given);
        buf[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

/// Bytes that a [`Transcoder`] decodes at a time.
const PIECE: usize = 1 << 16;

/// A note for a record of a transcoded file that holds replacement characters.
pub(super) fn replacement_note(text: &str) -> Option<String> {
    let n = text.matches('\u{FFFD}').count();
    (n > 0).then(|| format!("{n} replacement characters (U+FFFD) in the text"))
}

/// The charset that an HTML page declares in its first 1,024 bytes, as the HTML standard's prescan does it, simplified:
/// `<meta charset=…>`, `<meta http-equiv … content="…charset=…">`, `<?xml … encoding="…"?>`.
pub(super) fn html_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: Cow<'_, str> = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let head = head.to_ascii_lowercase();
    let mut rest = head.as_str();
    while let Some(at) = rest.find("charset").or_else(|| rest.find("encoding=")) {
        rest = &rest[at..];
        let after = rest
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .trim_start();
        if let Some(value) = after.strip_prefix('=') {
            let value = value.trim_start().trim_start_matches(['"', '\'']);
            let label: &str = value
                .split(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)))
                .next()?;
            if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
                return Some(encoding);
            }
        }
        rest = rest.get(7..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

    fn utf16(text: &str, le: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if le { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    }

    #[test]
    fn utf16_with_and_without_mark() {
        let text = "Лавров met Fidan, in Ankara.\n".repeat(30);
        for le in [true, false] {
            let bytes = utf16(&text, le);
            assert_eq!(decode_file(&bytes, None, None).text, text);
            let marked = utf16(&format!("\u{FEFF}{text}"), le);
            let decoded = decode_file(&marked, None, None);
            assert_eq!(
                (decoded.text.as_str(), decoded.notes.len()),
                (text.as_str(), 0)
            );
        }
    }

    #[test]
    fn legacy_encodings_are_guessed_and_said() {
        let russian = "Министр иностранных дел встретился со своим коллегой в Стамбуле в четверг. ";
        let (bytes, ..) = WINDOWS_1251.encode(russian);
        let decoded = decode_file(&bytes, None, None);
        assert_eq!(decoded.text, russian);
        assert!(
            decoded.notes[0].contains("windows-1251"),
            "{:?}",
            decoded.notes
        );
        let (bytes, ..) = WINDOWS_1252.encode("Le président a reçu son homologue à l’Élysée.");
        assert!(decode_file(&bytes, None, None).text.contains("à l’Élysée"));
        let (bytes, ..) = SHIFT_JIS.encode("大統領は首相と会談した。");
        assert_eq!(
            decode_file(&bytes, by_label("sjis").ok(), None).text,
            "大統領は首相と会談した。"
        );
    }

    #[test]
    fn damage_in_utf8_is_counted() {
        let mut bytes = "Erdoğan, Zelenskyy — and Čović met in Šibenik; Plenković, Šefčovič. "
            .repeat(3)
            .into_bytes();
        bytes.extend(b"A bad \xFF byte.");
        let decoded = decode_file(&bytes, None, None);
        assert!(decoded.text.ends_with("A bad \u{FFFD} byte."));
        assert!(
            decoded.notes[0].starts_with("1 byte"),
            "{:?}",
            decoded.notes
        );
    }

    #[test]
    fn charset_of_a_page() {
        let page =
            br#"<html><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">"#;
        assert_eq!(html_charset(page).map(Encoding::name), Some("ISO-8859-2"));
        assert_eq!(
            html_charset(b"<meta charset='koi8-r'>").map(Encoding::name),
            Some("KOI8-R")
        );
        assert_eq!(
            html_charset(b"<p>no charset here, charset").map(Encoding::name),
            None
        );
    }

    #[test]
    fn transcoder_gives_everything_and_ends() {
        let text = "Zażółć gęślą jaźń 今日は\n".repeat(20_000);
        let mut out = String::new();
        let mut reader = Transcoder::new(
            io::Cursor::new(utf16(&format!("\u{FEFF}{text}"), true)),
            UTF_16LE,
        );
        reader.read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
        assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0);
    }
}
