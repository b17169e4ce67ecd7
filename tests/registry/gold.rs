//! Articles made from templates, whose identities are known: how many of the program's merges are right, and how many
//! of the right ones it finds. And the rules for events, copies and places, one by one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use whomet::document::{EncounterKind::*, Status::*};
use whomet::export::record::Record;
use whomet::registry::{Ids, Verdict};

use crate::story::{met, node, office, resolve, story};

const TEMPLATES: [&str; 6] = [
    "{name} said on Monday that the plan was ready. {company} stood beside. Reporters asked about the budget {n} times.",
    "After weeks of silence {name} spoke again, in a hall full of people, row {n}. {company} listened from the front.",
    "A statement released by {company} quoted {name} in its {n}th paragraph, and gave no further detail of the matter.",
    "For {n} hours, {name} took questions. It was, {company} remarked afterwards, the longest such session of the year.",
    "The {n} delegates rose when {name} was mentioned. {company} had prepared the list, which was not made public.",
    "Nothing in the {n} pages surprised anybody, least of all {name}. The authors thank {company} for their patience.",
];
const FILLERS: [&str; 7] = [
    "Rain fell on the square while officials carried boxes of paper into the building.",
    "The opposition called the announcement late and demanded a debate before the end of the week.",
    "Prices had risen in the meantime, and shopkeepers along the avenue spoke of little else.",
    "A second round is expected, although nobody would say when the invitations go out.",
    "Observers recalled that a similar promise had been made two winters ago and quietly dropped.",
    "Television showed the arrival for less than a minute, then returned to the weather.",
    "Copies of the agreement were handed to the press without the annex that lists the costs.",
];

/// The identity of entity 1 of each article.
fn articles() -> Vec<(Record, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/registry/identities.tsv");
    let table = fs::read_to_string(path).unwrap();
    let mut out: Vec<(Record, String)> = Vec::new();
    for line in table.lines().filter(|l| !l.starts_with('#')) {
        let [identity, kind, names, offices, company, year] =
            line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let offices: Vec<&str> = offices.split(';').filter(|o| !o.is_empty()).collect();
        for (v, name) in names.split(';').enumerate() {
            for k in 0..3 {
                let n = out.len();
                let mut next = 2;
                let mut beside: Vec<String> = Vec::new();
                for c in company.split(';') {
                    let (kind, name) = c.split_once(':').unwrap();
                    beside.push(format!("[{kind} {next} {name}]"));
                    next += 1;
                }
                // Two of three articles state the office, the last one of a changed office another.
                let held = (k < 2 && !offices.is_empty())
                    .then(|| offices[(k + v) % offices.len()].split_once('@').unwrap());
                let of = held.map(|(_, of)| {
                    let (kind, name) = of.split_once(':').unwrap();
                    beside.push(format!("[{kind} {next} {name}]"));
                    next
                });
                let named: Vec<String> = name
                    .split(" + ")
                    .map(|part| format!("[{kind} 1 {part}]"))
                    .collect();
                let marked = TEMPLATES[n % TEMPLATES.len()]
                    .replace("{name}", &named.join(", "))
                    .replace("{company}", &beside.join(" and "))
                    .replace("{n}", &(n + 3).to_string());
                let fill: Vec<&str> = (0..3)
                    .map(|i| FILLERS[(n * 3 + i * (n / 7 + 1)) % FILLERS.len()])
                    .collect();
                let date = format!("{year}-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
                let mut record = story(
                    &format!("{identity}-{v}-{k}"),
                    Some(&date),
                    &format!("{marked} {}", fill.join(" ")),
                );
                if let Some((title, _)) = held {
                    office(&mut record, 1, title, of);
                }
                out.push((record, identity.to_owned()));
            }
        }
    }
    out
}

/// Pairs of differently named or namesake entities: right and wrong merges, and missed ones.
#[derive(Debug, Default)]
struct Score {
    right: usize,
    wrong: Vec<String>,
    missed: Vec<String>,
}

impl Score {
    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong.len()).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed.len()).max(1) as f64
    }
}

#[test]
fn merges_are_right_and_most_are_found() {
    let articles = articles();
    assert!(articles.len() >= 60);
    let records: Vec<Record> = articles.iter().map(|a| a.0.clone()).collect();
    let resolved = resolve(&records, &[], Ids::default());
    let mut score = Score::default();
    // Names of one identity, and one name of two, count once each.
    let mut judged: BTreeMap<[String; 4], Vec<bool>> = BTreeMap::new();
    for (i, (a, x)) in articles.iter().enumerate() {
        for (j, (b, y)) in articles.iter().enumerate().skip(i + 1) {
            let (m, n) = (&a.entities[0].name, &b.entities[0].name);
            if m == n && x == y {
                continue;
            }
            let mut key = [(x.clone(), m.clone()), (y.clone(), n.clone())];
            key.sort();
            let [(x, m), (y, n)] = key;
            let merged = node(&resolved, i, 1) == node(&resolved, j, 1);
            judged.entry([x, m, y, n]).or_default().push(merged);
        }
    }
    for ([x, m, y, n], merged) in judged {
        let share = merged.iter().filter(|m| **m).count() as f64 / merged.len() as f64;
        let what = format!("{m} ({x}) | {n} ({y}) {share:.2}");
        match (share > 0.5, x == y) {
            (true, true) => score.right += 1,
            (true, false) => score.wrong.push(what),
            (false, true) => score.missed.push(what),
            (false, false) if share > 0.0 => score.wrong.push(what),
            (false, false) => {}
        }
    }
    println!(
        "{} articles; {} right, wrong {:#?}, missed {:#?}; precision {:.3}, recall {:.3}",
        articles.len(),
        score.right,
        score.wrong,
        score.missed,
        score.precision(),
        score.recall()
    );
    assert!(
        score.precision() >= 0.98 && score.recall() >= 0.8,
        "{score:#?}"
    );
}

#[test]
fn the_judged_pairs_are_well_formed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/registry/pairs.tsv");
    let pairs = fs::read_to_string(path).unwrap();
    let pairs: Vec<Vec<&str>> = pairs
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| l.split('\t').collect())
        .collect();
    assert!(pairs.len() >= 150);
    for p in &pairs {
        assert!(
            p.len() == 5 && matches!(p[4], "same" | "different"),
            "{p:?}"
        );
    }
}

#[test]
fn copies_are_found_and_counted_once() {
    let body = "[PER 1 Ann Ives] met [PER 2 Tom Orn] in [GPE 3 Oslo] on Friday and spoke for two hours about fish \
                quotas, the sea border and the price of gas, said a spokesman who did not give his name because he was \
                not allowed to speak to the press about a meeting that both sides had wished to keep to themselves \
                until the end of the week, when the ministers of all coastal states come together in the same hall.";
    let mut records = vec![
        story("wire", Some("2024-03-02"), body),
        story(
            "repost",
            Some("2024-03-03"),
            &format!("{body} Reporting by our desk."),
        ),
        story(
            "other",
            Some("2024-03-03"),
            "[PER 1 Ann Ives] met [PER 2 Tom Orn] in [GPE 3 Oslo].",
        ),
    ];
    for record in &mut records {
        met(
            record,
            Meeting,
            Occurred,
            &[1, 2],
            Some(3),
            Some("2024-03-01"),
        );
    }
    let resolved = resolve(&records, &[], Ids::default());
    let graph = &resolved.graph;
    let copies: Vec<_> = graph.articles.iter().map(|a| a.copy_of).collect();
    assert_eq!(copies, [None, Some(0), None]);
    assert_eq!(graph.events.len(), 1);
    let reports: Vec<_> = graph.events[0]
        .reports
        .iter()
        .map(|r| (r.encounter.as_str(), r.copy))
        .collect();
    let expected = [("wire#m1", false), ("other#m1", false), ("repost#m1", true)];
    assert_eq!(reports, expected);
    let ann = graph
        .entities
        .iter()
        .find(|e| e.name == "Ann Ives")
        .unwrap();
    assert_eq!((ann.articles, ann.mentions), (2, 2));
}

#[test]
fn forms_filled_in_anew_are_no_copies() {
    let form = |who: &str| {
        format!(
            "Secretary [PER 1 Ann Ives] spoke today with Minister [PER 2 {who}]. They discussed the work of the two \
             governments to support a strong recovery, to end the pandemic, to tackle climate change and to advance \
             racial equity, and the Secretary thanked the Minister for the close cooperation of the past months, which \
             she hopes to deepen in the coming year, when both countries will host meetings of the finance ministers."
        )
    };
    let records = [
        story("a", Some("2024-03-01"), &form("Tom Orn")),
        story("b", Some("2024-03-01"), &form("Leo Falk")),
        story(
            "c",
            Some("2024-05-01"),
            &form("Tom Orn").replace("today", "again today"),
        ),
    ];
    let graph = resolve(&records, &[], Ids::default()).graph;
    assert!(graph.articles.iter().all(|a| a.copy_of.is_none()));
}

/// Events of two articles, each with one meeting: status and date given, published on a day.
fn two(
    a: (&str, whomet::document::Status, Option<&str>),
    b: (&str, whomet::document::Status, Option<&str>),
) -> Vec<whomet::graph::EventNode> {
    let marked = |n: usize| {
        format!(
            "[PER 1 Ann Ives] and [PER 2 Tom Orn], [GPE 3 {}]. Text {n}.",
            ["Oslo", "Rome"][n]
        )
    };
    let records: Vec<Record> = [a, b]
        .iter()
        .enumerate()
        .map(|(n, (day, status, date))| {
            let mut r = story(&format!("a{n}"), Some(day), &marked(n));
            met(&mut r, Meeting, *status, &[1, 2], None, *date);
            r
        })
        .collect();
    resolve(&records, &[], Ids::default()).graph.events
}

#[test]
fn reports_of_one_meeting_are_one_event() {
    // A later "met" beats an earlier "will meet".
    let events = two(
        ("2024-03-01", Planned, Some("2024-03-05")),
        ("2024-03-06", Occurred, Some("2024-03-05")),
    );
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].status, events[0].reports.len()), (Occurred, 2));
    assert!(events[0].conflicts.is_empty());
    // Different days are different meetings, however close.
    assert_eq!(
        two(
            ("2024-03-05", Occurred, Some("2024-03-05")),
            ("2024-03-06", Occurred, Some("2024-03-06"))
        )
        .len(),
        2
    );
    // Undated reports join only when published close together.
    assert_eq!(
        two(
            ("2024-03-05", Occurred, None),
            ("2024-03-06", Occurred, None)
        )
        .len(),
        1
    );
    assert_eq!(
        two(
            ("2024-03-05", Occurred, None),
            ("2024-03-16", Occurred, None)
        )
        .len(),
        2
    );
    assert_eq!(
        two(
            ("2024-03-05", Occurred, Some("2024-03-04")),
            ("2024-03-06", Occurred, None)
        )
        .len(),
        1
    );
    // A month holds its day where the reports are close; a cancelled plan did not happen.
    let events = two(
        ("2024-03-05", Planned, Some("2024-03")),
        ("2024-03-06", Not, Some("2024-03-07")),
    );
    assert_eq!(
        (events.len(), events[0].status, events[0].date.as_deref()),
        (1, Not, Some("2024-03-07"))
    );
    // What reports disagree about is shown.
    let events = two(
        ("2024-03-05", Occurred, Some("2024-03-05")),
        ("2024-03-06", Not, Some("2024-03-05")),
    );
    assert_eq!((events.len(), events[0].conflicts.len()), (1, 1));
    assert!(
        events[0].conflicts[0].contains("occurred (a0)"),
        "{:?}",
        events[0].conflicts
    );
}

#[test]
fn encounters_that_an_article_keeps_apart_stay_apart() {
    let mut record = story(
        "a",
        Some("2024-03-05"),
        "[PER 1 Ann Ives] met [PER 2 Tom Orn].",
    );
    met(
        &mut record,
        Meeting,
        Occurred,
        &[1, 2],
        None,
        Some("2024-03-05"),
    );
    met(
        &mut record,
        Meeting,
        Occurred,
        &[1, 2],
        None,
        Some("2024-03-05"),
    );
    met(
        &mut record,
        Call,
        Occurred,
        &[1, 2],
        None,
        Some("2024-03-05"),
    );
    assert_eq!(
        resolve(&[record], &[], Ids::default()).graph.events.len(),
        3
    );
}

#[test]
fn cities_and_peoples_are_linked_to_their_country() {
    let record = story(
        "a",
        None,
        "[NORP 1 Russian] envoys left [GPE 2 Moscow] for [GPE 3 Paris], and [GPE 4 Russia] stayed out of [GPE 5 Mordor].",
    );
    let resolved = resolve(&[record], &[], Ids::default());
    let graph = &resolved.graph;
    let find = |name: &str| graph.entities.iter().position(|e| e.name == name).unwrap();
    let russia = find("Russia");
    for name in ["Russian", "Moscow"] {
        let e = &graph.entities[find(name)];
        assert_eq!(e.part_of, Some(russia), "{name}");
    }
    let moscow = &graph.entities[find("Moscow")];
    assert_eq!(moscow.country.as_deref(), Some("RU"));
    assert_eq!(
        moscow.coordinates.map(|c| c.map(f64::round)),
        Some([56.0, 38.0])
    );
    let paris = &graph.entities[find("Paris")];
    assert_eq!(
        (paris.country.as_deref(), paris.part_of),
        (Some("FR"), None)
    );
    let mordor = &graph.entities[find("Mordor")];
    assert_eq!((&mordor.country, mordor.coordinates), (&None, None));
}

#[test]
fn towns_of_one_name_are_decided_by_their_article() {
    let records = [
        story("a", None, "[GPE 1 Paris], [GPE 2 Texas] saw rain."),
        story("b", None, "[GPE 1 Paris] saw rain."),
        story(
            "c",
            None,
            "[GPE 1 Georgia] and [GPE 2 Armenia] signed in [GPE 3 Tbilisi].",
        ),
        story(
            "d",
            None,
            "[GPE 1 Georgia], [GPE 2 Alabama] and [GPE 3 Florida] voted.",
        ),
        story("e", None, "[GPE 1 Georgia] won."),
    ];
    let resolved = resolve(&records, &[], Ids::default());
    let of = |article: usize| {
        let id = node(&resolved, article, 1);
        let e = resolved.graph.entities.iter().find(|e| e.id == id).unwrap();
        (
            e.country.clone().unwrap_or_default(),
            e.coordinates.map(|c| c[0].round() as i32),
        )
    };
    assert_eq!(of(0), ("US".to_owned(), Some(34)));
    assert_eq!(of(1), ("FR".to_owned(), Some(49)));
    assert_eq!(of(2).0, "GE");
    assert_eq!(of(3).0, "US");
    assert_eq!(of(4), (String::new(), None), "left open");
}

#[test]
fn a_bare_name_needs_more_than_the_name() {
    let alone = |more: &str| {
        let records = [
            story("a", Some("2020-01-01"), "[PER 1 Sergei Lavrov] spoke."),
            story(
                "b",
                Some("2024-06-01"),
                &format!("[PER 1 Lavrov] spoke{more}."),
            ),
        ];
        let resolved = resolve(&records, &[], Ids::default());
        (
            node(&resolved, 0, 1) == node(&resolved, 1, 1),
            resolved.decisions,
        )
    };
    let (merged, decisions) = alone("");
    assert!(!merged && decisions.iter().all(|d| d.verdict != Verdict::Merged));
    // One article that keeps two people apart.
    let record = story(
        "a",
        None,
        "[PER 1 Sergei Lavrov] met [PER 2 Sergey Lavrov].",
    );
    let resolved = resolve(&[record], &[], Ids::default());
    assert_ne!(node(&resolved, 0, 1), node(&resolved, 0, 2));
}

#[test]
fn a_first_word_names_alone_whom_articles_name_so() {
    let first = "[PER 1 Hayashi Yoshimasa] spoke; [PER 1 Hayashi] left.";
    let same = |full: &str| {
        let mut records = [
            story("a", Some("2022-02-02"), full),
            story("b", Some("2022-02-09"), "[PER 1 Hayashi] met others."),
        ];
        for record in &mut records {
            office(record, 1, "Foreign Minister", None);
        }
        let resolved = resolve(&records, &[], Ids::default());
        node(&resolved, 0, 1) == node(&resolved, 1, 1)
    };
    assert!(same(first));
    // No article has the first word alone: it may be anybody's.
    assert!(!same("[PER 1 Hayashi Yoshimasa] spoke."));
}

#[test]
fn whom_everybody_names_is_meant_without_more() {
    let alone = |articles: usize| {
        let full = |i| {
            let id = format!("a{i:02}");
            story(&id, Some("2020-01-01"), "[PER 1 Barack Obama] spoke.")
        };
        let mut records: Vec<Record> = (0..articles).map(full).collect();
        records.push(story("b", Some("2020-01-20"), "[PER 1 Obama] left."));
        let resolved = resolve(&records, &[], Ids::default());
        node(&resolved, 0, 1) == node(&resolved, articles, 1)
    };
    assert!(alone(20));
    assert!(!alone(2));
}

#[test]
fn short_forms_of_one_name_are_one_bearer() {
    let records = [
        story("a", None, "[PER 1 Michael McCaul] spoke."),
        story("b", None, "[PER 1 Mike McCaul] left."),
        story("c", None, "[PER 1 Catherine Cortez Masto] spoke."),
        story("d", None, "[PER 1 Cortez Masto] left."),
        story("e", None, "[PER 1 Michael Hsu] spoke."),
        story("f", None, "[PER 1 Mike Hsu] left."),
        story("g", None, "[PER 1 Winston Hsu] arrived."),
    ];
    let resolved = resolve(&records, &[], Ids::default());
    assert_eq!(node(&resolved, 0, 1), node(&resolved, 1, 1));
    assert_eq!(node(&resolved, 2, 1), node(&resolved, 3, 1));
    // Somebody else of the family name: not enough.
    assert_ne!(node(&resolved, 4, 1), node(&resolved, 5, 1));
}
