//! Articles as the program sees them, for the training scripts.
//!
//! Standard input: one JSON object per line with `text` and, where annotated, `mentions` and `entities` as in the gold
//! files. Standard output, per line, offsets in characters:
//! `tokens` [[start, end]], `sentences` [[first token, end token, paragraph]],
//! `candidates` [[token, kind, [[entity id, score], …]]] and `dates` [[first token, start, end]].

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use serde_json::{Value, json};
use whomet::document::{Article, Document, Entity, Mention, NameType};
use whomet::resolve::{Clusters, antecedents, descriptions};
use whomet::span::{CharIndex, EntityId, MentionId, Span};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let input: Value = serde_json::from_str(&line?)?;
        let body = input["text"].as_str().ok_or("no text")?.to_owned();
        let d = whomet::segment::segment(Article {
            body,
            ..Article::default()
        });
        let index = CharIndex::new(&d.article.body);
        let (mentions, clusters, ids) = gold(&d, &input);
        let found = descriptions::find(&d, &mentions);
        let linked = antecedents::antecedents(&d, &mentions, &clusters, &found, &[]);
        let candidates: Vec<Value> = found
            .iter()
            .zip(linked)
            .map(|(c, links)| {
                let links: Vec<Value> = links
                    .iter()
                    .map(|(e, score)| json!([ids[e.index()], score]))
                    .collect();
                json!([
                    d.token_at(c.head.start).0,
                    whomet::extractor::candidate_kind(c) as u8,
                    links
                ])
            })
            .collect();
        let all = Span::new(0, d.article.body.len());
        let dates: Vec<Value> = whomet::dates::find(&d.article.body, all)
            .iter()
            .map(|e| {
                let [a, b] = index.chars(e.span);
                json!([d.token_at(e.span.start).0, a, b])
            })
            .collect();
        let tokens: Vec<[u32; 2]> = d.tokens.iter().map(|t| index.chars(t.span)).collect();
        let sentences: Vec<[u32; 3]> = d
            .sentences
            .iter()
            .map(|s| [s.first.0, s.end.0, s.paragraph])
            .collect();
        writeln!(
            out,
            "{}",
            json!({ "tokens": tokens, "sentences": sentences, "candidates": candidates, "dates": dates })
        )?;
    }
    Ok(())
}

/// The annotated names and entities of `input`, and the gold id of each entity.
fn gold(d: &Document, input: &Value) -> (Vec<Mention>, Clusters, Vec<i64>) {
    let bytes: Vec<usize> = d
        .article
        .body
        .char_indices()
        .map(|(b, _)| b)
        .chain([d.article.body.len()])
        .collect();
    let mut mentions = Vec::new();
    let mut clusters = Clusters::default();
    let mut ids: Vec<i64> = Vec::new();
    let mut of: BTreeMap<i64, usize> = BTreeMap::new();
    let names: BTreeMap<i64, &str> = input["entities"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|e| Some((e["id"].as_i64()?, e["name"].as_str()?)))
        .collect();
    for m in input["mentions"].as_array().into_iter().flatten() {
        let (Some(a), Some(b), Some(kind), Some(id)) = (
            m["start"].as_u64(),
            m["end"].as_u64(),
            m["type"].as_str(),
            m["entity"].as_i64(),
        ) else {
            continue;
        };
        let Some(kind) = NameType::ALL.into_iter().find(|t| t.label() == kind) else {
            continue;
        };
        let span = Span::new(bytes[a as usize], bytes[b as usize]);
        let e = *of.entry(id).or_insert_with(|| {
            ids.push(id);
            let name = names.get(&id).copied().unwrap_or_default().to_owned();
            clusters.entities.push(Entity {
                name,
                kind,
                mentions: Vec::new(),
            });
            ids.len() - 1
        });
        clusters.entities[e]
            .mentions
            .push(MentionId::new(mentions.len()));
        clusters.entity_of.push(EntityId::new(e));
        mentions.push(Mention {
            span,
            kind,
            sentence: d.sentence_at(span.start),
            confidence: 1.0,
            boilerplate: false,
        });
    }
    (mentions, clusters, ids)
}
