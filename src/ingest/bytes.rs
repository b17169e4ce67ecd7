//! FoundFile => decompressed bytes, within limits.
//!
//! Everything a reader sees passes through [`open`]: the file's bytes are counted (for progress), decompressed where
//! the name ends in `.gz` or `.zst`, and checked against [`ReadOptions`]'s two limits, so that a compression bomb is an
//! error with a reason. No reader ever gets an early end of file in place of an error.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::{Compression, ReadOptions};

/// Decoded bytes below which the ratio is not looked at: short files of one repeated character are harmless.
const RATIO_FLOOR: u64 = 16 << 20;

/// A byte source that readers of articles take; `Send`, so that ingestion may run on its own thread.
pub(super) type Bytes = Box<dyn Read + Send>;

/// Opens `path` for reading; `-` is standard input. Raw bytes read are added to `counter`.
///
/// # Errors
/// Whatever the operating system says. Damaged or oversized compressed data shows later, as a read error.
pub(super) fn open(
    path: &Path,
    compression: Compression,
    counter: Arc<AtomicU64>,
    options: &ReadOptions,
) -> io::Result<Bytes> {
    let raw: Bytes = if path.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path)?)
    };
    let used = Arc::new(AtomicU64::new(0));
    let counted = BufReader::with_capacity(
        1 << 16,
        Counted {
            inner: raw,
            total: counter,
            own: Arc::clone(&used),
        },
    );
    let decoded: Bytes = match compression {
        Compression::None => return Ok(Box::new(counted)),
        Compression::Gzip => Box::new(MultiGzDecoder::new(counted)),
        Compression::Zstd => Box::new(ZstdFrames {
            state: ZstdState::Between(counted),
        }),
    };
    Ok(Box::new(Limited {
        inner: decoded,
        used,
        out: 0,
        max: options.max_bytes,
        ratio: options.max_ratio,
    }))
}

/// Counts raw bytes, for the run's progress and for this file's ratio.
struct Counted {
    inner: Bytes,
    total: Arc<AtomicU64>,
    own: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.total.fetch_add(n as u64, Ordering::Relaxed);
        self.own.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Fails once a decoder has put out too much, in total or for what it was given.
struct Limited {
    inner: Bytes,
    used: Arc<AtomicU64>,
    out: u64,
    max: u64,
    ratio: u64,
}

impl Read for Limited {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the compressed data ends early; the file was cut off",
            ),
            io::ErrorKind::Interrupted => e,
            kind => io::Error::new(kind, format!("the compressed data is damaged ({e})")),
        })?;
        self.out += n as u64;
        if self.out > self.max {
            return Err(io::Error::other(format!(
                "decompresses to more than the limit of {} bytes",
                self.max
            )));
        }
        let used = self.used.load(Ordering::Relaxed).max(1);
        if self.out > RATIO_FLOOR && self.out / used > self.ratio {
            return Err(io::Error::other(format!(
                "decompresses to more than {} times its size; this looks like a compression bomb",
                self.ratio
            )));
        }
        Ok(n)
    }
}

/// All frames of a zstd file one after the other. `ruzstd` decodes one frame only, as its documentation says; files
/// written by `pzstd` or joined with `cat` hold several, and skippable ones between them.
struct ZstdFrames<R: BufRead> {
    state: ZstdState<R>,
}

/// A frame's decoder; the magic number was read ahead to tell frames from skippable ones.
type Frame<R> = StreamingDecoder<Chain<Cursor<[u8; 4]>, R>, FrameDecoder>;

enum ZstdState<R: BufRead> {
    Between(R),
    Inside(Box<Frame<R>>),
    Done,
}

impl<R: BufRead> ZstdFrames<R> {
    /// The next state at a frame's beginning, or `Done` at the end of the file.
    fn begin(mut source: R) -> io::Result<ZstdState<R>> {
        loop {
            if source.fill_buf()?.is_empty() {
                return Ok(ZstdState::Done);
            }
            let mut magic = [0u8; 4];
            source.read_exact(&mut magic)?;
            // RFC 8878, section 3.1.2: skippable frames have magic numbers 0x184D2A50 to 0x184D2A5F.
            if magic[0] & 0xF0 == 0x50 && magic[1..] == [0x2A, 0x4D, 0x18] {
                let mut length = [0u8; 4];
                source.read_exact(&mut length)?;
                let length = u64::from(u32::from_le_bytes(length));
                if io::copy(&mut source.by_ref().take(length), &mut io::sink())? < length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                continue;
            }
            let frame = StreamingDecoder::new(Cursor::new(magic).chain(source))
                .map_err(io::Error::other)?;
            return Ok(ZstdState::Inside(Box::new(frame)));
        }
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            self.state = match std::mem::replace(&mut self.state, ZstdState::Done) {
                ZstdState::Done => return Ok(0),
                ZstdState::Between(source) => Self::begin(source)?,
                ZstdState::Inside(mut frame) => match frame.read(buf) {
                    Ok(0) => ZstdState::Between(frame.into_inner().into_inner().1),
                    Ok(n) => {
                        self.state = ZstdState::Inside(frame);
                        return Ok(n);
                    }
                    // The decoder reports an early end only as text of its own; an empty source tells the two apart.
                    Err(e) => {
                        let ended = frame
                            .get_mut()
                            .get_mut()
                            .1
                            .fill_buf()
                            .is_ok_and(<[u8]>::is_empty);
                        return Err(if ended {
                            io::ErrorKind::UnexpectedEof.into()
                        } else {
                            e
                        });
                    }
                },
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gz(data: &[u8]) -> Vec<u8> {
        let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        e.write_all(data).unwrap();
        e.finish().unwrap()
    }

    fn zst(data: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn read(bytes: &[u8], compression: Compression, options: &ReadOptions) -> io::Result<Vec<u8>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let counter = Arc::new(AtomicU64::new(0));
        let mut out = Vec::new();
        open(file.path(), compression, counter, options)?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn members_and_frames_are_joined() {
        let options = ReadOptions::default();
        let two = [gz(b"one "), gz(b"two")].concat();
        assert_eq!(read(&two, Compression::Gzip, &options).unwrap(), b"one two");
        let skippable = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        let two = [zst(b"one "), skippable.to_vec(), zst(b"two")].concat();
        assert_eq!(read(&two, Compression::Zstd, &options).unwrap(), b"one two");
    }

    #[test]
    fn cut_and_damaged_data_are_errors() {
        let options = ReadOptions::default();
        let text: Vec<u8> = (0..200_000u32)
            .flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        for (packed, how) in [
            (gz(&text), Compression::Gzip),
            (zst(&text), Compression::Zstd),
        ] {
            let error = read(&packed[..packed.len() / 2], how, &options)
                .unwrap_err()
                .to_string();
            assert!(error.contains("cut off"), "{error}");
            let mut damaged = packed.clone();
            damaged[0] ^= 0xFF;
            assert!(read(&damaged, how, &options).is_err());
        }
    }

    #[test]
    fn bombs_are_refused() {
        let zeros = vec![b'a'; 40 << 20];
        let packed = gz(&zeros);
        let error = read(&packed, Compression::Gzip, &ReadOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains("bomb"), "{error}");
        let options = ReadOptions {
            max_bytes: 1000,
            ..ReadOptions::default()
        };
        let error = read(&packed, Compression::Gzip, &options)
            .unwrap_err()
            .to_string();
        assert!(error.contains("1000 bytes"), "{error}");
    }
}
