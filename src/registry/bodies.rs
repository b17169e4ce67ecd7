//! Organisations, peoples and events over all articles.
//!
//! Two names of an organisation are joined where articles use both for one body ("Federal Bureau of Investigation
//! (FBI)"), not because their letters fit. Names that every country has ("Foreign Ministry") say nothing without the
//! country; they are joined only within articles that speak of one country more than of any other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::decisions::Human;
use super::evidence::land_of;
use super::facts::Facts;
use super::join::{Joiner, Pair, shown};
use super::{Class, Form, Registry};
use crate::names::countries::country;
use crate::names::lexicon::records;
use crate::names::organisation::{initials, is_acronym, spells};
use crate::names::text::{consonants, one_edit, sound};

const GENERIC: &str = include_str!("../../data/generic_bodies.tsv");

/// Points for two names that articles use for one body.
const USED_FOR_ONE: f32 = 3.5;

/// True for a name made of words that every country's bodies have.
fn is_generic(key: &str, words: &BTreeSet<&str>) -> bool {
    !key.is_empty() && key.split(' ').all(|w| words.contains(w))
}

/// The country that an article speaks of most, at least twice as often as of the next.
pub(super) fn main_land(facts: &Facts, article: u32) -> Option<&'static str> {
    let mut counts: BTreeMap<&'static str, u32> = BTreeMap::new();
    for l in facts.articles[article as usize].locals.clone() {
        let local = &facts.locals[l];
        let class = Class::of(local.kind);
        if matches!(class, Class::Place | Class::Group)
            && let Some(land) = land_of(class, facts.name(l))
        {
            *counts.entry(land).or_default() += local.mentions();
        }
    }
    let mut order: Vec<(u32, &'static str)> = counts.into_iter().map(|(l, n)| (n, l)).collect();
    order.sort_by(|a, b| b.cmp(a));
    match order[..] {
        [(n, land)] if n > 0 => Some(land),
        [(n, land), (second, _), ..] if n >= 2 * second => Some(land),
        _ => None,
    }
}

pub(super) fn link(facts: &Facts, human: &Human, out: &mut Registry) {
    for class in [Class::Group, Class::Event] {
        let mut forms: BTreeMap<(String, bool), Vec<u32>> = BTreeMap::new();
        for (l, local) in (0..).zip(&facts.locals) {
            if Class::of(local.kind) == class {
                let name = facts.names.text(local.name);
                let key = class.key(name);
                let split = human.splits(class, &key, facts.article_id(local.article), name);
                forms.entry((key, split)).or_default().push(l);
            }
        }
        let forms = forms
            .into_iter()
            .map(|((key, split), locals)| Form {
                class,
                key,
                split,
                locals,
            })
            .collect();
        Joiner::new(facts, human, class, forms).finish(out);
    }
    organisations(facts, human, out);
}

fn organisations(facts: &Facts, human: &Human, out: &mut Registry) {
    let class = Class::Organisation;
    let generic: BTreeSet<&str> = records(GENERIC)
        .filter_map(|r| r.first().copied())
        .collect();
    let mut keys: HashMap<u32, String> = HashMap::new();
    let mut key_of = |n: u32| {
        keys.entry(n)
            .or_insert_with(|| class.key(facts.names.text(n)))
            .clone()
    };
    // By key and, for names that every country has, the country or else the article.
    let mut named: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    let mut land_of_article: HashMap<u32, Option<&'static str>> = HashMap::new();
    // (other name, fullest name) -> articles that use both for one body.
    let mut used: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (l, local) in (0..).zip(&facts.locals) {
        if Class::of(local.kind) != class {
            continue;
        }
        let key = key_of(local.name);
        let mut part = String::new();
        if is_generic(&key, &generic) {
            let land = *land_of_article
                .entry(local.article)
                .or_insert_with(|| main_land(facts, local.article));
            part = land.map_or_else(|| format!("#{}", local.article), str::to_owned);
        }
        if human.splits(
            class,
            &key,
            facts.article_id(local.article),
            facts.name(l as usize),
        ) {
            part = "split by a person".to_owned();
        }
        let mut others: BTreeSet<String> = local.surfaces.iter().map(|s| key_of(s.0)).collect();
        others.remove(&key);
        for other in others.into_iter().filter(|o| !is_generic(o, &generic)) {
            *used.entry((other, key.clone())).or_default() += 1;
        }
        named.entry((key, part)).or_default().push(l);
    }
    let forms: Vec<Form> = named
        .into_iter()
        .map(|((key, part), locals)| Form {
            class,
            key,
            split: !part.is_empty(),
            locals,
        })
        .collect();
    let articles: Vec<Vec<u32>> = forms
        .iter()
        .map(|f| {
            f.locals
                .iter()
                .map(|&l| facts.locals[l as usize].article)
                .collect()
        })
        .collect();
    let whole: HashMap<&str, usize> = forms
        .iter()
        .enumerate()
        .filter(|(_, f)| !f.split)
        .map(|(i, f)| (f.key.as_str(), i))
        .collect();
    let mut pairs: BTreeMap<(usize, usize), Pair> = BTreeMap::new();
    let mut put = |a: usize, b: usize, points: f32, reason: String| {
        let (a, b) = (a.min(b), a.max(b));
        let pair = Pair {
            a,
            b,
            points,
            reasons: vec![reason],
            doubt: None,
        };
        let known = pairs.entry((a, b)).or_insert(Pair {
            points: f32::NEG_INFINITY,
            reasons: Vec::new(),
            ..pair
        });
        if points > known.points {
            (known.points, known.reasons) = (points, pair.reasons);
        }
    };
    // Names that articles use for one body.
    let mut by_other: BTreeMap<&str, Vec<(&str, u32)>> = BTreeMap::new();
    for ((other, full), n) in &used {
        by_other.entry(other).or_default().push((full, *n));
    }
    for (other, fulls) in &by_other {
        let Some(&a) = whole.get(other) else { continue };
        let total: u32 = fulls.iter().map(|f| f.1).sum();
        for &(full, n) in fulls {
            let Some(&b) = whole.get(full) else { continue };
            let share = n as f32 / total as f32;
            let long = split(full);
            let fits = initials(&long).iter().any(|i| i == other) || spells(other, &long);
            let points = match (n, share) {
                (2.., 0.9..) => USED_FOR_ONE,
                (1, 0.9..) if fits => 3.0,
                (_, 0.9..) => 2.5,
                (2.., 0.6..) => 2.0,
                _ => 1.0,
            };
            put(
                a,
                b,
                points,
                format!("{n} of {total} articles that explain the name use both for one body"),
            );
        }
    }
    // Initials alone make a proposal, where only one body has them.
    let mut by_initials: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, form) in forms.iter().enumerate().filter(|(_, f)| !f.split) {
        for letters in initials(&split(&form.key)) {
            by_initials.entry(letters).or_default().push(i);
        }
    }
    for (letters, longs) in &by_initials {
        let mut longs = longs.clone();
        longs.dedup();
        if let ([long], Some(&short)) = (&longs[..], whole.get(letters.as_str()))
            && letters.len() >= 3
            && is_acronym(&shown(facts, &forms[short].locals))
        {
            put(
                short,
                *long,
                2.0,
                "its initials, which no other body here has".to_owned(),
            );
        }
    }
    // "State Department" in articles about the United States, where "U.S. State Department" is the only one.
    let mut by_rest: BTreeMap<&str, Vec<(usize, &'static str)>> = BTreeMap::new();
    for (i, form) in forms.iter().enumerate().filter(|(_, f)| !f.split) {
        let words: Vec<&str> = form.key.split(' ').collect();
        if let Some((n, land)) = (1..words.len().min(5))
            .rev()
            .find_map(|n| Some((n, country(&words[..n].join(" "))?)))
        {
            let skip: usize = words[..n].iter().map(|w| w.len() + 1).sum();
            by_rest
                .entry(&form.key[skip..])
                .or_default()
                .push((i, land));
        }
    }
    for (i, form) in forms.iter().enumerate() {
        let Some(longs) = by_rest.get(form.key.as_str()) else {
            continue;
        };
        let mut lands: BTreeMap<&str, u32> = BTreeMap::new();
        for &a in &articles[i] {
            let land = *land_of_article
                .entry(a)
                .or_insert_with(|| main_land(facts, a));
            *lands.entry(land.unwrap_or("")).or_default() += 1;
        }
        let size = articles[i].len() as f32;
        for &(long, land) in longs {
            let share = lands.get(land).copied().unwrap_or(0) as f32 / size;
            let points = match (form.split, longs.len()) {
                // Its articles speak of that country most of all.
                (true, _) if share > 0.99 => 3.0,
                (false, 1) if share >= 0.6 => 3.0,
                (false, 1) => 2.0,
                _ => continue,
            };
            put(
                i,
                long,
                points,
                format!("its articles speak most of {land}"),
            );
        }
    }
    // Spellings.
    let mut blocks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, form) in forms.iter().enumerate().filter(|(_, f)| !f.split) {
        if form.key.len() >= 8 {
            blocks
                .entry(consonants(&form.key.replace(' ', "")))
                .or_default()
                .push(i);
        }
    }
    for block in blocks.values() {
        for (n, &a) in block.iter().enumerate() {
            for &b in block[n + 1..].iter().take(16) {
                let (x, y) = (forms[a].key.replace(' ', ""), forms[b].key.replace(' ', ""));
                if x == y || sound(&x) == sound(&y) {
                    put(a, b, 3.0, "the same name in another spelling".to_owned());
                } else if one_edit(&x, &y) && x.len() >= 12 {
                    let near = strsim::jaro_winkler(&x, &y) as f32;
                    put(
                        a,
                        b,
                        2.0 + (near - 0.98).max(0.0) * 20.0,
                        "one letter differs".to_owned(),
                    );
                }
            }
        }
    }
    let pairs: Vec<Pair> = pairs.into_values().collect();
    let names: Vec<String> = forms.iter().map(|f| shown(facts, &f.locals)).collect();
    let hindrance = |a: &[usize], b: &[usize]| {
        let all = |forms: &[usize]| -> BTreeSet<u32> {
            forms
                .iter()
                .flat_map(|&f| articles[f].iter().copied())
                .collect()
        };
        let (a, b) = (all(a), all(b));
        let both = a.intersection(&b).count();
        // One slip of the reader in twenty articles is no evidence.
        (both * 20 > a.len().min(b.len())).then(|| format!("{both} articles keep them apart"))
    };
    let mut joiner = Joiner::new(facts, human, class, forms);
    joiner.decide(pairs, &|i| names[i].clone(), &hindrance, &mut out.decisions);
    joiner.finish(out);
}

fn split(key: &str) -> Vec<String> {
    key.split(' ').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::text::fold;

    #[test]
    fn generic_names() {
        let words: BTreeSet<&str> = records(GENERIC)
            .filter_map(|r| r.first().copied())
            .collect();
        for (name, generic) in [
            ("Foreign Ministry", true),
            ("Ministry of Defence", true),
            ("Parliament", true),
            ("Supreme Court", true),
            ("Russian Foreign Ministry", false),
            ("State Department", false),
            ("Knesset", false),
            ("", false),
        ] {
            let key = Class::Organisation.key(name);
            assert_eq!(is_generic(&key, &words), generic, "{name} {key}");
        }
        assert!(words.iter().all(|w| fold(w) == **w));
    }
}
