//! `View => figures`: who met most, the busiest pairs, when; as text with bars, or as JSON.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::document::NameType;
use crate::export::csv::one_line;
use crate::export::tables::status_name;
use crate::export::view::{STATUSES, View, days};
use crate::receipt::neutral;

/// Characters of the longest bar.
const BAR: usize = 40;
/// Characters of a name; longer ones are cut here, and nowhere else.
const NAME: usize = 48;
/// More months than these are shown as years.
const MONTHS: usize = 36;

/// The figures of a view.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// What was asked for, in words.
    pub filter: Vec<String>,
    /// Articles.
    pub articles: usize,
    /// Of these, copies of others.
    pub copies: usize,
    /// Names by type: person, organization, …
    pub names: BTreeMap<&'static str, usize>,
    /// Encounters by status.
    pub encounters: BTreeMap<&'static str, usize>,
    /// Counted encounters: what weights and the lists below count.
    pub counted: usize,
    /// Pairs of names that met or spoke.
    pub pairs_in_all: usize,
    /// People with the most counted encounters.
    pub people: Vec<Actor>,
    /// Organisations, countries and other names with the most.
    pub others: Vec<Actor>,
    /// Pairs with the most.
    pub pairs: Vec<Busy>,
    /// Places with the most.
    pub places: Vec<Actor>,
    /// Counted encounters by month of their first day.
    pub months: BTreeMap<String, usize>,
    /// Counted encounters whose date is unknown, or known to the year only.
    pub undated: usize,
}

/// A name and what it adds up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Counted encounters.
    pub encounters: u32,
    /// Names it formed a pair with.
    pub partners: u32,
}

/// A pair and its counted encounters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Busy {
    /// Ids.
    pub ids: [String; 2],
    /// Names.
    pub names: [String; 2],
    /// Counted encounters.
    pub encounters: u32,
}

impl Stats {
    /// The figures of `view`, with lists of at most `top`.
    pub fn of(view: &View<'_>, top: usize) -> Stats {
        let graph = view.graph;
        let mut names = BTreeMap::new();
        for &i in &view.entities {
            *names.entry(view.entity(i).kind.table_kind()).or_insert(0) += 1;
        }
        let mut encounters: BTreeMap<_, usize> =
            STATUSES.iter().map(|s| (status_name(*s), 0)).collect();
        let (mut months, mut counted, mut undated) = (BTreeMap::new(), 0, 0);
        for event in view.events.iter().map(|&i| &graph.events[i]) {
            *encounters.entry(status_name(event.status)).or_default() += 1;
            if !view.filter.counts(event.status) {
                continue;
            }
            counted += 1;
            // A year alone says no month.
            let day = event.date.as_deref().filter(|d| d.len() > 4).and_then(days);
            match day {
                Some([first, _]) => {
                    *months
                        .entry(first.strftime("%Y-%m").to_string())
                        .or_insert(0) += 1
                }
                None => undated += 1,
            }
        }
        let most = |is: &dyn Fn(NameType) -> bool, count: &dyn Fn(usize) -> u32| {
            let mut all: Vec<usize> = view
                .entities
                .iter()
                .copied()
                .filter(|&i| is(view.entity(i).kind) && count(i) > 0)
                .collect();
            all.sort_by_key(|&i| (Reverse(count(i)), &view.entity(i).name, i));
            let actor = |i: usize| Actor {
                id: view.entity(i).id.clone(),
                name: view.entity(i).name.clone(),
                encounters: count(i),
                partners: view.tallies[i].partners,
            };
            all.into_iter().take(top).map(actor).collect::<Vec<_>>()
        };
        let met = |i: usize| view.tallies[i].encounters;
        let mut busiest: Vec<_> = view.pairs.iter().collect();
        busiest.sort_by_key(|p| (Reverse(p.weight()), p.ends));
        let pairs = busiest.into_iter().take(top).map(|p| Busy {
            ids: p.ends.map(|i| view.entity(i).id.clone()),
            names: p.ends.map(|i| view.entity(i).name.clone()),
            encounters: p.weight(),
        });
        Stats {
            filter: view.filter.words(),
            articles: view.articles.len(),
            copies: view
                .articles
                .iter()
                .filter(|&&i| graph.articles[i].copy_of.is_some())
                .count(),
            names,
            encounters,
            counted,
            pairs_in_all: view.pairs.len(),
            people: most(&|k| k == NameType::Per, &met),
            others: most(&|k| k != NameType::Per, &met),
            pairs: pairs.collect(),
            places: most(&NameType::is_place, &|i| view.tallies[i].here),
            months,
            undated,
        }
    }

    /// The figures as text; it is the same on a terminal and in a pipe.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if !self.filter.is_empty() {
            let _ = writeln!(text, "Only: {}\n", neutral(&self.filter.join("; ")));
        }
        let list = |counts: &BTreeMap<&'static str, usize>| {
            counts
                .iter()
                .map(|(what, n)| format!("{what} {n}"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let _ = writeln!(
            text,
            "Articles    {}, copies among them {}",
            self.articles, self.copies
        );
        let _ = writeln!(text, "Names       {}", list(&self.names));
        let _ = writeln!(text, "Encounters  {}", list(&self.encounters));
        let _ = writeln!(
            text,
            "Pairs       {} from {} counted encounters",
            self.pairs_in_all, self.counted
        );
        let actors = |all: &[Actor]| {
            all.iter()
                .map(|a| (a.name.clone(), a.encounters as usize))
                .collect::<Vec<_>>()
        };
        bars(&mut text, "People who met most", &actors(&self.people));
        bars(
            &mut text,
            "Organisations and countries",
            &actors(&self.others),
        );
        let pairs: Vec<_> = self
            .pairs
            .iter()
            .map(|p| (p.names.join(" – "), p.encounters as usize))
            .collect();
        bars(&mut text, "Busiest pairs", &pairs);
        bars(&mut text, "Places", &actors(&self.places));
        let mut years: BTreeMap<String, usize> = BTreeMap::new();
        for (month, n) in &self.months {
            *years.entry(month[..4].to_owned()).or_default() += n;
        }
        let (title, times) = match self.months.len() > MONTHS {
            true => ("By year (--since and --until show months)", &years),
            false => ("By month", &self.months),
        };
        let mut times: Vec<_> = times.iter().map(|(t, n)| (t.clone(), *n)).collect();
        if self.undated > 0 {
            times.push(("no month".to_owned(), self.undated));
        }
        bars(&mut text, title, &times);
        text
    }
}

/// A list with a bar for each number.
fn bars(text: &mut String, title: &str, rows: &[(String, usize)]) {
    let Some(most) = rows.iter().map(|(_, n)| *n).max().filter(|n| *n > 0) else {
        return;
    };
    let _ = writeln!(text, "\n{title}");
    let names: Vec<String> = rows.iter().map(|(name, _)| cut(&shown(name))).collect();
    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    let digits = most.to_string().len();
    for (name, (_, n)) in names.iter().zip(rows) {
        // Whatever is not nothing has a bar.
        let bar = "#".repeat((n * BAR / most).max(usize::from(*n > 0)));
        let _ = writeln!(text, "  {name:<width$}  {n:>digits$}  {bar}");
    }
}

/// A name or sentence on one line of a terminal, which it cannot give orders to.
pub fn shown(text: &str) -> String {
    neutral(&one_line(text))
}

fn cut(name: &str) -> String {
    match name.chars().count() > NAME {
        true => name.chars().take(NAME - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}
