//! `Extracted => Record`: the lossless form of an article in `documents.jsonl`, and back.
//!
//! One JSON object per line, with the fields of the gold files (`id`, `text`, `mentions`, `entities`, `roles`,
//! `meetings`) plus what only a program knows. Offsets count characters (Unicode scalar values) of `text`, end
//! exclusive. Entity ids start at 1. Probabilities are rounded to four decimals.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::document::{DateSource, EncounterKind, Extracted, NameType, Status};
use crate::error::{Error, Location, Result};
use crate::span::{CharIndex, EntityId, Span};

/// The schema's name, first in every line.
pub const SCHEMA: &str = "whomet/document";
/// The schema's version; readers refuse any other.
pub const VERSION: u32 = 1;

/// Character offsets into [`Record::text`], end exclusive.
pub type Chars = [u32; 2];

/// One article with everything extracted from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Always [`VERSION`].
    pub version: u32,
    /// The article's identifier, unique in the run.
    pub id: String,
    /// Publisher or collection.
    pub source: Option<String>,
    /// Publication date, ISO 8601.
    pub date: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// The cleaned text all offsets point into.
    pub text: String,
    /// Name mentions, ascending.
    pub mentions: Vec<MentionRecord>,
    /// Entities, in order of first mention.
    pub entities: Vec<EntityRecord>,
    /// Offices and affiliations.
    pub roles: Vec<RoleRecord>,
    /// Encounters: meetings, calls, visits.
    pub meetings: Vec<MeetingRecord>,
    /// The file it came from.
    pub path: String,
    /// Line (JSONL) or record (CSV) in that file, from 1.
    pub record: Option<u64>,
    /// SHA-256 of the input bytes.
    pub sha256: String,
    /// Where `date` was found.
    pub date_from: Option<DateSource>,
    /// `[character of text, character of the decoded input]` where the two drift apart; left out where they never do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offset_map: Vec<(u32, u32)>,
    /// Parts of the text that are page furniture; names in them take no part in encounters.
    pub boilerplate: Vec<Chars>,
    /// Things a user should know.
    pub notes: Vec<String>,
    /// Characters of `text` (white space apart) that no stage looked at; left out where it is 0, as it always should be.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unanalysed: u64,
    /// The run that made this line: the same for the same inputs, options, model and program.
    pub run: String,
}

/// One occurrence of a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MentionRecord {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Type.
    #[serde(rename = "type")]
    pub kind: NameType,
    /// The entity's id.
    pub entity: u32,
    /// Probability of span and type.
    pub confidence: f32,
    /// True inside boilerplate; left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub boilerplate: bool,
}

/// An entity of the article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityRecord {
    /// From 1, unique in the article.
    pub id: u32,
    /// Type.
    #[serde(rename = "type")]
    pub kind: NameType,
    /// The fullest name in the article.
    pub name: String,
}

/// An office or affiliation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleRecord {
    /// The person's entity id.
    pub person: u32,
    /// The title as written; empty for a bare affiliation.
    pub title: String,
    /// The organisation or country's entity id.
    pub of: Option<u32>,
    /// Where it is stated.
    pub evidence: Chars,
    /// The sentence around it.
    pub sentence: Chars,
    /// Probability.
    pub confidence: f32,
}

/// An actor of an encounter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParticipantRecord {
    /// The entity's id.
    pub entity: u32,
    /// The words beside it where only its officials took part.
    #[serde(rename = "as")]
    pub words: Option<String>,
}

/// An encounter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingRecord {
    /// Meeting, call or visit.
    pub kind: EncounterKind,
    /// Whether it happened.
    pub status: Status,
    /// Who; for visits the visitors.
    pub participants: Vec<ParticipantRecord>,
    /// The place's entity id.
    pub place: Option<u32>,
    /// ISO 8601 day, month, year or interval.
    pub date: Option<String>,
    /// The article's words for the date.
    pub date_words: Option<String>,
    /// The span that states it.
    pub evidence: Chars,
    /// The sentence around it.
    pub sentence: Chars,
    /// Evidence of further mentions of the same encounter.
    pub also: Vec<Chars>,
    /// Probability that the record is right.
    pub confidence: f32,
}

impl Record {
    /// The exported form of `x`, made by run `run`.
    pub fn new(x: &Extracted, run: &str) -> Record {
        let document = &x.document;
        let article = &document.article;
        let index = CharIndex::new(&article.body);
        let id = |e: EntityId| e.0 + 1;
        // A document without sentences (or with evidence outside them) shows the evidence itself.
        let sentence = |i: usize, evidence: Span| match document.sentences.get(i) {
            Some(s) if s.span.overlaps(evidence) => index.chars(s.span.cover(evidence)),
            _ => index.chars(evidence),
        };
        Record {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            id: article.id.clone(),
            source: article.source.clone(),
            date: article.published.map(|p| p.date.to_string()),
            title: article.title.clone(),
            url: article.url.clone(),
            mentions: x
                .mentions
                .iter()
                .zip(&x.entity_of)
                .map(|(m, e)| {
                    let [start, end] = index.chars(m.span);
                    let (confidence, boilerplate) = (rounded(m.confidence), m.boilerplate);
                    MentionRecord {
                        start,
                        end,
                        kind: m.kind,
                        entity: id(*e),
                        confidence,
                        boilerplate,
                    }
                })
                .collect(),
            entities: (1..)
                .zip(&x.entities)
                .map(|(id, e)| EntityRecord {
                    id,
                    kind: e.kind,
                    name: e.name.clone(),
                })
                .collect(),
            roles: x
                .affiliations
                .iter()
                .map(|a| RoleRecord {
                    person: id(a.person),
                    title: a.title.clone(),
                    of: a.of.map(id),
                    evidence: index.chars(a.evidence),
                    sentence: sentence(document.sentence_at(a.evidence.start).index(), a.evidence),
                    confidence: rounded(a.confidence),
                })
                .collect(),
            meetings: x
                .encounters
                .iter()
                .map(|e| MeetingRecord {
                    kind: e.kind,
                    status: e.status,
                    participants: e
                        .participants
                        .iter()
                        .map(|p| ParticipantRecord {
                            entity: id(p.entity),
                            words: p.words.clone(),
                        })
                        .collect(),
                    place: e.place.map(id),
                    date: e.when.as_ref().and_then(|w| w.iso.clone()),
                    date_words: e.when.as_ref().map(|w| w.words.clone()),
                    evidence: index.chars(e.evidence),
                    sentence: sentence(e.sentence.index(), e.evidence),
                    also: e.also.iter().map(|s| index.chars(*s)).collect(),
                    confidence: rounded(e.confidence),
                })
                .collect(),
            path: article.at.path.to_string_lossy().into_owned(),
            record: article.at.record,
            sha256: article.sha256.clone(),
            date_from: article.published.map(|p| p.from),
            offset_map: article.offsets.steps.clone(),
            boilerplate: article
                .boilerplate
                .iter()
                .map(|s| index.chars(*s))
                .collect(),
            notes: article.notes.clone(),
            unanalysed: unanalysed(x),
            text: article.body.clone(),
            run: run.to_owned(),
        }
    }

    /// The line for `documents.jsonl`, with its line end.
    ///
    /// # Errors
    /// Never for records made by [`Record::new`]; the serialiser's error otherwise.
    pub fn to_line(&self) -> Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self).map_err(|e| {
            let at = Location {
                path: PathBuf::from(&self.path),
                record: self.record,
            };
            Error::article(at, format!("cannot be written as JSON: {e}"))
        })?;
        line.push(b'\n');
        Ok(line)
    }

    /// Reads a line of `documents.jsonl`; `at` is the place for errors.
    ///
    /// # Errors
    /// The line is no JSON object of this schema and version.
    pub fn from_line(line: &[u8], at: &Location) -> Result<Record> {
        #[derive(Deserialize)]
        struct Head {
            schema: Option<String>,
            version: Option<u32>,
        }
        let bad =
            |e: serde_json::Error| Error::article(at.clone(), format!("not a {SCHEMA} line: {e}"));
        let head: Head = serde_json::from_slice(line).map_err(bad)?;
        if (head.schema.as_deref(), head.version) != (Some(SCHEMA), Some(VERSION)) {
            let (schema, version) = (
                head.schema.unwrap_or_default(),
                head.version.unwrap_or_default(),
            );
            let reason = format!(
                "schema is \"{schema}\" version {version}, expected {SCHEMA} version {VERSION}"
            );
            return Err(Error::article(at.clone(), reason));
        }
        serde_json::from_slice(line).map_err(bad)
    }

    /// The entity with id `id`.
    pub fn entity(&self, id: u32) -> Option<&EntityRecord> {
        // Ids are positions from 1 in every file we write, but a hand-edited file may have gaps.
        match self.entities.get((id as usize).wrapping_sub(1)) {
            Some(e) if e.id == id => Some(e),
            _ => self.entities.iter().find(|e| e.id == id),
        }
    }
}

/// Reads the articles of a `documents.jsonl` one by one; other kinds of lines (failures) are passed over.
#[derive(Debug)]
pub struct Records<R> {
    reader: R,
    at: Location,
    line: Vec<u8>,
}

impl<R: BufRead> Records<R> {
    /// Reads from `reader`; `path` is used in errors.
    pub fn new(reader: R, path: &Path) -> Self {
        Records {
            reader,
            at: Location::record(path, 0),
            line: Vec::new(),
        }
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        loop {
            self.line.clear();
            self.at.record = self.at.record.map(|n| n + 1);
            match self.reader.read_until(b'\n', &mut self.line) {
                Err(e) => return Some(Err(Error::io(self.at.clone(), "read", e))),
                Ok(0) => return None,
                Ok(_) if super::folder::is_failure(&self.line) => {}
                Ok(_) => return Some(Record::from_line(&self.line, &self.at)),
            }
        }
    }
}

/// Slices a text by character offsets.
#[derive(Debug)]
pub struct CharSlices<'a> {
    text: &'a str,
    /// Byte offset of character `STRIDE * i`; empty for ASCII.
    checkpoints: Vec<usize>,
}

const STRIDE: usize = 256;

impl<'a> CharSlices<'a> {
    /// Indexes `text` in one pass.
    pub fn new(text: &'a str) -> Self {
        let checkpoints = match text.is_ascii() {
            true => Vec::new(),
            false => text
                .char_indices()
                .step_by(STRIDE)
                .map(|(byte, _)| byte)
                .collect(),
        };
        CharSlices { text, checkpoints }
    }

    /// The text of `chars`, cut to the text's ends.
    pub fn get(&self, chars: Chars) -> &'a str {
        let (start, end) = (self.byte(chars[0]), self.byte(chars[1]));
        self.text.get(start..end).unwrap_or("")
    }

    fn byte(&self, char: u32) -> usize {
        let char = char as usize;
        if self.checkpoints.is_empty() {
            return char.min(self.text.len());
        }
        let Some(&from) = self.checkpoints.get(char / STRIDE) else {
            return self.text.len();
        };
        self.text[from..]
            .char_indices()
            .nth(char % STRIDE)
            .map_or(self.text.len(), |(byte, _)| from + byte)
    }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A probability with four decimals; 0 where it is not a number, which JSON could not hold.
fn rounded(p: f32) -> f32 {
    if p.is_finite() {
        (p * 1e4).round() / 1e4
    } else {
        0.0
    }
}

/// Characters, white space apart, that stand in no token. Documents without any token count as analysed: they come
/// from extractors that do not tokenise.
fn unanalysed(x: &Extracted) -> u64 {
    let body = &x.document.article.body;
    if x.document.tokens.is_empty() {
        return 0;
    }
    let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count() as u64;
    let (mut missed, mut from) = (0, 0);
    for token in &x.document.tokens {
        missed += body.get(from..token.span.start as usize).map_or(0, count);
        from = token.span.end as usize;
    }
    missed + body.get(from..).map_or(0, count)
}
