//! A name as a person types it => the entity meant, or those that may be meant.

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::names::text::fold;

/// Suggestions given at most.
const SUGGESTIONS: usize = 6;
/// Likeness (Jaro–Winkler) from which a name is suggested for another.
const ALIKE: f64 = 0.84;

/// The position of the entity that `name` (or an id such as `P17`) stands for in `graph`.
///
/// A full name of several words beats an alias; a single word, such as a family name, may be any of its bearers. Case,
/// accents and punctuation do not matter. Among several none is chosen.
///
/// # Errors
/// None or several may be meant: the message names them.
pub fn find(graph: &Graph, name: &str) -> Result<usize> {
    if let Some(i) = graph.entities.iter().position(|e| e.id == name) {
        return Ok(i);
    }
    let wanted = fold(name);
    let whole = |test: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..graph.entities.len())
            .filter(|&i| test(&graph.entities[i].name))
            .collect()
    };
    let any = |test: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let all =
            |i: usize| std::iter::once(&graph.entities[i].name).chain(&graph.entities[i].aliases);
        (0..graph.entities.len())
            .filter(|&i| all(i).any(|n| test(n)))
            .collect()
    };
    let same = |n: &str| fold(n) == wanted;
    let full = wanted
        .contains(' ')
        .then(|| [whole(&|n| n == name), whole(&same)]);
    for found in full.into_iter().flatten().chain([any(&same)]) {
        match found.as_slice() {
            [] => {}
            [one] => return Ok(*one),
            several => {
                let list = describe(graph, several);
                return Err(Error::Usage(format!(
                    "\"{name}\" may be one of these; give the id:\n{list}"
                )));
            }
        }
    }
    let part = |n: &str| {
        let words = fold(n);
        !wanted.is_empty()
            && wanted
                .split(' ')
                .all(|w| words.split(' ').any(|v| v.starts_with(w)))
    };
    let mut likely = any(&part);
    if likely.is_empty() {
        likely = any(&|n| strsim::jaro_winkler(&fold(n), &wanted) >= ALIKE);
    }
    Err(Error::Usage(match likely.is_empty() {
        true => format!("nobody and nothing is called \"{name}\" in these articles"),
        false => format!(
            "nobody and nothing is called \"{name}\"; did you mean\n{}",
            describe(graph, &likely)
        ),
    }))
}

/// The entities at `positions`, most mentioned first, one per line.
fn describe(graph: &Graph, positions: &[usize]) -> String {
    let mut sorted = positions.to_vec();
    sorted.sort_by_key(|&i| (std::cmp::Reverse(graph.entities[i].mentions), i));
    let line = |&i: &usize| {
        let e = &graph.entities[i];
        let aliases: Vec<_> = e.aliases.iter().take(3).map(String::as_str).collect();
        let also = if aliases.is_empty() {
            String::new()
        } else {
            format!(", also {}", aliases.join(", "))
        };
        format!(
            "  {:<6} {} ({}, {} articles{also})",
            e.id,
            e.name,
            e.kind.table_kind(),
            e.articles
        )
    };
    let mut lines: Vec<String> = sorted.iter().take(SUGGESTIONS).map(line).collect();
    if sorted.len() > SUGGESTIONS {
        lines.push(format!("  and {} more", sorted.len() - SUGGESTIONS));
    }
    lines.join("\n")
}
