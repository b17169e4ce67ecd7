//! `View + two names => ` the shortest way from one to the other over meetings and calls, with its evidence.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use petgraph::algo::astar;
use petgraph::graph::{NodeIndex, UnGraph};

use crate::document::EncounterKind;
use crate::export::graph_tables::sentence;
use crate::export::tables::status_name;
use crate::export::view::View;
use crate::stats::shown;

/// What one step costs; a fraction of it is added for weak pairs, so that among ways of equal length that of the
/// better attested pairs is taken.
const STEP: u64 = 1 << 20;

/// One step of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// From and to, as positions in the graph's entities.
    pub ends: [usize; 2],
    /// Position in [`View::pairs`].
    pub pair: usize,
}

/// The way with the fewest steps between the entities `from` and `to`; empty where they are the same, `None` where
/// there is none.
pub fn shortest(view: &View<'_>, from: usize, to: usize) -> Option<Vec<Step>> {
    let mut net: UnGraph<usize, u64> = UnGraph::with_capacity(view.actors.len(), view.pairs.len());
    let at: BTreeMap<usize, NodeIndex> =
        view.actors.iter().map(|&i| (i, net.add_node(i))).collect();
    let mut pair_of = BTreeMap::new();
    for (n, pair) in view.pairs.iter().enumerate() {
        net.add_edge(
            at[&pair.ends[0]],
            at[&pair.ends[1]],
            STEP + (STEP >> 10) / u64::from(pair.weight().max(1)),
        );
        pair_of.insert(pair.ends, n);
    }
    if from == to {
        return Some(Vec::new());
    }
    let (start, goal) = (*at.get(&from)?, *at.get(&to)?);
    let (_, nodes) = astar(&net, start, |n| n == goal, |e| *e.weight(), |_| 0)?;
    let way: Vec<usize> = nodes.into_iter().map(|n| net[n]).collect();
    let steps = way.windows(2).filter_map(|w| {
        let pair = *pair_of.get(&[w[0].min(w[1]), w[0].max(w[1])])?;
        Some(Step {
            ends: [w[0], w[1]],
            pair,
        })
    });
    Some(steps.collect())
}

/// The way in words: each step with its most certain encounter and the sentence that states it.
pub fn text(view: &View<'_>, way: &[Step]) -> String {
    let name = |i: usize| shown(&view.entity(i).name);
    let mut text = String::new();
    let Some(first) = way.first() else {
        return "They are the same.\n".to_owned();
    };
    let mut names = vec![name(first.ends[0])];
    names.extend(way.iter().map(|s| name(s.ends[1])));
    let steps = if way.len() == 1 { "step" } else { "steps" };
    let _ = writeln!(text, "{} ({} {steps})", names.join(" – "), way.len());
    for (n, step) in way.iter().enumerate() {
        let pair = &view.pairs[step.pair];
        let Some(event) = pair.best(view.graph).map(|e| &view.graph.events[e]) else {
            continue;
        };
        let kind = if event.kind == EncounterKind::Call {
            "call"
        } else {
            "meeting"
        };
        let _ = write!(
            text,
            "\n{}. {} and {}: {kind}",
            n + 1,
            name(step.ends[0]),
            name(step.ends[1])
        );
        if let Some(place) = event.place {
            let _ = write!(text, ", {}", name(place));
        }
        if let Some(date) = &event.date {
            let _ = write!(text, ", {date}");
        }
        let more = match pair.weight() {
            0 | 1 => String::new(),
            n => format!("; {n} encounters in all"),
        };
        let _ = writeln!(
            text,
            " ({}, confidence {:.2}{more})",
            status_name(event.status),
            event.confidence
        );
        let _ = writeln!(text, "   “{}”", shown(sentence(event)));
        if let Some(article) = event
            .reports
            .first()
            .and_then(|r| view.graph.articles.get(r.article))
        {
            let parts = [&article.date, &article.source, &article.title, &article.url];
            let mut parts: Vec<_> = parts.into_iter().flatten().map(|t| shown(t)).collect();
            if article.url.is_none() {
                parts.push(shown(&article.path));
            }
            let _ = writeln!(text, "   {}", parts.join(", "));
        }
    }
    text
}
