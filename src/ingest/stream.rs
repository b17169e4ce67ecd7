//! Bytes => buffered bytes that can be cut at line ends, with what their start says of the encoding.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use encoding_rs::Encoding;

use super::bytes::Bytes;
use super::encoding::{self, Decoded, PREFIX, Transcoder};

/// A file that is read record by record.
pub(super) struct Stream {
    /// The bytes, without a byte-order mark; UTF-8 where `transcoded`.
    pub input: Box<dyn BufRead + Send>,
    /// The first bytes of `input`, for sniffing; empty where they would need decoding first.
    pub prefix: Vec<u8>,
    decoding: Decoding,
}

/// How the records of a stream are decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoding {
    hint: Option<&'static Encoding>,
    transcoded: Option<&'static Encoding>,
}

impl Decoding {
    /// Decodes one record.
    pub fn decode(self, bytes: &[u8]) -> Decoded {
        let mut decoded = encoding::decode_record(bytes, self.hint);
        if self.transcoded.is_some() {
            decoded
                .notes
                .extend(encoding::replacement_note(&decoded.text));
        }
        decoded
    }

    /// The decoding that `bytes` as a whole ask for, for use on parts of them.
    pub fn settle(self, bytes: &[u8]) -> Decoding {
        Decoding {
            hint: encoding::settle(bytes, self.hint),
            ..self
        }
    }
}

impl Stream {
    /// Reads the start of `bytes` and decides how to go on. Never fails: a read error that comes early is kept and
    /// given out in its place.
    pub fn new(mut bytes: Bytes, forced: Option<&'static Encoding>) -> Stream {
        let mut prefix = Vec::new();
        let error = bytes
            .by_ref()
            .take(PREFIX as u64)
            .read_to_end(&mut prefix)
            .err();
        let (encoding, mark) = match Encoding::for_bom(&prefix) {
            Some((encoding, mark)) => (Some(encoding), mark),
            None => (forced, 0),
        };
        prefix.drain(..mark);
        let known = encoding.is_some();
        let encoding = encoding
            .or_else(|| encoding::sniff(&prefix))
            .filter(|e| *e != encoding_rs::UTF_8);
        let rest = Cursor::new(prefix.clone())
            .chain(Failing(error))
            .chain(bytes);
        match encoding {
            // What the user or a mark says is exact; a guess is only used for the records that are not UTF-8.
            Some(encoding) if known || encoding::needs_transcoding(encoding) => Stream {
                input: Box::new(BufReader::with_capacity(
                    1 << 16,
                    Transcoder::new(rest, encoding),
                )),
                prefix: encoding
                    .decode_without_bom_handling(&prefix)
                    .0
                    .into_owned()
                    .into_bytes(),
                decoding: Decoding {
                    hint: None,
                    transcoded: Some(encoding),
                },
            },
            hint => Stream {
                input: Box::new(BufReader::with_capacity(1 << 16, rest)),
                prefix,
                decoding: Decoding {
                    hint,
                    transcoded: None,
                },
            },
        }
    }

    /// How its records are decoded.
    pub fn decoding(&self) -> Decoding {
        self.decoding
    }
}

/// Gives the error once, then nothing.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
