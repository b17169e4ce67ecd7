//! What a run writes: the folder, the tables, the receipt, the messages; with a stand-in for the extractor.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set up its files has failed"
)]

mod common;
mod run;
mod tables;
