//! Reads gold files (JSONL with `text` and `meetings[].evidence`) and shows every line that cleaning marks.
//!
//! `cargo run --example boilerplate_check -- train.jsonl dev.jsonl`. A marked line that holds evidence of a meeting is an
//! error, and so is a text that cleaning changes, because gold offsets would no longer fit.

#![allow(clippy::print_stdout)] // a tool that reports to the terminal

use std::process::ExitCode;

use whomet::clean::clean;
use whomet::document::RawArticle;
use whomet::span::CharIndex;

fn main() -> ExitCode {
    let (mut articles, mut lines, mut bytes, mut marked, mut evidence, mut changed) =
        (0, 0, 0usize, 0, 0, 0);
    for path in std::env::args().skip(1) {
        let Ok(file) = std::fs::read_to_string(&path) else {
            println!("{path}: cannot be read");
            return ExitCode::from(2);
        };
        for line in file.lines() {
            let Ok(gold) = serde_json::from_str::<serde_json::Value>(line) else {
                continue;
            };
            let text = gold["text"].as_str().unwrap_or_default().to_owned();
            let raw = RawArticle {
                text: text.clone(),
                ..RawArticle::default()
            };
            let Ok(article) = clean(raw, None) else {
                continue;
            };
            articles += 1;
            lines += text.lines().filter(|l| !l.trim().is_empty()).count();
            bytes += text.len();
            if article.body != text || !article.offsets.steps.is_empty() {
                changed += 1;
                println!(
                    "CHANGED {} {:?}",
                    gold["id"],
                    &article.offsets.steps[..article.offsets.steps.len().min(5)]
                );
            }
            let index = CharIndex::new(&article.body);
            for span in &article.boilerplate {
                for line in span
                    .of(&article.body)
                    .lines()
                    .filter(|l| !l.trim().is_empty())
                {
                    marked += 1;
                    println!(
                        "{}\t{}",
                        gold["id"],
                        line.chars().take(160).collect::<String>()
                    );
                }
                let [start, end] = index.chars(*span);
                for meeting in gold["meetings"].as_array().into_iter().flatten() {
                    let at = |i: usize| meeting["evidence"][i].as_u64().unwrap_or(u64::MAX);
                    if at(0) < u64::from(end) && u64::from(start) < at(1) && at(1) != u64::MAX {
                        evidence += 1;
                        println!("EVIDENCE MARKED {} {}", gold["id"], meeting["evidence"]);
                    }
                }
            }
        }
    }
    println!(
        "{articles} articles, {bytes} bytes, {lines} lines, {marked} marked, {evidence} with evidence, {changed} texts changed"
    );
    ExitCode::from(u8::from(evidence > 0))
}
