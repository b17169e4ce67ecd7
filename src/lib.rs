//! whomet reads news articles and writes who met whom, where, when, and whether it really happened.
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
pub mod ingest;
pub mod pipeline;
pub mod receipt;
pub mod relate;
pub mod resolve;
pub mod segment;
pub mod signals;
pub mod span;
pub mod tag;

pub use error::{Error, Result};

/// Lower-case hexadecimal digits of `bytes`.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
