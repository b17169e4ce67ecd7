//! Everything made from a finished graph: files, checks, figures, paths; over a small hand-made graph whose names break
//! careless writers (`sample/make.py`).
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set up its files has failed"
)]

mod commands;
mod common;
mod filters;
mod formats;
