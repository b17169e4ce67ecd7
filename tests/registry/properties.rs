//! What must hold for any articles and any decisions.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use whomet::document::{EncounterKind::*, Status::*};
use whomet::export::record::Record;
use whomet::registry::{By, Decision, Ids, Verdict};

use crate::story::{met, node, office, resolve, story};

const NAMES: [&str; 14] = [
    "PER 1 Sergei Lavrov",
    "PER 1 Sergey Lavrov",
    "PER 1 S. Lavrov",
    "PER 1 Lavrov",
    "PER 1 Kirill Lavrov",
    "PER 1 Joe Biden",
    "PER 1 Joseph R. Biden, Jr.",
    "PER 1 Biden",
    "ORG 1 FBI",
    "ORG 1 Federal Bureau of Investigation",
    "ORG 1 Foreign Ministry",
    "GPE 1 Georgia",
    "GPE 1 Kiev",
    "NORP 1 Russians",
];
const COMPANY: [&str; 6] = [
    "PER 2 Hakan Fidan",
    "PER 2 Maria Zakharova",
    "GPE 2 Russia",
    "GPE 2 United States",
    "GPE 2 Texas",
    "ORG 2 NATO",
];

fn articles() -> impl Strategy<Value = Vec<Record>> {
    let one = (
        0..NAMES.len(),
        0..COMPANY.len(),
        0..3usize,
        proptest::option::of(1..28u32),
    );
    proptest::collection::vec(one, 1..14).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(n, (name, company, title, day))| {
                let date = day.map(|d| format!("2024-03-{d:02}"));
                let marked = format!("[{}] and [{}], text {n}.", NAMES[name], COMPANY[company]);
                let mut r = story(&format!("a{n}"), date.as_deref(), &marked);
                if title < 2 {
                    office(&mut r, 1, ["foreign minister", "president"][title], Some(2));
                }
                let status = [Occurred, Planned, Not][title];
                met(
                    &mut r,
                    Meeting,
                    status,
                    &[1, 2],
                    None,
                    date.as_deref().filter(|_| n % 2 == 0),
                );
                r
            })
            .collect()
    })
}

/// Which entities are one: sets of (article, entity).
fn partition(records: &[Record], decisions: &[Decision]) -> BTreeSet<BTreeSet<(String, u32)>> {
    let resolved = resolve(records, decisions, Ids::default());
    let mut sets: BTreeMap<String, BTreeSet<(String, u32)>> = BTreeMap::new();
    for (n, record) in records.iter().enumerate() {
        for e in &record.entities {
            sets.entry(node(&resolved, n, e.id))
                .or_default()
                .insert((record.id.clone(), e.id));
        }
    }
    sets.into_values().collect()
}

fn rule(verdict: Verdict, kind: &str, a: &str, b: &str) -> Decision {
    Decision {
        verdict,
        by: By::Person,
        kind: kind.to_owned(),
        names: [a.to_owned(), b.to_owned()],
        ids: [String::new(), String::new()],
        score: None,
        reasons: String::new(),
        automatic: None,
        articles: 0,
        article_ids: Vec::new(),
        note: String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_articles_changes_nothing(records in articles(), turn in 0..14usize) {
        let mut turned = records.clone();
        turned.rotate_left(turn % records.len());
        turned.reverse();
        prop_assert_eq!(partition(&records, &[]), partition(&turned, &[]));
    }

    #[test]
    fn resolving_again_changes_nothing(records in articles()) {
        let first = resolve(&records, &[], Ids::default());
        let ids = Ids::read(&first.ids.write().unwrap()).unwrap();
        let mut file = Vec::new();
        whomet::registry::decisions::write(&mut file, &first.decisions).unwrap();
        let decisions = whomet::registry::decisions::read(&file).unwrap();
        let second = resolve(&records, &decisions, ids);
        prop_assert_eq!(first.graph, second.graph);
        prop_assert_eq!(first.decisions, second.decisions);
    }

    #[test]
    fn more_articles_keep_the_ids(records in articles(), more in articles()) {
        let first = resolve(&records, &[], Ids::default());
        let mut all = records.clone();
        all.extend(more.into_iter().enumerate().map(|(n, r)| Record { id: format!("b{n}"), ..r }));
        let second = resolve(&all, &[], first.ids.clone());
        // What was one entity may have been joined with or split from others, but an id never means another name.
        for e in &first.graph.entities {
            if let Some(now) = second.graph.entities.iter().find(|x| x.id == e.id) {
                let mut names: BTreeSet<&String> = now.aliases.iter().collect();
                names.insert(&now.name);
                prop_assert!(
                    names.contains(&e.name) || e.aliases.iter().any(|a| names.contains(a)),
                    "{} was {}, is {}", e.id, e.name, now.name
                );
            }
        }
    }

    #[test]
    fn what_a_person_decided_is_done(records in articles(), a in 0..8usize, further in 1..8usize, merge: bool) {
        let b = (a + further) % 8;
        let name = |n: usize| NAMES[n].splitn(3, ' ').nth(2).unwrap();
        let verdict = if merge { Verdict::Merged } else { Verdict::KeptApart };
        let rules = [rule(verdict, "person", name(a), name(b))];
        let resolved = resolve(&records, &rules, Ids::default());
        let nodes = |wanted: &str| -> BTreeSet<String> {
            records.iter().enumerate()
                .filter(|(_, r)| r.entities[0].name == wanted)
                .map(|(n, _)| node(&resolved, n, 1))
                .collect()
        };
        let (x, y) = (nodes(name(a)), nodes(name(b)));
        if merge && !x.is_empty() && !y.is_empty() {
            prop_assert_eq!(x.len(), 1, "{} {}", name(a), name(b));
            prop_assert_eq!(x, y);
        } else if !merge {
            prop_assert!(x.is_disjoint(&y), "{} {}", name(a), name(b));
        }
        // The row is there, with its verdict.
        let row = &resolved.decisions[0];
        prop_assert_eq!((row.verdict, row.by), (verdict, By::Person));
    }

    #[test]
    fn the_graph_is_whole(records in articles()) {
        let graph = resolve(&records, &[], Ids::default()).graph;
        for e in &graph.entities {
            prop_assert!(e.part_of.is_none_or(|p| p < graph.entities.len()));
        }
        for event in &graph.events {
            prop_assert!(!event.reports.is_empty() && event.actors.len() >= 2);
            prop_assert!(event.actors.windows(2).all(|w| w[0].entity < w[1].entity));
            let mut articles: Vec<usize> = event.reports.iter().map(|r| r.article).collect();
            articles.sort_unstable();
            articles.dedup();
            prop_assert_eq!(articles.len(), event.reports.len(), "two reports of one article in one event");
        }
        let reports: usize = graph.events.iter().map(|e| e.reports.len()).sum();
        prop_assert!(reports <= records.len());
        let ids: BTreeSet<&String> = graph.entities.iter().map(|e| &e.id).collect();
        prop_assert_eq!(ids.len(), graph.entities.len());
    }

    #[test]
    fn any_names_pass(names in proptest::collection::vec(".{1,24}", 1..6)) {
        let records: Vec<Record> = names.iter().enumerate().map(|(n, name)| {
            let mut r = story(&format!("{name}{n}"), None, "[PER 1 X Y] and [ORG 2 Z] in [GPE 3 Q].");
            for e in &mut r.entities {
                e.name = name.clone();
            }
            office(&mut r, 1, name, Some(2));
            met(&mut r, Meeting, Occurred, &[1, 2], Some(3), Some(name));
            r
        }).collect();
        let resolved = resolve(&records, &[], Ids::default());
        let mut file = Vec::new();
        whomet::registry::decisions::write(&mut file, &resolved.decisions).unwrap();
        let read = whomet::registry::decisions::read(&file).unwrap();
        prop_assert_eq!(read.len(), resolved.decisions.len());
        prop_assert!(read.iter().all(|d| d.by == By::Program));
    }
}
