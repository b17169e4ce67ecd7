//! `documents.jsonl` + the decisions in `merges.csv` => [`Graph`]: who is who over all articles, and what they did.
//!
//! # How names become people, organisations and places
//!
//! An article's entities are first gathered under the name they share (a *form*: "Sergei Lavrov", "S. Lavrov",
//! "European Union" with "EU"). Forms that could name one thing are then compared (`people`, `bodies`, `places`);
//! candidates come from shared keys (sound of the family name, initials, short forms), so that the work grows about
//! linearly with the number of forms. Evidence is counted in points: likeness and rarity of the names, offices held,
//! people and bodies named beside them, dates. [`MERGE`] points join two forms, [`PROPOSE`] points make a proposal that
//! a person can confirm, less keeps them apart. Three rules stand above all points:
//!
//! - what a person decided in `merges.csv` is done, and never overwritten;
//! - two entities that one article keeps apart are never joined by the program;
//! - a bare family name alone is never enough, however few bear it: an office, company or the run of the news must speak
//!   for one person and, where several bear the name, clearly less for every other (`people`).
//!
//! # How reports become events
//!
//! `copies` finds articles that repeat earlier ones; what they say is kept and not counted. `events` joins reports
//! of one encounter and states the rules for its status, date and place.
//!
//! # Ids
//!
//! Every form keeps the id that it was first given (`ids`); an entity has the lowest id of its forms. So joining and
//! parting forms, by a person or by new articles, never renames what is untouched.

mod bare;
mod bodies;
mod copies;
pub mod decisions;
mod events;
mod evidence;
mod facts;
mod gazetteer;
mod ids;
mod join;
mod nodes;
mod people;
mod places;
pub mod review;
pub mod store;

use std::collections::BTreeMap;

pub use decisions::{By, Decision, Verdict};
pub use ids::Ids;

use self::decisions::Human;
use self::facts::Facts;
use crate::document::NameType;
use crate::error::Result;
use crate::export::record::Record;
use crate::graph::{Graph, Links};
use crate::names;
use crate::names::person::PersonName;
use crate::names::text::{fold, words};

/// Points that join two forms. Set by judgement; the points that evidence gives were adjusted on the lists in
/// `tests/fixtures/registry` until 98 % of the merges there were right.
pub const MERGE: f32 = 3.0;
/// Points that make a proposal.
pub const PROPOSE: f32 = 1.5;

/// Points as a number from 0 to 1: 0.8 at [`MERGE`], 0.5 at [`PROPOSE`] (a logistic curve, for people to sort by).
pub fn score(points: f32) -> f32 {
    let x = 1.0 / (1.0 + (-(points - PROPOSE) * 0.924).exp());
    (x * 100.0).round() / 100.0
}

/// What kinds of names can be one thing: each has its own ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    Person,
    Organisation,
    Place,
    Group,
    Event,
}

impl Class {
    pub const ALL: [Class; 5] = [
        Class::Person,
        Class::Organisation,
        Class::Place,
        Class::Group,
        Class::Event,
    ];

    pub fn of(kind: NameType) -> Class {
        match kind {
            NameType::Per => Class::Person,
            NameType::Org => Class::Organisation,
            NameType::Gpe | NameType::Loc | NameType::Fac => Class::Place,
            NameType::Norp => Class::Group,
            NameType::Event => Class::Event,
        }
    }

    /// The letter its ids begin with.
    pub fn letter(self) -> char {
        match self {
            Class::Person => 'P',
            Class::Organisation => 'O',
            Class::Place => 'L',
            Class::Group => 'G',
            Class::Event => 'E',
        }
    }

    /// The word used in `merges.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Class::Person => "person",
            Class::Organisation => "organization",
            Class::Place => "place",
            Class::Group => "group",
            Class::Event => "event",
        }
    }

    /// The key under which equal names of this class meet; empty for a name without letters.
    pub fn key(self, name: &str) -> String {
        match self {
            Class::Person => PersonName::parse(name).key(),
            Class::Organisation => {
                let key = names::organisation_key(&fold(name));
                names::organisation::normal(&words(&key)).join(" ")
            }
            Class::Place => names::place_key(&fold(name)),
            Class::Group => names::group_key(&fold(name)),
            Class::Event => fold(name),
        }
    }
}

/// Local entities that are one thing for certain: of one name, or of one name and one circle of articles.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub class: Class,
    /// The name's key.
    pub key: String,
    /// True where the name alone does not say who is meant: bare names, namesakes, towns of one name.
    pub split: bool,
    /// Positions in [`Facts::locals`], ascending.
    pub locals: Vec<u32>,
}

/// Forms and what is decided about them.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub forms: Vec<Form>,
    /// Pairs of forms that are one thing.
    pub same: Vec<(usize, usize)>,
    /// Decisions made on the way.
    pub decisions: Vec<Decision>,
    /// What the gazetteer knows of a place form.
    pub places: BTreeMap<usize, gazetteer::Spot>,
}

/// What the registry makes of all articles.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Entities, events and offices.
    pub graph: Graph,
    /// All decisions: a person's first, then those to be looked at.
    pub decisions: Vec<Decision>,
    /// The ids, for the next run.
    pub ids: Ids,
    /// From articles to the graph.
    pub links: Links,
}

/// Resolves the articles in `records`, obeying what a person decided in `decisions` and keeping the ids in `ids`.
///
/// # Errors
/// The first error of `records`.
pub fn build(
    records: impl Iterator<Item = Result<Record>>,
    decisions: &[Decision],
    ids: Ids,
) -> Result<Resolved> {
    let facts = Facts::read(records)?;
    let copy_of = copies::find(&facts);
    let human = Human::new(decisions, &ids);
    let mut registry = Registry::default();
    people::link(&facts, &copy_of, &human, &mut registry);
    bodies::link(&facts, &human, &mut registry);
    places::link(&facts, &human, &mut registry);
    Ok(nodes::assemble(facts, &copy_of, registry, human, ids))
}
