//! Sentence grammar => actors that are participants beyond doubt
//!
//! The role scores are weakest where the grammar is plainest: "a call between A and B". This reads such plain cases: the
//! actors right before the encounter word, right behind it, or joined to it by "with" and "between", with nothing but the
//! words of `data/patterns.toml` in between. Everything less plain is left to the scores.

use std::collections::HashSet;
use std::ops::Range;

use super::phrases::{
    Unit, before_article, group, group_before, groups, is_scenery, stand_ins, units,
};
use super::words::{GAP, LEXICON};
use crate::document::{Document, NameType};
use crate::signals::{Candidate, Resolved};
use crate::span::{EntityId, SentenceId, TokenId};

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
    // "Ann Ray, who is visiting Oslo, met": the clause between is passed over.
    let (before, clause) = match relative_clause(document, &units[..before], first_token, t) {
        Some((units, end)) => (units, Some(end)),
        None => (before, None),
    };
    if let Some(last) = units[..before].last() {
        let mut gap = plain_words(resolved, clause.unwrap_or(last.tokens.end)..t);
        // "to Oslo, Norway, to meet"
        if resolved.entities[last.actor.index()].kind == NameType::Gpe {
            gap.retain(|w| w != ",");
        }
        if gap.len() <= GAP && gap.iter().all(|w| is_auxiliary(w)) {
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

/// How many of `units`, which end before token `t`, end before ", who …," or ", which …," that stands right before `t` but
/// for auxiliaries, and the token behind that clause.
fn relative_clause(
    document: &Document,
    units: &[Unit],
    first: usize,
    t: usize,
) -> Option<(usize, usize)> {
    let word = |t: usize| document.word(TokenId::new(t));
    let auxiliary = |i: &usize| is_auxiliary(&word(*i).to_lowercase());
    let end = (first..t).rev().find(|i| !auxiliary(i))?;
    let who = (first..end)
        .rev()
        .find(|i| matches!(word(*i), "who" | "which"))?;
    let comma = who.checked_sub(1)?;
    let subject = units.iter().position(|u| u.tokens.end == comma)?;
    let closed = word(comma) == "," && word(end) == "," && comma < end;
    closed.then_some((subject + 1, end + 1))
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
        // "will host Ann Ray for a state visit"
        let group = group_before(resolved, &units[..=last]);
        let host = group.first().and_then(|u| u.tokens.start.checked_sub(1));
        let hosts =
            host.is_some_and(|t| t >= first && LEXICON.receives.contains(&word(t).to_lowercase()));
        if hosts && gap.first() == Some(&"for") && gap.len() <= GAP {
            return up_to(last);
        }
        let plain = gap.iter().all(|w| is_auxiliary(&w.to_lowercase()));
        // "Ann Ray's visit", "his state visit"
        let his = matches!(
            word(units[last].tokens.start),
            "his" | "her" | "His" | "Her"
        );
        let possessive = (his || matches!(gap[..], ["'" | "’", "s", ..])) && gap.len() <= 2 + GAP;
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

/// True for a word, lower case, that may stand between an actor and its encounter word: "has", "was", "secretly".
fn is_auxiliary(word: &str) -> bool {
    let noun = || LEXICON.no_adverbs.contains(word);
    LEXICON.before.contains(word) || word.len() > 4 && word.ends_with("ly") && !noun()
}

/// True where `trigger` is a verb of hosts with whom they receive right behind it: "receives Ann Ray".
pub fn is_receiving(document: &Document, trigger: TokenId, plain: &Plain) -> bool {
    let word = document.word(trigger).to_lowercase();
    LEXICON.receives.contains(&word) && !plain.objects.is_empty()
}

/// True where `trigger` says that somebody goes to see another: "called on Ann Ray", "a courtesy call on Ann Ray".
pub fn is_calling_on(resolved: &Resolved, trigger: TokenId, sentence: SentenceId) -> bool {
    let document = &resolved.tagged.document;
    let t = trigger.index();
    let calls = matches!(
        document.word(trigger).to_lowercase().as_str(),
        "call" | "calls" | "called" | "calling"
    );
    let on = document.word_or_empty(t + 1).eq_ignore_ascii_case("on");
    calls
        && on
        && units(resolved, sentence)
            .iter()
            .find(|u| u.tokens.start > t)
            .is_some_and(|u| before_article(document, u.tokens.start) == Some(t + 1))
}

/// True where `trigger` is a verb of calling with somebody right behind it: "called Ann Ray", but not "called on Ann Ray".
pub fn is_ringing(document: &Document, trigger: TokenId, plain: &Plain) -> bool {
    let next = document.word_or_empty(trigger.index() + 1).to_lowercase();
    LEXICON
        .rings
        .contains(&document.word(trigger).to_lowercase())
        && !plain.objects.is_empty()
        && !matches!(next.as_str(), "on" | "for" | "in" | "at" | "by" | "to")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relate::testing::resolved;

    fn plain(body: &str, trigger: &str, names: &[&str]) -> (Vec<u32>, bool) {
        let r = resolved(body, names);
        let at = body.find(trigger).unwrap() as u32;
        let found = read(&r, &[], r.tagged.document.token_at(at), SentenceId::new(0));
        (found.actors.iter().map(|a| a.0).collect(), found.complete)
    }

    /// Of a sentence about Ann Ray and Bo Li: itself, its encounter word `trigger`, and what grammar says of that.
    fn sentence(body: &str, trigger: &str) -> (Resolved, TokenId, Plain) {
        let r = resolved(body, &["Ann Ray", "Bo Li"]);
        let at = r
            .tagged
            .document
            .token_at(body.find(trigger).unwrap() as u32);
        let plain = read(&r, &[], at, SentenceId::new(0));
        (r, at, plain)
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
            ("Ann Ray, who is visiting Oslo, has met Bo Li.", "met"),
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
        let body = "Kenya's President Ann Ray met Mali's King Bo Li";
        let found = plain(body, "met", &["+Kenya", "Ann Ray", "+Mali", "Bo Li"]);
        assert_eq!(found, (vec![1, 3], true));
        let body = "The king of Kenya met Malian Prime Minister Bo Li.";
        let found = plain(body, "met", &["+Kenya", "*Malian", "Bo Li"]);
        assert_eq!(found, (vec![0, 2], true));
        let body = "Ann Ray met with former Malian president Sheikh Bo";
        let found = plain(body, "met", &["Ann Ray", "*Malian", "Bo"]);
        assert_eq!(found, (vec![0, 2], true));
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
            ("Ann Ray spoke of a visit with Bo Li.", "visit", vec![]),
            (
                "Ann Ray travelled to Oslo and met Bo Li.",
                "travelled",
                vec![0],
            ),
            (
                "Ann Ray secretly travelled to Oslo and met Bo Li.",
                "travelled",
                vec![0],
            ),
            (
                "Ann Ray travelled to Oslo, along with Bo Li.",
                "travelled",
                all,
            ),
            (
                "Ann Ray will host Bo Li for a state visit to Oslo.",
                "visit",
                vec![1],
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
    fn verbs_of_calls_have_somebody_right_behind() {
        let rings = |body: &str| {
            let (r, at, plain) = sentence(body, "called");
            is_ringing(&r.tagged.document, at, &plain)
        };
        assert!(rings("Ann Ray called Bo Li on Monday."));
        assert!(rings("Ann Ray called President Bo Li."));
        assert!(!rings("Ann Ray called on Bo Li."));
        assert!(!rings("Ann Ray called for talks with Bo Li."));
    }

    #[test]
    fn who_goes_to_see_somebody_meets_them() {
        let on = |body: &str| {
            let (r, at, _) = sentence(body, "call");
            is_calling_on(&r, at, SentenceId::new(0))
        };
        assert!(on("Ann Ray paid a courtesy call on Bo Li."));
        assert!(on("Ann Ray called on President Bo Li."));
        assert!(!on("Ann Ray held a call on Monday with Bo Li."));
        assert!(!on("Ann Ray called Bo Li."));
    }

    #[test]
    fn hosts_receive_those_right_behind() {
        let receives = |body: &str, verb: &str| {
            let (r, at, plain) = sentence(body, verb);
            is_receiving(&r.tagged.document, at, &plain)
        };
        assert!(receives("Ann Ray receives Bo Li in Oslo.", "receives"));
        assert!(!receives(
            "Ann Ray received a prize from Bo Li.",
            "received"
        ));
        assert!(!receives("Ann Ray visits Bo Li.", "visits"));
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
