//! `Record`s => [`Facts`]: what the registry keeps of all articles, without their texts.
//!
//! Articles stand in canonical order (publication date, then id; undated ones last), so that nothing below depends on
//! the order in which they were read. Memory is a few hundred bytes per entity of an article.

use std::collections::HashMap;
use std::ops::Range;

use jiff::civil::Date;

use super::copies::Sketch;
use crate::document::{EncounterKind, NameType, Status};
use crate::error::Result;
use crate::export::record::{CharSlices, Record};
use crate::graph::ArticleNode;

/// Strings by number.
#[derive(Debug, Default)]
pub(super) struct Interner {
    numbers: HashMap<String, u32>,
    strings: Vec<String>,
}

impl Interner {
    /// The number of `text`.
    pub fn number(&mut self, text: &str) -> u32 {
        match self.numbers.get(text) {
            Some(&n) => n,
            None => {
                let n = self.strings.len() as u32;
                self.numbers.insert(text.to_owned(), n);
                self.strings.push(text.to_owned());
                n
            }
        }
    }

    /// The string with number `n`.
    pub fn text(&self, n: u32) -> &str {
        self.strings.get(n as usize).map_or("", String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.strings.len()
    }
}

/// An article.
#[derive(Debug)]
pub(super) struct ArticleFacts {
    /// What the graph shows of it.
    pub node: ArticleNode,
    /// Its place in the input.
    pub input: usize,
    /// Days since 1970-01-01 of its publication.
    pub day: Option<i32>,
    /// Its entities, as positions in [`Facts::locals`].
    pub locals: Range<usize>,
    /// What it is compared with other articles by.
    pub sketch: Sketch,
}

/// An entity of one article.
#[derive(Debug)]
pub(super) struct Local {
    /// Position in [`Facts::articles`].
    pub article: u32,
    /// Its id in the article.
    pub id: u32,
    /// Its type.
    pub kind: NameType,
    /// Its fullest name, as a number of [`Facts::names`].
    pub name: u32,
    /// The forms in which it is named, with their numbers of occurrences outside boilerplate; sorted.
    pub surfaces: Box<[(u32, u32)]>,
    /// The entity named right behind it after a comma: Texas in "Paris, Texas".
    pub within: Option<u32>,
}

impl Local {
    /// Mentions outside boilerplate.
    pub fn mentions(&self) -> u32 {
        self.surfaces.iter().map(|s| s.1).sum()
    }
}

/// An encounter of one article.
#[derive(Debug)]
pub(super) struct EncounterFacts {
    /// Position in [`Facts::articles`].
    pub article: u32,
    /// Its number in the article, from 1.
    pub n: u32,
    pub kind: EncounterKind,
    pub status: Status,
    /// Position in [`Facts::locals`], and the words beside it.
    pub actors: Vec<(u32, Option<String>)>,
    /// Position in [`Facts::locals`].
    pub place: Option<u32>,
    pub date: Option<String>,
    pub date_words: Option<String>,
    pub evidence: [u32; 2],
    pub sentence: String,
    pub confidence: f32,
}

/// An office or affiliation stated by one article.
#[derive(Debug)]
pub(super) struct RoleFacts {
    /// Position in [`Facts::locals`].
    pub person: u32,
    /// As written.
    pub title: String,
    /// Position in [`Facts::locals`].
    pub of: Option<u32>,
    pub sentence: String,
    pub confidence: f32,
}

/// What all articles say, in numbers.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub articles: Vec<ArticleFacts>,
    pub locals: Vec<Local>,
    pub names: Interner,
    pub encounters: Vec<EncounterFacts>,
    pub roles: Vec<RoleFacts>,
}

/// Days since 1970-01-01 of an ISO 8601 day.
pub(super) fn day_number(iso: &str) -> Option<i32> {
    let date: Date = iso.get(..10)?.parse().ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since((jiff::Unit::Day, epoch))
        .ok()
        .map(|s| s.get_days())
}

/// The facts of one article, before articles are in order: positions in its own list of entities.
struct Raw {
    node: ArticleNode,
    sketch: Sketch,
    locals: Vec<Local>,
    encounters: Vec<EncounterFacts>,
    roles: Vec<RoleFacts>,
}

impl Facts {
    /// Reads all records.
    ///
    /// # Errors
    /// The first error of `records`.
    pub fn read(records: impl Iterator<Item = Result<Record>>) -> Result<Facts> {
        let mut names = Interner::default();
        let mut raw: Vec<Raw> = Vec::new();
        for record in records {
            raw.push(article(&record?, &mut names));
        }
        let mut order: Vec<usize> = (0..raw.len()).collect();
        order.sort_by(|&a, &b| {
            let key = |i: usize| {
                let node = &raw[i].node;
                (node.date.is_none(), &node.date, &node.id, &node.path, i)
            };
            key(a).cmp(&key(b))
        });
        let mut slots: Vec<Option<Raw>> = raw.into_iter().map(Some).collect();
        let mut facts = Facts {
            names,
            ..Facts::default()
        };
        for input in order {
            let Some(raw) = slots.get_mut(input).and_then(Option::take) else {
                continue;
            };
            facts.add(raw, input);
        }
        Ok(facts)
    }

    fn add(&mut self, raw: Raw, input: usize) {
        let (article, base) = (self.articles.len() as u32, self.locals.len());
        let moved = |i: u32| base as u32 + i;
        self.locals.extend(raw.locals.into_iter().map(|l| Local {
            article,
            within: l.within.map(moved),
            ..l
        }));
        self.encounters
            .extend(raw.encounters.into_iter().map(|e| EncounterFacts {
                article,
                actors: e.actors.into_iter().map(|(i, w)| (moved(i), w)).collect(),
                place: e.place.map(moved),
                ..e
            }));
        self.roles.extend(raw.roles.into_iter().map(|r| RoleFacts {
            person: moved(r.person),
            of: r.of.map(moved),
            ..r
        }));
        self.articles.push(ArticleFacts {
            day: raw.node.date.as_deref().and_then(day_number),
            node: raw.node,
            input,
            locals: base..self.locals.len(),
            sketch: raw.sketch,
        });
    }

    /// The fullest name of local `l`.
    pub fn name(&self, l: usize) -> &str {
        self.names.text(self.locals[l].name)
    }

    /// The id of article `a`.
    pub fn article_id(&self, a: u32) -> &str {
        &self.articles[a as usize].node.id
    }
}

fn article(record: &Record, names: &mut Interner) -> Raw {
    let text = CharSlices::new(&record.text);
    let position: HashMap<u32, u32> = (0..)
        .zip(&record.entities)
        .map(|(i, e): (u32, _)| (e.id, i))
        .collect();
    let mut surfaces: Vec<HashMap<u32, u32>> = vec![HashMap::new(); record.entities.len()];
    let mut within: Vec<Option<u32>> = vec![None; record.entities.len()];
    for (i, m) in record.mentions.iter().enumerate() {
        let Some(&e) = position.get(&m.entity) else {
            continue;
        };
        if !m.boilerplate {
            let surface = one_line(text.get([m.start, m.end]));
            *surfaces[e as usize]
                .entry(names.number(&surface))
                .or_default() += 1;
        }
        if let Some(next) = record.mentions.get(i + 1)
            && m.kind.is_place()
            && next.kind.is_place()
            && next.start.checked_sub(m.end) == Some(2)
            && text.get([m.end, next.start]) == ", "
        {
            within[e as usize] = position
                .get(&next.entity)
                .copied()
                .filter(|&n| n != e)
                .or(within[e as usize]);
        }
    }
    let locals = record
        .entities
        .iter()
        .zip(surfaces)
        .zip(within)
        .map(|((e, surfaces), within)| {
            let mut surfaces: Vec<(u32, u32)> = surfaces.into_iter().collect();
            surfaces.sort_unstable();
            Local {
                article: 0,
                id: e.id,
                kind: e.kind,
                name: names.number(&one_line(&e.name)),
                surfaces: surfaces.into_boxed_slice(),
                within,
            }
        })
        .collect();
    let encounters = (1..)
        .zip(&record.meetings)
        .map(|(n, m)| EncounterFacts {
            article: 0,
            n,
            kind: m.kind,
            status: m.status,
            actors: m
                .participants
                .iter()
                .filter_map(|p| Some((*position.get(&p.entity)?, p.words.clone())))
                .collect(),
            place: m.place.and_then(|p| position.get(&p).copied()),
            date: m.date.clone(),
            date_words: m.date_words.clone(),
            evidence: m.evidence,
            sentence: text.get(m.sentence).to_owned(),
            confidence: m.confidence,
        })
        .collect();
    let roles = record
        .roles
        .iter()
        .filter_map(|r| {
            Some(RoleFacts {
                person: *position.get(&r.person)?,
                title: one_line(&r.title),
                of: r.of.and_then(|of| position.get(&of).copied()),
                sentence: text.get(r.sentence).to_owned(),
                confidence: r.confidence,
            })
        })
        .collect();
    Raw {
        node: ArticleNode {
            id: record.id.clone(),
            source: record.source.clone(),
            date: record.date.clone(),
            title: record.title.clone(),
            url: record.url.clone(),
            path: record.path.clone(),
            copy_of: None,
        },
        sketch: Sketch::of(
            &text,
            &record.boilerplate,
            record.text.chars().count() as u32,
        ),
        locals,
        encounters,
        roles,
    }
}

/// A name broken over lines is the same name.
fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
