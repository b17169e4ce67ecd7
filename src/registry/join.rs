//! Forms joined under what a person decided.

use std::collections::{BTreeSet, HashMap};

use super::decisions::{Decision, Human, Judged, Verdict};
use super::facts::Facts;
use super::{Class, Form, MERGE, PROPOSE, Registry};
use crate::sets::Sets;

/// Two forms that could be one thing.
#[derive(Debug)]
pub(super) struct Pair {
    pub a: usize,
    pub b: usize,
    pub points: f32,
    pub reasons: Vec<String>,
    /// Makes a merge a proposal: the reason.
    pub doubt: Option<String>,
}

/// Why two sets of forms must not be one, if there is a reason.
pub(super) type Hindrance<'h> = dyn Fn(&[usize], &[usize]) -> Option<String> + 'h;

/// The forms of one class and the sets they are joined into.
pub(super) struct Joiner<'f> {
    pub facts: &'f Facts,
    pub human: &'f Human,
    pub class: Class,
    pub forms: Vec<Form>,
    sets: Sets,
    members: Vec<Vec<usize>>,
}

/// Ids of the articles of `locals`, which are ascending.
pub(super) fn article_ids<'f>(facts: &'f Facts, locals: &[u32]) -> Vec<&'f str> {
    let mut articles: Vec<u32> = locals
        .iter()
        .map(|&l| facts.locals[l as usize].article)
        .collect();
    articles.dedup();
    articles.into_iter().map(|a| facts.article_id(a)).collect()
}

/// The commonest of the names of `locals`; of equals the longest.
pub(super) fn shown(facts: &Facts, locals: &[u32]) -> String {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for &l in locals {
        *counts.entry(facts.locals[l as usize].name).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(n, count)| (count, facts.names.text(n)))
        .max_by(|a, b| {
            (a.0, a.1.len())
                .cmp(&(b.0, b.1.len()))
                .then_with(|| b.1.cmp(a.1))
        })
        .map_or_else(String::new, |n| n.1.to_owned())
}

impl<'f> Joiner<'f> {
    pub fn new(facts: &'f Facts, human: &'f Human, class: Class, forms: Vec<Form>) -> Self {
        Joiner {
            facts,
            human,
            class,
            sets: Sets::new(forms.len()),
            members: (0..forms.len()).map(|i| vec![i]).collect(),
            forms,
        }
    }

    /// Adds a form that is joined with nothing yet.
    pub fn add(&mut self, form: Form) {
        self.members.push(vec![self.forms.len()]);
        self.sets.add();
        self.forms.push(form);
    }

    /// The root of the set of form `i`.
    pub fn root(&mut self, i: usize) -> usize {
        self.sets.find(i)
    }

    /// The forms in the set with root `root`.
    pub fn members(&self, root: usize) -> &[usize] {
        &self.members[root]
    }

    /// What a person decided about two forms.
    pub fn decided(&self, a: usize, b: usize) -> Option<Verdict> {
        let (x, y) = (&self.forms[a], &self.forms[b]);
        let split = x.split || y.split;
        let mut articles: Option<BTreeSet<&str>> = None;
        let row = self.human.find(self.class, &x.key, &y.key, &mut |id| {
            !split
                || articles
                    .get_or_insert_with(|| {
                        [x, y]
                            .into_iter()
                            .filter(|f| f.split)
                            .flat_map(|f| article_ids(self.facts, &f.locals))
                            .collect()
                    })
                    .contains(id)
        })?;
        Some(self.human.row(row).verdict)
    }

    /// Joins the forms that a person joined, unless another row keeps them apart.
    pub fn join_decided(&mut self) {
        if self.human.is_empty() {
            return;
        }
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, form) in self.forms.iter().enumerate() {
            by_key.entry(&form.key).or_default().push(i);
        }
        let of = |key: &str| by_key.get(key).map_or(&[][..], Vec::as_slice);
        let mut todo: Vec<(usize, usize)> = Vec::new();
        for (row, class, keys) in self.human.rules() {
            if class == self.class && row.verdict == Verdict::Merged {
                for &a in of(&keys[0]) {
                    todo.extend(of(&keys[1]).iter().filter(|&&b| a != b).map(|&b| (a, b)));
                }
            }
        }
        for (a, b) in todo {
            if self.decided(a, b) == Some(Verdict::Merged) && !self.kept_apart(a, b) {
                self.unite(a, b);
            }
        }
    }

    /// Joins the sets of two forms.
    pub fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        if a != b {
            self.sets.union(a, b);
            let moved = std::mem::take(&mut self.members[a.max(b)]);
            self.members[a.min(b)].extend(moved);
        }
    }

    /// True where a person keeps a form of `a`'s set from one of `b`'s.
    pub fn kept_apart(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        !self.human.is_empty()
            && self.members[a].iter().any(|&x| {
                self.members[b].iter().any(|&y| {
                    let decided = self.decided(x, y);
                    matches!(decided, Some(Verdict::KeptApart | Verdict::Proposed))
                })
            })
    }

    /// Decides on `pairs`, the best first. `hindrance` says why two sets must not be one.
    pub fn decide(
        &mut self,
        mut pairs: Vec<Pair>,
        names: &dyn Fn(usize) -> String,
        hindrance: &Hindrance<'_>,
        decisions: &mut Vec<Decision>,
    ) {
        let key = |p: &Pair| (&self.forms[p.a].key, &self.forms[p.b].key, p.a, p.b);
        pairs.sort_by(|x, y| {
            y.points
                .total_cmp(&x.points)
                .then_with(|| key(x).cmp(&key(y)))
        });
        // What a person joined comes first, so that the program's unions are checked against it.
        self.join_decided();
        for pair in pairs {
            let mut reasons = pair.reasons;
            let mut verdict = verdict(pair.points);
            if verdict == Verdict::Merged {
                let (a, b) = (self.root(pair.a), self.root(pair.b));
                let why = if a == b {
                    None
                } else if self.kept_apart(a, b) {
                    Some("a person keeps names joined with them apart".to_owned())
                } else {
                    pair.doubt
                        .or_else(|| hindrance(&self.members[a], &self.members[b]))
                };
                match why {
                    Some(why) => {
                        verdict = Verdict::Proposed;
                        reasons.push(why);
                    }
                    None if self.decided(pair.a, pair.b).is_none() => self.unite(a, b),
                    None => {}
                }
            }
            let (x, y) = (&self.forms[pair.a], &self.forms[pair.b]);
            let few = match x.locals.len() < y.locals.len() {
                true => x,
                false => y,
            };
            decisions.push(
                Judged {
                    class: self.class,
                    names: [names(pair.a), names(pair.b)],
                    points: pair.points,
                    verdict,
                    reasons: reasons.join("; "),
                    articles: article_ids(self.facts, &few.locals),
                }
                .decision(),
            );
        }
    }

    /// Hands the forms over.
    pub fn finish(mut self, out: &mut Registry) -> usize {
        self.join_decided();
        let base = out.forms.len();
        for i in 0..self.forms.len() {
            let root = self.sets.find(i);
            if root != i {
                out.same.push((base + root, base + i));
            }
        }
        out.forms.extend(self.forms);
        base
    }
}

/// What so many points decide.
pub(super) fn verdict(points: f32) -> Verdict {
    match points {
        p if p >= MERGE => Verdict::Merged,
        p if p >= PROPOSE => Verdict::Proposed,
        _ => Verdict::KeptApart,
    }
}
