//! Lists of attendees, and encounters at a distance => participants and kinds that plain words decide
//!
//! "Taking part in the meeting were …", "He was accompanied by …", "Participants included:" and a name on each line: people
//! who are named away from the encounter word, where the role scores are weak. "Via videoconference" makes a meeting a
//! call. The words are data, `data/attendance.toml`.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::document::{Document, EncounterKind, NameType};
use crate::signals::{Resolved, Trigger};
use crate::span::{EntityId, SentenceId, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    inline: Vec<Vec<String>>,
    above: HashSet<String>,
    stop: HashSet<String>,
    remote: Vec<Vec<String>>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/attendance.toml")).expect("built-in lexicon")
});

/// Sentences between an encounter and "He was accompanied by …", at most.
const NEAR: u32 = 3;
/// Sentences between an encounter and a list of names below it, at most.
const FAR: u32 = 25;
/// A line of a list names its person within this many tokens, and has at most [`LINE`].
const FIRST: usize = 20;
const LINE: usize = 60;
/// Tokens between an encounter word and the words that make it a call, or those who joined it, at most.
const REACH: usize = 16;

/// For each trigger (by its token) the people of the lists that belong to it.
pub fn lists(resolved: &Resolved, likely: f32) -> BTreeMap<TokenId, Vec<EntityId>> {
    let mut out: BTreeMap<TokenId, Vec<EntityId>> = BTreeMap::new();
    let tagged = &resolved.tagged;
    let triggers: Vec<&Trigger> = tagged
        .triggers
        .iter()
        .filter(|t| 1.0 - t.kind[0] >= likely)
        .collect();
    if triggers.is_empty() {
        return out;
    }
    for s in 0..tagged.document.sentences.len() {
        let sentence = SentenceId::new(s);
        let here = |t: &&&Trigger| t.sentence == sentence;
        let mut before = triggers.iter().filter(|t| t.sentence < sentence);
        if let Some((people, first)) = inline(resolved, sentence) {
            let near = |t: &&&Trigger| sentence.0 - t.sentence.0 <= NEAR;
            let ahead = |t: &&&Trigger| here(t) && t.token.index() < first;
            // "was accompanied by Ann Ray on his visit"
            let close = |t: &&&Trigger| here(t) && t.token.index() <= first + REACH;
            let trigger = triggers.iter().rfind(ahead);
            let trigger = trigger.or_else(|| triggers.iter().find(close));
            let Some(trigger) = trigger.or_else(|| before.rev().find(near)) else {
                continue;
            };
            // Who joins a journey joins all that its sentence tells of.
            let all = trigger.sentence < sentence;
            for t in &triggers {
                if t.token == trigger.token || all && t.sentence == trigger.sentence {
                    out.entry(t.token).or_default().extend(&people);
                }
            }
        } else if let Some(people) = below(resolved, sentence) {
            // The lines below an article's account name those of its main, first told encounter.
            let far = |t: &&&Trigger| sentence.0 - t.sentence.0 <= FAR;
            let trigger = triggers.iter().find(here);
            if let Some(trigger) = trigger.or_else(|| before.find(far)) {
                out.entry(trigger.token).or_default().extend(people);
            }
        }
    }
    out
}

/// The people behind a cue in `sentence`, and the token of the first.
fn inline(resolved: &Resolved, sentence: SentenceId) -> Option<(Vec<EntityId>, usize)> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    let end = range.end.index();
    let cue = (range.first.index()..end).find_map(|t| {
        let hit = LEXICON
            .inline
            .iter()
            .find(|c| stands(document, c, t, end))?;
        Some(t + hit.len())
    })?;
    let stop = (cue..end)
        .find(|t| LEXICON.stop.contains(&lower(document, *t)))
        .unwrap_or(end);
    let people = people(resolved, cue, stop);
    let first = people.first()?.1;
    Some((people.into_iter().map(|p| p.0).collect(), first))
}

/// The people on the lines below `sentence`, where that announces them.
fn below(resolved: &Resolved, sentence: SentenceId) -> Option<Vec<EntityId>> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?.tokens();
    let last = lower(document, range.end.checked_sub(1)?);
    let opens = matches!(last.as_str(), ":" | "included" | "were");
    if !opens
        || !range
            .clone()
            .any(|t| LEXICON.above.contains(&lower(document, t)))
    {
        return None;
    }
    let mut out = Vec::new();
    for line in document.sentences.iter().skip(sentence.index() + 1) {
        let tokens = line.tokens();
        let found = people(resolved, tokens.start, tokens.end.min(tokens.start + FIRST));
        match found.first() {
            Some((person, _)) if tokens.len() <= LINE && !line.boilerplate => out.push(*person),
            _ => break,
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The people named from token `from` to `to`, each with the token of its name.
fn people(resolved: &Resolved, from: usize, to: usize) -> Vec<(EntityId, usize)> {
    let tagged = &resolved.tagged;
    let Some(start) = tagged.document.tokens.get(from).map(|t| t.span.start) else {
        return Vec::new();
    };
    let first = tagged.mentions.partition_point(|m| m.span.start < start);
    let mut out = Vec::new();
    for (i, m) in tagged.mentions.iter().enumerate().skip(first) {
        let at = tagged.document.token_at(m.span.start).index();
        if at >= to {
            break;
        }
        if m.kind == NameType::Per {
            out.push((resolved.actor_of[resolved.entity_of[i].index()], at));
        }
    }
    out
}

/// True where words beside `trigger` say that it happened at a distance: it is a call then.
pub fn remote(resolved: &Resolved, trigger: &Trigger, kind: EncounterKind, likely: f32) -> bool {
    if kind != EncounterKind::Meeting {
        return false;
    }
    let document = &resolved.tagged.document;
    let t = trigger.token.index();
    if nearest_to_cue(resolved, trigger.sentence, t, likely) {
        return true;
    }
    // "… via videoconference. … Taking part in the meeting were …": the same one.
    let again = t > 0 && matches!(lower(document, t - 1).as_str(), "the" | "this");
    let earlier = trigger.sentence.0.saturating_sub(NEAR + 1)..trigger.sentence.0;
    again
        && earlier.rev().any(|s| {
            let range = document.sentences[s as usize].tokens();
            cues(document, range.clone()).next().is_some()
                && rivals(resolved, SentenceId::new(s as usize), likely)
                    .iter()
                    .all(|r| nearest_to_cue(resolved, SentenceId::new(s as usize), *r, likely))
        })
}

/// True where `sentence` says where people stand in a picture: "Lavrov, left, speaks to Kerry", "Lavrov (R)", or opens with
/// "FILE".
pub fn pictured(document: &Document, sentence: SentenceId) -> bool {
    let Some(range) = document.sentences.get(sentence.index()).map(|s| s.tokens()) else {
        return false;
    };
    let word = |t: usize| document.word(TokenId::new(t));
    let far = |t: usize| {
        let word = word(t).to_lowercase();
        matches!(
            word.as_str(),
            "phone" | "telephone" | "video" | "call" | "videoconference"
        )
    };
    let Range { start, end } = range.clone();
    let filed = start < end && word(start) == "FILE" && !range.clone().any(far);
    filed
        || (start + 1..end.saturating_sub(1)).any(|t| match (word(t - 1), word(t + 1)) {
            (",", ",") => matches!(word(t), "left" | "right" | "center" | "centre"),
            ("(", ")") => matches!(word(t), "L" | "R" | "C" | "left" | "right"),
            _ => false,
        })
}

/// True where a cue of `sentence` stands near token `t` with no other encounter word nearer.
fn nearest_to_cue(resolved: &Resolved, sentence: SentenceId, t: usize, likely: f32) -> bool {
    let document = &resolved.tagged.document;
    let Some(range) = document.sentences.get(sentence.index()).map(|s| s.tokens()) else {
        return false;
    };
    let rivals = rivals(resolved, sentence, likely);
    cues(document, range).any(|cue| {
        let at = cue.start;
        // "a meeting, via videoconference": the cue is no encounter beside the meeting.
        let nearer = |r: &usize| *r == t || cue.contains(r) || at.abs_diff(*r) > at.abs_diff(t);
        at.abs_diff(t) <= REACH && rivals.iter().all(nearer)
    })
}

/// The words for an encounter at a distance in `tokens`.
fn cues(document: &Document, tokens: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = tokens.end;
    tokens.filter_map(move |t| {
        let stands = |words: &&Vec<String>| stands(document, words, t, end);
        let cue = LEXICON.remote.iter().find(stands)?;
        Some(t..t + cue.len())
    })
}

/// The tokens of `sentence` that are likely encounter words.
fn rivals(resolved: &Resolved, sentence: SentenceId, likely: f32) -> Vec<usize> {
    let triggers = &resolved.tagged.triggers;
    let from = triggers.partition_point(|t| t.sentence < sentence);
    triggers[from..]
        .iter()
        .take_while(|t| t.sentence == sentence)
        .filter(|t| 1.0 - t.kind[0] >= likely)
        .map(|t| t.token.index())
        .collect()
}

/// True where `words`, in whatever case, stand from token `t` on, before `end`.
fn stands(document: &Document, words: &[String], t: usize, end: usize) -> bool {
    // Asked of every token: nothing is copied.
    let is = |(i, w): (usize, &String)| document.word(TokenId::new(t + i)).eq_ignore_ascii_case(w);
    t + words.len() <= end && words.iter().enumerate().all(is)
}

fn lower(document: &Document, t: usize) -> String {
    document.word(TokenId::new(t)).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relate::testing::resolved;

    /// Who belongs to the encounter that `word` of `body` names.
    fn attendees(body: &str, word: &str) -> Vec<EntityId> {
        let mut r = resolved(body, &["Ann Ray", "Bo Li"]);
        let document = &r.tagged.document;
        let at = u32::try_from(body.find(word).unwrap()).unwrap();
        let token = document.token_at(at);
        let trigger = Trigger {
            token,
            sentence: document.sentence_at(at),
            kind: [0.0, 0.0, 0.0, 1.0],
            status: [1.0, 0.0, 0.0, 0.0],
            fillers: Vec::new(),
        };
        r.tagged.triggers.push(trigger);
        lists(&r, 0.5).remove(&token).unwrap_or_default()
    }

    #[test]
    fn those_who_accompany_belong_to_the_encounter() {
        let bo = vec![EntityId(1)];
        for (body, word) in [
            ("Ann Ray visited Oslo, accompanied by Bo Li.", "visited"),
            (
                "Ann Ray visited Oslo. She was accompanied by Bo Li.",
                "visited",
            ),
            (
                "Ann Ray was accompanied by Bo Li on her visit to Oslo.",
                "visit",
            ),
        ] {
            assert_eq!(attendees(body, word), bo, "{body}");
        }
        let other = "Ann Ray visited Oslo with Bo Li.";
        assert_eq!(attendees(other, "visited"), vec![]);
    }
}
