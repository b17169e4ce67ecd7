//! Names and encounters over all articles.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../output/common.rs"]
#[allow(dead_code)]
mod common;
mod gold;
mod program;
mod properties;
mod story;
