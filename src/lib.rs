//! whomet reads news articles and writes who met whom, where, when, and whether it really happened.
pub mod document;
pub mod error;
pub mod segment;
pub mod span;
