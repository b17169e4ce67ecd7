//! Bare family names => the person that each article means by one
//!
//! An article that names nobody but "Lavrov" is read with what the others say: the people of that name, how often they
//! are named and when, their offices and their company. What stays open is grouped into circles, one node each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::decisions::{Decision, Judged, Verdict};
use super::evidence::{Office, Profile};
use super::gazetteer::spots;
use super::join::{article_ids, shown, verdict};
use super::people::{MARGIN, MISREAD, People};
use super::{Class, Form};
use crate::names::lexicon::is_given;
use crate::names::person::PersonName;
use crate::names::place_key;
use crate::names::text::{fold, sound};
use crate::sets::Sets;

/// From so many articles on, one who alone bears a family name is known, from so many well known.
const KNOWN: usize = 3;
const FAMOUS: usize = 20;
/// So many articles of the months around one tell who is meant in them.
const MANY: usize = 8;

/// What is known of a person who may be meant by a bare name.
struct Candidate {
    root: usize,
    shown: String,
    parts: PersonName,
    profile: Profile,
    articles: BTreeSet<u32>,
    /// Days of its articles, ascending.
    days: Vec<i32>,
}

impl Candidate {
    /// True where the folded `word` is the family name, and not the first of two or a middle name.
    fn is_family_name(&self, word: &str) -> bool {
        let same = |part: &str| part == word || sound(part) == sound(word);
        self.parts.bare_rank(same) == 3
    }

    /// Its articles within half a year of `day`.
    fn around(&self, day: i32) -> usize {
        let from = self.days.partition_point(|&d| d < day - 183);
        self.days.partition_point(|&d| d <= day + 183) - from
    }
}

/// How well a bare name in one article fits one person.
struct Fit {
    points: f32,
    /// An office or company speaks for it, not the name and the time alone.
    telling: bool,
    reasons: Vec<String>,
}

impl People<'_> {
    /// Joins the bare names, with their locals, to the people they mean.
    pub fn join_bare_names(
        &mut self,
        bare: BTreeMap<String, Vec<u32>>,
        decisions: &mut Vec<Decision>,
    ) {
        let mut by_family: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        for i in 0..self.names.len() {
            let root = self.joiner.root(i);
            for key in self.names[i].parts.bare_forms() {
                by_family.entry(key).or_default().push(root);
            }
            if let Some(first) = self.first_alone(i) {
                by_first.entry(first).or_default().push(root);
            }
        }
        // Family names first: in an article that has both, they say more.
        let (family, first): (Vec<_>, Vec<_>) = bare
            .into_iter()
            .partition(|(key, _)| !by_first.contains_key(key) || by_family.contains_key(key));
        for (key, locals) in family.into_iter().chain(first) {
            let named = |by: &HashMap<_, Vec<usize>>, key: &str| by.get(key).cloned();
            let mut roots = named(&by_family, &key).unwrap_or_default();
            roots.extend(named(&by_first, &key).unwrap_or_default());
            // Another spelling of a name nobody bears as it stands: Zelenskiy.
            if roots.is_empty() && key.len() >= 5 && !is_given(&key) {
                roots = named(&by_family, &format!("~{}", sound(&key))).unwrap_or_default();
            }
            roots.sort_unstable();
            roots.dedup();
            self.place_bare(&key, locals, &roots, decisions);
        }
    }

    /// The first part of the full name of form `i`, where it is no given name and an article that has the full name has it
    /// alone too: "Hayashi" for Hayashi Yoshimasa.
    fn first_alone(&self, i: usize) -> Option<String> {
        let first = self.names[i].parts.parts.first();
        let first = first.filter(|p| self.is_rare_word(p))?;
        let facts = self.context.facts;
        let mut locals = self.joiner.forms[i].locals.iter();
        let alone = locals.any(|&l| {
            let surfaces = &facts.locals[l as usize].surfaces;
            let mut words = surfaces.iter().map(|s| fold(facts.names.text(s.0)));
            words.any(|word| word == *first)
        });
        alone.then(|| first.clone())
    }

    /// Finds out whom the bare name `key` means in each of its articles.
    fn place_bare(
        &mut self,
        key: &str,
        locals: Vec<u32>,
        roots: &[usize],
        decisions: &mut Vec<Decision>,
    ) {
        let facts = self.context.facts;
        // More people of one name than this are not told apart by what stands beside them.
        let most = 24;
        let mut candidates: Vec<Candidate> = roots
            .iter()
            .take(most)
            .map(|&root| {
                let mut all: Vec<u32> = self
                    .joiner
                    .members(root)
                    .iter()
                    .flat_map(|&f| self.joiner.forms[f].locals.iter().copied())
                    .collect();
                all.sort_unstable();
                let best =
                    self.joiner.members(root).iter().max_by_key(|&&f| {
                        (self.joiner.forms[f].locals.len(), std::cmp::Reverse(f))
                    });
                let articles: BTreeSet<u32> = all
                    .iter()
                    .map(|&l| facts.locals[l as usize].article)
                    .collect();
                let mut days: Vec<i32> = articles
                    .iter()
                    .filter_map(|&a| facts.articles[a as usize].day)
                    .collect();
                days.sort_unstable();
                Candidate {
                    root,
                    shown: best.map_or_else(String::new, |&f| self.names[f].shown.clone()),
                    parts: best.map_or_else(PersonName::default, |&f| self.names[f].parts.clone()),
                    profile: self.context.profile(&all),
                    articles,
                    days,
                }
            })
            .collect();
        let most = candidates
            .iter()
            .map(|c| c.articles.len())
            .max()
            .unwrap_or(0);
        candidates.retain(|c| c.articles.len() * MISREAD >= most);
        let name = shown(facts, &locals);
        let all: u32 = candidates.iter().map(|c| c.articles.len() as u32).sum();
        // By candidate and verdict: locals, lowest points, reasons with their counts.
        type Row = (Vec<u32>, f32, BTreeMap<String, usize>);
        let mut rows: BTreeMap<(usize, Verdict), Row> = BTreeMap::new();
        let mut open: Vec<u32> = Vec::new();
        let mut joined: Vec<(usize, u32)> = Vec::new();
        for &l in &locals {
            let article = facts.locals[l as usize].article;
            let id = facts.article_id(article);
            let fits: Vec<Fit> = candidates
                .iter()
                .map(|c| self.fit(l, c, &candidates, all))
                .collect();
            let mut order: Vec<usize> = (0..fits.len())
                .filter(|&i| !candidates[i].articles.contains(&article))
                .collect();
            order.sort_by(|&i, &j| {
                fits[j]
                    .points
                    .total_cmp(&fits[i].points)
                    .then_with(|| candidates[i].shown.cmp(&candidates[j].shown))
                    .then(i.cmp(&j))
            });
            let Some(&best) = order.first() else {
                open.push(l);
                continue;
            };
            let fit = &fits[best];
            // One who stands in the article under a full name is a rival too: the article keeps the two apart.
            let second = (0..fits.len())
                .filter(|&i| i != best)
                .map(|i| fits[i].points)
                .fold(f32::NEG_INFINITY, f32::max);
            let clear = second <= fit.points - MARGIN;
            let verdict = match verdict(fit.points) {
                Verdict::Merged if !(fit.telling && clear) => Verdict::Proposed,
                verdict => verdict,
            };
            let decided = self
                .joiner
                .members(candidates[best].root)
                .iter()
                .find_map(|&f| {
                    let other = &self.joiner.forms[f].key;
                    self.joiner.human.verdict(Class::Person, key, other, id)
                });
            // Whom a person says it means, it means, be it one of the candidates or not: the form is joined at the end.
            let decided = decided.is_some() || self.joiner.human.joins(Class::Person, key, id);
            match (verdict, decided) {
                (Verdict::Merged, false) => joined.push((candidates[best].root, l)),
                _ => open.push(l),
            }
            let row = rows
                .entry((best, verdict))
                .or_insert_with(|| (Vec::new(), f32::INFINITY, BTreeMap::new()));
            row.0.push(l);
            row.1 = row.1.min(fit.points);
            let mut reasons = fit.reasons.clone();
            if !clear {
                reasons.push("another bearer of the name fits about as well".to_owned());
            }
            for reason in reasons {
                *row.2.entry(reason).or_default() += 1;
            }
        }
        for ((best, verdict), (locals, points, reasons)) in rows {
            let mut reasons: Vec<(usize, String)> =
                reasons.into_iter().map(|(r, n)| (n, r)).collect();
            reasons.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            let reasons: Vec<String> = reasons
                .into_iter()
                .take(6)
                .map(|(n, r)| match locals.len() {
                    1 => r,
                    _ => format!("{r} ({n}×)"),
                })
                .collect();
            decisions.push(
                Judged {
                    class: Class::Person,
                    names: [name.clone(), candidates[best].shown.clone()],
                    points,
                    verdict,
                    reasons: format!("a bare name; {}", reasons.join("; ")),
                    articles: article_ids(facts, &locals),
                }
                .decision(),
            );
        }
        for (root, l) in joined {
            self.joiner.forms[root].locals.push(l);
        }
        for locals in self.circles(&open) {
            self.joiner.add(Form {
                class: Class::Person,
                key: key.to_owned(),
                split: true,
                locals,
            });
        }
    }

    /// Counts the evidence that the bare name at `l` means `candidate`, one of `among` whose names stand in `all`
    /// articles.
    fn fit(&self, l: u32, candidate: &Candidate, among: &[Candidate], all: u32) -> Fit {
        let context = &self.context;
        let local = &context.facts.locals[l as usize];
        let article = &context.facts.articles[local.article as usize];
        let (mut points, mut reasons) = (0.0, Vec::new());
        let agreement = context.compare_offices(context.offices(l), &candidate.profile.held());
        let (plus, why) = context.office_points(agreement, 3.0, -3.0);
        points += plus;
        let by_office = plus >= 1.0;
        let mut telling = by_office;
        reasons.extend(why);
        let (plus, _) = context.shared_company(context.company(l).into_iter(), &candidate.profile);
        points += plus;
        if plus > 0.2 {
            reasons.push("named beside the same people, bodies and places".to_owned());
        }
        telling |= plus >= 1.0;
        let mut sole = false;
        if among.len() == 1 {
            // One who is named once may be any of those who bear the name.
            let known = candidate.articles.len() >= KNOWN;
            points += if known { 1.0 } else { 0.5 };
            let word = fold(context.facts.name(l as usize));
            // The tagger took the word for a person: a town of the name is no rival to one who is named all the time.
            let famous = candidate.articles.len() >= FAMOUS && !is_given(&word);
            sole = (famous || self.is_rare_word(&word)) && candidate.is_family_name(&word);
            if sole {
                points += if known { 2.0 } else { 1.0 };
                // Of a name that is nothing but a family name, less company tells.
                telling |= plus >= if known { 0.2 } else { 0.5 };
                // Whom everybody knows is meant without more: Obama.
                telling |= famous;
            }
            reasons.push("nobody else of this family name".to_owned());
        } else {
            // Who is seldom named is seldom meant (the logarithm of the prior), unless the office says so.
            if !by_office {
                let share = candidate.articles.len() as f32 / all.max(1) as f32;
                points += share.ln().max(-2.0);
            }
            reasons.push(format!("{} people of this family name", among.len()));
        }
        // Articles of these months that give the whole name, and nearly all of them mean one person.
        if let Some(day) = article.day {
            let (own, all) = (
                candidate.around(day),
                among.iter().map(|c| c.around(day)).sum::<usize>(),
            );
            if own >= MANY && own * 20 >= all * 19 {
                points += 1.0;
                telling = true;
                reasons
                    .push("meant by 19 of 20 articles of these months with a full name".to_owned());
            }
        }
        if let Some(days) = article.day.and_then(|d| candidate.profile.distance(d)) {
            match days {
                0..=31 => {
                    points += 1.0;
                    reasons.push("named in full within a month".to_owned());
                }
                32..=1100 => {}
                _ => {
                    points -= if sole { 0.5 } else { 1.0 };
                    reasons.push("not named in full within three years".to_owned());
                }
            }
        }
        Fit {
            points,
            telling,
            reasons,
        }
    }

    /// True where a folded word is neither a given name nor a place's: Schwarzenegger, but not Lincoln or Jay.
    fn is_rare_word(&self, word: &str) -> bool {
        !is_given(word) && spots(&place_key(word)).is_empty()
    }

    /// Groups articles in which a bare name that nobody is known for means one person: one office, or two rare names
    /// beside both.
    fn circles(&self, locals: &[u32]) -> Vec<Vec<u32>> {
        let facts = self.context.facts;
        let mut sets = Sets::new(locals.len());
        let mut by_office: HashMap<Office, usize> = HashMap::new();
        let mut by_pair: HashMap<(u32, u32), usize> = HashMap::new();
        for (i, &l) in locals.iter().enumerate() {
            for &office in self.context.offices(l) {
                if office.of.is_some() && !self.context.titles.text(office.title).is_empty() {
                    sets.union(*by_office.entry(office).or_insert(i), i);
                }
            }
            let mut rare: Vec<(f32, u32)> = self
                .context
                .company(l)
                .into_iter()
                .map(|f| (self.context.weight(f), f))
                .filter(|f| f.0 >= 0.7)
                .collect();
            rare.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            // The rarest ones are enough: pairs grow with the square.
            rare.truncate(12);
            for (j, &(_, x)) in rare.iter().enumerate() {
                for &(_, y) in &rare[j + 1..] {
                    let pair = (x.min(y), x.max(y));
                    sets.union(*by_pair.entry(pair).or_insert(i), i);
                }
            }
        }
        let mut out: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (i, &l) in locals.iter().enumerate() {
            out.entry(sets.find(i)).or_default().push(l);
        }
        // Two of one article stay two.
        let mut circles = Vec::new();
        for circle in out.into_values() {
            let mut here = BTreeSet::new();
            let (one, rest): (Vec<u32>, Vec<u32>) = circle
                .into_iter()
                .partition(|&l| here.insert(facts.locals[l as usize].article));
            circles.push(one);
            circles.extend(rest.into_iter().map(|l| vec![l]));
        }
        circles
    }
}
