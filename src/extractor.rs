//! Article => Extracted
//!
//! The order of the stages for one article: segment, tag, resolve, relate. The stages know nothing of each other; this
//! is the only place that knows all of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use crate::dates::{self, DateExpression};
use crate::document::{Article, Document, Extracted};
use crate::encode::{
    self, Encoder, EngineOptions, Heads, ModelFiles, NameModel, PieceCache, WordPieces,
};
use crate::error::Result;
use crate::relate;
use crate::resolve::descriptions::{self, Description, DescriptionKind, Number};
use crate::resolve::{actors, antecedents};
use crate::segment::segment;
use crate::signals::{Candidate, CandidateKind, Resolved, Tagged};
use crate::span::Span;
use crate::tag::Tagger;

/// A loaded model with everything that turns articles into encounters. Shared by all workers.
pub struct Extractor {
    encoder: Box<dyn Encoder>,
    vocabulary: WordPieces,
    heads: Heads,
    names: Option<NameModel>,
    settings: BTreeMap<String, String>,
    model_id: String,
    /// Word-piece caches, one per worker at a time.
    caches: Mutex<Vec<PieceCache>>,
}

impl Extractor {
    /// Loads the model in folder `model`, or the built-in one.
    ///
    /// # Errors
    /// [`crate::Error::Model`] where it is missing, damaged or of another version.
    pub fn load(model: Option<&Path>) -> Result<Self> {
        Self::open(model, &EngineOptions::default())
    }

    /// The same on the engine that `options` names.
    ///
    /// # Errors
    /// Those of [`encode::open`].
    pub fn open(model: Option<&Path>, options: &EngineOptions) -> Result<Self> {
        let files = ModelFiles::load(model)?;
        let vocabulary = WordPieces::from_json(&files.tokenizer, &files.origin)?;
        let opened = encode::open(&files, options)?;
        Ok(Extractor {
            names: opened.names,
            settings: opened.settings,
            ..Self::with_encoder(opened.encoder, vocabulary, files.heads, files.sha256)
        })
    }

    /// An extractor over any engine; `model_id` identifies the weights in receipts.
    pub fn with_encoder(
        encoder: Box<dyn Encoder>,
        vocabulary: WordPieces,
        heads: Heads,
        model_id: String,
    ) -> Self {
        Extractor {
            encoder,
            vocabulary,
            heads,
            names: None,
            settings: BTreeMap::new(),
            model_id,
            caches: Mutex::default(),
        }
    }

    /// The identity of the model: a SHA-256 over its files.
    pub fn model_id(&self) -> String {
        self.model_id.clone()
    }

    /// The engine's settings that change what is found, for receipts.
    pub fn settings(&self) -> BTreeMap<String, String> {
        self.settings.clone()
    }

    /// What the engine has to tell the user since the last call.
    pub fn notices(&self) -> Vec<String> {
        let mut notices = self.encoder.notices();
        notices.extend(self.names.iter().flat_map(|m| m.encoder.notices()));
        notices
    }

    /// Extracts names, entities, affiliations and encounters from `article`.
    ///
    /// # Errors
    /// [`crate::Error::Model`] where the engine fails.
    pub fn extract(&self, article: Article) -> Result<Extracted> {
        let document = segment(article);
        let (candidates, dates) = candidates(&document);
        let mut cache = self
            .caches
            .lock()
            .map(|mut c| c.pop())
            .unwrap_or_default()
            .unwrap_or_default();
        let tagged = Tagger::new(self.encoder.as_ref(), &self.vocabulary, &self.heads)
            .with_names(self.names.as_ref())
            .tag(document, &candidates, &mut cache);
        if let Ok(mut caches) = self.caches.lock() {
            caches.push(cache);
        }
        let resolved = resolve(tagged?, &candidates);
        Ok(relate::relate(
            resolved,
            &candidates,
            &dates,
            &self.heads.thresholds,
        ))
    }
}

/// What may fill roles beside names, in order of position, and the date expressions among it, in order.
///
/// Names are not known yet, so this finds more than will be used; what overlaps names is dropped when resolving.
pub fn candidates(document: &Document) -> (Vec<Candidate>, Vec<DateExpression>) {
    let body = &document.article.body;
    let dates = dates::find(body, Span::new(0, body.len()));
    let described = descriptions::find(document, &[]);
    let described = described.iter().map(|d| (d.head.start, candidate_kind(d)));
    let dated = dates.iter().map(|d| (d.span.start, CandidateKind::Date));
    let mut candidates: Vec<Candidate> = described
        .chain(dated)
        .map(|(at, kind)| Candidate {
            token: document.token_at(at),
            kind,
        })
        .collect();
    candidates.sort_by_key(|c| c.token);
    candidates.dedup_by_key(|c| c.token);
    (candidates, dates)
}

/// Tagged => Resolved: groups names into entities and links candidates to them.
pub fn resolve(tagged: Tagged, candidates: &[Candidate]) -> Resolved {
    let document = &tagged.document;
    let clusters = crate::resolve::resolve(&document.article.body, &tagged.mentions);
    let found = descriptions::find(document, &tagged.mentions);
    let linked = antecedents::antecedents(document, &tagged.mentions, &clusters, &found, &[]);
    let mut by_candidate = vec![Vec::new(); candidates.len()];
    for (description, links) in found.iter().zip(linked) {
        let token = document.token_at(description.head.start);
        if let Ok(i) = candidates.binary_search_by_key(&token, |c| c.token) {
            by_candidate[i] = links;
        }
    }
    let actor_of = actors::preferred_actors(&clusters.entities);
    Resolved {
        entity_of: clusters.entity_of,
        entities: clusters.entities,
        actor_of,
        antecedents: by_candidate,
        tagged,
    }
}

/// What a description is to the model.
pub fn candidate_kind(description: &Description) -> CandidateKind {
    match description.kind {
        DescriptionKind::Pronoun {
            number: Number::Singular,
            ..
        } => CandidateKind::Singular,
        DescriptionKind::Pronoun {
            number: Number::Plural,
            ..
        } => CandidateKind::Plural,
        DescriptionKind::Group { .. } => CandidateKind::Group,
        _ => CandidateKind::Person,
    }
}
