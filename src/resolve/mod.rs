//! Names → entities: which mentions of one article refer to the same person, organisation, place, people or event.
//!
//! In: an article's body and its name mentions. Out: [`Clusters`]. Everything is decided from the names, the words right
//! before them and the lexicons in `data/`; nothing is looked up outside the article. Work grows with the number of
//! mentions times the logarithm of the number of distinct names.
//!
//! [`actors`] links a people's name to its country, [`descriptions`] finds pronouns and phrases such as "the two
//! leaders", [`antecedents`] ranks what they refer to.

pub mod actors;
pub mod antecedents;
pub mod descriptions;
mod person;

use std::collections::BTreeMap;

pub use crate::names::countries::{country, country_of_capital, country_of_demonym};
pub use crate::names::lexicon::Gender;

use crate::document::{Entity, Mention, NameType};
use crate::names::lexicon::{DUAL_NAME, ORGANISATION, PLACE};
use crate::names::organisation::Sort;
use crate::names::person::PersonName;
use crate::names::{self, lexicon, organisation, text};
use crate::sets::Sets;
use crate::span::{EntityId, MentionId};
use person::PersonNode;

/// The entities of an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clusters {
    /// The entity of each mention.
    pub entity_of: Vec<EntityId>,
    /// Entities in order of their first mention.
    pub entities: Vec<Entity>,
}

/// What kinds of names can share an entity. A building named like the body in it is a class of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Person,
    Organisation,
    Place,
    Building,
    Group,
    Event,
}

impl Class {
    fn of(kind: NameType, folded: &str) -> Self {
        match kind {
            NameType::Per => Class::Person,
            NameType::Org => Class::Organisation,
            NameType::Fac if DUAL_NAME.contains(folded) => Class::Building,
            NameType::Gpe | NameType::Loc | NameType::Fac => Class::Place,
            NameType::Norp => Class::Group,
            NameType::Event => Class::Event,
        }
    }

    fn sort(self) -> Option<Sort> {
        match self {
            Class::Organisation => Some(Sort::Organisation),
            Class::Place => Some(Sort::Place),
            Class::Event => Some(Sort::Event),
            _ => None,
        }
    }
}

/// One distinct name that is no person's.
struct Node {
    class: Class,
    words: Vec<String>,
    mentions: Vec<usize>,
    acronym: bool,
}

/// Groups the name mentions of one article into entities.
///
/// `mentions` are sorted by span and disjoint; each gets exactly one entity.
pub fn resolve(body: &str, mentions: &[Mention]) -> Clusters {
    let surfaces: Vec<&str> = mentions.iter().map(|m| m.span.of(body)).collect();
    let mut folded: BTreeMap<&str, String> = BTreeMap::new();
    for &surface in &surfaces {
        folded.entry(surface).or_insert_with(|| text::fold(surface));
    }
    let folded: Vec<&str> = surfaces
        .iter()
        .map(|s| folded.get(s).map_or("", String::as_str))
        .collect();
    let classes = classes(mentions, &folded);
    let mut group: Vec<usize> = vec![usize::MAX; mentions.len()];

    // People.
    let mut people: BTreeMap<String, PersonNode> = BTreeMap::new();
    let mut parsed: BTreeMap<&str, PersonName> = BTreeMap::new();
    for (i, &surface) in surfaces
        .iter()
        .enumerate()
        .filter(|&(i, _)| classes[i] == Class::Person)
    {
        let name = parsed
            .entry(surface)
            .or_insert_with(|| PersonName::parse(surface));
        let node = people.entry(name.key()).or_insert_with(|| PersonNode {
            name: name.clone(),
            mentions: Vec::new(),
        });
        // "Kim Jong Un" and "Kim Jong-un" share a key: keep the form with more parts.
        if name.parts.len() > node.name.parts.len() {
            node.name = name.clone();
        }
        node.mentions.push(i);
    }
    let people: Vec<PersonNode> = people.into_values().collect();
    let before = |m: usize| person::cue(body.get(..mentions[m].span.start as usize).unwrap_or(""));
    let together = |a: usize, b: usize| {
        let between = body
            .get(mentions[a].span.end as usize..mentions[b].span.start as usize)
            .unwrap_or("\n");
        between.len() < 300 && !between.contains(['\n', '!', '?']) && !between.contains(". ")
    };
    let (persons, person_count) = person::group(&people, mentions.len(), before, together);
    for (i, &p) in persons.iter().enumerate().filter(|p| *p.1 != usize::MAX) {
        group[i] = p;
    }

    // Everything else.
    others(
        body,
        mentions,
        &surfaces,
        &folded,
        &classes,
        person_count,
        &mut group,
    );
    collect(mentions, &surfaces, &group)
}

/// The class of each mention; one surface has one class, as a tagger now and then errs on its type.
fn classes(mentions: &[Mention], folded: &[&str]) -> Vec<Class> {
    let mut votes: BTreeMap<&str, BTreeMap<Class, usize>> = BTreeMap::new();
    let mut out: Vec<Class> = mentions
        .iter()
        .zip(folded)
        .map(|(m, f)| Class::of(m.kind, f))
        .collect();
    for (class, &surface) in out.iter_mut().zip(folded) {
        // A people's word is a people's word whatever the tagger thought, and a country's name a country's. But Jordan and
        // Chad may be people, and the Zimbabwean is a newspaper.
        let land = country(surface).is_some();
        let people = !land && country_of_demonym(surface).is_some() && !PLACE.contains_key(surface);
        let given = lexicon::is_given(surface) || lexicon::FAMILY_NAME_FIRST.contains(surface);
        match *class {
            Class::Place | Class::Event if people => *class = Class::Group,
            Class::Person if people && !given => *class = Class::Group,
            Class::Group | Class::Organisation | Class::Event if land => *class = Class::Place,
            Class::Person if land && !given => *class = Class::Place,
            _ => {}
        }
        *votes.entry(surface).or_default().entry(*class).or_default() += 1;
    }
    // The last part of every full person name, for bare family names tagged as something else.
    let mut family: BTreeMap<String, usize> = BTreeMap::new();
    for (&surface, classes) in &votes {
        if let (Some(n), Some((_, last))) = (classes.get(&Class::Person), surface.rsplit_once(' '))
        {
            *family.entry(last.to_owned()).or_default() += n;
        }
    }
    // "Donald Trump" taken for something else beside a person "Trump".
    let mut wrong: BTreeMap<&str, bool> = BTreeMap::new();
    for (class, &surface) in out.iter_mut().zip(folded) {
        if !matches!(class, Class::Person) {
            let person = *wrong.entry(surface).or_insert_with(|| {
                let Some((first, rest)) = surface.split_once(' ') else {
                    return false;
                };
                let last = rest.rsplit(' ').next().unwrap_or(rest);
                lexicon::given_gender(first).is_some()
                    && rest.split(' ').count() <= 2
                    && votes
                        .get(last)
                        .is_some_and(|v| v.contains_key(&Class::Person))
            });
            if person {
                *class = Class::Person;
            }
        }
    }
    for (class, &surface) in out.iter_mut().zip(folded) {
        if *class == Class::Person && wrong.get(surface) == Some(&true) {
            continue;
        }
        let Some(count) = votes.get(surface) else {
            continue;
        };
        if surface.is_empty() || (count.len() < 2 && !family.contains_key(surface)) {
            continue;
        }
        // Of equals the earlier class in `Class`.
        let majority = count
            .iter()
            .max_by_key(|(c, n)| (**n, std::cmp::Reverse(**c)))
            .map(|(c, _)| *c);
        let Some(majority) = majority else { continue };
        let own = count.get(class).copied().unwrap_or(0);
        let most = count.get(&majority).copied().unwrap_or(0);
        let land = country(surface).is_some() || country_of_capital(surface).is_some();
        let person = count.contains_key(&Class::Person);
        // "Bloomberg" may be the company of Michael Bloomberg.
        let person_by_name = person || *class != Class::Organisation;
        if !surface.contains(' ') && family.contains_key(surface) && person_by_name && !land {
            *class = Class::Person;
        } else if *class == Class::Building || majority == Class::Building {
            // The house and the body in it stay apart.
        } else if surface.contains(' ') || !(person && own >= 2 && most >= 2) {
            *class = majority;
        }
    }
    out
}

/// The key under which equal names that are no person's meet.
fn key(class: Class, folded: &str) -> String {
    match class {
        Class::Place => names::place_key(folded),
        Class::Organisation => names::organisation_key(folded),
        Class::Group => names::group_key(folded),
        Class::Person | Class::Building | Class::Event => folded.to_owned(),
    }
}

/// Groups organisations, places, peoples and events.
fn others(
    body: &str,
    mentions: &[Mention],
    surfaces: &[&str],
    folded: &[&str],
    classes: &[Class],
    first_group: usize,
    group: &mut [usize],
) {
    // "International Atomic Energy Agency (IAEA)": what the article defines beats what the lexicon knows.
    let mut defined: BTreeMap<(Class, &str), usize> = BTreeMap::new();
    for (i, pair) in mentions.windows(2).enumerate() {
        let (long, short) = (i, i + 1);
        let between = body
            .get(pair[0].span.end as usize..pair[1].span.start as usize)
            .unwrap_or("");
        let after = body.get(pair[1].span.end as usize..).unwrap_or("");
        let open = matches!(
            between.trim_start_matches([' ', '\u{a0}']),
            "(" | "(the " | "(\"" | "(“" | "(‘"
        );
        if !open
            || !after
                .trim_start_matches(['"', '”', '’', ' '])
                .starts_with([')', ',', ';'])
            || classes[long] == Class::Person
        {
            continue;
        }
        let words = text::words(surfaces[long]);
        let (long, short) = if organisation::is_acronym(surfaces[long])
            && !organisation::is_acronym(surfaces[short])
        {
            (short, long)
        } else {
            (long, short)
        };
        let spelled = organisation::initials(&text::words(surfaces[long]))
            .iter()
            .any(|i| i == folded[short]);
        let likely = match classes[short] {
            // What is known by another name is an address or a remark: "Office of Public Liaison (WH)".
            Class::Organisation => {
                classes[long] == Class::Organisation
                    && organisation::is_acronym(surfaces[short])
                    && words.len() > 1
                    && !ORGANISATION.contains_key(folded[short])
            }
            _ => false,
        };
        if spelled
            || likely
            || (short_in_long(folded[short], folded[long]) && classes[short] == classes[long])
        {
            defined
                .entry((classes[short], folded[short]))
                .or_insert(long);
        }
    }

    let mut nodes: Vec<Node> = Vec::new();
    let mut by_key: BTreeMap<(Class, String), usize> = BTreeMap::new();
    let mut node_of: Vec<usize> = vec![usize::MAX; mentions.len()];
    for i in (0..mentions.len()).filter(|&i| classes[i] != Class::Person) {
        let class = classes[i];
        let is_defined = defined.contains_key(&(class, folded[i]));
        let mut own = if is_defined {
            folded[i].to_owned()
        } else {
            key(class, folded[i])
        };
        let words: Vec<String> = own.split(' ').map(str::to_owned).collect();
        let words = if class == Class::Organisation {
            organisation::normal(&words)
        } else {
            words
        };
        if class == Class::Organisation {
            own = words.join(" ");
        }
        let n = *by_key.entry((class, own)).or_insert_with(|| {
            nodes.push(Node {
                class,
                words,
                mentions: Vec::new(),
                acronym: false,
            });
            nodes.len() - 1
        });
        nodes[n].acronym |= organisation::is_acronym(surfaces[i]);
        nodes[n].mentions.push(i);
        node_of[i] = n;
    }
    let mut sets = Sets::new(nodes.len());
    for (&(class, short), &long) in &defined {
        let own = if class == Class::Organisation {
            organisation::normal(&[short.to_owned()]).join(" ")
        } else {
            short.to_owned()
        };
        if let Some(&a) = by_key
            .get(&(class, own))
            .or_else(|| by_key.get(&(class, short.to_owned())))
            && node_of[long] != usize::MAX
        {
            sets.union(a, node_of[long]);
        }
    }
    // Acronyms made of initials.
    let mut by_initials: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (n, node) in nodes.iter().enumerate() {
        if matches!(
            node.class,
            Class::Organisation | Class::Event | Class::Place
        ) {
            let mut all = organisation::initials(&node.words);
            if let Some(&m) = node.mentions.first() {
                all.extend(organisation::initials(&text::words(surfaces[m])));
            }
            all.sort();
            all.dedup();
            for initials in all {
                by_initials.entry(initials).or_default().push(n);
            }
        }
    }
    // Long names by the first letters an acronym of theirs may have.
    let mut by_letter: BTreeMap<char, Vec<usize>> = BTreeMap::new();
    for (n, node) in nodes
        .iter()
        .enumerate()
        .filter(|(_, n)| n.class == Class::Organisation && n.words.len() >= 2)
    {
        let mut letters: Vec<char> = node
            .words
            .iter()
            .take(3)
            .filter_map(|w| w.chars().next())
            .collect();
        letters.sort_unstable();
        letters.dedup();
        for letter in letters {
            by_letter.entry(letter).or_default().push(n);
        }
    }
    for n in 0..nodes.len() {
        let node = &nodes[n];
        let [word] = &node.words[..] else { continue };
        if !node.acronym
            || defined.contains_key(&(node.class, word.as_str()))
            || country(word).is_some()
        {
            continue;
        }
        let same = |c: &&usize| nodes[**c].class == node.class && **c != n;
        let spelled = |c: &&usize| same(c) && organisation::spells(word, &nodes[**c].words);
        if let Some(&long) = by_initials.get(word).into_iter().flatten().find(same) {
            sets.union(n, long);
        } else if node.class == Class::Organisation
            && let Some(&long) = word
                .chars()
                .next()
                .and_then(|c| by_letter.get(&c))
                .into_iter()
                .flatten()
                .take(200)
                .find(spelled)
        {
            sets.union(n, long);
        }
    }
    // Short forms: long names first, so that "Council" finds "Security Council" already joined to its full name.
    let names: Vec<(usize, Vec<String>, Sort)> = nodes
        .iter()
        .enumerate()
        .filter_map(|(n, node)| Some((n, node.words.clone(), node.class.sort()?)))
        .collect();
    let index = organisation::short_form_index(&names);
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|&n| (std::cmp::Reverse(nodes[n].words.len()), n));
    let mut placed: Vec<(usize, usize)> = Vec::new();
    for n in order {
        let Some(sort) = nodes[n].class.sort() else {
            continue;
        };
        let Some(found) = index.get(&(sort, nodes[n].words.join(" "))) else {
            continue;
        };
        // "Tripoli" is not "Tripoli Airport", but "Henderson" may be "Henderson Airport".
        let building = |n: usize| {
            nodes[n]
                .mentions
                .iter()
                .all(|&m| mentions[m].kind == NameType::Fac)
        };
        let found: Vec<usize> = found
            .iter()
            .copied()
            .filter(|&f| sort != Sort::Place || building(f) == building(n))
            .collect();
        if found.is_empty() {
            continue;
        }
        let mut roots: Vec<usize> = found.iter().map(|&f| sets.find(f)).collect();
        roots.sort_unstable();
        roots.dedup();
        let own = sets.find(n);
        if roots.contains(&own) || country(&nodes[n].words.join(" ")).is_some() {
            continue;
        }
        if let [root] = roots[..] {
            sets.union(n, root);
        } else {
            // Several bodies: each mention goes to the one named last before it.
            let mut starts: Vec<(usize, usize)> = Vec::new();
            for &f in &found {
                starts.extend(nodes[f].mentions.iter().map(|&m| (m, f)));
            }
            starts.sort_unstable();
            for &m in &nodes[n].mentions {
                let at = starts.partition_point(|s| s.0 < m);
                if let Some(&(_, f)) = starts.get(at.saturating_sub(1)) {
                    placed.push((m, f));
                }
            }
        }
    }
    koreas(&nodes, &mut sets, &by_key);
    for (m, f) in placed {
        node_of[m] = f;
    }
    for (i, &n) in node_of.iter().enumerate().filter(|n| *n.1 != usize::MAX) {
        group[i] = first_group + sets.find(n);
    }
}

/// True where a short form is a word of the long form: "Financial Stability Oversight Council (Council)".
fn short_in_long(short: &str, long: &str) -> bool {
    short.len() >= 3 && short.len() < long.len() && long.split(' ').any(|w| w == short)
}

/// "North" and "South" beside a country of such a name.
fn koreas(nodes: &[Node], sets: &mut Sets, by_key: &BTreeMap<(Class, String), usize>) {
    for side in ["north", "south"] {
        let Some(&bare) = by_key.get(&(Class::Place, side.to_owned())) else {
            continue;
        };
        for land in ["korea", "sudan", "vietnam"] {
            if let Some(&n) = by_key.get(&(Class::Place, format!("{side} {land}")))
                && nodes[n].mentions.first()
                    <= nodes[bare].mentions.first().max(nodes[n].mentions.first())
            {
                sets.union(bare, n);
                break;
            }
        }
    }
}

/// Numbers the groups by first mention and names them.
fn collect(mentions: &[Mention], surfaces: &[&str], group: &[usize]) -> Clusters {
    let mut number: BTreeMap<usize, usize> = BTreeMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut entity_of = Vec::with_capacity(mentions.len());
    for (i, &g) in group.iter().enumerate() {
        let e = *number.entry(g).or_insert_with(|| {
            members.push(Vec::new());
            members.len() - 1
        });
        members[e].push(i);
        entity_of.push(EntityId::new(e));
    }
    let entities = members
        .into_iter()
        .map(|ms| Entity {
            name: fullest(&ms, surfaces, mentions),
            kind: majority(&ms, mentions),
            mentions: ms.into_iter().map(MentionId::new).collect(),
        })
        .collect();
    Clusters {
        entity_of,
        entities,
    }
}

/// The type of most mentions; of equals the one seen first.
fn majority(members: &[usize], mentions: &[Mention]) -> NameType {
    let mut best = (0, NameType::Org);
    for kind in NameType::ALL {
        let n = members
            .iter()
            .filter(|&&m| mentions[m].kind == kind)
            .count();
        let earlier =
            n == best.0 && n > 0 && members.first().is_some_and(|&m| mentions[m].kind == kind);
        if n > best.0 || earlier {
            best = (n, kind);
        }
    }
    best.1
}

/// The fullest of an entity's names: no acronym, most words, then longest, then first; capitals only as a last resort.
fn fullest(members: &[usize], surfaces: &[&str], mentions: &[Mention]) -> String {
    let group = majority(members, mentions) == NameType::Norp;
    let best = members.iter().copied().max_by_key(|&m| {
        let name = surfaces[m];
        let shouted = name.chars().filter(|c| c.is_alphabetic()).count() > 3
            && !name.chars().any(char::is_lowercase);
        let size = if group {
            (0, 0)
        } else {
            (name.split_whitespace().count(), name.chars().count())
        };
        (
            !shouted,
            !organisation::is_acronym(name),
            size,
            std::cmp::Reverse(m),
        )
    });
    best.map_or_else(String::new, |m| {
        surfaces[m].split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

#[cfg(test)]
mod tests;
