//! Pronouns and descriptions → the entities they may refer to, best first.
//!
//! A few weighted observations decide: gender and number, how far back the name stands, whether it is its sentence's
//! subject, how often it is named, and the offices and countries that stand beside it. The weights were set by hand on the
//! training articles and are meant to be features for a later stage as much as answers.

use std::collections::{BTreeMap, BTreeSet};

use super::actors::{actor_country, preferred_actors};
use super::descriptions::{Description, DescriptionKind, Number, is_modifier, is_office_noun};
use super::person::cue;
use super::{Clusters, country, country_of_demonym};
use crate::document::{Affiliation, Document, Mention, NameType};
use crate::names::lexicon::Gender;
use crate::names::person::PersonName;
use crate::span::EntityId;

/// How many mentions back candidates are sought.
const REACH: usize = 60;
/// How many candidates are kept; groups keep as many more as they count.
const KEPT: usize = 4;
/// Mentions per person whose surroundings are read.
const READ: usize = 24;

/// What the article says about a person.
#[derive(Debug, Clone, Default)]
struct Profile {
    gender: Option<Gender>,
    offices: BTreeSet<String>,
    lands: BTreeSet<&'static str>,
}

/// Ranks the entities that each description may refer to, with scores from 0 to 1.
///
/// `affiliations` are used where they are known already; an empty slice is fine. Lists are short and may be empty. For a
/// group the list holds its likely members, best first.
pub fn antecedents(
    document: &Document,
    mentions: &[Mention],
    clusters: &Clusters,
    descriptions: &[Description],
    affiliations: &[Affiliation],
) -> Vec<Vec<(EntityId, f32)>> {
    let ranker = Ranker::new(document, mentions, clusters, affiliations);
    let mut out: Vec<Vec<(EntityId, f32)>> = Vec::with_capacity(descriptions.len());
    // The last "the minister" and its place: a pronoun after it, with no person named between, takes over its candidates.
    let mut person: Option<usize> = None;
    for (i, d) in descriptions.iter().enumerate() {
        let mut ranked = ranker.rank(d);
        match d.kind {
            DescriptionKind::Person => person = Some(i),
            DescriptionKind::Pronoun {
                number: Number::Singular,
                speaker: false,
                gender,
            } => {
                if let Some(p) = person
                    && ranker.no_person_between(&descriptions[p], d)
                {
                    let mut scored: BTreeMap<EntityId, f32> = ranked.iter().copied().collect();
                    for &(e, score) in &out[p] {
                        let fits = ranker.is_person(e)
                            && (gender.is_none()
                                || ranker.gender(e).is_none()
                                || ranker.gender(e) == gender);
                        if fits {
                            keep(&mut scored, e, score * 0.9);
                        }
                    }
                    ranked = sorted(scored);
                    ranked.truncate(KEPT);
                }
            }
            _ => {}
        }
        out.push(ranked);
    }
    out
}

/// Best first; of equals the one named first.
fn sorted(scored: BTreeMap<EntityId, f32>) -> Vec<(EntityId, f32)> {
    let mut ranked: Vec<(EntityId, f32)> = scored.into_iter().filter(|s| s.1 > 0.05).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
}

struct Ranker<'a> {
    document: &'a Document,
    mentions: &'a [Mention],
    clusters: &'a Clusters,
    lower: Vec<String>,
    profiles: Vec<Profile>,
    actors: Vec<EntityId>,
    /// First person mention of each sentence that has one.
    subjects: BTreeMap<u32, usize>,
    /// The actor that stands for each country.
    lands: BTreeMap<&'static str, EntityId>,
    most: f32,
}

impl<'a> Ranker<'a> {
    fn new(
        document: &'a Document,
        mentions: &'a [Mention],
        clusters: &'a Clusters,
        affiliations: &[Affiliation],
    ) -> Self {
        let body = document.article.body.as_str();
        let lower: Vec<String> = document
            .tokens
            .iter()
            .map(|t| t.span.of(body).to_lowercase())
            .collect();
        let mut subjects = BTreeMap::new();
        for (i, m) in mentions
            .iter()
            .enumerate()
            .filter(|(_, m)| m.kind == NameType::Per)
        {
            subjects.entry(m.sentence.0).or_insert(i);
        }
        let most = clusters
            .entities
            .iter()
            .filter(|e| e.kind == NameType::Per)
            .map(|e| e.mentions.len())
            .max()
            .unwrap_or(1) as f32;
        let actors = preferred_actors(&clusters.entities);
        let mut lands = BTreeMap::new();
        for (i, e) in clusters.entities.iter().enumerate() {
            if let Some(land) = actor_country(e) {
                lands.entry(land).or_insert(actors[i]);
            }
        }
        let mut ranker = Ranker {
            document,
            mentions,
            clusters,
            lower,
            profiles: Vec::new(),
            actors,
            subjects,
            lands,
            most,
        };
        ranker.profiles = clusters
            .entities
            .iter()
            .map(|e| {
                if e.kind == NameType::Per {
                    ranker.profile(e)
                } else {
                    Profile::default()
                }
            })
            .collect();
        for a in affiliations {
            if let Some(profile) = ranker.profiles.get_mut(a.person.index()) {
                profile.offices.extend(
                    a.title
                        .to_lowercase()
                        .split_whitespace()
                        .filter(|w| is_office_noun(w))
                        .map(str::to_owned),
                );
                profile.lands.extend(
                    a.of.and_then(|of| clusters.entities.get(of.index()))
                        .and_then(actor_country),
                );
            }
        }
        ranker
    }

    /// Reads a person's name and the words around it.
    fn profile(&self, entity: &crate::document::Entity) -> Profile {
        let body = self.document.article.body.as_str();
        let mut out = Profile {
            gender: PersonName::parse(&entity.name).gender(),
            ..Profile::default()
        };
        for id in entity.mentions.iter().take(READ) {
            let m = &self.mentions[id.index()];
            let cue = cue(body.get(..m.span.start as usize).unwrap_or(""));
            out.gender = cue.gender.or(out.gender);
            let start = self.document.token_at(m.span.start).index();
            // "Russian Foreign Minister Sergei Lavrov", backwards.
            let before: Vec<usize> = (start.saturating_sub(8)..start).rev().collect();
            self.offices(&mut out, &before, id.index(), true);
            // "Sergei Lavrov, the Russian foreign minister" and "Sergei Lavrov of Russia".
            let mut after = self.document.token_at(m.span.end).index();
            if self
                .lower
                .get(after)
                .is_some_and(|w| w == "," || w == "of" || w == "(")
            {
                after += 1;
                let ahead: Vec<usize> = (after..(after + 9).min(self.lower.len())).collect();
                self.offices(&mut out, &ahead, id.index(), false);
            }
        }
        out
    }

    fn offices(&self, out: &mut Profile, tokens: &[usize], own: usize, backwards: bool) {
        let body = self.document.article.body.as_str();
        let (mut found, mut skip) = (Profile::default(), u32::MAX);
        for &t in tokens {
            let span = self.document.tokens[t].span;
            let word = self.lower[t].as_str();
            let at = self.mentions.partition_point(|m| m.span.end <= span.start);
            match self.mentions.get(at).filter(|m| m.span.overlaps(span)) {
                Some(_) if at == own => break,
                Some(m) if m.kind == NameType::Per || m.sentence != self.mentions[own].sentence => {
                    break;
                }
                Some(m) => {
                    if skip != at as u32 {
                        skip = at as u32;
                        let name = m.span.of(body);
                        found
                            .lands
                            .extend(country(name).or_else(|| country_of_demonym(name)));
                    }
                }
                None if is_office_noun(word) => {
                    found.offices.insert(self.office_at(t));
                }
                None if is_modifier(word)
                    || matches!(word, "of" | "the" | "'s" | "’s" | "-" | "for" | "a" | "an") => {}
                None => {
                    // Forwards a stretch without an office is no apposition: "Lavrov, Russia and …".
                    break;
                }
            }
        }
        if backwards
            || !found.offices.is_empty()
            || tokens
                .first()
                .is_some_and(|&t| t > 0 && self.lower[t - 1] == "of")
        {
            // A country counts beside an office only: "left Russia Putin" is no title.
            if !found.offices.is_empty() || !backwards {
                out.lands.extend(found.lands);
            }
            out.offices.extend(found.offices);
        }
    }

    /// True where entity `e` is named at or after mention `from` in sentence `sentence`.
    fn named_after(&self, e: EntityId, from: usize, sentence: u32) -> bool {
        let rest = self
            .mentions
            .iter()
            .zip(&self.clusters.entity_of)
            .skip(from)
            .take(READ);
        rest.take_while(|(m, _)| m.sentence.0 == sentence)
            .any(|(_, &of)| of == e)
    }

    fn is_person(&self, e: EntityId) -> bool {
        self.clusters
            .entities
            .get(e.index())
            .is_some_and(|x| x.kind == NameType::Per)
    }

    fn gender(&self, e: EntityId) -> Option<Gender> {
        self.profiles.get(e.index()).and_then(|p| p.gender)
    }

    /// True where `a` stands before `b`, at most a sentence apart, with no person's name between.
    fn no_person_between(&self, a: &Description, b: &Description) -> bool {
        let near = self.document.sentence_at(b.span.start).0
            <= self.document.sentence_at(a.span.start).0 + 1;
        let from = self.mentions.partition_point(|m| m.span.end <= a.span.end);
        let to = self
            .mentions
            .partition_point(|m| m.span.end <= b.span.start);
        near && from <= to
            && !self.mentions[from..to]
                .iter()
                .any(|m| m.kind == NameType::Per)
    }

    /// The office noun at token `t` with the word that sets it apart: "foreign minister", "vice president".
    fn office_at(&self, t: usize) -> String {
        let noun = self.lower[t].as_str();
        match t.checked_sub(1).map(|u| self.lower[u].as_str()) {
            Some(q) if is_qualifier(q) => format!("{q} {noun}"),
            _ => noun.to_owned(),
        }
    }

    /// The countries a description names: inside it and, after "of", behind it.
    fn lands(&self, d: &Description) -> Vec<&'static str> {
        let body = self.document.article.body.as_str();
        let mut out: Vec<&'static str> = d.nationality.into_iter().collect();
        let mut at = self
            .mentions
            .partition_point(|m| m.span.end <= d.span.start);
        let mut end = d.span.end;
        let links: &[&str] = if d.kind == DescriptionKind::Counterpart {
            &["of", "in", "from", "and"]
        } else {
            &["of"]
        };
        let next = self.document.token_at(d.span.end).index();
        let linked = self
            .lower
            .get(next)
            .is_some_and(|w| links.contains(&w.as_str()));
        while let Some(m) = self.mentions.get(at) {
            let between = body
                .get(end as usize..m.span.start.max(end) as usize)
                .unwrap_or("");
            let inside = m.span.start < d.span.end;
            // "of Afghanistan, Iran and the Congo": short links only.
            if !inside && (!linked || between.len() > 10 || between.contains(['.', '\n', ';'])) {
                break;
            }
            let name = m.span.of(body);
            match country(name).or_else(|| country_of_demonym(name)) {
                Some(land) if !out.contains(&land) => out.push(land),
                Some(_) => {}
                None if inside => {}
                None => break,
            }
            end = end.max(m.span.end);
            at += 1;
        }
        out
    }

    fn rank(&self, d: &Description) -> Vec<(EntityId, f32)> {
        let sentence = self.document.sentence_at(d.span.start);
        let before = self
            .mentions
            .partition_point(|m| m.span.end <= d.span.start);
        let head = d.head.of(&self.document.article.body).to_lowercase();
        let office = self.office_at(
            self.document
                .token_at(d.head.start)
                .index()
                .min(self.lower.len().saturating_sub(1)),
        );
        let lands = self.lands(d);
        let first_word = d
            .span
            .of(&self.document.article.body)
            .split_whitespace()
            .next()
            .unwrap_or("")
            .to_lowercase();
        let subject_here = self
            .subjects
            .get(&sentence.0)
            .copied()
            .filter(|&s| s < before)
            .map(|s| self.clusters.entity_of[s]);
        // The last mention of each entity before the description; the head of the article always counts.
        let mut last: BTreeMap<EntityId, usize> = BTreeMap::new();
        for i in (before.saturating_sub(REACH)..before)
            .rev()
            .chain(0..before.min(4))
        {
            if !self.mentions[i].boilerplate {
                last.entry(self.clusters.entity_of[i]).or_insert(i);
            }
        }
        // Names that come later: "Afghanistan's foreign minister has met … Mr. Spanta".
        let named_before = last.iter().any(|(e, _)| self.is_person(*e));
        let looks_ahead = match d.kind {
            DescriptionKind::Pronoun { speaker, .. } => speaker || !named_before,
            DescriptionKind::Side => false,
            _ => true,
        };
        if looks_ahead {
            for (i, m) in self.mentions.iter().enumerate().skip(before).take(REACH) {
                if m.sentence.0 > sentence.0 + 6 {
                    break;
                }
                if m.span.start >= d.span.end && m.kind == NameType::Per && !m.boilerplate {
                    last.entry(self.clusters.entity_of[i]).or_insert(i);
                }
            }
        }
        let side = matches!(d.kind, DescriptionKind::Side)
            || matches!(
                head.as_str(),
                "sides"
                    | "parties"
                    | "delegations"
                    | "teams"
                    | "governments"
                    | "countries"
                    | "nations"
                    | "states"
                    | "powers"
                    | "allies"
                    | "neighbors"
                    | "neighbours"
                    | "rivals"
                    | "officials"
                    | "negotiators"
                    | "envoys"
                    | "diplomats"
            );
        let mut scored: BTreeMap<EntityId, f32> = BTreeMap::new();
        for (&e, &i) in &last {
            let Some(entity) = self.clusters.entities.get(e.index()) else {
                continue;
            };
            let m = &self.mentions[i];
            let back = sentence.0.saturating_sub(m.sentence.0);
            let ahead = m.sentence.0.saturating_sub(sentence.0);
            let nearness = match back {
                _ if i >= before => match ahead {
                    0 => {
                        if matches!(d.kind, DescriptionKind::Pronoun { speaker: true, .. }) {
                            1.0
                        } else {
                            0.2
                        }
                    }
                    1 | 2 => 0.5,
                    _ => 0.3,
                },
                0 => 1.0,
                1 => 0.85,
                2 => 0.55,
                3 => 0.4,
                4..=6 => 0.25,
                _ => 0.1,
            };
            let is_subject = self.subjects.get(&m.sentence.0) == Some(&i);
            let seen = entity.mentions.partition_point(|id| id.index() < before) as f32;
            let mut score = nearness + 0.3 * (1.0 + seen).ln() / (1.0 + self.most).ln().max(0.7);
            if m.sentence.0 == 0
                || entity
                    .mentions
                    .first()
                    .is_some_and(|f| self.mentions[f.index()].sentence.0 <= 1)
            {
                score += 0.1;
            }
            let profile = &self.profiles[e.index()];
            if entity.kind == NameType::Per {
                if is_subject {
                    score += 0.25;
                }
                match d.kind {
                    DescriptionKind::Pronoun {
                        gender,
                        number,
                        speaker,
                    } => {
                        match (gender, profile.gender) {
                            (Some(a), Some(b)) if a != b => continue,
                            (Some(_), Some(_)) => score += 0.15,
                            _ => {}
                        }
                        let object = matches!(head.as_str(), "him" | "them")
                            || (head == "her" && !self.followed_by_noun(d));
                        if object && subject_here == Some(e) && number == Number::Singular {
                            score -= 0.6;
                        }
                        // "He spoke by telephone with Mr. Karzai": he is not the one named after him.
                        let possessive =
                            head == "his" || (head == "her" && self.followed_by_noun(d));
                        if !possessive && !speaker && self.named_after(e, before, sentence.0) {
                            score -= 0.6;
                        }
                        if speaker {
                            score -= 0.3;
                        }
                    }
                    DescriptionKind::Person => {
                        let known = score;
                        score = self.person_score(d, &office, &lands, score, profile);
                        if i >= before && score <= known {
                            continue;
                        }
                    }
                    DescriptionKind::Counterpart => {
                        if subject_here == Some(e) {
                            score -= 1.2;
                        }
                        match lands.is_empty() {
                            false if lands.iter().any(|land| profile.lands.contains(land)) => {
                                score += 0.8
                            }
                            false if !profile.lands.is_empty() => score -= 1.0,
                            false => score -= 0.5,
                            true => {}
                        }
                    }
                    DescriptionKind::Group { .. } => {
                        if side {
                            score -= 0.5;
                        } else if !profile.offices.is_empty() {
                            score += 0.2;
                        }
                        let singular = office.strip_suffix('s').unwrap_or(&office);
                        if profile.offices.contains(singular) {
                            score += 0.5;
                        }
                        if !lands.is_empty() {
                            score += if lands.iter().any(|land| profile.lands.contains(land)) {
                                0.5
                            } else {
                                -0.5
                            };
                        }
                    }
                    DescriptionKind::Side => score -= 0.6,
                }
                if matches!(first_word.as_str(), "his" | "her" | "their")
                    && subject_here == Some(e)
                    && matches!(d.kind, DescriptionKind::Person)
                {
                    score -= 0.6;
                }
                keep(&mut scored, e, score);
            } else if matches!(entity.kind, NameType::Gpe | NameType::Norp | NameType::Org) {
                let land = actor_country(entity);
                let actor = self.actors[e.index()];
                let named = land.is_some_and(|land| lands.contains(&land));
                match d.kind {
                    DescriptionKind::Counterpart | DescriptionKind::Person if named => {
                        keep(&mut scored, actor, 0.75)
                    }
                    DescriptionKind::Group { .. } | DescriptionKind::Side if named => {
                        keep(&mut scored, actor, score + 0.9)
                    }
                    DescriptionKind::Group { .. } | DescriptionKind::Side
                        if side
                            && d.nationality.is_none()
                            && (land.is_some() || entity.kind == NameType::Org) =>
                    {
                        keep(
                            &mut scored,
                            actor,
                            score
                                - if entity.kind == NameType::Org {
                                    0.3
                                } else {
                                    0.0
                                },
                        );
                    }
                    DescriptionKind::Group { .. } if land.is_some() && d.nationality.is_none() => {
                        keep(&mut scored, actor, score - 0.6)
                    }
                    DescriptionKind::Pronoun {
                        number: Number::Plural,
                        speaker: false,
                        ..
                    } if land.is_some() || entity.kind == NameType::Org => {
                        keep(&mut scored, actor, score - 0.35);
                    }
                    _ => {}
                }
            }
        }
        // A country that is named later only, or far back.
        for land in lands {
            if let Some(e) = self.lands.get(land)
                && !matches!(d.kind, DescriptionKind::Pronoun { .. })
            {
                keep(&mut scored, *e, 0.7);
            }
        }
        let mut ranked = sorted(
            scored
                .into_iter()
                .map(|(e, s)| (e, (s / 2.2).clamp(0.0, 1.0)))
                .collect(),
        );
        let more = match d.kind {
            DescriptionKind::Group { count } => usize::from(count.unwrap_or(2)),
            _ => 0,
        };
        ranked.truncate(KEPT + more);
        ranked
    }

    /// Office and country of "the Russian president" against what is known of a person.
    fn person_score(
        &self,
        d: &Description,
        office: &str,
        lands: &[&'static str],
        mut score: f32,
        profile: &Profile,
    ) -> f32 {
        let noun = |o: &str| o.rsplit(' ').next().unwrap_or("").to_owned();
        let head = noun(office);
        let leads = |w: &str| {
            matches!(
                w,
                "president"
                    | "prime minister"
                    | "minister"
                    | "premier"
                    | "chancellor"
                    | "king"
                    | "queen"
                    | "emir"
                    | "leader"
                    | "chief"
                    | "prince"
                    | "head"
                    | "chairman"
            )
        };
        // "the leader" may be a president, "the minister" a foreign minister, but "the president" no vice president.
        let general = match head.as_str() {
            "leader" | "head" | "chief" => profile.offices.iter().any(|o| leads(o)),
            "envoy" | "diplomat" | "official" | "negotiator" | "lawmaker" | "politician" => {
                !profile.offices.iter().any(|o| leads(o)) && !profile.offices.is_empty()
            }
            _ => {
                !office.contains(' ')
                    && profile.offices.iter().any(|o| {
                        noun(o) == head
                            && !o.starts_with("vice")
                            && !o.starts_with("deputy")
                            && !o.starts_with("assistant")
                    })
            }
        };
        if profile.offices.contains(office) {
            score += 0.8;
        } else if general {
            score += 0.55;
        } else if !profile.offices.is_empty() {
            score -= 0.4;
        } else {
            score -= 0.1;
        }
        if !lands.is_empty() {
            score += match profile.lands.is_empty() {
                false if lands.iter().any(|land| profile.lands.contains(land)) => 0.6,
                false => -0.9,
                true => -0.2,
            };
        }
        let told = d.span.of(&self.document.article.body).to_lowercase();
        let woman = [
            "spokeswoman",
            "queen",
            "chairwoman",
            "woman",
            "congresswoman",
        ]
        .iter()
        .any(|w| told.ends_with(w));
        let man = ["spokesman", "king", "chairman", "congressman", " man"]
            .iter()
            .any(|w| told.ends_with(w));
        if (woman && profile.gender == Some(Gender::Male))
            || (man && !woman && profile.gender == Some(Gender::Female))
        {
            score -= 0.8;
        }
        if is_relative(&head) {
            score -= 0.6;
        }
        score
    }

    /// True where "her" stands before a word that is no preposition or stop: "her visit".
    fn followed_by_noun(&self, d: &Description) -> bool {
        let next = self.document.token_at(d.span.end).index();
        self.lower.get(next).is_some_and(|w| {
            w.chars().all(char::is_alphabetic)
                && !matches!(
                    w.as_str(),
                    "in" | "on"
                        | "at"
                        | "to"
                        | "for"
                        | "and"
                        | "with"
                        | "by"
                        | "after"
                        | "before"
                        | "that"
                        | "when"
                        | "from"
                        | "about"
                        | "during"
                        | "as"
                        | "if"
                )
        })
    }
}

/// Words that set one office apart from another of the same noun.
fn is_qualifier(word: &str) -> bool {
    matches!(
        word,
        "prime"
            | "foreign"
            | "defense"
            | "defence"
            | "interior"
            | "finance"
            | "vice"
            | "deputy"
            | "assistant"
            | "energy"
            | "trade"
            | "justice"
            | "crown"
    )
}

/// Nouns that name someone by another person; they are seldom the person named last.
fn is_relative(noun: &str) -> bool {
    matches!(
        noun,
        "wife"
            | "husband"
            | "brother"
            | "sister"
            | "son"
            | "daughter"
            | "father"
            | "mother"
            | "predecessor"
            | "successor"
            | "deputy"
            | "spokesman"
            | "spokeswoman"
    )
}

fn keep(scored: &mut BTreeMap<EntityId, f32>, e: EntityId, score: f32) {
    let entry = scored.entry(e).or_insert(score);
    *entry = entry.max(score);
}

#[cfg(test)]
mod tests {
    use super::super::descriptions::{find, tests::marked_document};
    use super::super::resolve;
    use super::*;

    /// The best antecedents of the last description, by name.
    fn best(text: &str) -> Vec<String> {
        let (document, mentions) = marked_document(text);
        let clusters = resolve(&document.article.body, &mentions);
        let descriptions = find(&document, &mentions);
        let all = antecedents(&document, &mentions, &clusters, &descriptions, &[]);
        let last = all.last().cloned().unwrap_or_default();
        assert!(last.iter().all(|c| (0.0..=1.0).contains(&c.1)) && last.len() <= 12);
        last.iter()
            .map(|c| clusters.entities[c.0.index()].name.clone())
            .collect()
    }

    #[test]
    fn written_cases() {
        for (text, expected) in [
            (
                "{PER Angela Merkel} met {PER Vladimir Putin}. She left.",
                &["Angela Merkel"][..],
            ),
            (
                "{PER Angela Merkel} met {PER Vladimir Putin}. He left.",
                &["Vladimir Putin"],
            ),
            (
                "{NORP Russian} President {PER Vladimir Putin} and {NORP Turkish} President {PER Recep Erdogan} spoke. The {NORP Turkish} leader left.",
                &["Recep Erdogan"],
            ),
            (
                "{PER Barack Obama} hosted {PER David Cameron}. The two leaders met.",
                &["Barack Obama", "David Cameron"],
            ),
            (
                "{PER Sergei Lavrov} met his {NORP Turkish} counterpart.",
                &["Turkish"],
            ),
            (
                "{NORP Turkish} Foreign Minister {PER Hakan Fidan} arrived. {PER Sergei Lavrov} met his {NORP Turkish} counterpart.",
                &["Hakan Fidan"],
            ),
            (
                "{GPE Russia} and {GPE Ukraine} failed. Both sides met.",
                &["Russia", "Ukraine"],
            ),
            (
                "{NORP Russian} President {PER Vladimir Putin} and Foreign Minister {PER Sergei Lavrov} spoke. The president left.",
                &["Vladimir Putin"],
            ),
        ] {
            let found = best(text);
            let mut top: Vec<&str> = found
                .iter()
                .take(expected.len())
                .map(String::as_str)
                .collect();
            top.sort_unstable();
            assert_eq!(top, expected, "{text}: {found:?}");
        }
    }

    #[test]
    fn nothing_to_refer_to() {
        assert!(best("He left.").is_empty());
        let empty = antecedents(&Document::default(), &[], &Clusters::default(), &[], &[]);
        assert!(empty.is_empty());
    }
}
