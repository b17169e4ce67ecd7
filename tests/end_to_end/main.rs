//! The whole program as a user has it: the built binary with its built-in model on the sample articles.
//!
//! What it finds in `data/samples` is kept in `golden/`, in tables cut down to what a person reads. On a mismatch the
//! tests print the difference and fail; `WHOMET_UPDATE_GOLDEN=1 cargo test --test end_to_end` writes the files anew, to be
//! read in the diff before they are committed. Confidences are left out: their last digits differ between processors.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set up its files has failed"
)]

mod hostile;
mod process;
mod program;
mod samples;
