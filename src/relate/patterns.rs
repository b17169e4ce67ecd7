//! Sentence grammar => actors that are participants beyond doubt
//!
//! The role scores are weakest where the grammar is plainest: "a call between A and B". This reads such plain cases: the
//! actors right before the encounter word, right behind it, or joined to it by "with" and "between", with nothing but the
//! words of `data/patterns.toml` in between. Everything less plain is left to the scores.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::officials;
use crate::document::{Document, Mention, NameType, Sentence};
use crate::names::person;
use crate::signals::{Candidate, CandidateKind, Resolved};
use crate::span::{EntityId, MentionId, SentenceId, Span, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    before: HashSet<String>,
    behind: HashSet<String>,
    link: HashSet<String>,
    transitive: HashSet<String>,
    plural: HashSet<String>,
    several: HashSet<String>,
    leads: HashSet<String>,
    including: HashSet<String>,
    society: HashSet<String>,
    callings: HashSet<String>,
    presides: HashSet<String>,
    and: HashSet<String>,
    locative: HashSet<String>,
    toward: HashSet<String>,
    moves: HashSet<String>,
    light: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/patterns.toml")).expect("built-in lexicon")
});

/// Words between an encounter word and its actors, at most.
const GAP: usize = 7;

/// Words of an office between two people, at most.
const LONG: usize = 14;

/// Words between an encounter word and its place, at most.
const PLACE: usize = 10;

/// From this score on a pronoun or description means the actor.
const MEANT: f32 = 0.7;

/// What the grammar says of one trigger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plain {
    /// Actors that take part, in order of position.
    pub actors: Vec<EntityId>,
    /// True where these are all of them.
    pub complete: bool,
    /// Those of them whom the others met: "met [Bo Li]", "talks with [Bo Li]"; none behind "between".
    pub objects: Vec<EntityId>,
    /// The same by encounter, where the sentence tells several apart: "calls with [Bo Li] and [Cy Orr]"; else empty.
    pub apart: Vec<Vec<EntityId>>,
}

/// A noun phrase that stands for an actor: a name with its title, or a country with its officials.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unit {
    tokens: Range<usize>,
    actor: EntityId,
}

/// The actors that `trigger`'s sentence plainly ties to it. `candidates` is the list that was tagged: pronouns and
/// descriptions that surely mean one actor stand for it.
pub fn read(
    resolved: &Resolved,
    candidates: &[Candidate],
    trigger: TokenId,
    sentence: SentenceId,
) -> Plain {
    let document = &resolved.tagged.document;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let t = trigger.index();
    let first_token = document
        .sentences
        .get(sentence.index())
        .map_or(0, |s| s.first.index());
    let encounter = word(t);
    let mut units = units(resolved, sentence);
    stand_ins(resolved, candidates, sentence, &mut units);
    let behind = units.partition_point(|u| u.tokens.start <= t);
    let before = units.partition_point(|u| u.tokens.end <= t);

    // Behind: the first unit, where only link words lie between, with those joined to it.
    let mut apart: Vec<Vec<EntityId>> = Vec::new();
    let mut between = false;
    let mut theirs = false;
    if let Some(first) = units.get(behind) {
        let gap = plain_words(resolved, t + 1..first.tokens.start);
        let linked = gap.iter().any(|w| LEXICON.link.contains(w));
        let tied = linked || LEXICON.transitive.contains(&word(t));
        if tied && gap.len() <= GAP && gap.iter().all(|w| LEXICON.behind.contains(w)) {
            between = gap.iter().any(|w| w == "between" || w == "among");
            theirs = gap
                .iter()
                .any(|w| matches!(w.as_str(), "his" | "her" | "their"));
            let mut nouns = gap.iter().chain(std::iter::once(&encounter));
            let each = !between && nouns.any(|w| LEXICON.several.contains(w));
            apart = groups(resolved, &units[behind..], each);
        }
    }
    let right: Vec<EntityId> = apart.concat();
    if between && right.len() >= 2 {
        return Plain {
            actors: right,
            complete: true,
            ..Plain::default()
        };
    }
    // Before: the last unit, where only auxiliaries lie between, with those joined to it.
    let mut left: Vec<EntityId> = Vec::new();
    let mut open = false;
    if let Some(last) = units[..before].last() {
        let mut gap = plain_words(resolved, last.tokens.end..t);
        // "to Oslo, Norway, to meet"
        if resolved.entities[last.actor.index()].kind == NameType::Gpe {
            gap.retain(|w| w != ",");
        }
        if gap.len() <= GAP && gap.iter().all(|w| LEXICON.before.contains(w)) {
            let mut group = group_before(resolved, &units[..before]);
            // "travels to Oslo to meet", "In Oslo, Ann Ray met": Oslo meets nobody.
            let led = |u: &Unit| {
                let p = before_article(document, u.tokens.start);
                p.is_some_and(|p| p >= first_token && LEXICON.leads.contains(&word(p)))
            };
            while let [first, rest @ ..] = group
                && led(first)
            {
                let aside = rest.first().is_some_and(|next| {
                    let gap = first.tokens.end..next.tokens.start;
                    gap.len() == 1 && word(gap.start) == ","
                });
                group = if aside {
                    rest
                } else {
                    travellers(resolved, &units, first)
                };
            }
            // "Ann Ray and Deputy Assistant to the President Bo Li": others may belong to it.
            let before = group.first().and_then(|u| u.tokens.start.checked_sub(1));
            open = before.is_some_and(|t| t > first_token && word(t) == "and");
            left = group.iter().map(|u| u.actor).collect();
            // "hosted a Quad summit with his counterparts": a name that only tells what summit it was.
            let body = |a: &EntityId| resolved.entities[a.index()].kind == NameType::Org;
            if theirs && gap.is_empty() && left.iter().all(body) {
                left.clear();
            }
        }
    }
    let alone = left.len() >= 2 && right.is_empty() && LEXICON.plural.contains(&word(t));
    // "a Kenyan delegation that included Ann Ray"
    let goes_on = || {
        let last = right
            .len()
            .checked_sub(1)
            .and_then(|n| units.get(behind + n))?;
        let next = (last.tokens.end..last.tokens.end + 3).map(TokenId::new);
        let mut next = next.filter(|t| document.tokens.get(t.index()).is_some());
        next.find(|t| {
            LEXICON
                .including
                .contains(&document.word(*t).to_lowercase())
        })
    };
    let complete = alone || !left.is_empty() && !right.is_empty() && !open && goes_on().is_none();
    let mut actors = left;
    // One side alone says little, but for what a link word ties to the trigger.
    if !complete {
        actors.clear();
    }
    actors.extend(&right);
    let mut seen = HashSet::new();
    actors.retain(|a| seen.insert(*a));
    Plain {
        complete: complete && actors.len() >= 2,
        actors,
        objects: if between { Vec::new() } else { right },
        apart: if between || apart.len() < 2 {
            Vec::new()
        } else {
            apart
        },
    }
}

/// The words of `gap`, lower case, without what only says where and when: "[on 5 March] [in Oslo] with".
fn plain_words(resolved: &Resolved, gap: Range<usize>) -> Vec<String> {
    let document = &resolved.tagged.document;
    let mut out: Vec<String> = Vec::new();
    let mut t = gap.start;
    while t < gap.end {
        let word = document.word(TokenId::new(t));
        let named = resolved.tagged.mention_at(document.tokens[t].span.start);
        let place = named.filter(|(_, m)| m.kind.is_place() && is_scenery(document, t));
        if let Some((_, m)) = place {
            let led = before_article(document, t).unwrap_or(t);
            out.truncate(out.len() - (t - led).min(out.len()));
            t = document.tokens_of(m.span).end.min(gap.end);
            continue;
        }
        let beside = |t: usize| gap.contains(&t) && is_month(document.word(TokenId::new(t)));
        let number = word.bytes().all(|b| b.is_ascii_digit());
        let year = number && word.len() == 4 && matches!(&word[..2], "19" | "20");
        let dated =
            is_month(word) || year || number && (beside(t + 1) || beside(t.wrapping_sub(1)));
        if !dated {
            out.push(word.to_lowercase());
        }
        t += 1;
    }
    out
}

fn is_month(word: &str) -> bool {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let short = |name: &&str| word.len() >= 3 && name.starts_with(word) || word == "Sept";
    NAMES.iter().any(short)
}

/// The only visitors that grammar leaves to a visit's word: "*visiting* President Ann Ray", "Ann Ray, who is on a *visit*",
/// "a *visit* by Ann Ray", "Ann Ray's *trip*", "Ann Ray *travelled* with Bo Li", "invited Ann Ray to *visit*". Nobody where
/// grammar does not tell.
pub fn visitors(
    resolved: &Resolved,
    candidates: &[Candidate],
    trigger: TokenId,
    sentence: SentenceId,
) -> Vec<EntityId> {
    let document = &resolved.tagged.document;
    let Some(range) = document.sentences.get(sentence.index()) else {
        return Vec::new();
    };
    let (first, end) = (range.first.index(), range.end.index());
    let word = |t: usize| document.word(TokenId::new(t));
    let t = trigger.index();
    let mut units = units(resolved, sentence);
    stand_ins(resolved, candidates, sentence, &mut units);
    units.retain(|u| resolved.entities[u.actor.index()].kind == NameType::Per);
    let behind = units.partition_point(|u| u.tokens.start <= t);
    let before = units.partition_point(|u| u.tokens.end <= t);
    let up_to = |last: usize| {
        let group = group_before(resolved, &units[..=last]);
        group.iter().map(|u| u.actor).collect::<Vec<EntityId>>()
    };
    let is_be = |t: usize| {
        matches!(
            word(t),
            "is" | "are" | "was" | "were" | "be" | "been" | "while"
        )
    };
    if word(t).eq_ignore_ascii_case("visiting") && !(t > first && is_be(t - 1)) {
        let next = units.get(behind).filter(|u| u.tokens.start == t + 1);
        return next.map(|u| u.actor).into_iter().collect();
    }
    // "a visit by", "the trip of"
    if t + 2 < end
        && matches!(word(t + 1), "by" | "of")
        && let Some(next) = units.get(behind)
        && next.tokens.start <= t + 3
        && (next.tokens.start == t + 2 || word(t + 2) == "the")
    {
        return group(resolved, &units[behind..]).map(|u| u.actor).collect();
    }
    if let Some(last) = before.checked_sub(1) {
        let gap: Vec<&str> = (units[last].tokens.end..t).map(word).collect();
        // "invited Ann Ray to visit"
        let lead = units[last]
            .tokens
            .start
            .checked_sub(1)
            .filter(|t| *t >= first);
        let invited = lead.is_some_and(|t| {
            matches!(
                word(t),
                "invited" | "invite" | "invites" | "inviting" | "urged" | "urging" | "asked"
            )
        });
        if invited && gap.first() == Some(&"to") && gap.len() <= 3 {
            return up_to(last);
        }
        let plain = gap
            .iter()
            .all(|w| LEXICON.before.contains(&w.to_lowercase()));
        let possessive = matches!(gap[..], ["'" | "’", "s", ..]) && gap.len() <= 2 + GAP;
        let moves = LEXICON.moves.contains(&word(t).to_lowercase());
        if possessive || moves && plain && gap.len() <= GAP {
            let mut out = up_to(last);
            // "with Bo Li", "together with Bo Li", but not "met with Bo Li".
            let company = units[behind..].iter().filter(|u| {
                let with = u
                    .tokens
                    .start
                    .checked_sub(1)
                    .filter(|w| *w > t && word(*w) == "with");
                with.is_some_and(|w| {
                    matches!(word(w - 1), "together" | "along" | "," | "alongside") || w == t + 1
                })
            });
            out.extend(company.map(|u| u.actor));
            return out;
        }
    }
    let Some(who) = (first..t).rev().find(|i| word(*i) == "who") else {
        return Vec::new();
    };
    let led = units.partition_point(|u| u.tokens.end <= who);
    let comma = usize::from(who > 0 && word(who - 1) == ",");
    match led.checked_sub(1) {
        // Nobody else is named behind "who", whom the word may speak of instead.
        Some(last) if units[last].tokens.end + comma == who && led == behind => {
            match word(who + 1) {
                "are" | "were" | "have" | "both" => up_to(last),
                _ => vec![units[last].actor],
            }
        }
        _ => Vec::new(),
    }
}

/// The place named by "in" or "at" right behind `trigger`: "met in Riyadh", "talks with Ann Ray in the capital, Oslo" not.
/// Of a visit also the one behind "to", or behind nothing: "visit Kenya".
pub fn place(
    resolved: &Resolved,
    trigger: TokenId,
    sentence: SentenceId,
    visit: bool,
) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let behind = Span {
        start: document.tokens.get(trigger.index())?.span.end,
        end: range.span.end,
    };
    let triggers = &resolved.tagged.triggers;
    let later = triggers.partition_point(|x| x.token <= trigger);
    let next = triggers[later..].iter().find(|x| x.kind[0] < 0.5);
    for (i, m) in resolved.tagged.mentions_in(behind) {
        let start = document.token_at(m.span.start).index();
        if start > trigger.index() + PLACE {
            return None;
        }
        // Another encounter's place.
        if next.is_some_and(|x| x.token.index() < start) {
            return None;
        }
        let before = before_article(document, start)?;
        let led = match word(before) {
            w if visit => before == trigger.index() || LEXICON.toward.contains(&w),
            w => matches!(w.as_str(), "in" | "at"),
        };
        if m.kind.is_place() && led {
            return Some(resolved.entity_of[i]);
        }
    }
    None
}

/// The place that the words before `trigger` set the scene with: "In Niger, she will meet …", "travel to Riga, Latvia, to
/// meet …". The last one counts; of a city with its country the city.
pub fn scene(resolved: &Resolved, trigger: TokenId, sentence: SentenceId) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let is_title = titles(resolved, range);
    let ahead = Span {
        start: range.span.start,
        end: document.tokens.get(trigger.index())?.span.start,
    };
    let set = |m: &Mention| {
        let start = document.token_at(m.span.start).index();
        let before = before_article(document, start).filter(|t| *t >= range.first.index());
        m.kind.is_place()
            && before.is_some_and(|t| {
                matches!(word(t).as_str(), "in" | "at" | "to") && !is_title(t.wrapping_sub(1))
            })
    };
    let places = resolved.tagged.mentions_in(ahead).filter(|(_, m)| set(m));
    places.last().map(|(i, _)| resolved.entity_of[i])
}

/// The place that `sentence` ends with, led by "in" or "at": where a picture was taken. Of places within each other ("at the
/// White House in Washington", "in Oslo, Norway") the first, which is the smallest.
pub fn place_at_end(resolved: &Resolved, sentence: SentenceId) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    let mut found: Option<(EntityId, usize)> = None;
    for (i, m) in resolved.tagged.mentions_in(range.span) {
        if !m.kind.is_place() {
            continue;
        }
        let tokens = document.tokens_of(m.span);
        let lead = before_article(document, tokens.start).filter(|t| *t >= range.first.index());
        let word = lead.map_or("", |t| document.word(TokenId::new(t)));
        match found {
            // Right behind the one before, which lies in it.
            Some((place, end)) if lead == Some(end) && matches!(word, "in" | "at" | ",") => {
                found = Some((place, tokens.end));
            }
            _ if matches!(word, "in" | "at") => {
                found = Some((resolved.entity_of[i], tokens.end));
            }
            _ => {}
        }
    }
    found.map(|f| f.0)
}

/// True where the word at `from` says no more than that what `to` names took place: "*participated* in a phone call".
pub fn only_leads(document: &Document, from: TokenId, to: TokenId) -> bool {
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let gap = from.index() + 1..to.index();
    LEXICON.light.contains(&word(from.index()))
        && gap.len() <= GAP
        && gap
            .into_iter()
            .map(word)
            .all(|w| LEXICON.before.contains(&w))
}

/// True for "a meeting of the Security Council": a body's own session, unless others are said to take part.
pub fn is_own_session(resolved: &Resolved, trigger: TokenId, plain: &Plain) -> bool {
    let document = &resolved.tagged.document;
    let t = trigger.index();
    let of = document.tokens.get(t + 1).is_some() && document.word(TokenId::new(t + 1)) == "of";
    let [body] = plain.objects[..] else {
        return false;
    };
    let lead =
        (t.saturating_sub(2 * GAP)..t).map(|t| document.word(TokenId::new(t)).to_lowercase());
    of && !plain.complete
        && resolved.entities[body.index()].kind == NameType::Org
        && !lead.into_iter().any(|w| LEXICON.presides.contains(&w))
}

/// True where the words before `trigger` put it before another encounter of the same people: "last time we met", "their
/// previous meeting", but not "last week's meeting".
pub fn is_earlier(document: &Document, trigger: TokenId, sentence: SentenceId) -> bool {
    const BACK: usize = 4;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let first = document
        .sentences
        .get(sentence.index())
        .map_or(0, |s| s.first.index());
    let t = trigger.index();
    let from = t.saturating_sub(BACK).max(first);
    (from..t).any(|i| match word(i).as_str() {
        "previous" => i + 3 > t,
        "last" => {
            i + 1 == t
                || i + 2 == t && word(i + 1) != "s" && LEXICON.before.contains(&word(i + 1))
                || word(i + 1) == "time"
        }
        _ => false,
    })
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

/// The token before a name that begins at token `start`, its "the" passed over.
fn before_article(document: &Document, start: usize) -> Option<usize> {
    let word = |t: usize| document.word(TokenId::new(t));
    let article = start >= 2 && word(start - 1).eq_ignore_ascii_case("the");
    start.checked_sub(1 + usize::from(article))
}

/// Tells which tokens of `sentence` stand in office titles; others do not.
fn titles(resolved: &Resolved, sentence: &Sentence) -> impl Fn(usize) -> bool {
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

/// The groups of two and more people that `sentence` joins by commas and "and".
pub fn people_in_one_breath(resolved: &Resolved, sentence: SentenceId) -> Vec<Vec<EntityId>> {
    let units = units(resolved, sentence);
    let document = &resolved.tagged.document;
    let person = |u: &Unit| resolved.entities[u.actor.index()].kind == NameType::Per;
    let mut out = Vec::new();
    let mut from = 0;
    while from < units.len() {
        let members = group(resolved, &units[from..])
            .take_while(|u| person(u))
            .count();
        let list = &units[from..from + members];
        // Two with a comma alone between them are no list: "alongside Bo Li, Ann Ray said".
        let comma_alone = |w: &[Unit]| {
            let gap = w[0].tokens.end..w[1].tokens.start;
            gap.len() == 1 && document.word(TokenId::new(gap.start)) == ","
        };
        if members > 2 || members == 2 && !comma_alone(list) {
            out.push(list.iter().map(|u| u.actor).collect());
        }
        from += members.max(1);
    }
    out
}

/// The names of people that begin right behind token `t` of `sentence`, with their titles, and where `all` is true those
/// joined to them.
pub fn named_behind(
    resolved: &Resolved,
    sentence: SentenceId,
    t: usize,
    all: bool,
) -> Vec<MentionId> {
    let document = &resolved.tagged.document;
    let units = units(resolved, sentence);
    let next = units.partition_point(|u| u.tokens.start <= t);
    let near = |u: &Unit| before_article(document, u.tokens.start) == Some(t);
    let Some(first) = units.get(next).filter(|u| near(u)) else {
        return Vec::new();
    };
    let last = match all {
        true => group(resolved, &units[next..]).last().unwrap_or(first),
        false => first,
    };
    let span = document.tokens[first.tokens.start]
        .span
        .cover(document.tokens[last.tokens.end - 1].span);
    let named = resolved.tagged.mentions_in(span);
    named
        .filter(|(_, m)| m.kind == NameType::Per)
        .map(|(i, _)| MentionId::new(i))
        .collect()
}

/// The actors of the list of people behind `trigger`, such as a traveller meets one after the other: "President Ann Ray, Minister Bo Li
/// and Speaker Cy Orr", "Minister Bo Li, Speaker Cy Orr, and other officials". Two joined by "and" are no list.
pub fn list_behind(resolved: &Resolved, trigger: TokenId, sentence: SentenceId) -> Vec<EntityId> {
    let document = &resolved.tagged.document;
    let units = units(resolved, sentence);
    let mut from = units.partition_point(|u| u.tokens.start <= trigger.index());
    while from < units.len() {
        let list = &units[from..];
        let members = group(resolved, list).count().max(1);
        let list = &list[..members];
        let comma = |w: &[Unit]| {
            let gap = w[0].tokens.end..w[1].tokens.start;
            gap.len() == 1 && document.word(TokenId::new(gap.start)) == ","
        };
        let is_person = |u: &&Unit| resolved.entities[u.actor.index()].kind == NameType::Per;
        let people = list.iter().take_while(is_person).count();
        // "met the French minister Ann Ray, the Italian minister …": they are there together.
        let lands: BTreeSet<EntityId> = list.iter().filter_map(|u| land_of(resolved, u)).collect();
        if (people > 2 || people == 2 && comma(list)) && lands.len() < 2 {
            return list.iter().map(|u| u.actor).collect();
        }
        from += members;
    }
    Vec::new()
}

/// The words for people without a name or a country of their own who are met: "meet with [other senior government officials]",
/// "a roundtable with [civil society]". None where somebody is named with them.
pub fn unnamed_behind(resolved: &Resolved, trigger: TokenId, sentence: SentenceId) -> Option<Span> {
    let document = &resolved.tagged.document;
    let end = document.sentences.get(sentence.index())?.end.index();
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let t = trigger.index();
    // "hold a roundtable with", "meet with"
    let with = (t + 1..end.min(t + 1 + GAP)).find(|t| word(*t) == "with")?;
    if (t + 1..with)
        .any(|t| !LEXICON.before.contains(&word(t)) && !LEXICON.behind.contains(&word(t)))
    {
        return None;
    }
    let named = |t: usize| {
        let span = document.tokens[t].span;
        resolved.tagged.mention_at(span.start).is_some()
    };
    let mut last = None;
    for t in with + 1..end.min(with + 1 + GAP) {
        let w = word(t);
        if named(t) || !w.starts_with(char::is_alphabetic) && w != "-" {
            break;
        }
        if officials::is_group(&w) || LEXICON.society.contains(&w) {
            last = Some(t);
        }
    }
    let last = last?;
    let next = (last + 1..end).find(|t| !matches!(word(*t).as_str(), "," | "and" | "as" | "well"));
    let goes_on = next.is_some_and(|t| {
        matches!(
            word(t).as_str(),
            "from" | "of" | "including" | "representing"
        ) || t <= last + 2 && named(t)
    });
    let span = document.tokens[with + 1]
        .span
        .cover(document.tokens[last].span);
    (!goes_on).then_some(span)
}

/// The country or people named in the words of a person's office.
fn land_of(resolved: &Resolved, unit: &Unit) -> Option<EntityId> {
    let tokens = &resolved.tagged.document.tokens;
    let span = tokens[unit.tokens.start]
        .span
        .cover(tokens[unit.tokens.end - 1].span);
    let mut named = resolved.tagged.mentions_in(span);
    let (i, _) = named.find(|(_, m)| matches!(m.kind, NameType::Gpe | NameType::Norp))?;
    Some(resolved.actor_of[resolved.entity_of[i].index()])
}

/// The person whom the sentence before `sentence`, of the same paragraph, begins with.
pub fn subject_before(resolved: &Resolved, sentence: SentenceId) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let before = SentenceId::new(sentence.index().checked_sub(1)?);
    let (last, this) = (
        document.sentences.get(before.index())?,
        document.sentences.get(sentence.index())?,
    );
    let between = Span {
        start: last.span.end,
        end: this.span.start,
    };
    if last.boilerplate || between.of(&document.article.body).contains('\n') {
        return None;
    }
    let first = units(resolved, before).into_iter().next()?;
    let opens = first.tokens.start == last.first.index();
    let person = resolved.entities[first.actor.index()].kind == NameType::Per;
    (opens && person).then_some(first.actor)
}

/// The places that `sentence` joins to `place` in a list that ends in "and": "Kenya, Mali and Chad". A comma alone also
/// stands between a city and its country, so such pairs are no list.
pub fn joined_places(resolved: &Resolved, place: EntityId, sentence: SentenceId) -> Vec<EntityId> {
    let document = &resolved.tagged.document;
    let Some(range) = document.sentences.get(sentence.index()) else {
        return Vec::new();
    };
    let word = |t: usize| document.word(TokenId::new(t));
    let mut list: Vec<EntityId> = Vec::new();
    let (mut last_end, mut ended_by_and) = (0, false);
    let finish = |list: &[EntityId], by_and: bool| by_and && list.contains(&place);
    for (i, m) in resolved.tagged.mentions_in(range.span) {
        let tokens = document.tokens_of(m.span);
        let gap: Vec<&str> = (last_end..tokens.start).map(word).collect();
        let and = gap.contains(&"and");
        // "Rabat and Casablanca, Morocco": the country of both, not a third stop.
        let link = !(list.is_empty() || ended_by_and && gap == [","])
            && m.kind.is_place()
            && matches!(
                gap[..],
                [","]
                    | ["and"]
                    | [",", "and"]
                    | ["and", "the"]
                    | ["and", "to"]
                    | [",", "the"]
                    | [",", "and", "the"]
            );
        if !link {
            if finish(&list, ended_by_and) {
                break;
            }
            list.clear();
            ended_by_and = false;
        }
        if m.kind.is_place() {
            list.push(resolved.entity_of[i]);
            ended_by_and = and && link;
        }
        last_end = tokens.end;
    }
    if !finish(&list, ended_by_and) {
        return Vec::new();
    }
    let mut seen = HashSet::from([place]);
    list.retain(|e| seen.insert(*e));
    list
}

/// Who goes to the place of unit `to`: "[Ann Ray and Bo Li] will travel *to Oslo*". Nobody where another word leads there.
fn travellers<'a>(resolved: &Resolved, units: &'a [Unit], to: &Unit) -> &'a [Unit] {
    let before = units.partition_point(|u| u.tokens.start < to.tokens.start);
    let Some(last) = units[..before].last() else {
        return &[];
    };
    let gap = plain_words(resolved, last.tokens.end..to.tokens.start);
    let goes = gap.iter().any(|w| LEXICON.moves.contains(w)) && gap.len() <= GAP;
    let plain = |w: &String| LEXICON.before.contains(w) || LEXICON.moves.contains(w);
    if goes && gap.iter().all(plain) {
        group_before(resolved, &units[..before])
    } else {
        &[]
    }
}

/// The leading units that one coordination joins.
fn group<'a>(resolved: &'a Resolved, units: &'a [Unit]) -> impl Iterator<Item = &'a Unit> {
    let joined_on = move |i: &usize| *i == 0 || joined(resolved, &units[i - 1], &units[*i]);
    (0..units.len()).take_while(joined_on).map(|i| &units[i])
}

/// The last units, as far back as one coordination joins them; `units` is not empty.
fn group_before<'a>(resolved: &Resolved, units: &'a [Unit]) -> &'a [Unit] {
    let mut from = units.len().saturating_sub(1);
    while from > 0 && joined(resolved, &units[from - 1], &units[from]) {
        from -= 1;
    }
    &units[from..]
}

/// The actors of the leading units that one coordination joins, by encounter: a semicolon, a repeated "with" or "then"
/// tells encounters apart, and where `each` is true so does everything.
fn groups(resolved: &Resolved, units: &[Unit], each: bool) -> Vec<Vec<EntityId>> {
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
    let words = gap
        .clone()
        .map(|t| document.word(TokenId::new(t)).to_lowercase());
    !gap.is_empty() && gap.len() <= 4 && words.into_iter().all(|w| LEXICON.and.contains(&w))
}

/// Adds the pronouns and descriptions of `sentence` that mean one actor to `units`, in order.
fn stand_ins(
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

/// The noun phrases of `sentence` that stand for actors.
fn units(resolved: &Resolved, sentence: SentenceId) -> Vec<Unit> {
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
        if m.kind == NameType::Per {
            let office = |t: usize| {
                is_title(t)
                    || officials::is_office_word(&word(t).to_lowercase())
                    || person::is_title(word(t))
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
                while units.last().is_some_and(|u| u.tokens.start >= begin) {
                    units.pop();
                }
            }
            // "the Kenyan President's adviser Ann Ray": the president is elsewhere.
            if begin < start
                && begin >= first + 3
                && word(begin - 1) == "s"
                && matches!(word(begin - 2), "'" | "’")
                && office(begin - 3)
            {
                begin = start_of_office(document, begin - 2, first, office);
            }
            // "the World Bank (WB) President Ann Ray"
            if begin < start
                && let Some(open) = acronym(document, begin, first)
            {
                let mut named = resolved.tagged.mentions[..i].iter().rev().take(2);
                if named.any(|m| m.span.end == document.tokens[open - 1].span.end) {
                    begin = open;
                    while units.last().is_some_and(|u| u.tokens.start >= begin) {
                        units.pop();
                    }
                }
            }
            // "Russian Foreign Minister Sergei Lavrov": the people's name belongs to the title.
            let lands = resolved.tagged.mentions[..i].iter().rev().take(2);
            if begin > first
                && begin < start
                && let Some(land) = lands
                    .into_iter()
                    .find(|m| m.span.end == document.tokens[begin - 1].span.end)
                && land.kind != NameType::Per
            {
                begin = document.token_at(land.span.start).index();
                if units.last().is_some_and(|u| u.tokens.start == begin) {
                    units.pop();
                }
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
            of > first && of <= p && word(of) == "of" && is_office(of - 1)
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::document::{Article, Entity};
    use crate::signals::Tagged;
    use crate::span::MentionId;

    /// A sentence in which `names` (people unless marked `*`: countries' peoples, `+`: countries) are mentions, each an entity.
    pub fn resolved(body: &str, names: &[&str]) -> Resolved {
        let article = Article {
            body: body.to_owned(),
            ..Article::default()
        };
        let document = crate::segment::segment(article);
        let mut out = Resolved::default();
        for (i, name) in names.iter().enumerate() {
            let kind = match name.chars().next() {
                Some('*') => NameType::Norp,
                Some('+') => NameType::Gpe,
                _ => NameType::Per,
            };
            let name = name.trim_start_matches(['*', '+']);
            let at = body.find(name).unwrap();
            let span = Span::new(at, at + name.len());
            out.tagged.mentions.push(Mention {
                span,
                kind,
                sentence: SentenceId::new(0),
                confidence: 1.0,
                boilerplate: false,
            });
            out.entities.push(Entity {
                name: name.to_owned(),
                kind,
                mentions: vec![MentionId::new(i)],
            });
            out.entity_of.push(EntityId::new(i));
            out.actor_of.push(EntityId::new(i));
        }
        // Mentions stand in order of position, whatever the order of the names.
        let mentions = &out.tagged.mentions;
        out.entity_of
            .sort_by_key(|e| mentions[e.index()].span.start);
        out.tagged.mentions.sort_by_key(|m| m.span.start);
        out.tagged = Tagged {
            document,
            ..out.tagged
        };
        out
    }

    fn plain(body: &str, trigger: &str, names: &[&str]) -> (Vec<u32>, bool) {
        let r = resolved(body, names);
        let at = body.find(trigger).unwrap() as u32;
        let found = read(&r, &[], r.tagged.document.token_at(at), SentenceId::new(0));
        (found.actors.iter().map(|a| a.0).collect(), found.complete)
    }

    #[test]
    fn plain_sentences() {
        let two = |body, trigger| plain(body, trigger, &["Ann Ray", "Bo Li"]);
        for (body, trigger) in [
            (
                "It follows a call between Ann Ray and Bo Li on Monday.",
                "call",
            ),
            ("Ann Ray has met with Bo Li.", "met"),
            ("Ann Ray and Bo Li met again.", "met"),
            ("Ann Ray held talks with Bo Li in Oslo.", "talks"),
            ("Ann Ray's meeting with Bo Li was long.", "meeting"),
            ("The Ann Ray-Bo Li summit ended.", "summit"),
        ] {
            assert_eq!(two(body, trigger), (vec![0, 1], true), "{body}");
        }
    }

    #[test]
    fn a_title_and_its_country_belong_to_the_person() {
        let body = "a call between Kenyan President Ann Ray and Malian Prime Minister Bo Li";
        let found = plain(body, "call", &["*Kenyan", "Ann Ray", "*Malian", "Bo Li"]);
        assert_eq!(found, (vec![1, 3], true));
    }

    #[test]
    fn whom_someone_met_is_told_from_the_others() {
        let names = ["Ann Ray", "Bo Li", "Cy Orr"];
        let body = "Ann Ray spoke by phone with Bo Li, and held a meeting with Cy Orr.";
        let r = resolved(body, &names);
        let objects = |trigger: &str| {
            let at = r
                .tagged
                .document
                .token_at(body.find(trigger).unwrap() as u32);
            read(&r, &[], at, SentenceId::new(0)).objects
        };
        assert_eq!(objects("phone with"), [EntityId(1)]);
        assert_eq!(objects("meeting"), [EntityId(2)]);
    }

    #[test]
    fn grammar_names_the_only_visitors() {
        let all = vec![0, 1];
        for (body, trigger, want) in [
            ("Beside visiting Ann Ray, Bo Li spoke.", "visiting", vec![0]),
            ("Bo Li is visiting Ann Ray.", "visiting", vec![]),
            (
                "Bo Li received Ann Ray, who is on a visit.",
                "visit",
                vec![0],
            ),
            (
                "Ann Ray and Bo Li, who were on a visit, spoke.",
                "visit",
                all.clone(),
            ),
            ("Ann Ray saw who was on a visit to Bo Li.", "visit", vec![]),
            (
                "Ann Ray noted the visit by Bo Li to Oslo.",
                "visit",
                vec![1],
            ),
            (
                "Ann Ray spoke of Bo Li's upcoming trip to Oslo.",
                "trip",
                vec![1],
            ),
            ("Ann Ray invited Bo Li to visit Oslo.", "visit", vec![1]),
            (
                "Ann Ray travelled to Oslo and met Bo Li.",
                "travelled",
                vec![0],
            ),
            (
                "Ann Ray travelled to Oslo, along with Bo Li.",
                "travelled",
                all,
            ),
            ("Ann Ray spoke of a trip with Bo Li.", "trip", vec![]),
        ] {
            let r = resolved(body, &["Ann Ray", "Bo Li"]);
            let at = r
                .tagged
                .document
                .token_at(body.find(trigger).unwrap() as u32);
            let found = visitors(&r, &[], at, SentenceId::new(0));
            let found: Vec<u32> = found.iter().map(|e| e.0).collect();
            assert_eq!(found, want, "{body}");
        }
    }

    #[test]
    fn people_without_names_are_met() {
        for (body, want) in [
            (
                "She will meet with other senior government officials.",
                Some("other senior government officials"),
            ),
            (
                "She will meet with business leaders and civil society to talk.",
                Some("business leaders and civil society"),
            ),
            ("She will meet with officials from Kenya.", None),
            ("She will meet with Kenyan officials.", None),
            ("She will meet with rain.", None),
        ] {
            let names: &[&str] = if body.contains("Kenyan") {
                &["*Kenyan"]
            } else {
                &[]
            };
            let r = resolved(body, names);
            let at = r
                .tagged
                .document
                .token_at(body.find("meet").unwrap() as u32);
            let found = unnamed_behind(&r, at, SentenceId::new(0));
            assert_eq!(found.map(|s| s.of(body)), want, "{body}");
        }
    }

    #[test]
    fn the_last_meeting_is_told_from_this_one() {
        for (body, trigger, want) in [
            ("Last time we met was in May.", "met", true),
            ("They last met in Oslo.", "met", true),
            ("since their previous bilateral meeting", "meeting", true),
            ("at last week's meeting in Oslo", "meeting", false),
            ("They met last month.", "met", false),
        ] {
            let r = resolved(body, &[]);
            let document = &r.tagged.document;
            let at = document.token_at(body.find(trigger).unwrap() as u32);
            assert_eq!(is_earlier(document, at, SentenceId::new(0)), want, "{body}");
        }
    }

    #[test]
    fn light_verbs_only_lead() {
        let r = resolved("She participated in a phone call and met in a call.", &[]);
        let document = &r.tagged.document;
        let at = |t| TokenId::new(t);
        assert!(only_leads(document, at(1), at(5)));
        assert!(!only_leads(document, at(7), at(10)));
        assert!(!only_leads(document, at(1), at(10)));
    }

    #[test]
    fn an_office_with_its_portfolio_is_the_persons() {
        let body = "a call with Malian Minister of Foreign Affairs and Trade Bo Li and President of Kenya Ann Ray";
        let found = plain(body, "call", &["*Malian", "Bo Li", "*Kenya", "Ann Ray"]);
        assert_eq!(found, (vec![1, 3], false));
    }

    #[test]
    fn acronyms_and_possessors_belong_to_the_office() {
        for body in [
            "Ann Ray met with Kenyan (K) Director-General (DG) Dr. Bo Li.",
            "Ann Ray met with Kenyan President's Advisor Bo Li.",
        ] {
            let found = plain(body, "met", &["Ann Ray", "*Kenyan", "Bo Li"]);
            assert_eq!(found, (vec![0, 2], true), "{body}");
        }
    }

    #[test]
    fn a_countrys_office_stands_for_its_holder_or_for_it() {
        for (body, want) in [
            (
                "Ann Ray spoke with the Prime Minister of Kenya.",
                &[0, 2][..],
            ),
            (
                "Ann Ray spoke with the Prime Minister of Kenya, Bo Li.",
                &[0, 1],
            ),
            ("Ann Ray spoke with President of Kenya Bo Li.", &[0, 1]),
            ("Ann Ray spoke with Bo Li, President of Kenya.", &[0, 1]),
            ("Ann Ray travelled to Kenya and spoke to Bo Li.", &[1]),
            (
                "Ann Ray travelled to Kenya to have spoke with Bo Li.",
                &[0, 1],
            ),
            ("In Kenya, Ann Ray spoke with Bo Li.", &[0, 1]),
        ] {
            let names = ["Ann Ray", "Bo Li", "+Kenya"];
            let names = names
                .iter()
                .filter(|n| body.contains(n.trim_start_matches('+')));
            let names: Vec<&str> = names.copied().collect();
            let found: Vec<String> = {
                let r = resolved(body, &names);
                let at = body.find("spoke").unwrap() as u32;
                let plain = read(&r, &[], r.tagged.document.token_at(at), SentenceId::new(0));
                let name = |e: &EntityId| r.entities[e.index()].name.clone();
                plain.actors.iter().map(name).collect()
            };
            let all = ["Ann Ray", "Bo Li", "Kenya"];
            let want: Vec<&str> = want.iter().map(|i| all[*i]).collect();
            assert_eq!(found, want, "{body}");
        }
    }

    #[test]
    fn several_encounters_in_one_word_are_told_apart() {
        let apart = |body: &str| -> Vec<Vec<u32>> {
            let r = resolved(body, &["Ann Ray", "Bo Li", "Cy Orr"]);
            let at = body
                .find("spoke")
                .or(body.find("call"))
                .or(body.find("talks"));
            let at = r.tagged.document.token_at(at.unwrap() as u32);
            let apart = read(&r, &[], at, SentenceId::new(0)).apart;
            apart
                .iter()
                .map(|g| g.iter().map(|e| e.0).collect())
                .collect()
        };
        let each: Vec<Vec<u32>> = vec![vec![1], vec![2]];
        for body in [
            "Ann Ray had phone calls with Bo Li and Cy Orr.",
            "Ann Ray spoke with Bo Li and with Cy Orr.",
            "Ann Ray spoke with Bo Li, then with Cy Orr.",
            "Ann Ray spoke with Bo Li; President Cy Orr; and others.",
        ] {
            assert_eq!(apart(body), each, "{body}");
        }
        for body in [
            "Ann Ray held talks with Bo Li and Cy Orr.",
            "Ann Ray spoke of calls between Bo Li and Cy Orr.",
        ] {
            assert_eq!(apart(body), Vec::<Vec<u32>>::new(), "{body}");
        }
    }

    #[test]
    fn an_office_before_a_comma_is_the_persons() {
        let body =
            "a call with the president of the Malian Bank, Bo Li, and a meeting with Ann Ray";
        let found = plain(body, "call", &["*Malian Bank", "Bo Li", "Ann Ray"]);
        assert_eq!(found, (vec![1], false));
    }

    #[test]
    fn two_with_a_comma_between_are_no_list() {
        let lists = |body: &str| {
            people_in_one_breath(&resolved(body, &["Ann Ray", "Bo Li"]), SentenceId::new(0)).len()
        };
        assert_eq!(lists("Alongside Ann Ray, Bo Li spoke."), 0);
        assert_eq!(lists("Ann Ray and Bo Li spoke."), 1);
    }

    #[test]
    fn officials_stand_for_their_country() {
        let found = plain(
            "Kenyan and Malian officials met for hours.",
            "met",
            &["*Kenyan", "*Malian"],
        );
        assert_eq!(found, (vec![0, 1], true));
        let none = plain(
            "Kenyan oil met Malian demand.",
            "met",
            &["*Kenyan", "*Malian"],
        );
        assert!(!none.1 && none.0.is_empty());
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        let two = |body, trigger| plain(body, trigger, &["Ann Ray", "Bo Li"]);
        for (body, trigger) in [
            ("Ann Ray, who knows the work of Bo Li, spoke.", "spoke"),
            ("Ann Ray urged new talks as Bo Li watched.", "talks"),
        ] {
            assert!(!two(body, trigger).1, "{body}");
        }
    }
}
