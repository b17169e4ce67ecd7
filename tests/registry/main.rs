//! Names and encounters over all articles.

#[path = "../output/common.rs"]
#[allow(dead_code)]
mod common;
mod gold;
mod program;
mod properties;
mod story;
