//! Proposals => a person's decisions, one question at a time.

use std::io::{BufRead, Write};

use super::decisions::{By, Decision, Verdict};
use crate::error::{Error, Location, Result};
use crate::graph::{EntityNode, Graph};
use crate::receipt::neutral;

/// What came of a review.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Proposals shown.
    pub shown: usize,
    /// Joined.
    pub merged: usize,
    /// Kept apart.
    pub apart: usize,
}

/// Asks about every proposal in `decisions`, best first, and notes the answers in them.
///
/// Each question shows both names side by side with their offices, events and articles. Answers are lines of `input`:
/// y joins, n keeps apart, s or nothing passes on, q ends; the end of `input` ends too.
///
/// # Errors
/// `input` cannot be read or `out` not be written; the answers so far stand in `decisions`.
pub fn review(
    graph: &Graph,
    decisions: &mut [Decision],
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<Reviewed> {
    let io = |e| Error::io(Location::file("-"), "write", e);
    let mut reviewed = Reviewed::default();
    let total = decisions
        .iter()
        .filter(|d| d.verdict == Verdict::Proposed)
        .count();
    for d in decisions.iter_mut() {
        if d.verdict != Verdict::Proposed {
            continue;
        }
        reviewed.shown += 1;
        let question = question(graph, d, reviewed.shown, total);
        out.write_all(neutral(&question).as_bytes()).map_err(io)?;
        loop {
            out.write_all(b"One and the same? [y]es [n]o [s]kip [q]uit: ")
                .and_then(|()| out.flush())
                .map_err(io)?;
            let mut line = String::new();
            let read = input
                .read_line(&mut line)
                .map_err(|e| Error::io(Location::file("-"), "read", e))?;
            if read == 0 {
                writeln!(out).map_err(io)?;
                return Ok(reviewed);
            }
            let verdict = match line.trim().to_lowercase().as_str() {
                "y" | "yes" => Verdict::Merged,
                "n" | "no" => Verdict::KeptApart,
                "" | "s" | "skip" => break,
                "q" | "quit" => return Ok(reviewed),
                _ => continue,
            };
            (d.verdict, d.by) = (verdict, By::Person);
            match verdict {
                Verdict::Merged => reviewed.merged += 1,
                _ => reviewed.apart += 1,
            }
            break;
        }
    }
    Ok(reviewed)
}

/// The evidence of one proposal, side by side.
fn question(graph: &Graph, d: &Decision, n: usize, total: usize) -> String {
    let sides: Vec<Vec<String>> = (0..2).map(|i| side(graph, d, i)).collect();
    let width = 46;
    let mut text = format!(
        "\n{n} of {total}  {}, score {}\n{}\n",
        d.kind,
        d.score.unwrap_or_default(),
        d.reasons
    );
    let rows = sides[0].len().max(sides[1].len());
    let empty = String::new();
    for row in 0..rows {
        let cell = |i: usize| {
            let line = sides[i].get(row).unwrap_or(&empty);
            let mut cut: String = line.chars().take(width).collect();
            if line.chars().count() > width {
                cut.pop();
                cut.push('…');
            }
            cut
        };
        let left = cell(0);
        let gap = " ".repeat(width - left.chars().count());
        text += format!("  {left}{gap} | {}", cell(1)).trim_end();
        text.push('\n');
    }
    let examples: Vec<&str> = d.article_ids.iter().take(4).map(String::as_str).collect();
    if !examples.is_empty() {
        text += &format!("  in {} ({} articles)\n", examples.join(", "), d.articles);
    }
    text
}

/// What the graph knows of one name, a line each.
fn side(graph: &Graph, d: &Decision, i: usize) -> Vec<String> {
    let mut lines = vec![format!("{} {}", d.names[i], d.ids[i])];
    let by_id = |e: &&EntityNode| !d.ids[i].is_empty() && e.id == d.ids[i];
    let by_name = |e: &&EntityNode| e.name == d.names[i] || e.aliases.contains(&d.names[i]);
    let found = graph.entities.iter().find(by_id);
    let Some(entity) = found.or_else(|| graph.entities.iter().find(by_name)) else {
        return lines;
    };
    lines.push(format!("{} articles", entity.articles));
    let others: Vec<&str> = entity.aliases.iter().take(4).map(String::as_str).collect();
    if !others.is_empty() {
        lines.push(format!("also {}", others.join(", ")));
    }
    let position = graph.entities.iter().position(|e| e.id == entity.id);
    for office in graph
        .offices
        .iter()
        .filter(|o| Some(o.person) == position)
        .take(4)
    {
        let of = office
            .of
            .and_then(|of| graph.entities.get(of))
            .map_or(String::new(), |e| format!(", {}", e.name));
        lines.push(format!("{}{of}", office.title));
    }
    let met = graph
        .events
        .iter()
        .filter(|e| e.actors.iter().any(|a| Some(a.entity) == position));
    for event in met.take(3) {
        let with: Vec<&str> = event
            .actors
            .iter()
            .filter(|a| Some(a.entity) != position)
            .filter_map(|a| Some(graph.entities.get(a.entity)?.name.as_str()))
            .take(3)
            .collect();
        let date = event.date.as_deref().unwrap_or("undated");
        lines.push(format!("{date}: {}", with.join(", ")));
    }
    lines
}
