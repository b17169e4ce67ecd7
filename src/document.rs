//! The shared nouns: what an article is after each stage.
//!
//! [`RawArticle`] → (clean) → [`Article`] → (segment) → [`Document`] → (tag) → [`Tagged`] → (resolve) → [`Resolved`]
//! → (relate) → [`Extracted`]. Each struct owns the one before it. The two in the middle carry the model's scores and
//! live in [`crate::signals`].
//!
//! [`Tagged`]: crate::signals::Tagged
//! [`Resolved`]: crate::signals::Resolved

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Location;
use crate::span::{EntityId, MentionId, SentenceId, Span, TokenId};

/// An article as a reader found it: decoded to Unicode, markup removed, nothing else changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawArticle {
    /// The file and record it came from.
    pub at: Location,
    /// SHA-256 of the input bytes (the file, or the one JSONL line or CSV record), lower-case hex.
    pub sha256: String,
    /// The input's own identifier, or one made from the path.
    pub id: String,
    /// Title, from the input's field or markup.
    pub title: Option<String>,
    /// Address, from the input's field or markup.
    pub url: Option<String>,
    /// The publisher or collection, from the input's field or markup.
    pub source: Option<String>,
    /// Publication date as found in metadata, unparsed.
    pub date: Option<String>,
    /// Body text.
    pub text: String,
    /// Things a user should know: an encoding that was guessed, bytes that were replaced, a renamed id.
    pub notes: Vec<String>,
}

/// Where an article's publication date was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// A field, `<meta>`, JSON-LD or `<time>` of the input.
    Metadata,
    /// The `--date` option.
    Option,
    /// A dateline at the start of the text.
    Dateline,
    /// The file's name.
    FileName,
}

/// A publication date and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The day, as the article states it (time zones left alone).
    pub date: Date,
    /// Where it was found.
    pub from: DateSource,
}

/// Positions at which the body and the decoded input drift apart, for mapping offsets back.
///
/// Both numbers count characters. Between two entries the distance is constant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OffsetMap {
    /// `(character in the body, character in the decoded input)`, ascending; empty where they are equal.
    pub steps: Vec<(u32, u32)>,
}

impl OffsetMap {
    /// The character in the decoded input that the body's character `at` came from.
    pub fn source(&self, at: u32) -> u32 {
        match self.steps.partition_point(|s| s.0 <= at) {
            0 => at,
            i => {
                let (body, source) = self.steps[i - 1];
                source + (at - body)
            }
        }
    }
}

/// A cleaned article: what every later stage reads.
#[derive(Debug, Clone, Default)]
pub struct Article {
    /// The file and record it came from.
    pub at: Location,
    /// SHA-256 of the input bytes, lower-case hex.
    pub sha256: String,
    /// Identifier, unique within a run.
    pub id: String,
    /// Title, where known.
    pub title: Option<String>,
    /// Address, where known.
    pub url: Option<String>,
    /// Publisher or collection, where known.
    pub source: Option<String>,
    /// Publication date, where known; never today's date.
    pub published: Option<Published>,
    /// The text that all spans point into: NFC, `\n` line ends, no control characters.
    pub body: String,
    /// Lists of other headlines, share and comment prompts and the like; sorted, disjoint, whole lines.
    pub boilerplate: Vec<Span>,
    /// From the body back to the input's text.
    pub offsets: OffsetMap,
    /// Things a user should know.
    pub notes: Vec<String>,
}

/// A word or punctuation mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it is.
    pub span: Span,
}

/// A sentence, headline or list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// From its first to its last token.
    pub span: Span,
    /// Its first token.
    pub first: TokenId,
    /// One past its last token.
    pub end: TokenId,
    /// The paragraph it stands in, from 0.
    pub paragraph: u32,
    /// True inside a boilerplate span.
    pub boilerplate: bool,
}

impl Sentence {
    /// Its tokens, as positions in [`Document::tokens`].
    pub fn tokens(&self) -> std::ops::Range<usize> {
        self.first.index()..self.end.index()
    }
}

/// An article cut into sentences and tokens.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The article.
    pub article: Article,
    /// All tokens in order; every character that is not white space belongs to exactly one.
    pub tokens: Vec<Token>,
    /// All sentences in order; every token belongs to exactly one.
    pub sentences: Vec<Sentence>,
}

impl Document {
    /// The text of token `t`.
    pub fn word(&self, t: TokenId) -> &str {
        self.tokens[t.index()].span.of(&self.article.body)
    }

    /// The text of the token with number `t`, empty behind the last one.
    pub fn word_or_empty(&self, t: usize) -> &str {
        self.tokens
            .get(t)
            .map_or("", |token| token.span.of(&self.article.body))
    }

    /// The sentence that holds byte `at` or, between sentences, the next one.
    pub fn sentence_at(&self, at: u32) -> SentenceId {
        let i = self.sentences.partition_point(|s| s.span.end <= at);
        SentenceId::new(i.min(self.sentences.len().saturating_sub(1)))
    }

    /// The first token that ends after byte `at`.
    pub fn token_at(&self, at: u32) -> TokenId {
        TokenId::new(self.tokens.partition_point(|t| t.span.end <= at))
    }

    /// The tokens that `span` covers, as positions in [`Document::tokens`].
    pub fn tokens_of(&self, span: Span) -> std::ops::Range<usize> {
        let last = self.token_at(span.end.saturating_sub(1)).index();
        self.token_at(span.start).index()..last + 1
    }
}

/// The type of a name. SEMANTICS: people, organisations, places of three kinds, peoples, events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum NameType {
    /// A person.
    Per,
    /// An organisation.
    Org,
    /// A country, city, province, also as its government.
    Gpe,
    /// Another place: region, sea, mountain.
    Loc,
    /// A named building, base, airport.
    Fac,
    /// A nationality, people, religion or political leaning.
    Norp,
    /// A named war, summit, election.
    Event,
}

impl NameType {
    /// All types, in the order of the model's labels.
    pub const ALL: [NameType; 7] = [
        NameType::Per,
        NameType::Org,
        NameType::Gpe,
        NameType::Loc,
        NameType::Fac,
        NameType::Norp,
        NameType::Event,
    ];

    /// The label used in files: `PER`, `ORG`, …
    pub fn label(self) -> &'static str {
        match self {
            NameType::Per => "PER",
            NameType::Org => "ORG",
            NameType::Gpe => "GPE",
            NameType::Loc => "LOC",
            NameType::Fac => "FAC",
            NameType::Norp => "NORP",
            NameType::Event => "EVENT",
        }
    }

    /// The kind shown in tables: GPE, LOC and FAC are all `place`.
    pub fn table_kind(self) -> &'static str {
        match self {
            NameType::Per => "person",
            NameType::Org => "organization",
            NameType::Gpe | NameType::Loc | NameType::Fac => "place",
            NameType::Norp => "group",
            NameType::Event => "event",
        }
    }

    /// True for GPE, LOC and FAC.
    pub fn is_place(self) -> bool {
        matches!(self, NameType::Gpe | NameType::Loc | NameType::Fac)
    }
}

impl fmt::Display for NameType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// One occurrence of a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mention {
    /// Where: the longest name without title, leading "the" or trailing 's.
    pub span: Span,
    /// Its type.
    pub kind: NameType,
    /// The sentence it stands in.
    pub sentence: SentenceId,
    /// The tagger's probability of span and type, 0 to 1.
    pub confidence: f32,
    /// True inside boilerplate: listed, but without a part in encounters.
    pub boilerplate: bool,
}

/// What a [`Article`]'s name mentions refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// The fullest name in the article.
    pub name: String,
    /// Its type: that of the majority of its mentions.
    pub kind: NameType,
    /// Its mentions, ascending.
    pub mentions: Vec<MentionId>,
}

/// What kind of encounter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncounterKind {
    /// In person or unspecified.
    Meeting,
    /// By telephone or video.
    Call,
    /// An actor went to a named place.
    Visit,
}

/// Whether it happened.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Happened or is happening.
    Occurred,
    /// Scheduled, announced, agreed.
    Planned,
    /// Proposed, offered, hoped, called for.
    Possible,
    /// Denied, refused, cancelled, never happened.
    Not,
}

/// An actor of an encounter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The actor.
    pub entity: EntityId,
    /// The words beside it where only its officials took part: "officials", "envoys".
    pub words: Option<String>,
}

/// When an encounter took place, as far as the article says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// ISO 8601: day, month, year or an interval of them. None where the words cannot be resolved.
    pub iso: Option<String>,
    /// The words of the article.
    pub words: String,
}

/// One encounter, with all its mentions in the article merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Encounter {
    /// Kind.
    pub kind: EncounterKind,
    /// Whether it happened.
    pub status: Status,
    /// Who; for visits the visitors. Sorted by entity, at least two (visits: one).
    pub participants: Vec<Participant>,
    /// The most specific named place; always set for visits.
    pub place: Option<EntityId>,
    /// The date.
    pub when: Option<When>,
    /// The span that states it, with the trigger word.
    pub evidence: Span,
    /// The sentence that holds the evidence.
    pub sentence: SentenceId,
    /// Evidence spans of further mentions merged into this record.
    pub also: Vec<Span>,
    /// Calibrated probability that the record is right, 0 to 1.
    pub confidence: f32,
}

/// An office or affiliation that the article states for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Affiliation {
    /// The person.
    pub person: EntityId,
    /// The title as written.
    pub title: String,
    /// The organisation or country, where named.
    pub of: Option<EntityId>,
    /// Where the title stands.
    pub evidence: Span,
    /// Probability, 0 to 1.
    pub confidence: f32,
}

/// Everything extracted from one article.
#[derive(Debug, Clone, Default)]
pub struct Extracted {
    /// The article, cut into sentences and tokens.
    pub document: Document,
    /// Name mentions, sorted by span, disjoint.
    pub mentions: Vec<Mention>,
    /// The entity of each mention.
    pub entity_of: Vec<EntityId>,
    /// Entities, in order of first mention.
    pub entities: Vec<Entity>,
    /// Offices and affiliations.
    pub affiliations: Vec<Affiliation>,
    /// Encounters, in order of evidence.
    pub encounters: Vec<Encounter>,
}
