//! Scores `resolve` on gold mentions: `resolve_gold GOLD.jsonl [--errors N] [--noise] [--unnamed N]`.
//!
//! Prints micro-averaged B-cubed as the project's scorer computes it, which entities were merged or split wrongly, and how
//! often a participant that its evidence's sentence does not name is a top candidate of a pronoun or description there.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};

use whomet::document::{Article, Document, Mention, NameType, Sentence, Token};
use whomet::resolve::actors::same_actor;
use whomet::resolve::antecedents::antecedents;
use whomet::resolve::descriptions::{DescriptionKind, find};
use whomet::resolve::resolve;
use whomet::span::{EntityId, SentenceId, Span, TokenId};

/// A crude cut into tokens and sentences, so that this program needs no other stage.
fn document(body: &str) -> Document {
    let mut tokens: Vec<Token> = Vec::new();
    let mut open: Option<usize> = None;
    for (i, c) in body.char_indices() {
        let next = body[i + c.len_utf8()..].chars().next();
        let dotted = |o: usize| {
            body[o..i].contains('.')
                || body[o..i].chars().count() == 1
                || matches!(
                    &body[o..i],
                    "Mr" | "Mrs"
                        | "Ms"
                        | "Dr"
                        | "Sen"
                        | "Gen"
                        | "Gov"
                        | "Rep"
                        | "St"
                        | "Jr"
                        | "Sr"
                        | "Lt"
                )
        };
        let joins = c.is_alphanumeric()
            || (c == '-' && open.is_some())
            || (c == '.' && (next.is_some_and(char::is_alphanumeric) || open.is_some_and(dotted)))
            || (matches!(c, '\'' | '’')
                && open.is_some()
                && next.is_some_and(char::is_alphabetic)
                && next != Some('s'));
        if joins {
            open.get_or_insert(i);
            continue;
        }
        if let Some(s) = open.take() {
            tokens.push(Token {
                span: Span::new(s, i),
            });
        }
        if matches!(c, '\'' | '’') && next == Some('s') {
            open = Some(i);
        } else if !c.is_whitespace() {
            tokens.push(Token {
                span: Span::new(i, i + c.len_utf8()),
            });
        }
    }
    if let Some(s) = open {
        tokens.push(Token {
            span: Span::new(s, body.len()),
        });
    }
    let mut sentences = Vec::new();
    let mut first = 0;
    for t in 0..tokens.len() {
        let gap = tokens.get(t + 1).map_or("\n", |n| {
            &body[tokens[t].span.end as usize..n.span.start as usize]
        });
        let word = tokens[t].span.of(body);
        let quoted = t > first
            && matches!(word, "\"" | "”")
            && matches!(tokens[t - 1].span.of(body), "." | "?" | "!");
        if gap.contains('\n')
            || (matches!(word, "." | "?" | "!") && !gap.is_empty())
            || (quoted && !gap.is_empty())
        {
            let span = tokens[first].span.cover(tokens[t].span);
            sentences.push(Sentence {
                span,
                first: TokenId::new(first),
                end: TokenId::new(t + 1),
                paragraph: 0,
                boilerplate: false,
            });
            first = t + 1;
        }
    }
    Document {
        article: Article {
            body: body.to_owned(),
            ..Article::default()
        },
        tokens,
        sentences,
    }
}

/// Counts over participants without a name in their evidence's sentence.
#[derive(Default)]
struct Unnamed {
    participants: usize,
    unnamed: usize,
    with_description: usize,
    top1: usize,
    top2: usize,
    listed: usize,
    by_kind: BTreeMap<&'static str, (usize, usize)>,
}

fn unnamed(gold: &Gold, counts: &mut Unnamed, shown: &mut usize) {
    let doc = document(&gold.text);
    let mut mentions = gold.mentions.clone();
    for m in &mut mentions {
        m.sentence = doc.sentence_at(m.span.start);
    }
    let clusters = resolve(&gold.text, &mentions);
    let descriptions = find(&doc, &mentions);
    let ranked = antecedents(&doc, &mentions, &clusters, &descriptions, &[]);
    let mut votes: BTreeMap<u64, BTreeMap<EntityId, usize>> = BTreeMap::new();
    for (i, &g) in gold.entity.iter().enumerate() {
        *votes
            .entry(g)
            .or_default()
            .entry(clusters.entity_of[i])
            .or_default() += 1;
    }
    let mut bytes: Vec<usize> = gold.text.char_indices().map(|c| c.0).collect();
    bytes.push(gold.text.len());
    for meeting in gold.json["meetings"].as_array().into_iter().flatten() {
        let at = |k: usize| bytes[meeting["evidence"][k].as_u64().unwrap() as usize] as u32;
        let (from, to) = (
            doc.sentence_at(at(0)),
            doc.sentence_at(at(1).saturating_sub(1)),
        );
        for p in meeting["participants"].as_array().into_iter().flatten() {
            let g = p["entity"].as_u64().unwrap_or(0);
            let Some(of) = votes.get(&g) else { continue };
            let entity = *of.iter().max_by_key(|v| v.1).unwrap().0;
            counts.participants += 1;
            let same = |e: EntityId| same_actor(&clusters.entities, e, entity);
            if mentions
                .iter()
                .zip(&clusters.entity_of)
                .any(|(m, &e)| m.sentence >= from && m.sentence <= to && same(e))
            {
                continue;
            }
            counts.unnamed += 1;
            let here: Vec<usize> = (0..descriptions.len())
                .filter(|&d| {
                    let s = doc.sentence_at(descriptions[d].span.start);
                    s >= from && s <= to
                })
                .collect();
            if here.is_empty() {
                continue;
            }
            counts.with_description += 1;
            // A group stands for as many as it counts.
            let place = |d: usize| {
                let members = match descriptions[d].kind {
                    DescriptionKind::Group { count } => usize::from(count.unwrap_or(2)),
                    DescriptionKind::Pronoun { gender: None, .. } => 2,
                    _ => 1,
                };
                ranked[d]
                    .iter()
                    .position(|c| same(c.0))
                    .map(|n| (n + 1).saturating_sub(members - 1).max(1))
            };
            let best = here.iter().filter_map(|&d| place(d)).min();
            counts.top1 += usize::from(best == Some(1));
            counts.top2 += usize::from(best.is_some_and(|b| b <= 2));
            counts.listed += usize::from(best.is_some());
            for &d in &here {
                let name = match descriptions[d].kind {
                    DescriptionKind::Pronoun { .. } => "pronoun",
                    DescriptionKind::Person => "person",
                    DescriptionKind::Group { .. } => "group",
                    DescriptionKind::Counterpart => "counterpart",
                    DescriptionKind::Side => "side",
                };
                let row = counts.by_kind.entry(name).or_default();
                row.0 += 1;
                row.1 += usize::from(place(d).is_some_and(|p| p <= 2));
            }
            if best.is_none_or(|b| b > 2) && *shown > 0 {
                *shown -= 1;
                let text = Span {
                    start: doc.sentences[from.index()].span.start,
                    end: doc.sentences[to.index()].span.end,
                }
                .of(&gold.text);
                let lists: Vec<_> = here
                    .iter()
                    .map(|&d| {
                        (
                            descriptions[d].span.of(&gold.text),
                            ranked[d]
                                .iter()
                                .map(|c| {
                                    (
                                        clusters.entities[c.0.index()].name.as_str(),
                                        (c.1 * 100.0) as u32,
                                    )
                                })
                                .collect::<Vec<_>>(),
                        )
                    })
                    .collect();
                println!(
                    "unnamed {}: {} | {text} | {lists:?}",
                    gold.id,
                    clusters.entities[entity.index()].name
                );
            }
        }
    }
}

struct Gold {
    id: String,
    text: String,
    mentions: Vec<Mention>,
    entity: Vec<u64>,
    json: serde_json::Value,
}

fn read(path: &str) -> Vec<Gold> {
    let file = std::fs::read_to_string(path).unwrap();
    let mut out = Vec::new();
    for line in file.lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = json["text"].as_str().unwrap().to_owned();
        let mut bytes: Vec<usize> = text.char_indices().map(|c| c.0).collect();
        bytes.push(text.len());
        let mut rows: Vec<(Mention, u64)> = json["mentions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| {
                let at = |k: &str| bytes[m[k].as_u64().unwrap() as usize];
                let kind = NameType::ALL
                    .into_iter()
                    .find(|k| k.label() == m["type"].as_str().unwrap())
                    .unwrap();
                let span = Span::new(at("start"), at("end"));
                (
                    Mention {
                        span,
                        kind,
                        sentence: SentenceId(0),
                        confidence: 1.0,
                        boilerplate: false,
                    },
                    m["entity"].as_u64().unwrap(),
                )
            })
            .collect();
        rows.sort_by_key(|r| r.0.span);
        let (mentions, entity) = rows.into_iter().unzip();
        out.push(Gold {
            id: json["id"].as_str().unwrap().to_owned(),
            text,
            mentions,
            entity,
            json,
        });
    }
    out
}

/// A small fixed generator, so that noise is the same every time.
struct Random(u64);
impl Random {
    fn next(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let noise = args.iter().any(|a| a == "--noise");
    let mut shown = args
        .iter()
        .position(|a| a == "--errors")
        .map_or(0, |i| args[i + 1].parse::<usize>().unwrap());
    let (mut p, mut pn, mut r, mut rn, mut cap) = (0.0f64, 0usize, 0.0f64, 0usize, 0.0f64);
    let mut by_kind: BTreeMap<NameType, (f64, f64, usize)> = BTreeMap::new();
    let mut random = Random(88_172_645_463_325_252);
    let golds = read(&args[0]);
    for gold in &golds {
        let keep: Vec<usize> = (0..gold.mentions.len())
            .filter(|_| !noise || random.next(100) >= 10)
            .collect();
        let mut given: Vec<Mention> = keep.iter().map(|&i| gold.mentions[i]).collect();
        if noise {
            for m in &mut given {
                if random.next(100) < 5 {
                    m.kind = NameType::ALL[random.next(7) as usize];
                }
            }
        }
        let start = std::time::Instant::now();
        let clusters = resolve(&gold.text, &given);
        let resolved = start.elapsed();
        if given.len() > 10_000 {
            let doc = document(&gold.text);
            for m in &mut given {
                m.sentence = doc.sentence_at(m.span.start);
            }
            let start = std::time::Instant::now();
            let found = find(&doc, &given);
            let searched = start.elapsed();
            let ranked = antecedents(&doc, &given, &clusters, &found, &[]);
            println!(
                "{} mentions, {} entities: resolve {resolved:?}, find {searched:?} for {}, antecedents until {:?} for {}",
                given.len(),
                clusters.entities.len(),
                found.len(),
                start.elapsed(),
                ranked.len()
            );
            continue;
        }
        let mut gc: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        let mut pc: BTreeMap<EntityId, BTreeSet<usize>> = BTreeMap::new();
        for (i, &e) in gold.entity.iter().enumerate() {
            gc.entry(e).or_default().insert(i);
        }
        for (k, &i) in keep.iter().enumerate() {
            pc.entry(clusters.entity_of[k]).or_default().insert(i);
        }
        pn += keep.len();
        rn += gold.mentions.len();
        for (k, &i) in keep.iter().enumerate() {
            let (g, q) = (&gc[&gold.entity[i]], &pc[&clusters.entity_of[k]]);
            let n = g.intersection(q).count() as f64;
            cap +=
                g.iter().filter(|i| keep.binary_search(i).is_ok()).count() as f64 / g.len() as f64;
            p += n / q.len() as f64;
            r += n / g.len() as f64;
            let row = by_kind.entry(gold.mentions[i].kind).or_default();
            *row = (
                row.0 + n / q.len() as f64,
                row.1 + n / g.len() as f64,
                row.2 + 1,
            );
        }
        let surface = |i: usize| gold.mentions[i].span.of(&gold.text).to_owned();
        let distinct = |s: &mut dyn Iterator<Item = usize>| s.map(surface).collect::<BTreeSet<_>>();
        for q in pc.values() {
            let entities: BTreeSet<u64> = q.iter().map(|&i| gold.entity[i]).collect();
            if entities.len() > 1 && shown > 0 {
                shown -= 1;
                let parts: Vec<_> = entities
                    .iter()
                    .map(|&e| {
                        (
                            gold.mentions[*gc[&e].first().unwrap()].kind.label(),
                            distinct(&mut q.iter().copied().filter(|&i| gold.entity[i] == e)),
                        )
                    })
                    .collect();
                println!("merged {}: {parts:?}", gold.id);
            }
        }
        for g in gc.values() {
            let of: BTreeMap<EntityId, BTreeSet<usize>> = pc
                .iter()
                .map(|(e, q)| (*e, q.intersection(g).copied().collect::<BTreeSet<_>>()))
                .filter(|x| !x.1.is_empty())
                .collect();
            if of.len() > 1 && shown > 0 {
                shown -= 1;
                let parts: Vec<_> = of
                    .values()
                    .map(|s| distinct(&mut s.iter().copied()))
                    .collect();
                println!(
                    "split {} {}: {parts:?}",
                    gold.id,
                    gold.mentions[*g.first().unwrap()].kind
                );
            }
        }
    }
    let (p, r) = (100.0 * p / pn.max(1) as f64, 100.0 * r / rn.max(1) as f64);
    let cap = 100.0 * cap / rn.max(1) as f64;
    println!(
        "{}: {} articles, {rn} mentions, B-cubed P {p:.2} R {r:.2} (of at most {cap:.2}) F {:.2}",
        args[0],
        golds.len(),
        2.0 * p * r / (p + r)
    );
    for (kind, (a, b, n)) in by_kind {
        println!(
            "  {kind}: P {:.1} R {:.1} ({n})",
            100.0 * a / n as f64,
            100.0 * b / n as f64
        );
    }
    if !noise {
        let mut counts = Unnamed::default();
        let mut shown = args
            .iter()
            .position(|a| a == "--unnamed")
            .map_or(0, |i| args[i + 1].parse::<usize>().unwrap());
        for gold in golds.iter().filter(|g| g.mentions.len() <= 10_000) {
            unnamed(gold, &mut counts, &mut shown);
        }
        println!(
            "  participants {}, not named in their sentence {}, of these beside a description {}: first {} ({:.0} %), first two {} ({:.0} %), listed {}; by kind (descriptions, with the participant on top) {:?}",
            counts.participants,
            counts.unnamed,
            counts.with_description,
            counts.top1,
            100.0 * counts.top1 as f64 / counts.with_description.max(1) as f64,
            counts.top2,
            100.0 * counts.top2 as f64 / counts.with_description.max(1) as f64,
            counts.listed,
            counts.by_kind
        );
    }
}
