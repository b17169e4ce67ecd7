//! Model folder or built-in model => its parts, checked.

use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The built-in model's graph, tokenizer and heads (models/whomet, see its card).
static GRAPH: &[u8] = include_bytes!("../../models/whomet/model.onnx");
static TOKENIZER: &[u8] = include_bytes!("../../models/whomet/tokenizer.json");
static HEADS: &[u8] = include_bytes!("../../models/whomet/heads.json");

/// The number of roles a filler can play: participant, place, date, holder, body.
pub const ROLES: usize = 5;

/// `heads.json`: the names of the graph's columns and what is added to its products.
#[derive(Debug, Clone, Deserialize)]
pub struct Heads {
    schema: String,
    version: u32,
    /// Name labels in column order: `O`, `B-PER`, `I-PER`, …
    pub names: Vec<String>,
    /// Trigger kinds in column order, the first being `none`.
    pub triggers: Vec<String>,
    /// Statuses in column order.
    pub status: Vec<String>,
    /// Title labels in column order: `O`, `B`, `I`.
    pub titles: Vec<String>,
    /// Roles in the order of the query and key vectors.
    pub roles: Vec<String>,
    /// Types of role fillers, the rows of `filler`.
    pub fillers: Vec<String>,
    /// Width of one role's query and key.
    pub width: usize,
    /// Distance class × role: added to pair scores.
    pub distance: Vec<[f32; ROLES]>,
    /// Filler type × role: added to pair scores.
    pub filler: Vec<[f32; ROLES]>,
    /// Decision thresholds, tuned on the development set.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// Where probabilities become decisions. All tuned on `gold/dev.jsonl` by `scripts/train/tune.py`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// A word is a trigger from this probability of being none downwards: `1 - P(none) >= trigger`.
    pub trigger: f32,
    /// An actor takes part from this probability.
    pub participant: f32,
    /// An actor that the trigger's sentence does not speak of takes part from this probability, where the sentence speaks
    /// of enough others.
    pub outside: f32,
    /// The second actor of a meeting may have this probability, where only one passes `participant`.
    pub second: f32,
    /// A place is taken from this probability.
    pub place: f32,
    /// A date expression is taken from this probability.
    pub date: f32,
    /// An office's holder and body are taken from this probability.
    pub office: f32,
    /// An encounter is stated from this confidence. The F1 that can be had is about twice the best value (Lipton et al.
    /// 2014, "Optimal thresholding of classifiers to maximize F1 measure").
    pub encounter: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            trigger: 0.5,
            participant: 0.5,
            outside: 0.7,
            second: 0.25,
            place: 0.4,
            date: 0.4,
            office: 0.5,
            encounter: 0.35,
        }
    }
}

/// A model's files in memory.
#[derive(Debug, Clone)]
pub struct ModelFiles {
    /// Where it came from: a folder, or `(built in)`.
    pub origin: String,
    /// The ONNX graph.
    pub graph: std::borrow::Cow<'static, [u8]>,
    /// The tokenizer, Hugging Face JSON.
    pub tokenizer: std::borrow::Cow<'static, [u8]>,
    /// The heads.
    pub heads: Heads,
    /// SHA-256 over the three files, lower-case hex: the identity of the model in receipts.
    pub sha256: String,
}

impl ModelFiles {
    /// The model in `folder`, or the built-in one.
    ///
    /// # Errors
    /// [`Error::Model`] where a file is missing or is not of this version.
    pub fn load(folder: Option<&Path>) -> Result<Self> {
        let Some(folder) = folder else {
            return Self::check(
                "(built in)".to_owned(),
                GRAPH.into(),
                TOKENIZER.into(),
                HEADS.into(),
            );
        };
        let read = |name: &str| {
            std::fs::read(folder.join(name)).map_err(|e| Error::Model {
                path: folder.display().to_string(),
                reason: format!("cannot read {name}: {e}"),
            })
        };
        Self::check(
            folder.display().to_string(),
            read("model.onnx")?.into(),
            read("tokenizer.json")?.into(),
            read("heads.json")?.into(),
        )
    }

    fn check(
        origin: String,
        graph: std::borrow::Cow<'static, [u8]>,
        tokenizer: std::borrow::Cow<'static, [u8]>,
        heads: std::borrow::Cow<'static, [u8]>,
    ) -> Result<Self> {
        let fail = |reason: String| Error::Model {
            path: origin.clone(),
            reason,
        };
        let parsed: Heads =
            serde_json::from_slice(&heads).map_err(|e| fail(format!("heads.json: {e}")))?;
        if parsed.schema != "whomet/model" || parsed.version != 1 {
            return Err(fail(format!(
                "heads.json is {} version {}, this program reads whomet/model version 1",
                parsed.schema, parsed.version
            )));
        }
        if parsed.roles.len() != ROLES
            || parsed.names.len().is_multiple_of(2)
            || parsed.triggers.len() != 4
            || parsed.status.len() != 4
        {
            return Err(fail(
                "heads.json: unexpected number of labels or roles".to_owned(),
            ));
        }
        let mut digest = Sha256::new();
        for part in [&graph, &tokenizer, &heads] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let sha256 = crate::hex(&digest.finalize());
        Ok(ModelFiles {
            origin,
            graph,
            tokenizer,
            heads: parsed,
            sha256,
        })
    }
}
