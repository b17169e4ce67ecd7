//! Sentence => noun phrases that stand for actors
//!
//! A name with its office and its country is one phrase ("Kenyan Foreign Minister Ann Ray"), as is a country with its
//! officials; phrases that commas and "and" join are a group.

use std::ops::Range;

use super::officials;
use super::words::LEXICON;
use crate::document::{Document, NameType, Sentence};
use crate::names::person;
use crate::signals::{Candidate, CandidateKind, Resolved};
use crate::span::{EntityId, SentenceId, TokenId};

/// Words of an office between two people, at most.
const LONG: usize = 14;

/// From this score on a pronoun or description means the actor.
const MEANT: f32 = 0.7;

/// A noun phrase that stands for an actor: a name with its title, or a country with its officials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// With the title before the name.
    pub tokens: Range<usize>,
    /// Whom it stands for.
    pub actor: EntityId,
}

/// The noun phrases of `sentence` that stand for actors.
pub fn units(resolved: &Resolved, sentence: SentenceId) -> Vec<Unit> {
    let document = &resolved.tagged.document;
    let Some(range) = document.sentences.get(sentence.index()) else {
        return Vec::new();
    };
    let (first, end) = (range.first.index(), range.end.index());
    let word = |t: usize| document.word(TokenId::new(t));
    let is_title = titles(resolved, range);
    let is_office = |t: usize| is_title(t) || person::is_title(word(t));
    let mut units: Vec<Unit> = Vec::new();
    for (i, m) in resolved.tagged.mentions_in(range.span) {
        let Range {
            start,
            end: mut stop,
        } = document.tokens_of(m.span);
        let actor = resolved.actor_of[resolved.entity_of[i].index()];
        let previous = start.checked_sub(1).filter(|t| *t >= first);
        if is_eponym(resolved, i) {
            continue;
        }
        if m.kind == NameType::Per {
            let office = |t: usize| {
                is_office(t)
                    || officials::is_office_word(&word(t).to_lowercase())
                    || person::is_address(word(t))
            };
            // Whether "'s" stands right before token `t`, and the name that ends with token `t`, if it is one of the last two.
            let possessed =
                |t: usize| t >= first + 3 && word(t - 1) == "s" && matches!(word(t - 2), "'" | "’");
            let ends_at = |t: usize| {
                let mut last = resolved.tagged.mentions[..i].iter().rev().take(2);
                last.find(|m| m.span.end == document.tokens[t].span.end)
            };
            let mut begin = start_of_office(document, start, first, office);
            begin = behind_acronym(document, begin, start, first, office);
            // "Minister of State for Europe Ann Ray"; "the president of Kenya, Ann Ray": the office before the comma is
            // the person's.
            let apart = begin == start && begin > first && word(begin - 1) == ",";
            let title = portfolio(resolved, i, begin, first, office)
                .or_else(|| apart.then(|| office_before(resolved, i, begin - 1, first, office))?);
            if let Some(title) = title {
                begin = title;
                drop_from(&mut units, begin);
            }
            // "the Kenyan President's adviser Ann Ray": the president is elsewhere.
            if begin < start && possessed(begin) && office(begin - 3) {
                begin = start_of_office(document, begin - 2, first, office);
            }
            // "the World Bank (WB) President Ann Ray"
            if begin < start
                && let Some(open) = acronym(document, begin, first)
                && ends_at(open - 1).is_some()
            {
                begin = open;
                drop_from(&mut units, begin);
            }
            // "Russian Foreign Minister Sergei Lavrov": the people's name belongs to the title.
            if begin > first
                && begin < start
                && let Some(land) = ends_at(begin - 1)
                && land.kind != NameType::Per
            {
                begin = document.token_at(land.span.start).index();
                if units.last().is_some_and(|u| u.tokens.start == begin) {
                    units.pop();
                }
            }
            // "Kenya's Foreign Minister Ann Ray", "Kenya's Ray"
            if possessed(begin)
                && let Some(land) = ends_at(begin - 3)
                && (land.kind == NameType::Gpe || begin < start && land.kind != NameType::Per)
            {
                begin = document.token_at(land.span.start).index();
                drop_from(&mut units, begin);
            }
            // "President of the People's Republic of China Ann Ray"; "his Kenyan counterpart, Ann Ray": one and the same.
            if let Some(last) = units.last() {
                let comma = last.tokens.end + 1 == begin && word(last.tokens.end) == ",";
                let noun = word(last.tokens.end - 1).to_lowercase();
                let same = last.tokens.end == begin
                    || comma && officials::is_office_word(&noun) && !officials::is_group(&noun);
                if same && resolved.entities[last.actor.index()].kind != NameType::Per {
                    begin = last.tokens.start;
                    units.pop();
                }
            }
            units.push(Unit {
                tokens: begin..stop,
                actor,
            });
            continue;
        }
        if !matches!(m.kind, NameType::Org | NameType::Gpe | NameType::Norp) {
            continue;
        }
        // "France's president", "president of France": part of an office, and no actor beside its holder.
        let possessive = stop + 1 < end && matches!(word(stop), "'" | "’") && word(stop + 1) == "s";
        let after = if possessive { stop + 2 } else { stop };
        let of = previous.is_some_and(|p| {
            let of = if word(p) == "the" {
                p.wrapping_sub(1)
            } else {
                p
            };
            let land = m.kind == NameType::Gpe;
            let held = |t: usize| is_office(t) || land && officials::is_office_word(word(t));
            of > first && of <= p && word(of) == "of" && held(of - 1)
        });
        let staff = officials::noun_after(document, after, end)
            .map(|noun| noun + 1)
            .filter(|n| !officials::names_person(resolved, *n));
        // "Hollywood actor Ann Ray"
        if after < end && LEXICON.callings.contains(word(after)) {
            continue;
        }
        // "Ann Ray, Kenyan minister"
        let apposed = units.last().is_some_and(|u| {
            u.tokens.end + 1 == start
                && word(u.tokens.end) == ","
                && resolved.entities[u.actor.index()].kind == NameType::Per
        });
        if apposed && staff.is_some_and(|n| !officials::is_group(&word(n - 1).to_lowercase())) {
            continue;
        }
        // "the Kenyan president's adviser"
        if staff.is_some_and(|n| n + 1 < end && matches!(word(n), "'" | "’") && word(n + 1) == "s")
        {
            continue;
        }
        if staff.is_none() && of && m.kind == NameType::Gpe {
            // "spoke with the Prime Minister of Kenya": Kenya, unless it is known who that is.
            let of = before_article(document, start).unwrap_or(start);
            let office =
                |t: usize| is_office(t) || officials::is_office_word(&word(t).to_lowercase());
            let begin = start_of_office(document, of, first, office);
            // "Ann Ray, president of Kenya"
            let holder = units.last().is_some_and(|u| {
                u.tokens.end + 1 == begin
                    && word(u.tokens.end) == ","
                    && resolved.entities[u.actor.index()].kind == NameType::Per
            });
            if !holder {
                units.push(Unit {
                    tokens: begin..stop,
                    actor,
                });
            }
            continue;
        }
        if staff.is_none() && (is_title(after) || is_title(start) || of) {
            continue;
        }
        // "employees of the Red Cross", "officials from Kenya"
        let people = before_article(document, start)
            .filter(|p| *p > first && matches!(word(*p), "of" | "from"))
            .map(|p| p - 1)
            .filter(|n| officials::is_group(&word(*n).to_lowercase()))
            .map(|mut n| {
                // "businesspeople and officials from Kenya"
                while n >= first + 2
                    && word(n - 1) == "and"
                    && officials::is_group(&word(n - 2).to_lowercase())
                {
                    n -= 2;
                }
                n
            });
        let locative = previous.is_some_and(|p| LEXICON.locative.contains(&word(p).to_lowercase()))
            || is_scenery(document, start);
        if people.is_none() && locative || officials::is_office_of_person(resolved, start..stop) {
            continue;
        }
        match staff {
            Some(last) => stop = last,
            // A people's name before a thing is no actor, but may share its noun with the next name.
            None if m.kind == NameType::Norp => {
                let shared = stop < end && matches!(word(stop), "and" | "-" | "–" | ",");
                if !shared {
                    continue;
                }
            }
            None => {}
        }
        units.push(Unit {
            tokens: people.unwrap_or(start)..stop,
            actor,
        });
    }
    units
}

/// Takes away the last units that begin at token `begin` or behind it.
fn drop_from(units: &mut Vec<Unit>, begin: usize) {
    while units.last().is_some_and(|u| u.tokens.start >= begin) {
        units.pop();
    }
}

/// True for the second name of a body with two: "the Ray-[Li] Administration". The first stands for the body, as gold has it.
pub fn is_eponym(resolved: &Resolved, i: usize) -> bool {
    let document = &resolved.tagged.document;
    let mentions = &resolved.tagged.mentions;
    let (Some(mention), Some(before)) = (mentions.get(i), i.checked_sub(1).map(|b| mentions[b]))
    else {
        return false;
    };
    if mention.kind != NameType::Per || before.kind != NameType::Per {
        return false;
    }
    let Range { start, end } = document.tokens_of(mention.span);
    let hyphen = document.tokens_of(before.span).end;
    hyphen + 1 == start
        && matches!(document.word_or_empty(hyphen), "-" | "–")
        && LEXICON
            .eponyms
            .contains(&document.word_or_empty(end).to_lowercase())
}

/// The words for the people who act for the country or organisation `actor` in `sentence`: "Kenyan [officials]", "the
/// [president] of Kenya". None where there are none, and for people.
pub fn officials_of(resolved: &Resolved, actor: EntityId, sentence: SentenceId) -> Option<String> {
    let beside = officials::words(resolved, actor, sentence);
    beside.or_else(|| {
        if resolved.entities.get(actor.index())?.kind == NameType::Per {
            return None;
        }
        let document = &resolved.tagged.document;
        let units = units(resolved, sentence);
        let mut own = units.iter().filter(|u| u.actor == actor);
        own.find_map(|u| {
            let of = u
                .tokens
                .clone()
                .find(|t| document.word(TokenId::new(*t)) == "of")?;
            let last = of.checked_sub(1).filter(|t| *t >= u.tokens.start)?;
            let noun = document.word(TokenId::new(last));
            let office = officials::is_office_word(&noun.to_lowercase()) || person::is_title(noun);
            let span = document.tokens[u.tokens.start]
                .span
                .cover(document.tokens[last].span);
            office.then(|| span.of(&document.article.body).to_owned())
        })
    })
}

/// Adds the pronouns and descriptions of `sentence` that mean one actor to `units`, in order.
pub fn stand_ins(
    resolved: &Resolved,
    candidates: &[Candidate],
    sentence: SentenceId,
    units: &mut Vec<Unit>,
) {
    let Some(range) = resolved.tagged.document.sentences.get(sentence.index()) else {
        return;
    };
    let from = candidates.partition_point(|c| c.token < range.first);
    for (i, c) in candidates.iter().enumerate().skip(from) {
        if c.token >= range.end {
            break;
        }
        if !matches!(c.kind, CandidateKind::Singular | CandidateKind::Person) {
            continue;
        }
        let links = resolved.antecedents.get(i).map_or(&[][..], Vec::as_slice);
        let best = links.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((entity, _)) = best.filter(|b| b.1 >= MEANT) else {
            continue;
        };
        let t = c.token.index();
        if let Some(unit) = units.iter_mut().find(|u| u.tokens.contains(&t)) {
            // "the Kenyan president", "the president of Kenya": the person, if known.
            let person = resolved.entities[entity.index()].kind == NameType::Per;
            if person && resolved.entities[unit.actor.index()].kind != NameType::Per {
                unit.actor = resolved.actor_of[entity.index()];
            }
            continue;
        }
        units.push(Unit {
            tokens: t..t + 1,
            actor: resolved.actor_of[entity.index()],
        });
    }
    units.sort_by_key(|u| u.tokens.start);
}

/// The leading units that one coordination joins.
pub fn group<'a>(resolved: &'a Resolved, units: &'a [Unit]) -> impl Iterator<Item = &'a Unit> {
    let joined_on = move |i: &usize| *i == 0 || joined(resolved, &units[i - 1], &units[*i]);
    (0..units.len()).take_while(joined_on).map(|i| &units[i])
}

/// The last units, as far back as one coordination joins them; `units` is not empty.
pub fn group_before<'a>(resolved: &Resolved, units: &'a [Unit]) -> &'a [Unit] {
    let mut from = units.len().saturating_sub(1);
    while from > 0 && joined(resolved, &units[from - 1], &units[from]) {
        from -= 1;
    }
    &units[from..]
}

/// The actors of the leading units that one coordination joins, by encounter: a semicolon, a repeated "with" or "then"
/// tells encounters apart, and where `each` is true so does everything.
pub fn groups(resolved: &Resolved, units: &[Unit], each: bool) -> Vec<Vec<EntityId>> {
    let document = &resolved.tagged.document;
    let mut out: Vec<Vec<EntityId>> = Vec::new();
    for (i, unit) in units.iter().enumerate() {
        let Some(last) = i.checked_sub(1).map(|i| &units[i]) else {
            out.push(vec![unit.actor]);
            continue;
        };
        let gap = last.tokens.end..unit.tokens.start;
        let gap: Vec<&str> = gap.map(|t| document.word(TokenId::new(t))).collect();
        let anew = matches!(
            gap[..],
            ["and" | "then", "with" | "to", ..] | [",", "and" | "then", "with" | "to", ..]
        ) && gap.len() <= 4;
        if anew || (each || gap.contains(&";")) && joined(resolved, last, unit) {
            out.push(vec![unit.actor]);
        } else if joined(resolved, last, unit)
            && let Some(group) = out.last_mut()
        {
            group.push(unit.actor);
        } else {
            break;
        }
    }
    out
}

/// True where only commas, "and" and the like lie between two units, or a dash that joins them.
fn joined(resolved: &Resolved, a: &Unit, b: &Unit) -> bool {
    let document = &resolved.tagged.document;
    let gap = a.tokens.end..b.tokens.start;
    if gap.len() == 1 && matches!(document.word(TokenId::new(gap.start)), "-" | "–" | "/") {
        return true;
    }
    // "Ann Ray and Commander of the Southern Command (SC) General Bo Li"
    let long = gap.len() > 4 && gap.len() <= LONG;
    let opens = document.word(TokenId::new(gap.start));
    let person = resolved.entities[b.actor.index()].kind == NameType::Per;
    if long && (opens == "and" || opens == "," && person) {
        let office = |t: usize| {
            let word = document.word(TokenId::new(t));
            officials::is_portfolio_word(word) || officials::is_office_word(word) || word == "in"
        };
        if gap.clone().all(office) {
            return true;
        }
    }
    // "between Ann Ray and Bo Li, Cy Orr said"
    let says = LEXICON.says.contains(document.word_or_empty(b.tokens.end));
    if gap.len() == 1 && opens == "," && says {
        return false;
    }
    let words = gap
        .clone()
        .map(|t| document.word(TokenId::new(t)).to_lowercase());
    !gap.is_empty() && gap.len() <= 4 && words.into_iter().all(|w| LEXICON.and.contains(&w))
}

/// Tells which tokens of `sentence` stand in office titles; others do not.
pub fn titles(resolved: &Resolved, sentence: &Sentence) -> impl Fn(usize) -> bool {
    let tagged = &resolved.tagged;
    let (first, end) = (sentence.first.index(), sentence.end.index());
    let mut title = vec![false; end - first];
    let from = tagged.titles.partition_point(|t| t.token.index() < first);
    let behind = tagged.titles.iter().skip(from);
    for t in behind.take_while(|t| t.token.index() < end) {
        let stop = tagged.document.tokens_of(t.span).end.min(end);
        title[t.token.index() - first..stop - first].fill(true);
    }
    move |t| t >= first && t < end && title[t - first]
}

/// The token before a name that begins at token `start`, its "the" passed over.
pub fn before_article(document: &Document, start: usize) -> Option<usize> {
    let word = |t: usize| document.word(TokenId::new(t));
    let article = start >= 2 && word(start - 1).eq_ignore_ascii_case("the");
    start.checked_sub(1 + usize::from(article))
}

/// True where the country named at the start of token `start` is only where something is: "accredited in Kenya".
pub fn is_scenery(document: &Document, start: usize) -> bool {
    let before = before_article(document, start);
    before.is_some_and(|t| {
        matches!(
            document.word(TokenId::new(t)),
            "in" | "In" | "at" | "near" | "across" | "throughout" | "within" | "inside" | "outside"
        )
    })
}

/// The country or people named in the words of a person's office.
pub fn land_of(resolved: &Resolved, unit: &Unit) -> Option<EntityId> {
    let tokens = &resolved.tagged.document.tokens;
    let span = tokens[unit.tokens.start]
        .span
        .cover(tokens[unit.tokens.end - 1].span);
    let mut named = resolved.tagged.mentions_in(span);
    let (i, _) = named.find(|(_, m)| matches!(m.kind, NameType::Gpe | NameType::Norp))?;
    Some(resolved.actor_of[resolved.entity_of[i].index()])
}

/// Where the words of an office begin that end before token `end`; `end` where there are none.
fn start_of_office(
    document: &Document,
    end: usize,
    first: usize,
    office: impl Fn(usize) -> bool,
) -> usize {
    // "Director-General", "Gen. Ann Ray"
    let joins = |t: usize, at: usize| match document.word(TokenId::new(t)) {
        "-" => at < end,
        "." => true,
        _ => false,
    };
    let mut begin = end;
    while begin > first {
        if office(begin - 1) {
            begin -= 1;
        } else if begin >= first + 2 && joins(begin - 1, begin) && office(begin - 2) {
            begin -= 2;
        } else {
            break;
        }
    }
    begin
}

/// Where an office with a portfolio begins that ends before token `end`, right before the person of mention `person`:
/// "[minister] of Foreign Affairs and Trade", "[president] of the Republic of Kenya". None where none ends there.
fn portfolio(
    resolved: &Resolved,
    person: usize,
    end: usize,
    first: usize,
    office: impl Fn(usize) -> bool,
) -> Option<usize> {
    let document = &resolved.tagged.document;
    let word = |t: usize| document.word(TokenId::new(t));
    let before = &resolved.tagged.mentions[..person];
    let other = before.iter().rfind(|m| m.kind == NameType::Per);
    let floor = other.map_or(first, |m| document.tokens_of(m.span).end.max(first));
    let mut t = end;
    while t > floor && end - t < officials::PORTFOLIO && officials::is_portfolio_word(word(t - 1)) {
        t -= 1;
        if matches!(word(t), "of" | "for") && t > floor && office(t - 1) {
            return Some(start_of_office(document, t, floor, office));
        }
    }
    None
}

/// Where the office that ends before token `end` begins, before the person of mention `person`: "[president] of Kenya",
/// "[chair] of the Central Bank", "[king]". None where none ends there.
fn office_before(
    resolved: &Resolved,
    person: usize,
    end: usize,
    first: usize,
    office: impl Fn(usize) -> bool,
) -> Option<usize> {
    let document = &resolved.tagged.document;
    let word = |t: usize| document.word(TokenId::new(t));
    let mut at = end.checked_sub(1).filter(|t| *t >= first)?;
    let before = person.checked_sub(1).map(|i| resolved.tagged.mentions[i]);
    if let Some(m) = before.filter(|m| m.span.end == document.tokens[at].span.end) {
        if m.kind == NameType::Per {
            return None;
        }
        let start = document.token_at(m.span.start).index();
        let of = before_article(document, start).filter(|t| *t > first && word(*t) == "of")?;
        at = of - 1;
    }
    let begin = start_of_office(document, at + 1, first, office);
    (begin <= at).then_some(begin)
}

/// Where "(WB)" begins that ends before token `end`.
fn acronym(document: &Document, end: usize, first: usize) -> Option<usize> {
    let word = |t: usize| document.word(TokenId::new(t));
    let open = end.checked_sub(3).filter(|t| *t > first)?;
    (word(end - 1) == ")" && word(open) == "(").then_some(open)
}

/// Where the office begins whose words, with its acronym between, end before token `begin`: "[Director]-General (DG) Dr Ann
/// Ray". `start` is the token of the name.
fn behind_acronym(
    document: &Document,
    begin: usize,
    start: usize,
    first: usize,
    office: impl Fn(usize) -> bool,
) -> usize {
    match acronym(document, begin, first) {
        Some(open) if begin <= start && office(open - 1) => {
            start_of_office(document, open, first, office)
        }
        _ => begin,
    }
}
