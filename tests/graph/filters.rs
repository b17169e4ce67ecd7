//! Which part of a graph is asked for, and what counts.

use whomet::document::Status;
use whomet::export::view::{Filter, View};

use crate::common::{finished, sample, whomet};

/// Ids of the events in the view, and pairs with their weights.
fn seen(filter: &Filter) -> (Vec<String>, Vec<(String, u32)>) {
    let graph = sample();
    let view = View::new(&graph, filter);
    let pairs = view.pairs.iter().map(|p| {
        let [a, b] = p.ends.map(|e| graph.entities[e].id.as_str());
        (format!("{a}-{b}"), p.weight())
    });
    // The five with hostile names are always the same.
    let pairs = pairs.filter(|(p, _)| !["P5", "P6", "P7", "P9"].iter().any(|h| p.contains(h)));
    (
        view.events
            .iter()
            .map(|&i| graph.events[i].id.clone())
            .collect(),
        pairs.collect(),
    )
}

fn pairs(expected: &[(&str, u32)]) -> Vec<(String, u32)> {
    expected
        .iter()
        .map(|(p, n)| ((*p).to_owned(), *n))
        .collect()
}

#[test]
fn what_occurred_counts_and_copies_do_not() {
    let (events, met) = seen(&Filter::default());
    assert_eq!(events.len(), 9);
    // Three reports of one meeting, one of them a copy, are one; a visit is no meeting; what is planned or denied is none.
    assert_eq!(
        met,
        pairs(&[
            ("G3-P2", 1),
            ("G3-P3", 1),
            ("P1-P2", 2),
            ("P1-P4", 1),
            ("P2-P3", 1)
        ])
    );
}

#[test]
fn statuses_asked_for_all_count() {
    let (events, met) = seen(&Filter {
        statuses: [Status::Planned, Status::Possible].into(),
        ..Filter::default()
    });
    assert_eq!(events, ["e03", "e09"]);
    assert_eq!(met, pairs(&[("P1-P4", 1), ("P3-P8", 1)]));
}

#[test]
fn dates_overlap_and_undated_ones_are_left_out() {
    let day = |d: &str| Some(d.parse().unwrap());
    let (events, _) = seen(&Filter {
        since: day("2025-02-17"),
        until: day("2025-02-18"),
        ..Filter::default()
    });
    // The weekend ends on the 17th, the year holds it.
    assert_eq!(events, ["e01", "e06", "e08", "e09"]);
    let (events, _) = seen(&Filter {
        since: day("2025-03-01"),
        ..Filter::default()
    });
    assert_eq!(events, ["e03", "e09"]);
}

#[test]
fn confidence_weight_and_names() {
    let (events, _) = seen(&Filter {
        min_confidence: 0.9,
        ..Filter::default()
    });
    assert_eq!(events, ["e01", "e06"]);
    let (events, met) = seen(&Filter {
        min_weight: 2,
        ..Filter::default()
    });
    assert_eq!((events.len(), met), (9, pairs(&[("P1-P2", 2)])));
    let (events, _) = seen(&Filter {
        entities: ["G1".to_owned(), "P3".to_owned()].into(),
        ..Filter::default()
    });
    assert_eq!(events, ["e01", "e06", "e08", "e09"]);
}

#[test]
fn a_part_of_the_graph_refers_to_nothing_outside() {
    let dir = finished();
    let (out, part) = (
        dir.path().display().to_string(),
        dir.path().join("part").display().to_string(),
    );
    for filter in [
        &["--entity", "Hakan Fidan"][..],
        &["--since", "2025-02-18", "--until", "2025-02"],
        &["--status", "not,possible"],
        &["--min-confidence", "0.9", "--min-weight", "2"],
        &["--since", "2030"],
    ] {
        let mut args = vec!["export", &out, "-q", "-f", crate::common::ALL, "-o", &part];
        args.extend(filter);
        let (status, _, said) = whomet(&args);
        assert_eq!((status, said.as_str()), (0, ""), "{filter:?}");
        let (status, said, _) = whomet(&["validate", &out, "--exports", &part]);
        assert_eq!(status, 0, "{filter:?}: {said}");
    }
}

#[test]
fn nonsense_is_named() {
    let dir = finished();
    let out = dir.path().display().to_string();
    for (args, what) in [
        (&["--since", "yesterday"][..], "yesterday"),
        (&["--until", "2025-02-30"], "2025-02-30"),
        (&["--min-confidence", "2"], "0 to 1"),
        (&["--min-weight", "0"], "0"),
        (&["--status", "done"], "done"),
        (&["--entity", "Nobody Known"], "Nobody Known"),
    ] {
        let mut all = vec!["stats", out.as_str()];
        all.extend(args);
        let (status, _, said) = whomet(&all);
        assert!(status == 2 && said.contains(what), "{args:?}: {said}");
    }
}
