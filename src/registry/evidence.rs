//! Facts => what speaks for two names being one thing: offices, company, dates.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Class;
use super::facts::{Facts, Interner};
use crate::names::countries::{country, country_of_demonym};
use crate::names::person::PersonName;
use crate::names::text::{fold, words};

/// Articles looked at for the profile of one name: more do not tell more.
const SAMPLE: usize = 400;

/// An office as far as it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Office {
    /// Folded title, as a number of [`Context::titles`].
    pub title: u32,
    /// Key of the organisation or country, as a feature.
    pub of: Option<u32>,
    /// The country it belongs to.
    pub country: Option<&'static str>,
}

/// Everything about all articles that evidence is drawn from.
pub(super) struct Context<'f> {
    pub facts: &'f Facts,
    /// The earlier article that each repeats.
    copy_of: &'f [Option<usize>],
    /// Per local entity, its name's class and key as one number.
    pub feature: Vec<u32>,
    /// The keys, each behind its class's letter.
    features: Interner,
    /// Per feature, articles that have it.
    df: Vec<u32>,
    /// Per feature, whether it tells something: no bare names.
    telling: Vec<bool>,
    /// Per local entity that has any.
    offices: HashMap<u32, Vec<Office>>,
    pub titles: Interner,
}

impl<'f> Context<'f> {
    pub fn new(facts: &'f Facts, copy_of: &'f [Option<usize>]) -> Self {
        let mut features = Interner::default();
        let mut telling: Vec<bool> = Vec::new();
        let mut known: HashMap<(Class, u32), u32> = HashMap::new();
        let mut feature = Vec::with_capacity(facts.locals.len());
        for local in &facts.locals {
            let class = Class::of(local.kind);
            feature.push(*known.entry((class, local.name)).or_insert_with(|| {
                let name = facts.names.text(local.name);
                let n = features.number(&format!("{}{}", class.letter(), class.key(name)));
                if n as usize == telling.len() {
                    telling.push(class != Class::Person || PersonName::parse(name).parts.len() > 1);
                }
                n
            }));
        }
        let mut df = vec![0; features.len()];
        for (a, article) in facts.articles.iter().enumerate() {
            if copy_of[a].is_none() {
                let here: BTreeSet<u32> = article.locals.clone().map(|l| feature[l]).collect();
                for f in here {
                    df[f as usize] += 1;
                }
            }
        }
        let mut titles = Interner::default();
        let mut offices: HashMap<u32, Vec<Office>> = HashMap::new();
        for role in &facts.roles {
            let title = plain_title(&role.title);
            let of = role.of.map(|l| feature[l as usize]);
            let land = role.of.and_then(|l| {
                let local = &facts.locals[l as usize];
                land_of(Class::of(local.kind), facts.names.text(local.name))
            });
            let office = Office {
                title: titles.number(&title),
                of,
                country: land,
            };
            let held = offices.entry(role.person).or_default();
            if !held.contains(&office) {
                held.push(office);
            }
        }
        Context {
            facts,
            copy_of,
            feature,
            features,
            df,
            telling,
            offices,
            titles,
        }
    }

    /// The key of feature `f`, without its class.
    pub fn key(&self, f: u32) -> &str {
        let text = self.features.text(f);
        text.get(1..).unwrap_or("")
    }

    /// True for a place or a people.
    fn is_land(&self, f: u32) -> bool {
        let letters = [Class::Place.letter(), Class::Group.letter()];
        self.features.text(f).starts_with(letters)
    }

    /// The offices stated of local `l`.
    pub fn offices(&self, l: u32) -> &[Office] {
        self.offices.get(&l).map_or(&[], Vec::as_slice)
    }

    /// How much it tells that two articles share feature `f`: 0 for what all articles name, 1 for what one names.
    pub fn weight(&self, f: u32) -> f32 {
        if !self.telling[f as usize] {
            return 0.0;
        }
        let n = (self.facts.articles.len().max(10)) as f32;
        ((n / self.df[f as usize].max(1) as f32).ln() / n.ln()).max(0.0)
    }

    /// The telling features of the article of local `l`, without its own.
    pub fn company(&self, l: u32) -> BTreeSet<u32> {
        let local = &self.facts.locals[l as usize];
        let article = &self.facts.articles[local.article as usize];
        article
            .locals
            .clone()
            .filter(|&other| other != l as usize)
            .map(|other| self.feature[other])
            .filter(|&f| f != self.feature[l as usize] && self.telling[f as usize])
            .collect()
    }

    /// True where the local entity stands in an article that repeats no other.
    fn is_original(&self, l: u32) -> bool {
        self.copy_of[self.facts.locals[l as usize].article as usize].is_none()
    }

    /// What the articles of `locals` say of them.
    pub fn profile(&self, locals: &[u32]) -> Profile {
        let mut profile = Profile::default();
        let step = locals.len().div_ceil(SAMPLE).max(1);
        for &l in locals.iter().step_by(step) {
            if !self.is_original(l) {
                continue;
            }
            profile.size += 1;
            for f in self.company(l) {
                *profile.company.entry(f).or_default() += 1;
            }
            for &office in self.offices(l) {
                *profile.offices.entry(office).or_default() += 1;
            }
            let article = &self.facts.articles[self.facts.locals[l as usize].article as usize];
            profile.days.extend(article.day);
        }
        profile.days.sort_unstable();
        profile
    }

    /// Points for the company that `few` and `many` share, at most 2, and what tells most of it.
    ///
    /// A name beside both counts by its rarity and by how much oftener than by chance it stands beside `many` (the
    /// logarithm of the lift): nearly everyone is named beside a president.
    pub fn shared_company<'c>(
        &'c self,
        few: impl Iterator<Item = u32>,
        many: &Profile,
    ) -> (f32, Vec<&'c str>) {
        let n = self.facts.articles.len().max(1) as f32;
        let mut found: Vec<(f32, u32)> = few
            .filter_map(|f| {
                let count = *many.company.get(&f)? as f32;
                let by_chance = many.size as f32 * self.df[f as usize].max(1) as f32 / n;
                let lift = (count / by_chance).max(1.0);
                // Countries tell what an article is about, not who is in it.
                let telling = if self.is_land(f) { 0.5 } else { 1.0 };
                let points = telling * self.weight(f) * (lift.ln() / 2.0).min(1.0);
                (points > 0.05).then_some((points, f))
            })
            .collect();
        found.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then_with(|| self.key(a.1).cmp(self.key(b.1)))
        });
        let points: f32 = found.iter().map(|f| f.0).sum();
        let names = found.iter().take(3).map(|f| self.key(f.1)).collect();
        (points.min(2.0), names)
    }

    /// How two sets of offices agree.
    pub fn compare_offices(&self, a: &[Office], b: &[Office]) -> Agreement {
        if let Some(same) = a
            .iter()
            .find(|x| !self.titles.text(x.title).is_empty() && x.of.is_some() && b.contains(x))
        {
            return Agreement::Office(*same);
        }
        // The Russian foreign minister is also the foreign minister of the Russian Federation's ministry.
        let titled = |x: &&Office| !self.titles.text(x.title).is_empty();
        let clash = |x: &Office, y: &Office| {
            x.country.is_some() && y.country.is_some() && x.country != y.country
        };
        for x in a.iter().filter(titled) {
            for y in b.iter().filter(titled) {
                if x.title == y.title && !clash(x, y) {
                    return match x.country.is_some() && x.country == y.country {
                        true => Agreement::Office(*x),
                        false => Agreement::Title(*x),
                    };
                }
            }
        }
        let lands = |all: &[Office]| -> BTreeSet<&'static str> {
            all.iter().filter_map(|o| o.country).collect()
        };
        let (x, y) = (lands(a), lands(b));
        if let Some(land) = x.intersection(&y).next() {
            return Agreement::Country(land);
        }
        if let (Some(one), Some(other)) = (x.first(), y.first()) {
            return Agreement::Conflict(one, other);
        }
        let bodies =
            |all: &[Office]| -> BTreeSet<u32> { all.iter().filter_map(|o| o.of).collect() };
        match bodies(a).intersection(&bodies(b)).next() {
            Some(&body) => Agreement::Body(body),
            None => Agreement::None,
        }
    }
}

/// How the offices of two names agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Agreement {
    /// Title and body or country.
    Office(Office),
    /// Title alone.
    Title(Office),
    /// An organisation.
    Body(u32),
    /// The country of their offices.
    Country(&'static str),
    /// Offices in two countries, none in common.
    Conflict(&'static str, &'static str),
    /// Nothing to compare.
    None,
}

/// What is known of a name from its articles.
#[derive(Debug, Default)]
pub(super) struct Profile {
    /// Local entities looked at.
    pub size: u32,
    /// Names beside it, in how many articles.
    pub company: BTreeMap<u32, u32>,
    /// Offices, in how many articles.
    pub offices: BTreeMap<Office, u32>,
    /// Days of its articles, ascending.
    pub days: Vec<i32>,
}

impl Profile {
    /// Its offices.
    pub fn held(&self) -> Vec<Office> {
        self.offices.keys().copied().collect()
    }

    /// Days from `day` to the nearest of its articles.
    pub fn distance(&self, day: i32) -> Option<u32> {
        let at = self.days.partition_point(|&d| d < day);
        let after = self.days.get(at).map(|d| d.abs_diff(day));
        let before = at.checked_sub(1).map(|i| self.days[i].abs_diff(day));
        after.into_iter().chain(before).min()
    }
}

/// A title without what changes when it is lost: "former Prime Minister" is "minister prime".
fn plain_title(title: &str) -> String {
    let mut all: Vec<String> = words(title)
        .into_iter()
        .filter(|w| {
            !matches!(
                w.as_str(),
                "former" | "then" | "ex" | "acting" | "late" | "the" | "of" | "for" | "outgoing"
            )
        })
        .map(|w| match w.as_str() {
            "defence" => "defense".to_owned(),
            "pm" | "premier" => "prime minister".to_owned(),
            _ => w,
        })
        .collect();
    all.sort();
    all.join(" ")
}

/// The country that an organisation's name or a place says it belongs to.
pub(super) fn land_of(class: Class, name: &str) -> Option<&'static str> {
    match class {
        Class::Place => country(name),
        Class::Group => country_of_demonym(name),
        Class::Organisation => {
            let all = words(&fold(name));
            (1..all.len().min(5)).rev().find_map(|n| {
                let front = all[..n].join(" ");
                country(&front).or_else(|| country_of_demonym(&front))
            })
        }
        Class::Person | Class::Event => None,
    }
}

impl Context<'_> {
    /// Points for how offices agree, and in words; `office` for the very same office, `conflict` for two countries.
    pub fn office_points(
        &self,
        agreement: Agreement,
        office: f32,
        conflict: f32,
    ) -> (f32, Option<String>) {
        match agreement {
            Agreement::Office(o) => {
                let of = o.of.map_or("", |f| self.key(f));
                (
                    office,
                    Some(format!(
                        "the same office ({}, {of})",
                        self.titles.text(o.title)
                    )),
                )
            }
            Agreement::Title(o) => (
                office / 2.0,
                Some(format!("the same title ({})", self.titles.text(o.title))),
            ),
            Agreement::Body(f) => (office / 2.0, Some(format!("both of {}", self.key(f)))),
            Agreement::Country(land) => (0.5, Some(format!("offices in one country ({land})"))),
            Agreement::Conflict(a, b) => (
                conflict,
                Some(format!("offices in different countries ({a}; {b})")),
            ),
            Agreement::None => (0.0, None),
        }
    }
}
