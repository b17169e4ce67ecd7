//! Where the time goes: seconds by stage over a file or folder of articles, on one thread.
//!
//! usage: `cargo run --release --example stages -- ARTICLES`

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use whomet::encode::{
    Encoder, ModelFiles, PieceCache, PieceWindow, RtenEncoder, Scores, WordPieces,
};
use whomet::ingest::{Files, ReadOptions, Source};
use whomet::tag::Tagger;

static ENCODING: AtomicU64 = AtomicU64::new(0);
static PIECES: AtomicU64 = AtomicU64::new(0);

/// Counts the time inside the engine.
struct Timed(RtenEncoder);

impl Encoder for Timed {
    fn encode(&self, windows: &[PieceWindow]) -> whomet::Result<Vec<Scores>> {
        let start = Instant::now();
        let out = self.0.encode(windows);
        ENCODING.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        let pieces: usize = windows.iter().map(|w| w.ids.len()).sum();
        PIECES.fetch_add(pieces as u64, Ordering::Relaxed);
        out
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let files = ModelFiles::load(None)?;
    let vocabulary = WordPieces::from_json(&files.tokenizer, &files.origin)?;
    let encoder = Timed(RtenEncoder::new(&files)?);
    let tagger = Tagger::new(&encoder, &vocabulary, &files.heads);
    let mut cache = PieceCache::default();
    let mut source = Files::open(&paths, ReadOptions::default())?;
    let names = [
        "read",
        "clean",
        "segment",
        "find candidates",
        "tag (with encoder)",
        "resolve",
    ];
    let mut seconds = [0.0; 6];
    let mut words = 0;
    let (start, mut last) = (Instant::now(), Instant::now());
    let mut lap = |stage: usize| {
        seconds[stage] += last.elapsed().as_secs_f64();
        last = Instant::now();
    };
    while let Some(raw) = source.next() {
        lap(0);
        let Ok(article) = raw.and_then(|raw| whomet::clean::clean(raw, None)) else {
            continue;
        };
        words += article.body.split_whitespace().count();
        lap(1);
        let document = whomet::segment::segment(article);
        lap(2);
        let (candidates, _) = whomet::extractor::candidates(&document);
        lap(3);
        let tagged = tagger.tag(document, &candidates, &mut cache)?;
        lap(4);
        std::hint::black_box(whomet::extractor::resolve(tagged, &candidates));
        lap(5);
    }
    let total = start.elapsed().as_secs_f64();
    let mut out = String::new();
    for (name, s) in names.iter().zip(seconds) {
        out += &format!("{name:20} {s:8.2} s {:5.1} %\n", 100.0 * s / total);
    }
    let encoding = ENCODING.load(Ordering::Relaxed) as f64 / 1e9;
    let pieces = PIECES.load(Ordering::Relaxed) as f64;
    out += &format!(
        "{:20} {encoding:8.2} s {:5.1} %\n",
        "encoder alone",
        100.0 * encoding / total
    );
    out += &format!(
        "{words} words, {:.0} words/s, {:.0} pieces/s in the encoder\n",
        words as f64 / total,
        pieces / encoding
    );
    std::io::Write::write_all(&mut std::io::stdout(), out.as_bytes())?;
    Ok(())
}
