//! whomet reads news articles and writes who met whom, where, when, and whether it really happened.
//!
//! # The way of the data
//!
//! ```text
//! files ─► RawArticle ─► Article ─► Document ─► Tagged ─► Resolved ─► Extracted     one article at a time, in parallel
//!       ingest       clean      segment      tag       resolve    relate      │
//!                                                                             ▼
//!                                                                      documents.jsonl       in input order
//!                                                                             │
//!                                               merges.csv ─► registry ◄──────┤           once, over all articles
//!                                                                 ▼           ▼
//!                                       graph.json, merges.csv ◄─ Graph ─► tables, run.json
//! ```
//!
//! The [`graph`] over all articles is kept as `graph.json`. An [`export::view`] is the part of it that is asked for;
//! graph files, workbooks and tables ([`export`]), figures ([`stats`]) and connections ([`path`]) are made from that alone,
//! and [`validate`] reads all of them again.
//!
//! One struct per stage, consumed by the next ([`document`], [`signals`]); a stage's file begins with its arrow. Stages
//! do not know each other: [`extractor`] knows their order for one article, [`pipeline`] runs it on all cores. A
//! [`span::Span`] is the currency: half-open bytes into the article's body. Exported offsets are characters. What the
//! articles name is put together by [`registry`] into one [`graph::Graph`]: "Lavrov" here and "Sergei Lavrov" there, five
//! wire copies of one story, an announced meeting and the report that it took place.
//!
//! # A worked sentence
//!
//! "Sergei Lavrov met Hakan Fidan in Ankara on Friday." has eleven tokens in one sentence ([`segment`]). They become
//! word pieces of one window; a single encoder pass ([`encode`]; on rten, or on libtorch by the feature `rust-bert`)
//! scores every piece for every head. [`tag`] reads three
//! names out of it (PER, PER, GPE), and at "met" a trigger: a meeting, occurred, with a score for each name and for the
//! date expression "Friday" ([`dates`]) in each role. [`resolve`] makes an entity of each name; [`relate`] takes the two
//! people as participants, the city as place, and resolves "Friday" against the publication date.
//!
//! ```
//! use whomet::document::Article;
//! use whomet::extractor::Extractor;
//!
//! let extractor = Extractor::load(None)?;
//! let body = "Sergei Lavrov met Hakan Fidan in Ankara on Friday.".to_owned();
//! let found = extractor.extract(Article { body, ..Article::default() })?;
//! let names: Vec<&str> = found.entities.iter().map(|e| e.name.as_str()).collect();
//! assert_eq!(names, ["Sergei Lavrov", "Hakan Fidan", "Ankara"]);
//! assert_eq!(found.encounters[0].participants.len(), 2);
//! # Ok::<(), whomet::Error>(())
//! ```
pub mod app;
pub mod clean;
pub mod cli;
pub mod config;
pub mod dates;
pub mod document;
pub mod encode;
pub mod error;
pub mod explain;
pub mod export;
pub mod extractor;
pub mod graph;
pub mod ingest;
pub mod logits;
pub mod lookup;
mod names;
pub mod outputs;
pub mod path;
pub mod pipeline;
pub mod receipt;
pub mod registry;
pub mod relate;
pub mod resolve;
pub mod segment;
mod sets;
pub mod signals;
pub mod span;
pub mod stats;
pub mod tag;
pub mod validate;

pub use error::{Error, Result};

/// Lower-case hexadecimal digits of `bytes`.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
