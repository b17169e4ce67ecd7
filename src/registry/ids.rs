//! Ids that stay: which form and which event has which id, kept from run to run in `.whomet/ids.jsonl`.
//!
//! A form is known again by its name's key and, where the name alone does not tell, by the articles it stood in; an
//! event by its reports. Numbers are never given twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::Form;
use crate::error::{Error, Location, Result};

/// The file's name in the state folder.
pub const FILE: &str = "ids.jsonl";
/// The letter of events' ids: they are meetings, calls and visits.
const EVENT: char = 'M';
/// Articles by which a split form is known again.
const WITNESSES: usize = 200;
/// Articles, spread evenly over all of its own, that tell which part of a whole form keeps its id once it is split.
const SAMPLE: usize = 20;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    id: String,
    /// Key of the name, or empty for an event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    /// The name, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    /// True where the name alone did not tell whom it means.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    split: bool,
    /// Articles of a form, reports of an event.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    seen: Vec<String>,
}

/// All ids given so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    lines: BTreeMap<(char, u32), Line>,
}

fn parse(id: &str) -> Option<(char, u32)> {
    let letter = id.chars().next()?;
    let number = id.get(letter.len_utf8()..)?;
    (!number.starts_with('+')).then_some((letter, number.parse().ok()?))
}

/// An id as a number to sort by: letter, then number.
pub(super) fn order(id: &str) -> (char, u32) {
    parse(id).unwrap_or(('?', u32::MAX))
}

impl Ids {
    /// Reads the lines of the file.
    ///
    /// # Errors
    /// A line is damaged.
    pub fn read(text: &str) -> Result<Ids> {
        let mut ids = Ids::default();
        for (n, line) in (1..).zip(text.lines()) {
            let bad = |e: String| Error::article(Location::record(FILE, n), e);
            let line: Line = serde_json::from_str(line).map_err(|e| bad(e.to_string()))?;
            let id = parse(&line.id).ok_or_else(|| bad(format!("\"{}\" is no id", line.id)))?;
            ids.lines.insert(id, line);
        }
        Ok(ids)
    }

    /// The file's text.
    ///
    /// # Errors
    /// Only where the serialiser fails.
    pub fn write(&self) -> Result<String> {
        let mut out = String::new();
        for line in self.lines.values() {
            let text = serde_json::to_string(line)
                .map_err(|e| Error::article(Location::file(FILE), e.to_string()))?;
            out.extend([text.as_str(), "\n"]);
        }
        Ok(out)
    }

    /// The name of the form with id `id`.
    pub fn name(&self, id: &str) -> Option<&str> {
        let line = self.lines.get(&parse(id.trim())?)?;
        (!line.name.is_empty()).then_some(line.name.as_str())
    }

    /// Gives every form its id: the one it had, else the next of its letter, in the order of `forms`.
    pub(super) fn of_forms(
        &mut self,
        forms: &[Form],
        name: impl Fn(&Form) -> String,
        articles: impl Fn(&Form) -> Vec<String>,
    ) -> Vec<(char, u32)> {
        let mut known: HashMap<(char, &str), Vec<(u32, &Line)>> = HashMap::new();
        for (&(letter, n), line) in &self.lines {
            if letter != EVENT {
                known
                    .entry((letter, &line.key))
                    .or_default()
                    .push((n, line));
            }
        }
        let mut taken: BTreeSet<(char, u32)> = BTreeSet::new();
        let mut out: Vec<Option<(char, u32)>> = vec![None; forms.len()];
        // Those that share most articles with a line first, so that a new form never takes an old one's id.
        let mut claims: Vec<(usize, usize, u32)> = Vec::new();
        for (i, form) in forms.iter().enumerate() {
            let Some(lines) = known.get(&(form.class.letter(), form.key.as_str())) else {
                continue;
            };
            if !form.split && lines.iter().all(|(_, l)| !l.split) {
                claims.extend(lines.iter().map(|&(n, _)| (usize::MAX, i, n)));
                continue;
            }
            let own: BTreeSet<String> = articles(form).into_iter().collect();
            for &(n, line) in lines {
                let shared = line.seen.iter().filter(|a| own.contains(*a)).count();
                // A name that was whole and is split now: the part with most of its articles keeps the id.
                let whole = !line.split || !form.split;
                if shared > 0 || whole {
                    claims.push((shared * 1_000_000 + own.len(), i, n));
                }
            }
        }
        claims.sort_by_key(|&(shared, i, n)| (std::cmp::Reverse(shared), n, i));
        for (_, i, n) in claims {
            let id = (forms[i].class.letter(), n);
            if out[i].is_none() && taken.insert(id) {
                out[i] = Some(id);
            }
        }
        let mut next: BTreeMap<char, u32> = BTreeMap::new();
        for &(letter, n) in self.lines.keys() {
            next.insert(letter, n);
        }
        let ids: Vec<(char, u32)> = out
            .into_iter()
            .zip(forms)
            .map(|(id, form)| {
                id.unwrap_or_else(|| {
                    let letter = form.class.letter();
                    let n = next.entry(letter).or_default();
                    *n = n.saturating_add(1);
                    (letter, *n)
                })
            })
            .collect();
        for (form, &id) in forms.iter().zip(&ids) {
            let mut seen = articles(form);
            if form.split {
                seen.truncate(WITNESSES);
            } else {
                let step = seen.len().div_ceil(SAMPLE).max(1);
                seen = seen.into_iter().step_by(step).collect();
            }
            let line = Line {
                id: format!("{}{}", id.0, id.1),
                key: form.key.clone(),
                name: name(form),
                split: form.split,
                seen,
            };
            self.lines.insert(id, line);
        }
        ids
    }

    /// Gives every event, known by its reports, its id: the lowest that one of its reports had, else the next.
    pub(super) fn of_events(&mut self, events: &[Vec<String>]) -> Vec<String> {
        let mut known: HashMap<&str, u32> = HashMap::new();
        for (&(letter, n), line) in &self.lines {
            if letter == EVENT {
                for report in &line.seen {
                    known.entry(report).or_insert(n);
                }
            }
        }
        let mut taken: BTreeSet<u32> = BTreeSet::new();
        let old: Vec<Option<u32>> = events
            .iter()
            .map(|reports| {
                let mut had: Vec<u32> = reports
                    .iter()
                    .filter_map(|r| known.get(r.as_str()).copied())
                    .collect();
                had.sort_unstable();
                had.into_iter().find(|&n| taken.insert(n))
            })
            .collect();
        let mut next = self
            .lines
            .range((EVENT, 0)..=(EVENT, u32::MAX))
            .next_back()
            .map_or(0, |(&(_, n), _)| n);
        let mut out = Vec::with_capacity(events.len());
        for (old, reports) in old.into_iter().zip(events) {
            let n = old.unwrap_or_else(|| {
                next = next.saturating_add(1);
                next
            });
            let id = format!("{EVENT}{n}");
            let line = Line {
                id: id.clone(),
                key: String::new(),
                name: String::new(),
                split: false,
                seen: reports.clone(),
            };
            self.lines.insert((EVENT, n), line);
            out.push(id);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::Class;
    use super::*;

    fn form(key: &str, split: bool, locals: &[u32]) -> Form {
        Form {
            class: Class::Person,
            key: key.to_owned(),
            split,
            locals: locals.to_vec(),
        }
    }

    fn give(ids: &mut Ids, forms: &[Form]) -> Vec<String> {
        let articles = |f: &Form| f.locals.iter().map(|l| format!("a{l}")).collect();
        ids.of_forms(forms, |f| f.key.clone(), articles)
            .iter()
            .map(|(c, n)| format!("{c}{n}"))
            .collect()
    }

    #[test]
    fn ids_stay_when_articles_come() {
        let mut ids = Ids::default();
        let first = [
            form("a", false, &[1]),
            form("b", true, &[2]),
            form("b", true, &[3]),
        ];
        assert_eq!(give(&mut ids, &first), ["P1", "P2", "P3"]);
        ids = Ids::read(&ids.write().unwrap()).unwrap();
        let more = [
            form("c", false, &[9]),
            form("b", true, &[3, 4]),
            form("b", true, &[5]),
            form("b", true, &[2]),
            form("a", false, &[1, 8]),
        ];
        assert_eq!(give(&mut ids, &more), ["P4", "P3", "P5", "P2", "P1"]);
        // What is gone keeps its number for itself.
        assert_eq!(give(&mut ids, &[form("d", false, &[1])]), ["P6"]);
        assert_eq!(ids.name("P4"), Some("c"));
        assert!(parse("P4") == Some(('P', 4)) && parse("P+4").is_none());
    }

    #[test]
    fn a_split_name_keeps_its_id_for_the_part_it_was_known_by() {
        let mut ids = Ids::default();
        assert_eq!(give(&mut ids, &[form("a", false, &[1, 2, 3])]), ["P1"]);
        let parts = [form("a", true, &[1]), form("a", true, &[2, 3])];
        assert_eq!(give(&mut ids, &parts), ["P2", "P1"]);
        assert_eq!(give(&mut ids, &[form("a", false, &[1, 2, 3])]), ["P1"]);
        // Not for the larger part, where that is new.
        let parts = [form("a", true, &[7, 8, 9, 10]), form("a", true, &[2, 3])];
        assert_eq!(give(&mut ids, &parts), ["P3", "P1"]);
    }

    #[test]
    fn events_are_known_by_their_reports() {
        let mut ids = Ids::default();
        let events = |list: &[&[&str]]| -> Vec<Vec<String>> {
            list.iter()
                .map(|e| e.iter().map(|r| (*r).to_owned()).collect())
                .collect()
        };
        assert_eq!(
            ids.of_events(&events(&[&["x#m1"], &["y#m1"]])),
            ["M1", "M2"]
        );
        let more = events(&[&["z#m1"], &["y#m1", "z#m2"], &["x#m1"]]);
        assert_eq!(ids.of_events(&more), ["M3", "M2", "M1"]);
    }
}
