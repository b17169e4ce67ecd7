//! Places over all articles: which town of a name, which country, where on the map.
//!
//! A name with one place in the gazetteer, or with one ten times larger than the others, is that place, unless its
//! article says otherwise: by a country or state behind a comma, or because all its places lie near another town of the
//! name. Names without such a place (Georgia) are decided by the article's other places and stay open where these do
//! not tell.

use std::collections::{BTreeMap, HashMap};

use super::decisions::{Human, Judged, Verdict};
use super::evidence::land_of;
use super::facts::Facts;
use super::gazetteer::{Spot, SpotKind, spots};
use super::join::{Joiner, article_ids, shown};
use super::{Class, Form, Registry};
use crate::names::place_key;
use crate::names::text::fold;

/// A place this many times larger than all others of its name is meant where nothing says otherwise.
const LARGER: u32 = 10;
/// Kilometres within which an article's other places speak for a town.
const NEAR: f64 = 1000.0;

/// Great-circle distance in kilometres (haversine; mean radius 6371 km).
fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [north, east] = [(b[0] - a[0]).to_radians(), (b[1] - a[1]).to_radians()];
    let h = (north / 2.0).sin().powi(2)
        + a[0].to_radians().cos() * b[0].to_radians().cos() * (east / 2.0).sin().powi(2);
    2.0 * 6371.0 * h.sqrt().min(1.0).asin()
}

/// True where two entries of the gazetteer are one place for our purpose: a city and its state or country of one name
/// are not, districts of one city are.
fn same_spot(a: &Spot, b: &Spot) -> bool {
    a.kind == b.kind
        && a.country == b.country
        && a.at.zip(b.at).is_some_and(|(a, b)| distance(a, b) < 50.0)
}

/// The places of the name `key`, doubles left out.
fn candidates(key: &str) -> Vec<Spot> {
    let mut out: Vec<Spot> = Vec::new();
    for spot in spots(key) {
        if !out.iter().any(|s| same_spot(s, spot)) {
            out.push(*spot);
        }
    }
    // "Washington" and "New York" are the cities unless the article says otherwise, though states are larger.
    if let Some(city) = out.iter().position(|s| s.kind == SpotKind::City)
        && out[0].kind == SpotKind::State
        && out[city].people > 500
    {
        out.swap(0, city);
    }
    out
}

/// The place that `key` means where nothing says otherwise.
fn plain(all: &[Spot]) -> Option<Spot> {
    let first = all.first()?;
    let larger = all[1..].iter().all(|s| {
        let state_of_its_name = first.kind == SpotKind::City && s.kind == SpotKind::State;
        first.people >= LARGER * s.people.max(1) || (state_of_its_name && first.people > 500)
    });
    // A country is meant before a town of its name, but not before a U.S. state.
    let country =
        first.kind == SpotKind::Country && all[1..].iter().all(|s| s.kind == SpotKind::City);
    (larger || country).then_some(*first)
}

/// The places that article `a` names for certain, and its countries.
fn surroundings(facts: &Facts, a: usize, keys: &[String]) -> Vec<(u32, Spot)> {
    let mut out = Vec::new();
    for l in facts.articles[a].locals.clone() {
        let class = Class::of(facts.locals[l].kind);
        let spot = match class {
            Class::Place => plain(&candidates(&keys[l])),
            Class::Group => land_of(class, facts.name(l))
                .and_then(|land| candidates(&fold(land)).first().copied())
                .filter(|s| s.kind == SpotKind::Country),
            _ => None,
        };
        out.extend(spot.map(|s| (l as u32, s)));
    }
    out
}

/// True where `other`, named in the same article, speaks for `spot`.
fn speaks_for(other: &Spot, spot: &Spot) -> bool {
    if spot.country == "US" {
        // That an article speaks of America makes no town there likelier.
        return other.country == "US"
            && other.kind != SpotKind::Country
            && (other.state == spot.state || is_near(other, spot));
    }
    other.country == spot.country || is_near(other, spot)
}

fn is_near(a: &Spot, b: &Spot) -> bool {
    a.at.zip(b.at).is_some_and(|(a, b)| distance(a, b) < NEAR)
}

/// The place meant by local `l`.
fn decide(
    facts: &Facts,
    l: usize,
    all: &[Spot],
    keys: &[String],
    around: &[(u32, Spot)],
) -> Option<Spot> {
    if all.is_empty() {
        return None;
    }
    // "Paris, Texas".
    let behind = facts.locals[l].within.map(|w| keys[w as usize].clone());
    let inside = facts
        .name(l)
        .split_once(',')
        .map(|(_, rest)| place_key(&fold(rest)));
    if let Some(whole) = behind.or(inside) {
        let wholes = candidates(&whole);
        let found = all.iter().find(|s| {
            wholes.iter().any(|w| match w.kind {
                SpotKind::Country => w.country == s.country,
                SpotKind::State => s.country == "US" && w.state == s.state,
                SpotKind::City => false,
            }) && s.kind == SpotKind::City
        });
        if let Some(found) = found {
            return Some(*found);
        }
    }
    let usual = plain(all);
    let supported: Vec<&Spot> = all
        .iter()
        .filter(|s| {
            around.iter().any(|(other, o)| {
                *other != l as u32 && keys[*other as usize] != keys[l] && speaks_for(o, s)
            })
        })
        .collect();
    match usual {
        Some(usual) => {
            // Another town of the name only where its own country's or state's places surround it and nothing speaks
            // for the usual one.
            let other = match supported[..] {
                [one] if !same_spot(one, &usual) && one.kind == SpotKind::City => {
                    let company: Vec<&(u32, Spot)> =
                        around.iter().filter(|(o, _)| *o != l as u32).collect();
                    let near = company.iter().filter(|(_, o)| speaks_for(o, one)).count();
                    (near * 2 > company.len()).then_some(*one)
                }
                _ => None,
            };
            Some(other.unwrap_or(usual))
        }
        None => match supported[..] {
            [one] => Some(*one),
            _ => None,
        },
    }
}

pub(super) fn link(facts: &Facts, human: &Human, out: &mut Registry) {
    let class = Class::Place;
    let mut known: HashMap<u32, String> = HashMap::new();
    let keys: Vec<String> = facts
        .locals
        .iter()
        .map(|local| match Class::of(local.kind) {
            Class::Place => known
                .entry(local.name)
                .or_insert_with(|| {
                    let name = facts.names.text(local.name);
                    let whole = place_key(&fold(name));
                    match name.split_once(',') {
                        // "Paris, Texas" in one piece.
                        Some((town, _)) if candidates(&whole).is_empty() => place_key(&fold(town)),
                        _ => whole,
                    }
                })
                .clone(),
            _ => String::new(),
        })
        .collect();
    // By key and place on the map (its number among the places of the name).
    // The first part is true for what a person split off.
    type Sense = (bool, Option<usize>);
    let mut named: BTreeMap<&str, BTreeMap<Sense, Vec<u32>>> = BTreeMap::new();
    for a in 0..facts.articles.len() {
        let around = surroundings(facts, a, &keys);
        for l in facts.articles[a].locals.clone() {
            if Class::of(facts.locals[l].kind) != class {
                continue;
            }
            let all = candidates(&keys[l]);
            let sense = decide(facts, l, &all, &keys, &around)
                .and_then(|spot| all.iter().position(|s| *s == spot));
            let article = facts.article_id(a as u32);
            let sense = (human.splits(class, &keys[l], article, facts.name(l)), sense);
            named
                .entry(&keys[l])
                .or_default()
                .entry(sense)
                .or_default()
                .push(l as u32);
        }
    }
    let mut forms = Vec::new();
    let mut places: BTreeMap<usize, Spot> = BTreeMap::new();
    for (key, senses) in named {
        let all = candidates(key);
        let split = senses.len() > 1;
        let most = senses.values().max_by_key(|l| l.len()).map_or(0, Vec::len);
        let main = senses
            .iter()
            .find(|(s, l)| s.1.is_some() && l.len() == most)
            .or_else(|| senses.iter().find(|(s, _)| s.1.is_some()))
            .map(|(s, _)| *s);
        for (sense, locals) in senses {
            if split && main != Some(sense) {
                let name = shown(facts, &locals);
                let (points, verdict, reasons) = match sense.1 {
                    None => (
                        2.0,
                        Verdict::Proposed,
                        "the article's other places do not tell which place of the name it is",
                    ),
                    Some(_) => (
                        0.0,
                        Verdict::KeptApart,
                        "another place of the name, by the article's other places",
                    ),
                };
                out.decisions.push(
                    Judged {
                        class,
                        names: [name.clone(), name],
                        points,
                        verdict,
                        reasons: reasons.to_owned(),
                        articles: article_ids(facts, &locals),
                    }
                    .decision(),
                );
            }
            if let Some(spot) = sense.1.and_then(|s| all.get(s)) {
                places.insert(forms.len(), *spot);
            }
            forms.push(Form {
                class,
                key: key.to_owned(),
                split,
                locals,
            });
        }
    }
    let base = Joiner::new(facts, human, class, forms).finish(out);
    out.places
        .extend(places.into_iter().map(|(i, spot)| (base + i, spot)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let (paris, moscow) = ([48.85, 2.35], [55.75, 37.62]);
        assert!((distance(paris, moscow) - 2487.0).abs() < 10.0);
        assert!(distance(paris, paris) < 0.001);
    }

    #[test]
    fn usual_places() {
        let of =
            |name: &str| plain(&candidates(&place_key(&fold(name)))).map(|s| (s.kind, s.country));
        for (name, place) in [
            ("Paris", Some((SpotKind::City, "FR"))),
            ("Moscow", Some((SpotKind::City, "RU"))),
            ("Washington", Some((SpotKind::City, "US"))),
            ("New York", Some((SpotKind::City, "US"))),
            ("Texas", Some((SpotKind::State, "US"))),
            ("Jordan", Some((SpotKind::Country, "JO"))),
            ("Mexico", Some((SpotKind::Country, "MX"))),
            ("Georgia", None),
            ("Mordor", None),
        ] {
            assert_eq!(of(name), place, "{name}");
        }
    }
}
