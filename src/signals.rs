//! What the model says of an article, between tagging and relating: small numbers, no vectors.

use crate::document::{Document, Entity, Mention};
use crate::span::{EntityId, MentionId, SentenceId, Span, TokenId};

/// A place in the text that can fill a role without being a name: a description, a pronoun or a date expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The token that stands for it: a description's head, a date's first word.
    pub token: TokenId,
    /// What it is.
    pub kind: CandidateKind,
}

/// What a [`Candidate`] is; in the order of the model's filler types after the seven of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    /// "he", "her".
    Singular,
    /// "they", "both".
    Plural,
    /// "the minister", "his counterpart".
    Person,
    /// "the two leaders", "the delegations".
    Group,
    /// "on Thursday".
    Date,
}

/// What fills a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filler {
    /// A name.
    Mention(MentionId),
    /// The candidate at this position of the list given to the tag stage.
    Candidate(u32),
}

/// Scores (logits) of one filler for a trigger's roles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoleScore {
    /// The filler.
    pub filler: Filler,
    /// Takes part.
    pub participant: f32,
    /// Is where it happens.
    pub place: f32,
    /// Is when it happens.
    pub date: f32,
}

/// A word that may name an encounter.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The word.
    pub token: TokenId,
    /// Its sentence.
    pub sentence: SentenceId,
    /// Probabilities of none, meeting, call, visit.
    pub kind: [f32; 4],
    /// Probabilities of occurred, planned, possible, not.
    pub status: [f32; 4],
    /// Every possible filler of the window, in order of position.
    pub fillers: Vec<RoleScore>,
}

/// An office's title, with who may hold it and of what.
#[derive(Debug, Clone, PartialEq)]
pub struct Title {
    /// Where it stands.
    pub span: Span,
    /// Its first word.
    pub token: TokenId,
    /// Its sentence.
    pub sentence: SentenceId,
    /// Probability that it is a title.
    pub confidence: f32,
    /// `(name, logit that it holds the office, logit that the office is of it)`, names of the window.
    pub fillers: Vec<(MentionId, f32, f32)>,
}

/// A document with names, and with everything the later stages need from the model.
#[derive(Debug, Clone, Default)]
pub struct Tagged {
    /// The document.
    pub document: Document,
    /// Names, sorted, disjoint.
    pub mentions: Vec<Mention>,
    /// Possible triggers, in order.
    pub triggers: Vec<Trigger>,
    /// Office titles, in order.
    pub titles: Vec<Title>,
}

impl Tagged {
    /// The names that lie within `span`, each with its position in [`Tagged::mentions`].
    pub fn mentions_in(&self, span: Span) -> impl Iterator<Item = (usize, &Mention)> {
        let from = self.mentions.partition_point(|m| m.span.start < span.start);
        let behind = self.mentions.iter().enumerate().skip(from);
        behind.take_while(move |(_, m)| m.span.end <= span.end)
    }

    /// The name that begins at byte `start`, with its position in [`Tagged::mentions`].
    pub fn mention_at(&self, start: u32) -> Option<(usize, &Mention)> {
        let i = self.mentions.partition_point(|m| m.span.start < start);
        let mention = self.mentions.get(i).filter(|m| m.span.start == start)?;
        Some((i, mention))
    }
}

/// A tagged document whose names are grouped into entities.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// The document and the model's signals.
    pub tagged: Tagged,
    /// The entity of each mention.
    pub entity_of: Vec<EntityId>,
    /// Entities in order of first mention.
    pub entities: Vec<Entity>,
    /// The entity that acts for each entity: for a people its country, where the article names it; else itself.
    pub actor_of: Vec<EntityId>,
    /// What each candidate may refer to, best first, with a score from 0 to 1.
    pub antecedents: Vec<Vec<(EntityId, f32)>>,
}
