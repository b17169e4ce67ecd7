//! Names as decoded, sentence by sentence => names as the article bears them out
//!
//! The encoder sees a window, a reader the article: one string mostly names one thing in it. Names that the decoder broke at
//! "of" are joined, strings with several types take the one with more weight, strings that are names elsewhere in the
//! article are names here, and a family name is a person's. What needs knowledge of the world is in `data/names.toml`.
//!
//! On gold/dev (seven types, int8 model of 2026-11-26) the steps brought F from 87.6 over 88.6 (joined at "of"), 88.9 (storms),
//! 89.6 (one string, one type), 90.4 (family names) to 91.2 (places without government).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::adjoins;
use crate::document::{Document, Mention, NameType};
use crate::names::person::is_title;
use crate::span::TokenId;

#[derive(Deserialize)]
struct Lexicon {
    of: HashMap<NameType, HashSet<String>>,
    event: Event,
    loc: Loc,
    gpe: Gpe,
    per: Per,
    words: Words,
}

#[derive(Deserialize)]
struct Gpe {
    last: HashSet<String>,
}

#[derive(Deserialize)]
struct Per {
    particles: HashSet<String>,
    address: HashSet<String>,
}

#[derive(Deserialize)]
struct Event {
    before: HashSet<String>,
    with: HashSet<String>,
}

#[derive(Deserialize)]
struct Loc {
    names: HashSet<String>,
}

#[derive(Deserialize)]
struct Words {
    common: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/names.toml")).expect("built-in lexicon")
});

/// From this confidence on a name is looked for in the rest of the article, and lends its type to its parts.
const SURE: f32 = 0.8;
/// What the tagger is surer of than this is not taken for a person because of another name.
const CERTAIN: f32 = 0.97;
/// The confidence of a name that only stands elsewhere in the article.
const ELSEWHERE: f32 = 0.5;
/// Tokens of the longest name looked for.
const LONGEST: usize = 8;

/// Settles `names`, sorted and disjoint, all within `tokens`; they stay so.
pub fn settle(document: &Document, tokens: Range<usize>, names: Vec<Name>) -> Vec<Mention> {
    let mut names: Vec<Name> = names
        .into_iter()
        .filter(|n| is_name(document, n))
        .flat_map(|n| split_at_dashes(document, n))
        .flat_map(|n| split_cards(document, n))
        .map(|n| without_title(document, n))
        .collect();
    names = join(document, names);
    name_storms(document, &mut names);
    vote(document, &mut names);
    find_elsewhere(document, tokens, &mut names);
    names = join(document, names);
    family_names(document, &mut names);
    for name in &mut names {
        let governed = matches!(name.kind, NameType::Gpe | NameType::Org | NameType::Fac);
        if governed && LEXICON.loc.names.contains(name.text(document)) {
            name.kind = NameType::Loc;
        }
        let region = name.kind == NameType::Loc && name.tokens.len() > 1;
        if region
            && LEXICON
                .gpe
                .last
                .contains(word(document, name.tokens.end - 1))
        {
            name.kind = NameType::Gpe;
        }
    }
    names.into_iter().map(|n| n.mention(document)).collect()
}

/// A name by its tokens, on its way to a [`Mention`].
#[derive(Debug, Clone)]
pub struct Name {
    pub tokens: Range<usize>,
    pub kind: NameType,
    pub confidence: f32,
}

impl Name {
    fn text<'a>(&self, document: &'a Document) -> &'a str {
        super::token_span(document, self.tokens.clone()).of(&document.article.body)
    }

    fn mention(self, document: &Document) -> Mention {
        let span = super::token_span(document, self.tokens);
        let sentence = document.sentence_at(span.start);
        Mention {
            span,
            kind: self.kind,
            sentence,
            confidence: self.confidence,
            boilerplate: document
                .sentences
                .get(sentence.index())
                .is_some_and(|s| s.boilerplate),
        }
    }
}

/// False for accounts ("@AnnRay"), bare forms of address ("His Excellency") and people and places written small ("us").
fn is_name(document: &Document, name: &Name) -> bool {
    let at = name.tokens.start;
    let handle = at > 0 && word(document, at - 1) == "@" && adjoins(document, at);
    let text = name.text(document);
    let small = !text.chars().any(|c| c.is_uppercase() || !c.is_ascii());
    let never_small = matches!(name.kind, NameType::Per | NameType::Gpe | NameType::Loc);
    let address = name.kind != NameType::Org && LEXICON.per.address.contains(text);
    !(handle || address || small && never_small)
}

/// "Bakhmut - Slovyansk" is two names, and "Meeting place - Oslo" has one.
fn split_at_dashes(document: &Document, name: Name) -> Vec<Name> {
    let spaced = |t: usize| {
        let dash = matches!(word(document, t), "-" | "–" | "—");
        dash && !adjoins(document, t) && !adjoins(document, t + 1)
    };
    let inner = name.tokens.start + 1..name.tokens.end - 1;
    if matches!(name.kind, NameType::Org | NameType::Event) || !inner.clone().any(spaced) {
        return vec![name];
    }
    let mut out = Vec::new();
    let mut start = name.tokens.start;
    for end in inner.filter(|t| spaced(*t)).chain([name.tokens.end]) {
        let part = Name {
            tokens: start..end,
            ..name.clone()
        };
        if is_capitalised(part.text(document)) {
            out.push(part);
        }
        start = end + 1;
    }
    out
}

/// Pages whose names have cards run these into the text: "Sauli Niinistö Niinistö SauliPresident of Finland" is "Sauli
/// Niinistö" and "Niinistö".
fn split_cards(document: &Document, name: Name) -> Vec<Name> {
    let Range { start, end } = name.tokens;
    let again = |t: &usize| word(document, *t) == word(document, t - 1);
    let Some(again) = (start + 1..end).find(again).filter(|_| end - start > 2) else {
        return vec![name];
    };
    let first = word(document, start);
    let glued = (again + 1..end).find(|t| {
        let rest = word(document, *t).strip_prefix(first);
        rest.is_some_and(|r| r.is_empty() || is_capitalised(r))
    });
    let part = |tokens| Name {
        tokens,
        ..name.clone()
    };
    match glued {
        Some(glued) if name.kind == NameType::Per => vec![part(start..again), part(again..glued)],
        _ => vec![name],
    }
}

/// A person's name without the title before it: "Counselor Chollet" is "Chollet".
fn without_title(document: &Document, mut name: Name) -> Name {
    let title = |t: usize| is_title(word(document, t));
    let named = |t: usize| is_capitalised(word(document, t));
    while name.kind == NameType::Per
        && name.tokens.len() > 1
        && title(name.tokens.start)
        && named(name.tokens.start + 1)
    {
        name.tokens.start += 1;
    }
    name
}

fn word(document: &Document, token: usize) -> &str {
    document.word(TokenId::new(token))
}

fn is_capitalised(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_uppercase)
}

/// True where tokens `a` and `b` stand in one sentence.
fn together(document: &Document, a: usize, b: usize) -> bool {
    let [a, b] = [a, b].map(|t| document.sentence_at(document.tokens[t].span.start));
    a == b
}

/// Parts of one name become one: "Sea of" + "Azov", "State" + "of" + "Israel", "U.S." + "Treasury", "U.S." + "-" + "Morocco
/// Strategic Dialogue", "Haitham bin" + "Said". A name never ends in "of" or "bin".
fn join(document: &Document, names: Vec<Name>) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::with_capacity(names.len());
    for mut name in names {
        if let Some(last) = out.last_mut()
            && let Some(kind) = joined_kind(document, last, &name)
        {
            last.tokens.end = name.tokens.end;
            last.kind = kind;
            continue;
        }
        let follows = |t: usize| {
            t < document.tokens.len()
                && together(document, t - 1, t)
                && is_capitalised(word(document, t))
        };
        let open = |n: &Name| {
            LEXICON
                .per
                .particles
                .contains(word(document, n.tokens.end - 1))
        };
        while name.kind == NameType::Per
            && name.tokens.len() > 1
            && open(&name)
            && follows(name.tokens.end)
        {
            name.tokens.end += 1;
        }
        match out.last() {
            // A name that grew over this one.
            Some(last) if last.tokens.end > name.tokens.start => {}
            _ => out.push(name),
        }
    }
    for name in &mut out {
        while name.tokens.len() > 1
            && matches!(word(document, name.tokens.end - 1), "of" | "the" | "for")
        {
            name.tokens.end -= 1;
        }
    }
    out
}

/// The type of the name that `a` and `b` make together, if they do. Counted on all gold sets: of names side by side,
/// nothing between, "U.S. Treasury" and the like are one 92 times and two 4 times; two GPE or two ORG 7 times two.
fn joined_kind(document: &Document, a: &Name, b: &Name) -> Option<NameType> {
    use NameType::{Event, Gpe, Org};
    if !together(document, a.tokens.start, b.tokens.start) {
        return None;
    }
    let gap: Vec<&str> = (a.tokens.end..b.tokens.start)
        .map(|t| word(document, t))
        .collect();
    let head = kind_of_head(word(document, a.tokens.start));
    let last = |back: usize| {
        let t = a
            .tokens
            .end
            .checked_sub(back)
            .filter(|t| *t >= a.tokens.start);
        t.map_or("", |t| word(document, t))
    };
    let open = last(1) == "of" || last(1) == "the" && last(2) == "of";
    let bare_head = head.is_some() && a.tokens.len() == 1;
    if open && matches!(gap[..], [] | ["the"])
        || bare_head && matches!(gap[..], ["of"] | ["of", "the"])
    {
        return Some(head.unwrap_or(a.kind));
    }
    let close = |t: usize| adjoins(document, t) && adjoins(document, t + 1);
    match (a.kind, b.kind, &gap[..]) {
        (Gpe, Org, []) if matches!(a.text(document), "U.S." | "US" | "UK" | "U.K." | "EU") => {
            Some(Org)
        }
        (Gpe, Gpe, []) | (Org, Org, []) => Some(a.kind),
        (Gpe | Org, Event | Org, ["-"]) if b.tokens.len() > 1 && close(a.tokens.end) => {
            Some(b.kind)
        }
        _ => None,
    }
}

/// The type of names that begin with `head` and "of".
fn kind_of_head(head: &str) -> Option<NameType> {
    LEXICON
        .of
        .iter()
        .find(|(_, heads)| heads.contains(head))
        .map(|(kind, _)| *kind)
}

/// "Typhoon" + "Phanfone" is the storm's name, and so is "Phanfone" alone then.
fn name_storms(document: &Document, names: &mut [Name]) {
    let mut storms: HashSet<String> = HashSet::new();
    let mut free = 0;
    for name in names.iter_mut() {
        let before = |t: usize| t.checked_sub(1).filter(|t| *t >= free);
        if let Some(t) = before(name.tokens.start)
            && LEXICON.event.before.contains(word(document, t))
        {
            storms.insert(name.text(document).to_owned());
            name.tokens.start = match before(t) {
                Some(u) if LEXICON.event.with.contains(word(document, u)) => u,
                _ => t,
            };
            name.kind = NameType::Event;
        }
        free = name.tokens.end;
    }
    for name in names {
        if storms.contains(name.text(document)) {
            name.kind = NameType::Event;
        }
    }
}

/// One string, one type: the one with the greatest sum of confidences. Houses that act (the White House, the Kremlin) are
/// places here and organisations there, and are left as they are.
fn vote(document: &Document, names: &mut [Name]) {
    let mut weights: HashMap<&str, BTreeMap<NameType, f32>> = HashMap::new();
    for name in names.iter() {
        let kinds = weights.entry(name.text(document)).or_default();
        *kinds.entry(name.kind).or_default() += name.confidence;
    }
    for name in names.iter_mut() {
        let Some(kinds) = weights.get(name.text(document)) else {
            continue;
        };
        if kinds.contains_key(&NameType::Org) && kinds.contains_key(&NameType::Fac) {
            continue;
        }
        let mut best = name.kind;
        for (kind, weight) in kinds {
            if *weight > kinds[&best] {
                best = *kind;
            }
        }
        name.kind = best;
    }
}

/// Puts names where their string stands and the decoder saw none, the longest first.
fn find_elsewhere(document: &Document, tokens: Range<usize>, names: &mut Vec<Name>) {
    // By first word: the words of each sure name, and its type.
    let mut known: HashMap<&str, Vec<(Vec<&str>, NameType)>> = HashMap::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for name in names.iter().filter(|n| n.confidence >= SURE) {
        let text = name.text(document);
        let named = is_capitalised(text)
            && text.chars().nth(2).is_some()
            && name.tokens.len() <= LONGEST
            && !LEXICON.words.common.contains(text);
        if named && seen.insert(text) {
            let words: Vec<&str> = name.tokens.clone().map(|t| word(document, t)).collect();
            known.entry(words[0]).or_default().push((words, name.kind));
        }
    }
    // A word that the article also writes small is no name by its looks alone.
    let small: HashSet<&str> = tokens
        .clone()
        .map(|t| word(document, t))
        .filter(|w| w.chars().next().is_some_and(char::is_lowercase))
        .collect();
    for list in known.values_mut() {
        list.retain(|(words, _)| {
            words.len() > 1 || !small.contains(words[0].to_lowercase().as_str())
        });
        list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    let mut found: Vec<Name> = Vec::new();
    let mut next = 0;
    let mut t = tokens.start;
    while t < tokens.end {
        while names.get(next).is_some_and(|n| n.tokens.end <= t) {
            next += 1;
        }
        let limit = names.get(next).map_or(tokens.end, |n| n.tokens.start);
        if limit <= t {
            t = names[next].tokens.end;
            continue;
        }
        let fits = |words: &[&str]| {
            t + words.len() <= limit
                && words
                    .iter()
                    .enumerate()
                    .all(|(i, w)| *w == word(document, t + i))
                && together(document, t, t + words.len() - 1)
        };
        let hit = known
            .get(word(document, t))
            .and_then(|list| list.iter().find(|(words, _)| fits(words)));
        match hit {
            Some((words, kind)) => {
                found.push(Name {
                    tokens: t..t + words.len(),
                    kind: *kind,
                    confidence: ELSEWHERE,
                });
                t += words.len();
            }
            None => t += 1,
        }
    }
    names.extend(found);
    names.sort_by_key(|n| n.tokens.start);
}

/// "Qaboos" is the person where the article names "Qaboos bin Said".
fn family_names(document: &Document, names: &mut [Name]) {
    let mut parts: HashSet<&str> = HashSet::new();
    for n in names.iter() {
        if n.kind == NameType::Per && n.tokens.len() > 1 && n.confidence >= ELSEWHERE {
            parts.extend([n.tokens.start, n.tokens.end - 1].map(|t| word(document, t)));
        }
    }
    for n in names {
        let other = matches!(
            n.kind,
            NameType::Org | NameType::Loc | NameType::Fac | NameType::Event | NameType::Norp
        );
        if other
            && n.tokens.len() == 1
            && n.confidence < CERTAIN
            && parts.contains(word(document, n.tokens.start))
        {
            n.kind = NameType::Per;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Article;
    use crate::span::Span;

    /// Settles the bracketed names of `text`: `[PER .9 Ann Ray]`; gives them back in the same form without confidence.
    fn settled(text: &str) -> String {
        let (mut body, mut marks, mut rest) = (String::new(), Vec::new(), text);
        while let Some((before, after)) = rest.split_once('[') {
            body += before;
            let (inner, after) = after.split_once(']').unwrap();
            let mut parts = inner.splitn(3, ' ');
            let kind = kind(parts.next().unwrap());
            let confidence: f32 = parts.next().unwrap().parse().unwrap();
            let name = parts.next().unwrap();
            marks.push((body.len(), body.len() + name.len(), kind, confidence));
            body += name;
            rest = after;
        }
        body += rest;
        let document = crate::segment::segment(Article {
            body: body.clone(),
            ..Article::default()
        });
        let names = marks
            .into_iter()
            .map(|(start, end, kind, confidence)| Name {
                tokens: document.tokens_of(Span::new(start, end)),
                kind,
                confidence,
            })
            .collect();
        let all = 0..document.tokens.len();
        let (mut out, mut at) = (String::new(), 0);
        for m in settle(&document, all, names) {
            out += &body[at..m.span.start as usize];
            out += &format!("[{} {}]", m.kind, m.span.of(&body));
            at = m.span.end as usize;
        }
        out + &body[at..]
    }

    fn kind(label: &str) -> NameType {
        NameType::ALL
            .into_iter()
            .find(|k| k.label() == label)
            .unwrap()
    }

    #[test]
    fn parts_are_joined_and_lists_split() {
        for (given, expected) in [
            (
                "the [LOC .9 Sea of] [GPE .9 Azov].",
                "the [LOC Sea of Azov].",
            ),
            (
                "the [GPE .9 State] of [GPE .9 Israel].",
                "the [GPE State of Israel].",
            ),
            (
                "the [ORG .9 Guard of] the [ORG .9 Border Service].",
                "the [ORG Guard of the Border Service].",
            ),
            (
                "a [ORG .9 Council of] experts",
                "a [ORG Council] of experts",
            ),
            (
                "the [ORG .9 Republic of the] [GPE .9 Philippines]",
                "the [GPE Republic of the Philippines]",
            ),
            ("[GPE .9 U.S.] [ORG .9 Treasury]", "[ORG U.S. Treasury]"),
            (
                "the [GPE .9 U.S.]-[EVENT .8 Morocco Strategic Dialogue]",
                "the [EVENT U.S.-Morocco Strategic Dialogue]",
            ),
            (
                "[PER .9 Haitham bin Tariq Al] Said left",
                "[PER Haitham bin Tariq Al Said] left",
            ),
            (
                "from [GPE .9 Bakhmut - Slovyansk] to [FAC .8 place - Oslo]",
                "from [GPE Bakhmut] - [GPE Slovyansk] to place - [FAC Oslo]",
            ),
            (
                "His [PER .9 Excellency] told [GPE .6 us]",
                "His Excellency told us",
            ),
            ("the [LOC .9 Saratov Region]", "the [GPE Saratov Region]"),
            ("[PER .9 Ann] of [GPE .9 Oslo]", "[PER Ann] of [GPE Oslo]"),
        ] {
            assert_eq!(settled(given), expected);
        }
    }

    #[test]
    fn one_string_has_one_type() {
        assert_eq!(
            settled(
                "[ORG .6 Qaboos] met [PER .9 Qaboos]. [ORG .9 Kremlin], in the [FAC .8 Kremlin]."
            ),
            "[PER Qaboos] met [PER Qaboos]. [ORG Kremlin], in the [FAC Kremlin]."
        );
    }

    #[test]
    fn names_are_found_where_the_decoder_saw_none() {
        assert_eq!(
            settled("[PER .9 Ann Ray] left. Ann Ray and Ray spoke."),
            "[PER Ann Ray] left. [PER Ann Ray] and Ray spoke."
        );
        // A month, a word that is written small too, an unsure name.
        for same in [
            "[PER .9 May] left in May.",
            "[ORG .9 Time] wrote. Time is time.",
            "[ORG .6 Argo] sank. Argo rose.",
        ] {
            let plain = settled(same);
            assert_eq!(plain.matches('[').count(), 1, "{plain}");
        }
    }

    #[test]
    fn handles_are_no_names() {
        assert_eq!(
            settled("[PER .9 Ann Ray] (@[PER .9 AnnRay])"),
            "[PER Ann Ray] (@AnnRay)"
        );
    }

    #[test]
    fn a_family_name_is_the_person() {
        assert_eq!(
            settled("[PER .9 Bashar Assad] spoke. [ORG .6 Assad] left."),
            "[PER Bashar Assad] spoke. [PER Assad] left."
        );
        assert_eq!(
            settled("[PER .9 Paris Hilton] left [GPE .6 Paris]."),
            "[PER Paris Hilton] left [GPE Paris]."
        );
    }

    #[test]
    fn the_world_is_known_a_little() {
        assert_eq!(
            settled("Tropical Storm [PER .5 Ann] hit [GPE .9 Sumatra]. [PER .5 Ann] grew."),
            "[EVENT Tropical Storm Ann] hit [LOC Sumatra]. [EVENT Ann] grew."
        );
    }
}
