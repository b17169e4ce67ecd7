//! Forms and what joins them => entities, offices, ids: the [`Graph`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::decisions::{Decision, Human};
use super::events::{self, Ground};
use super::evidence::land_of;
use super::facts::Facts;
use super::gazetteer::{SpotKind, country_key};
use super::ids::{self, Ids};
use super::join::{article_ids, shown};
use super::{Class, Form, Registry, Resolved};
use crate::document::NameType;
use crate::graph::{ArticleNode, EntityNode, Graph, Links, OfficeEdge};
use crate::names::countries::country_of_capital;
use crate::names::person::PersonName;
use crate::names::text::{fold, words};
use crate::sets::Sets;

/// Other names shown of an entity.
const ALIASES: usize = 24;

/// Puts everything together.
pub(super) fn assemble(
    facts: Facts,
    copy_of: &[Option<usize>],
    mut registry: Registry,
    human: Human,
    mut ids: Ids,
) -> Resolved {
    let mut sets = Sets::new(registry.forms.len());
    for &(a, b) in &registry.same {
        sets.union(a, b);
    }
    for form in &mut registry.forms {
        form.locals.sort_unstable();
    }
    let forms = &registry.forms;
    let articles = |form: &Form| -> Vec<String> {
        article_ids(&facts, &form.locals)
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    // New ids go to the most named first: their numbers are the ones people will type.
    let mut order: Vec<usize> = (0..forms.len()).collect();
    let rank = |i: usize| {
        let f: &Form = &forms[i];
        let first = f.locals.first().map(|&l| facts.locals[l as usize].article);
        (f.class, std::cmp::Reverse(f.locals.len()), &f.key, first, i)
    };
    order.sort_by(|&a, &b| rank(a).cmp(&rank(b)));
    let sorted: Vec<Form> = order.iter().map(|&i| forms[i].clone()).collect();
    let given = ids.of_forms(&sorted, |f| shown(&facts, &f.locals), articles);
    let mut id_of_form: Vec<(char, u32)> = vec![('?', 0); forms.len()];
    for (&i, &id) in order.iter().zip(&given) {
        id_of_form[i] = id;
    }

    // Entities: sets of forms that an article names outside its boilerplate, by their lowest id.
    let mut by_root: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..forms.len() {
        by_root.entry(sets.find(i)).or_default().push(i);
    }
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for e in &facts.encounters {
        used.extend(e.actors.iter().map(|a| a.0).chain(e.place));
    }
    for r in &facts.roles {
        used.extend([r.person].into_iter().chain(r.of));
    }
    let named = |l: &u32| facts.locals[*l as usize].mentions() > 0 || used.contains(l);
    let mut entities: Vec<((char, u32), Vec<usize>)> = by_root
        .into_values()
        .filter(|members| members.iter().any(|&i| forms[i].locals.iter().any(named)))
        .filter_map(|m| Some((m.iter().map(|&i| id_of_form[i]).min()?, m)))
        .collect();
    entities.sort();
    let mut entity: Vec<Option<usize>> = vec![None; facts.locals.len()];
    // Countries by key, for what lies in them.
    let mut countries: HashMap<&str, usize> = HashMap::new();
    for (n, (_, members)) in entities.iter().enumerate() {
        for &i in members {
            let form = &forms[i];
            for &l in form.locals.iter().filter(|l| named(l)) {
                entity[l as usize] = Some(n);
            }
            if form.class == Class::Place
                && registry
                    .places
                    .get(&i)
                    .is_none_or(|s| s.kind == SpotKind::Country)
            {
                countries.entry(&form.key).or_insert(n);
            }
        }
    }
    let mut nodes: Vec<EntityNode> = entities
        .iter()
        .map(|(id, members)| node(&facts, copy_of, &registry, *id, members))
        .collect();
    for (n, (_, members)) in entities.iter().enumerate() {
        let whole = members.iter().find_map(|&i| {
            let form = &forms[i];
            match form.class {
                Class::Place => match registry.places.get(&i) {
                    Some(spot) if spot.kind != SpotKind::Country => {
                        country_key(spot.country).map(str::to_owned)
                    }
                    Some(_) => None,
                    None => country_of_capital(&form.key).map(fold),
                },
                Class::Group => land_of(Class::Group, &shown(&facts, &form.locals)).map(fold),
                _ => None,
            }
        });
        nodes[n].part_of = whole
            .and_then(|key| countries.get(key.as_str()).copied())
            .filter(|&whole| whole != n);
    }

    let part_of: Vec<Option<usize>> = nodes.iter().map(|n| n.part_of).collect();
    let ground = Ground {
        facts: &facts,
        copy_of,
        entity: &entity,
        part_of: &|n| part_of[n],
        name: &|n| nodes[n].name.clone(),
    };
    let mut joined = events::join(&ground);
    let first_report = |e: &(crate::graph::EventNode, Vec<usize>)| e.1.iter().min().copied();
    joined.sort_by_key(first_report);
    let reports: Vec<Vec<String>> = joined
        .iter()
        .map(|(e, _)| e.reports.iter().map(|r| r.encounter.clone()).collect())
        .collect();
    for ((event, _), id) in joined.iter_mut().zip(ids.of_events(&reports)) {
        event.id = id;
    }
    joined.sort_by_key(|(e, _)| ids::order(&e.id));

    let mut links = Links {
        entities: vec![Vec::new(); facts.articles.len()],
        ..Links::default()
    };
    for (n, (_, indices)) in joined.iter().enumerate() {
        for &i in indices {
            let e = &facts.encounters[i];
            let input = facts.articles[e.article as usize].input;
            links.events.insert((input, e.n), n);
        }
    }
    for (local, n) in facts.locals.iter().zip(&entity) {
        if let Some(n) = n {
            let input = facts.articles[local.article as usize].input;
            links.entities[input].push((local.id, *n));
        }
    }
    links
        .entities
        .iter_mut()
        .for_each(|list| list.sort_unstable());

    let mut decisions = registry.decisions;
    name_sides(&facts, forms, &id_of_form, &mut decisions);
    let offices = offices(&facts, copy_of, &entity);
    let mut articles: Vec<(usize, ArticleNode)> = facts
        .articles
        .iter()
        .zip(copy_of)
        .map(|(a, copy)| {
            let copy_of = copy.map(|c| facts.articles[c].input);
            let node = ArticleNode {
                copy_of,
                ..a.node.clone()
            };
            (a.input, node)
        })
        .collect();
    articles.sort_by_key(|a| a.0);
    Resolved {
        graph: Graph {
            articles: articles.into_iter().map(|a| a.1).collect(),
            entities: nodes,
            events: joined.into_iter().map(|e| e.0).collect(),
            offices,
            ..Graph::default()
        },
        decisions: human.over(decisions),
        ids,
        links,
    }
}

/// One entity from its forms.
fn node(
    facts: &Facts,
    copy_of: &[Option<usize>],
    registry: &Registry,
    id: (char, u32),
    members: &[usize],
) -> EntityNode {
    let mut kinds: BTreeMap<NameType, u32> = BTreeMap::new();
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    let mut surfaces: BTreeMap<&str, u32> = BTreeMap::new();
    let mut articles: BTreeSet<u32> = BTreeSet::new();
    let mut mentions = 0;
    for &l in members.iter().flat_map(|&i| &registry.forms[i].locals) {
        let local = &facts.locals[l as usize];
        let own = local.mentions();
        *kinds.entry(local.kind).or_default() += own.max(1);
        *names.entry(facts.names.text(local.name)).or_default() += 1;
        for &(surface, n) in &local.surfaces {
            *surfaces.entry(facts.names.text(surface)).or_default() += n;
        }
        if copy_of[local.article as usize].is_none() && own > 0 {
            articles.insert(local.article);
            mentions += own;
        }
    }
    let kind = kinds
        .into_iter()
        .max_by_key(|(kind, n)| (*n, std::cmp::Reverse(*kind)))
        .map_or(NameType::Per, |k| k.0);
    let name = fullest(&names, kind);
    let mut aliases: Vec<(u32, &str)> = names
        .iter()
        .chain(&surfaces)
        .map(|(s, n)| (*n, *s))
        .filter(|(_, s)| *s != name)
        .collect();
    aliases.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut seen = BTreeSet::new();
    aliases.retain(|(_, s)| seen.insert(*s));
    let spot = members.iter().find_map(|i| registry.places.get(i));
    EntityNode {
        id: format!("{}{}", id.0, id.1),
        kind,
        aliases: aliases
            .into_iter()
            .take(ALIASES)
            .map(|a| a.1.to_owned())
            .collect(),
        name,
        country: spot.map(|s| s.country.to_owned()),
        coordinates: spot.and_then(|s| s.at),
        part_of: None,
        articles: articles.len() as u32,
        mentions,
    }
}

/// The fullest of the commonest names: of those that at least half as many articles use as the commonest, the one with
/// most words, none of them twice; of equals the commoner, rather in mixed than in capital letters. A place or people
/// keeps its commonest name.
fn fullest(names: &BTreeMap<&str, u32>, kind: NameType) -> String {
    // A person's bare name is shown only where there is no other.
    let whole = |parts: &[String]| parts.iter().filter(|p| p.chars().count() > 1).count();
    let full_name = |name: &str| whole(&PersonName::parse(name).parts) > 1;
    let any_full = kind == NameType::Per && names.keys().any(|n| full_name(n));
    let candidates = || {
        names
            .iter()
            .filter(|(name, _)| !any_full || full_name(name))
    };
    let most = candidates().map(|(_, n)| *n).max().unwrap_or(0);
    let shouted =
        |name: &str| name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase);
    let full = |name: &str| match kind {
        NameType::Per => {
            // Initials and suffixes make a name longer, not fuller.
            let parts = PersonName::parse(name).parts;
            let whole = whole(&parts);
            let distinct = parts.iter().collect::<BTreeSet<_>>().len();
            (whole >= 2, !shouted(name) && distinct == parts.len(), whole)
        }
        NameType::Org => {
            let count = words(name).len();
            (count >= 2, !shouted(name) || count < 2, count)
        }
        _ => (true, !shouted(name), 0),
    };
    candidates()
        .filter(|(_, n)| **n * 2 >= most)
        .max_by_key(|(name, n)| (full(name), **n, std::cmp::Reverse(**name)))
        .map_or_else(String::new, |(name, _)| (*name).to_owned())
}

/// Fills the ids of the decisions' names in.
fn name_sides(
    facts: &Facts,
    forms: &[Form],
    id_of_form: &[(char, u32)],
    decisions: &mut [Decision],
) {
    let mut by_key: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (i, form) in forms.iter().enumerate() {
        let key = (form.class.word(), form.key.as_str());
        by_key.entry(key).or_default().push(i);
    }
    for d in decisions.iter_mut() {
        let Some(class) = Class::ALL.into_iter().find(|c| c.word() == d.kind) else {
            continue;
        };
        let about: BTreeSet<&str> = d.article_ids.iter().map(String::as_str).collect();
        let keys = [class.key(&d.names[0]), class.key(&d.names[1])];
        let namesakes = keys[0] == keys[1];
        for (side, key) in keys.iter().enumerate() {
            let all = by_key.get(&(class.word(), key.as_str()));
            let stands_in = |i: &&usize| {
                article_ids(facts, &forms[**i].locals)
                    .iter()
                    .any(|id| about.contains(id))
            };
            let found = all.and_then(|all| match all[..] {
                [one] => Some(one),
                // Of namesakes the first is the one that most articles mean, the second the one the row is about.
                _ if namesakes && side == 0 => all
                    .iter()
                    .filter(|i| !stands_in(i))
                    .max_by_key(|&&i| (forms[i].locals.len(), std::cmp::Reverse(i)))
                    .copied(),
                _ => all.iter().find(stands_in).copied(),
            });
            d.ids[side] = found.map_or_else(String::new, |i| {
                format!("{}{}", id_of_form[i].0, id_of_form[i].1)
            });
        }
    }
}

/// Offices and affiliations, each once.
fn offices(facts: &Facts, copy_of: &[Option<usize>], entity: &[Option<usize>]) -> Vec<OfficeEdge> {
    #[derive(Default)]
    struct Held<'f> {
        titles: BTreeMap<&'f str, u32>,
        articles: BTreeSet<u32>,
        sentence: &'f str,
        confidence: f32,
    }
    let mut held: BTreeMap<(usize, String, Option<usize>), Held<'_>> = BTreeMap::new();
    // Articles stand in order of publication, roles in order of articles.
    for role in &facts.roles {
        let Some(person) = entity[role.person as usize] else {
            continue;
        };
        let article = facts.locals[role.person as usize].article;
        let of = role.of.and_then(|l| entity[l as usize]);
        let title = words(&role.title).join(" ");
        if copy_of[article as usize].is_some() || (title.is_empty() && of.is_none()) {
            continue;
        }
        let office = held.entry((person, title, of)).or_default();
        if office.articles.is_empty() {
            office.sentence = &role.sentence;
        }
        *office.titles.entry(&role.title).or_default() += 1;
        office.articles.insert(article);
        office.confidence = office.confidence.max(role.confidence);
    }
    let mut out: Vec<OfficeEdge> = held
        .into_iter()
        .map(|((person, _, of), h)| {
            let title = h
                .titles
                .iter()
                .max_by_key(|(t, n)| (**n, std::cmp::Reverse(**t)))
                .map_or("", |t| t.0);
            let node = |a: &u32| &facts.articles[*a as usize];
            let mut dates: Vec<&String> = h
                .articles
                .iter()
                .filter_map(|a| node(a).node.date.as_ref())
                .collect();
            dates.sort();
            let seen = match (dates.first(), dates.last()) {
                (Some(a), Some(b)) => Some([(*a).clone(), (*b).clone()]),
                _ => None,
            };
            let mut articles: Vec<usize> = h.articles.iter().map(|a| node(a).input).collect();
            articles.sort_unstable();
            OfficeEdge {
                person,
                title: title.to_owned(),
                of,
                articles,
                seen,
                sentence: h.sentence.to_owned(),
                confidence: h.confidence,
            }
        })
        .collect();
    out.sort_by(|a, b| (a.person, &a.title, a.of).cmp(&(b.person, &b.title, b.of)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_shown_under_the_fullest_of_their_common_names() {
        let shown =
            |names: &[(&str, u32)]| fullest(&names.iter().copied().collect(), NameType::Per);
        assert_eq!(shown(&[("Wang Yi", 23), ("Wang Yi second", 1)]), "Wang Yi");
        assert_eq!(
            shown(&[("Putin", 9), ("Vladimir Putin", 3)]),
            "Vladimir Putin"
        );
        assert_eq!(shown(&[("ANN RAY", 3), ("Ann Ray", 2)]), "Ann Ray");
        assert_eq!(shown(&[("Ann Ray Ray", 3), ("Ann Ray", 2)]), "Ann Ray");
        assert_eq!(shown(&[("Biden Jr.", 3), ("Joe Biden", 1)]), "Joe Biden");
    }
}
