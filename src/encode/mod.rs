//! Windows of word pieces => scores
//!
//! The one place where a model runs. [`Encoder`] is a trait because engines differ (rten here; others behind features);
//! everything around it is the same. A window's scores depend on that window alone.

mod model;
mod pieces;
mod rten;

pub use self::model::{Heads, ModelFiles, ROLES, Thresholds};
pub use self::pieces::{PieceCache, WordPieces, shape};
pub use self::rten::RtenEncoder;

use crate::error::Result;

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
}
