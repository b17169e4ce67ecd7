//! Time, memory and results of resolving names over many articles.
//!
//! ```text
//! cargo run --release --example registry -- OUT/documents.jsonl [N]    the N commonest people and pairs, with aliases
//! cargo run --release --example registry -- --synthetic 100000         made-up articles
//! ```
//!
//! Synthetic articles have 15 entities each, drawn with Zipf's law from a population that grows with the number of
//! articles, as distinct names do in real news.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Instant;

use whomet::document::{EncounterKind, NameType, Status};
use whomet::export::record::{
    CharSlices, EntityRecord, MeetingRecord, MentionRecord, ParticipantRecord, Record, Records,
    RoleRecord,
};
use whomet::registry::{Ids, Resolved, Verdict, build, decisions};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let started = Instant::now();
    let resolved = match args[0].as_str() {
        "--synthetic" => {
            let n: u64 = args[1].parse().unwrap();
            build((0..n).map(|i| Ok(synthetic(i, n))), &[], Ids::default()).unwrap()
        }
        path => {
            let file = BufReader::with_capacity(1 << 16, File::open(path).unwrap());
            // The last line of a run that is not done may be torn.
            let records = Records::new(file, Path::new(path)).take_while(Result::is_ok);
            build(records, &[], Ids::default()).unwrap()
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let graph = &resolved.graph;
    let count = |v| resolved.decisions.iter().filter(|d| d.verdict == v).count();
    println!(
        "{} articles, {} copies, {} entities ({} people), {} events, {} offices; {} merged, {} proposed, {} kept apart; {seconds:.1} s, {} MB at the peak",
        graph.articles.len(),
        graph
            .articles
            .iter()
            .filter(|a| a.copy_of.is_some())
            .count(),
        graph.entities.len(),
        graph
            .entities
            .iter()
            .filter(|e| e.kind == NameType::Per)
            .count(),
        graph.events.len(),
        graph.offices.len(),
        count(Verdict::Merged),
        count(Verdict::Proposed),
        count(Verdict::KeptApart),
        peak() / 1024,
    );
    if let Some(n) = args.get(1).filter(|_| args[0] != "--synthetic") {
        show(&resolved, n.parse().unwrap());
    }
    if let (Some("--gold"), Some(path)) = (args.get(2).map(String::as_str), args.get(3)) {
        gold(&resolved, Path::new(&args[0]), Path::new(path));
    } else if let Some(path) = args.get(2).and_then(|a| a.strip_prefix("--dump=")) {
        decisions::write(&mut File::create(path).unwrap(), &resolved.decisions).unwrap();
    } else if let Some(word) = args.get(2) {
        // Decisions about names that hold a word.
        for d in resolved
            .decisions
            .iter()
            .filter(|d| d.names.iter().any(|n| n.contains(word.as_str())))
        {
            let (verdict, score) = (d.verdict.word(), d.score.unwrap_or_default());
            println!(
                "{verdict} {score} [{}] [{}] {} | {} articles",
                d.names[0], d.names[1], d.reasons, d.articles
            );
        }
    }
}

/// Precision and recall on judged pairs: kind, article, name in it, other name, same or different.
fn gold(resolved: &Resolved, documents: &Path, pairs: &Path) {
    let pairs = std::fs::read_to_string(pairs).unwrap();
    let pairs: Vec<Vec<&str>> = pairs
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| l.split('\t').collect())
        .collect();
    let wanted: BTreeMap<&str, ()> = pairs.iter().map(|p| (p[1], ())).collect();
    let file = BufReader::new(File::open(documents).unwrap());
    let mut node: BTreeMap<(String, String), &whomet::graph::EntityNode> = BTreeMap::new();
    // The node that most articles mean by a name, as their fullest name of somebody or as another.
    let mut meant: BTreeMap<String, BTreeMap<&str, u32>> = BTreeMap::new();
    for (n, record) in Records::new(file, documents)
        .take_while(Result::is_ok)
        .enumerate()
    {
        let record = record.unwrap();
        let view = whomet::graph::ArticleView::new(&resolved.graph, &resolved.links, n);
        let text = CharSlices::new(&record.text);
        let names = record.entities.iter().map(|e| (e.id, e.name.as_str()));
        let surfaces = record.mentions.iter();
        let surfaces = surfaces.map(|m| (m.entity, text.get([m.start, m.end])));
        let named: BTreeSet<(u32, &str)> = names.chain(surfaces).collect();
        for (e, name) in named {
            if let Some(found) = view.entity(e) {
                *meant
                    .entry(name.to_owned())
                    .or_default()
                    .entry(&found.id)
                    .or_default() += 1;
                if wanted.contains_key(record.id.as_str()) {
                    node.insert((record.id.clone(), name.to_owned()), found);
                }
            }
        }
    }
    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for p in &pairs {
        let [kind, article, a, b, truth] = p[..] else {
            panic!("{p:?}")
        };
        // Names that another version of the extraction reads otherwise say nothing about merges.
        let found = node.get(&(article.to_owned(), a.to_owned()));
        let main = meant
            .get(b)
            .and_then(|nodes| nodes.iter().max_by_key(|n| n.1));
        let (Some(found), Some((main, _))) = (found, main) else {
            println!("not found: {p:?}");
            continue;
        };
        let merged = *main == found.id;
        let proposed = resolved.decisions.iter().any(|d| {
            d.verdict == Verdict::Proposed
                && (d.names == [a, b] || d.names == [b, a])
                && d.article_ids.iter().any(|x| x == article)
        });
        let verdict = match (merged, proposed) {
            (true, _) => "merged",
            (_, true) => "proposed",
            _ => "apart",
        };
        if (verdict == "merged") != (truth == "same") {
            println!("{verdict:9} but {truth}: {kind} {article} [{a}] [{b}]");
        }
        *counts.entry((verdict, truth)).or_default() += 1;
    }
    let n = |v, t| counts.get(&(v, t)).copied().unwrap_or(0);
    let same = n("merged", "same") + n("proposed", "same") + n("apart", "same");
    println!(
        "{} pairs, {same} of them the same. merged: {} right, {} wrong (precision {:.3}, recall {:.3}); proposed: {} the same, {} different; kept apart: {} the same, {} different",
        pairs.len(),
        n("merged", "same"),
        n("merged", "different"),
        f64::from(n("merged", "same"))
            / f64::from((n("merged", "same") + n("merged", "different")).max(1)),
        f64::from(n("merged", "same")) / f64::from(same.max(1)),
        n("proposed", "same"),
        n("proposed", "different"),
        n("apart", "same"),
        n("apart", "different"),
    );
}

/// Kilobytes of the largest resident set so far.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap_or("");
    line.split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

fn show(resolved: &Resolved, n: usize) {
    let graph = &resolved.graph;
    let mut people: Vec<_> = graph
        .entities
        .iter()
        .filter(|e| e.kind == NameType::Per)
        .collect();
    people.sort_by_key(|e| std::cmp::Reverse(e.articles));
    for (rank, e) in (1..).zip(people.iter().take(n)) {
        println!(
            "{rank:3} {:6} {} ({}) | {}",
            e.id,
            e.name,
            e.articles,
            e.aliases.join(" | ")
        );
    }
    let mut pairs: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for event in graph
        .events
        .iter()
        .filter(|e| e.kind != EncounterKind::Visit && e.status == Status::Occurred)
    {
        for (i, a) in event.actors.iter().enumerate() {
            for b in &event.actors[i + 1..] {
                *pairs.entry((a.entity, b.entity)).or_default() += 1;
            }
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|p| std::cmp::Reverse(p.1));
    for ((a, b), count) in pairs.into_iter().take(n.min(60)) {
        println!(
            "{count:4} {} — {}",
            graph.entities[a].name, graph.entities[b].name
        );
    }
}

/// A number from a seed (SplitMix64).
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *seed;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn word(mut n: u64, parts: usize) -> String {
    const PARTS: [&str; 24] = [
        "ba", "ko", "mi", "ran", "del", "vo", "shi", "ter", "lu", "gan", "pe", "sto", "har", "ni",
        "zel", "mar", "tov", "qui", "fer", "dra", "son", "ley", "iva", "nov",
    ];
    let mut out = String::new();
    for _ in 0..parts {
        out += PARTS[(n % 24) as usize];
        n /= 24;
    }
    out[..1].to_uppercase() + &out[1..]
}

/// Article `i` of `n`.
fn synthetic(i: u64, n: u64) -> Record {
    let mut seed = i;
    // Distinct names grow slower than articles (Heaps' law, exponent 0.7).
    let population = ((n as f64).powf(0.7) * 40.0) as u64;
    let (mut text, mut mentions, mut entities) = (String::new(), Vec::new(), Vec::new());
    let mut put = |name: String, kind: NameType, text: &mut String| {
        let id = entities.len() as u32 + 1;
        let start = text.len() as u32;
        *text += &name;
        let end = text.len() as u32;
        *text += " and more. ";
        entities.push(EntityRecord { id, kind, name });
        mentions.push(MentionRecord {
            start,
            end,
            kind,
            entity: id,
            confidence: 0.9,
            boilerplate: false,
        });
        id
    };
    let mut people = Vec::new();
    for slot in 0..15 {
        let draw = random(&mut seed);
        // Zipf's law by inversion.
        let rank = ((population as f64).powf((draw % 1_000_000) as f64 / 1e6)) as u64;
        let mut who = rank.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (given, family) = (random(&mut who) % 4000, random(&mut who) % 40_000);
        if slot < 8 {
            let (given, family) = (word(given, 2), word(family, 3));
            let name = match draw >> 40 & 7 {
                0 => family,
                1 => format!("{}. {family}", &given[..1]),
                2 => format!("{given}h {family}"),
                _ => format!("{given} {family}"),
            };
            people.push(put(name, NameType::Per, &mut text));
        } else if slot < 12 {
            put(
                format!("{} {}", word(family, 3), word(given, 2)),
                NameType::Org,
                &mut text,
            );
        } else {
            put(word(family % 3000, 3), NameType::Gpe, &mut text);
        }
    }
    for _ in 0..250 {
        text += &word(random(&mut seed) % 20_000, 3).to_lowercase();
        text.push(' ');
    }
    let meeting = |a: u32, b: u32| MeetingRecord {
        kind: EncounterKind::Meeting,
        status: Status::Occurred,
        participants: [a, b]
            .map(|entity| ParticipantRecord {
                entity,
                words: None,
            })
            .to_vec(),
        place: Some(13),
        date: Some(format!(
            "20{:02}-{:02}-{:02}",
            i % 20,
            1 + i / 20 % 12,
            1 + i / 240 % 28
        )),
        date_words: None,
        evidence: [0, 20],
        sentence: [0, 40],
        also: Vec::new(),
        confidence: 0.8,
    };
    Record {
        schema: String::new(),
        version: 1,
        id: format!("s{i}"),
        source: None,
        date: Some(format!(
            "20{:02}-{:02}-{:02}",
            i % 20,
            1 + i / 20 % 12,
            1 + i / 240 % 28
        )),
        title: None,
        url: None,
        mentions,
        roles: vec![RoleRecord {
            person: people[0],
            title: format!("{} minister", word(seed % 30, 1)),
            of: Some(13),
            evidence: [0, 10],
            sentence: [0, 40],
            confidence: 0.8,
        }],
        meetings: vec![meeting(people[0], people[1]), meeting(people[2], people[3])],
        entities,
        path: "synthetic".to_owned(),
        record: Some(i),
        sha256: String::new(),
        date_from: None,
        offset_map: Vec::new(),
        boilerplate: Vec::new(),
        notes: Vec::new(),
        unanalysed: 0,
        run: String::new(),
        text,
    }
}
