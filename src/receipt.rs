//! Records and failures => the receipt of a run: `run.json`, and a summary for people.
//!
//! The receipt is the same for the same inputs, options, model and program, however often the run was interrupted and
//! on however many threads it ran; what is not so stands under `timing` alone.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::{EncounterKind, Status};
use crate::error::Location;
use crate::export::folder::FailureLine;
use crate::export::record::Record;
use crate::export::tables;
use crate::ingest::{Files, SkipReason, Skipped};

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    crate::hex(&Sha256::digest(bytes))
}

/// The files of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inputs {
    /// Files to be read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 over their paths and sizes, sorted.
    pub digest: String,
    /// Files in the named folders that are no articles.
    pub ignored: Vec<Ignored>,
    /// Files and folders that the operating system does not let us read.
    pub unreadable: Vec<Ignored>,
    /// Named paths that do not exist.
    pub missing: u64,
}

impl Inputs {
    /// The files that `files`, opened on the paths `named`, will read.
    pub fn of(files: &Files, named: &[PathBuf]) -> Inputs {
        let mut list: Vec<_> = files
            .files()
            .iter()
            .map(|f| (f.path.to_string_lossy(), f.size))
            .collect();
        list.sort();
        let mut digest = Sha256::new();
        for (path, size) in &list {
            digest.update(format!("{path}\0{size}\0"));
        }
        let ignored = |skipped: &Skipped| Ignored {
            path: skipped.path.to_string_lossy().into_owned(),
            reason: skipped.reason.to_string(),
        };
        let refused = |s: &&Skipped| matches!(s.reason, SkipReason::Unreadable { .. });
        let (unreadable, others): (Vec<_>, Vec<_>) = files.skipped().iter().partition(refused);
        let absent = |p: &&PathBuf| p.as_os_str() != "-" && !p.exists();
        Inputs {
            files: list.len() as u64,
            bytes: list.iter().map(|f| f.1).sum(),
            digest: crate::hex(&digest.finalize()),
            ignored: others.into_iter().map(ignored).collect(),
            unreadable: unreadable.into_iter().map(ignored).collect(),
            missing: named.iter().filter(absent).count() as u64,
        }
    }
}

/// A file in a named folder that holds no articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// The file.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// A file or article that could not be read or extracted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The file.
    pub path: String,
    /// Line or record in the file.
    pub record: Option<u64>,
    /// Why.
    pub reason: String,
}

/// Files by fate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCounts {
    /// All files named or found.
    pub seen: u64,
    /// Read, though single articles in them may have failed.
    pub read: u64,
    /// Failed as a whole.
    pub failed: u64,
    /// Passed over, with the reason. They do not change the exit status.
    pub ignored: Vec<Ignored>,
}

/// Articles by fate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleCounts {
    /// Read and extracted.
    pub read: u64,
    /// Failed; see `failed` for each.
    pub failed: u64,
}

/// Characters of cleaned text; the two are equal unless something was silently left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Characters {
    /// In all articles read.
    pub read: u64,
    /// Of these, seen by the extractor.
    pub analysed: u64,
}

/// What was found; encounters are counted from the run's `min_confidence` on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Name mentions.
    pub mentions: u64,
    /// Entities, counted article by article.
    pub entities: u64,
    /// Offices and affiliations.
    pub affiliations: u64,
    /// Encounters by kind: meeting, call, visit.
    pub encounters: BTreeMap<String, u64>,
    /// Encounters by status: occurred, planned, possible, not.
    pub status: BTreeMap<String, u64>,
}

/// Two actors and how often they met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The names, in fixed order.
    pub names: [String; 2],
    /// Meetings and calls that occurred.
    pub encounters: u64,
}

/// A file written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its name in the output folder.
    pub file: String,
    /// Rows without header, or lines.
    pub rows: u64,
}

/// The part of the receipt that differs from call to call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// When the last call began (UTC).
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// Words it extracted a second.
    pub words_per_second: f64,
    /// Worker threads.
    pub threads: usize,
    /// Articles and failures taken over from earlier calls.
    pub resumed: u64,
}

/// The receipt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// `whomet/run`.
    pub schema: String,
    /// 1.
    pub version: u32,
    /// The run's id, as in every document.
    pub run: String,
    /// The program's version.
    pub whomet: String,
    /// The model: name, version, digest.
    pub model: String,
    /// All options that change the output, and the inputs' number, size and digest.
    pub options: BTreeMap<String, String>,
    /// Files by fate.
    pub files: FileCounts,
    /// Articles by fate.
    pub articles: ArticleCounts,
    /// Characters read and analysed.
    pub characters: Characters,
    /// Words (runs of characters between white space) in the articles read.
    pub words: u64,
    /// What was found.
    pub found: Found,
    /// The ten pairs that met most often.
    pub pairs: Vec<Pair>,
    /// Every file or article that failed.
    pub failed: Vec<Failure>,
    /// Files written.
    pub outputs: Vec<Output>,
    /// What differs from call to call.
    pub timing: Timing,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All articles were read, in full.
    Complete,
    /// Some articles failed or were not analysed in full.
    Partial,
    /// No article was read.
    Nothing,
}

impl Outcome {
    /// The exit status: 0, 1 or 2.
    pub fn status(self) -> u8 {
        match self {
            Outcome::Complete => 0,
            Outcome::Partial => 1,
            Outcome::Nothing => 2,
        }
    }
}

impl Receipt {
    /// Takes in what failed.
    pub fn set_failures<'f>(
        &mut self,
        inputs: &Inputs,
        failures: impl IntoIterator<Item = &'f FailureLine>,
    ) {
        let refused = inputs.unreadable.iter().map(|i| Failure {
            path: i.path.clone(),
            record: None,
            reason: i.reason.clone(),
        });
        let failed = failures.into_iter().map(|f| Failure {
            path: f.path.clone(),
            record: f.record,
            reason: f.reason.clone(),
        });
        self.failed = refused.chain(failed).collect();
        let whole: BTreeSet<_> = self
            .failed
            .iter()
            .filter(|f| f.record.is_none())
            .map(|f| &f.path)
            .collect();
        // Some failed before they were counted as files to be read.
        let outside = inputs.unreadable.len() as u64 + inputs.missing;
        let failed = whole.len() as u64;
        self.files = FileCounts {
            seen: inputs.files + inputs.ignored.len() as u64 + outside,
            read: inputs.files.saturating_sub(failed.saturating_sub(outside)),
            failed,
            ignored: inputs.ignored.clone(),
        };
        self.articles.failed = self.failed.len() as u64;
    }

    /// Takes in what was found.
    pub fn set_tally(&mut self, tally: Tally) {
        self.articles.read = tally.articles;
        self.characters = tally.characters;
        self.words = tally.words;
        self.found = tally.found;
        self.pairs = tally.pairs.top;
    }

    /// How the run ended.
    pub fn outcome(&self) -> Outcome {
        if self.articles.read == 0 {
            Outcome::Nothing
        } else if self.failed.is_empty() && self.characters.read == self.characters.analysed {
            Outcome::Complete
        } else {
            Outcome::Partial
        }
    }

    /// A short summary for a terminal; `dir` is the output folder, where there is one.
    pub fn summary(&self, dir: Option<&std::path::Path>) -> String {
        let mut s = String::new();
        let n = |n: u64| grouped(n);
        // Writing to a string cannot fail.
        let _ = writeln!(
            s,
            "Read {} of {} ({} of {}).",
            counted(self.articles.read, "article"),
            n(self.articles.read + self.articles.failed),
            counted(self.files.read, "file"),
            n(self.files.read + self.files.failed),
        );
        if !self.files.ignored.is_empty() {
            let _ = writeln!(
                s,
                "Passed over {}; run.json says why.",
                counted(self.files.ignored.len() as u64, "path")
            );
        }
        if self.characters.read == self.characters.analysed {
            let _ = writeln!(
                s,
                "Analysed {} characters: all of them.",
                n(self.characters.read)
            );
        } else {
            let (analysed, read) = (n(self.characters.analysed), n(self.characters.read));
            let _ = writeln!(
                s,
                "WARNING: only {analysed} of {read} characters were analysed."
            );
        }
        let list = |counts: &BTreeMap<String, u64>| {
            counts
                .iter()
                .map(|(name, count)| format!("{} {name}", n(*count)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let encounters: u64 = self.found.encounters.values().sum();
        let _ = writeln!(
            s,
            "Found {} in {}, {} and {}{}{}{}.",
            counted(self.found.mentions, "name"),
            counted(self.found.entities, "entity"),
            counted(self.found.affiliations, "affiliation"),
            counted(encounters, "encounter"),
            if encounters > 0 {
                format!(" ({}; ", list(&self.found.encounters))
            } else {
                String::new()
            },
            list(&self.found.status),
            if encounters > 0 { ")" } else { "" },
        );
        if !self.pairs.is_empty() {
            s.push_str("Met most often:\n");
        }
        for p in &self.pairs {
            let _ = writeln!(
                s,
                "{:>8}  {} — {}",
                n(p.encounters),
                neutral(&p.names[0]),
                neutral(&p.names[1])
            );
        }
        if !self.failed.is_empty() {
            s.push_str("Failed:\n");
        }
        const SHOWN: usize = 10;
        for f in self.failed.iter().take(SHOWN) {
            let at = Location {
                path: f.path.clone().into(),
                record: f.record,
            };
            let _ = writeln!(s, "  {}: {}", neutral(&at.to_string()), neutral(&f.reason));
        }
        if self.failed.len() > SHOWN {
            let more = n((self.failed.len() - SHOWN) as u64);
            let _ = writeln!(
                s,
                "  and {more} more{}",
                if dir.is_some() { ": see run.json" } else { "" }
            );
        }
        let t = &self.timing;
        let _ = write!(s, "Took {:.1} s", t.seconds);
        if t.words_per_second > 0.0 {
            let _ = write!(
                s,
                ", {} words/s on {}",
                n(t.words_per_second as u64),
                counted(t.threads as u64, "thread")
            );
        }
        let _ = writeln!(s, ", model {}.", neutral(&self.model));
        if let Some(dir) = dir {
            let files: Vec<_> = self
                .outputs
                .iter()
                .map(|o| format!("{} ({})", o.file, n(o.rows)))
                .collect();
            let _ = writeln!(
                s,
                "Wrote to {}: {}, run.json.",
                neutral(&dir.to_string_lossy()),
                files.join(", ")
            );
        }
        s
    }
}

/// Counts what records hold.
#[derive(Debug, Default)]
pub struct Tally {
    articles: u64,
    characters: Characters,
    words: u64,
    found: Found,
    pairs: TopPairs,
}

impl Tally {
    /// Counts `record`.
    pub fn add(&mut self, record: &Record, min_confidence: f32) {
        let characters = record.text.chars().count() as u64;
        self.articles += 1;
        self.characters.read += characters;
        self.characters.analysed += characters.saturating_sub(record.unanalysed);
        self.words += words(&record.text);
        self.found.mentions += record.mentions.len() as u64;
        self.found.entities += record.entities.len() as u64;
        self.found.affiliations += record.roles.len() as u64;
        for (_, m) in tables::encounters(record, min_confidence) {
            *self
                .found
                .encounters
                .entry(tables::kind_name(m.kind).to_owned())
                .or_default() += 1;
            *self
                .found
                .status
                .entry(tables::status_name(m.status).to_owned())
                .or_default() += 1;
            if m.status == Status::Occurred && m.kind != EncounterKind::Visit {
                for [(a, _), (b, _)] in tables::pairs(record, m) {
                    self.pairs.add(&a.name, &b.name);
                }
            }
        }
    }
}

/// Words as people count them: runs of characters between white space.
pub fn words(text: &str) -> u64 {
    text.split_whitespace().count() as u64
}

/// The most frequent pairs, exactly, at twelve bytes a pair: names are kept for the leaders alone.
///
/// A pair's rank only rises when the pair itself is counted, and then its names are at hand; so a pair that is not among
/// the leaders now need not be remembered by name.
#[derive(Debug, Default)]
struct TopPairs {
    counts: HashMap<u64, u32>,
    top: Vec<Pair>,
}

impl TopPairs {
    const KEPT: usize = 10;

    fn add(&mut self, a: &str, b: &str) {
        let mut hasher = DefaultHasher::new();
        (a, b).hash(&mut hasher);
        let count = self.counts.entry(hasher.finish()).or_default();
        *count = count.saturating_add(1);
        let encounters = u64::from(*count);
        if let Some(pair) = self
            .top
            .iter_mut()
            .find(|p| p.names[0] == a && p.names[1] == b)
        {
            pair.encounters = encounters;
        } else if self.top.len() < Self::KEPT
            || self.top.last().is_some_and(|p| p.encounters <= encounters)
        {
            self.top.push(Pair {
                names: [a.to_owned(), b.to_owned()],
                encounters,
            });
        } else {
            return;
        }
        self.top.sort_by(|x, y| {
            y.encounters
                .cmp(&x.encounters)
                .then_with(|| x.names.cmp(&y.names))
        });
        self.top.truncate(Self::KEPT);
    }
}

/// `text` without anything a terminal would act on: control and direction characters become `\u{fffd}`.
pub fn neutral(text: &str) -> String {
    let acts = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if acts(c) { '\u{fffd}' } else { c })
        .collect()
}

/// `1 file`, `2 files`, `1,000 entities`.
fn counted(n: u64, what: &str) -> String {
    let many = || {
        what.strip_suffix('y')
            .map_or_else(|| format!("{what}s"), |stem| format!("{stem}ies"))
    };
    format!(
        "{} {}",
        grouped(n),
        if n == 1 { what.to_owned() } else { many() }
    )
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_pairs_are_exact() {
        let names: Vec<String> = (0..40).map(|i| format!("n{i:02}")).collect();
        let (mut top, mut all) = (TopPairs::default(), BTreeMap::new());
        let mut x = 1u64;
        for _ in 0..3000 {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (a, b) = ((x >> 33) % 40, (x >> 45) % 40);
            let (a, b) = (&names[(a * a / 40) as usize], &names[(b * b / 40) as usize]);
            top.add(a, b);
            *all.entry([a.clone(), b.clone()]).or_insert(0u64) += 1;
        }
        let mut all: Vec<_> = all
            .into_iter()
            .map(|(names, encounters)| Pair { names, encounters })
            .collect();
        all.sort_by(|x, y| {
            y.encounters
                .cmp(&x.encounters)
                .then_with(|| x.names.cmp(&y.names))
        });
        assert_eq!(top.top, all[..10]);
    }

    #[test]
    fn numbers_and_words_read_well() {
        assert_eq!(counted(1_234_567, "entity"), "1,234,567 entities");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(grouped(999), "999");
    }

    #[test]
    fn terminals_are_not_obeyed() {
        assert_eq!(
            neutral("a\u{1b}[31mb\u{202e}\u{9b}c\n"),
            "a\u{fffd}[31mb\u{fffd}\u{fffd}c\n"
        );
    }
}
