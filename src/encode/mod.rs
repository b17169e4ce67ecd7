//! Windows of word pieces => scores
//!
//! The one place where a model runs. [`Encoder`] is a trait because engines differ (rten; libtorch behind the feature
//! `rust-bert`); everything around it is the same. A window's scores depend on that window alone.

#[cfg(any(feature = "rust-bert", test))]
mod batches;
mod labels;
mod model;
mod options;
mod pieces;
mod rten;
#[cfg(feature = "rust-bert")]
mod rust_bert;

use std::cell::Cell;
use std::collections::BTreeMap;

pub use self::labels::{Begins, LabelMap, Scheme};
pub use self::model::{Heads, ModelFiles, ROLES, Thresholds};
pub use self::options::{Device, EngineName, EngineOptions, Precision};
pub use self::pieces::{PieceCache, WordPieces, shape};
pub use self::rten::RtenEncoder;

use crate::error::{Error, Result};

/// Word pieces of one window, `[CLS]` and `[SEP]` included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PieceWindow {
    /// Vocabulary ids.
    pub ids: Vec<u32>,
    /// The shape of the word each piece belongs to: 0 lower case or caseless, 1 Capitalised, 2 ALL CAPS, 3 mixed.
    pub shapes: Vec<u8>,
}

/// Scores of one head: one row per piece.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Values per piece.
    pub width: usize,
    /// Row after row.
    pub values: Vec<f32>,
}

impl Rows {
    /// The row of piece `i`; empty where there is none.
    pub fn row(&self, i: usize) -> &[f32] {
        self.values
            .get(i * self.width..(i + 1) * self.width)
            .unwrap_or(&[])
    }
}

/// What every head says of one window; rows are pieces. The columns are named in [`Heads`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// BIO labels of names, logits.
    pub names: Rows,
    /// Trigger kinds, logits; column 0 is none.
    pub triggers: Rows,
    /// Status of an encounter, logits, read at triggers.
    pub status: Rows,
    /// BIO labels of office titles, logits.
    pub titles: Rows,
    /// Query vectors, roles × width, scaled.
    pub query: Rows,
    /// Key vectors, roles × width.
    pub key: Rows,
}

/// An inference engine.
pub trait Encoder: Send + Sync {
    /// Scores of each window, in order. Windows are independent: batching must not change a result.
    ///
    /// # Errors
    /// [`crate::Error::Model`] where the engine fails.
    fn encode(&self, windows: &[PieceWindow]) -> Result<Vec<Scores>>;

    /// How many windows are worth handing over at once: enough for engines that batch, little enough to hold.
    fn windows_per_call(&self) -> usize {
        16
    }

    /// What the engine has to tell the user since the last call, such as batches made smaller for want of memory.
    fn notices(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A foreign tagging model, whose names take the place of whomet's.
pub struct NameModel {
    /// Scores windows of its own pieces; of [`Scores`], it fills `names` alone.
    pub encoder: Box<dyn Encoder>,
    /// Its vocabulary.
    pub vocabulary: WordPieces,
    /// Where its labels begin a name.
    pub begins: Begins,
    /// Pieces of its longest window, special ones included.
    pub window: usize,
    /// SHA-256 over its files, lower-case hex.
    pub sha256: String,
}

/// An engine that has loaded its models.
pub struct Opened {
    /// Runs whomet's model.
    pub encoder: Box<dyn Encoder>,
    /// Finds names in its stead, where asked for.
    pub names: Option<NameModel>,
    /// What was chosen of all that changes scores: engine, device, precision and so on, for receipts.
    pub settings: BTreeMap<String, String>,
}

/// Loads `files`, and the name model of `options`, into the engine that `options` names.
///
/// # Errors
/// [`Error::Model`] where a model is missing or damaged or the device is not there; [`Error::Usage`] where the engine is
/// not in this build.
pub fn open(files: &ModelFiles, options: &EngineOptions) -> Result<Opened> {
    match options.engine {
        EngineName::Rten => Ok(Opened {
            encoder: Box::new(RtenEncoder::new(files)?),
            names: None,
            settings: BTreeMap::from([("engine".to_owned(), "rten".to_owned())]),
        }),
        #[cfg(feature = "rust-bert")]
        EngineName::RustBert => rust_bert::open(files, options),
        #[cfg(not(feature = "rust-bert"))]
        EngineName::RustBert => Err(not_built()),
    }
}

/// The error for an engine that this build lacks, with the way to get it.
pub(crate) fn not_built() -> Error {
    Error::Usage(
        "this whomet was built without the engine rust-bert. In whomet's source folder: \
         eval \"$(scripts/libtorch.sh)\" && cargo build --release --features rust-bert"
            .to_owned(),
    )
}

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// True while this thread runs an engine whose panics become errors; a panic hook has nothing to report then.
pub fn panics_are_caught() -> bool {
    CAUGHT.get()
}
