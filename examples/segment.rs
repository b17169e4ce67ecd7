//! Sentences and tokens as the program sees them, for the training scripts.
//!
//! Standard input: one JSON object with `text` per line. Standard output, per line:
//! `{"tokens": [[start, end], …], "sentences": [[first token, end token, paragraph], …]}`, offsets in characters.

use std::io::{BufRead, Write};

use whomet::document::Article;
use whomet::span::CharIndex;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let input: serde_json::Value = serde_json::from_str(&line?)?;
        let body = input["text"].as_str().ok_or("no text")?.to_owned();
        let d = whomet::segment::segment(Article {
            body,
            ..Article::default()
        });
        let index = CharIndex::new(&d.article.body);
        let tokens: Vec<[u32; 2]> = d.tokens.iter().map(|t| index.chars(t.span)).collect();
        let sentences: Vec<[u32; 3]> = d
            .sentences
            .iter()
            .map(|s| [s.first.0, s.end.0, s.paragraph])
            .collect();
        writeln!(
            out,
            "{}",
            serde_json::json!({ "tokens": tokens, "sentences": sentences })
        )?;
    }
    Ok(())
}
