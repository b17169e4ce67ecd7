//! Sentence => people who are named, or not named, together

use std::collections::BTreeSet;

use super::officials;
use super::phrases::{Unit, before_article, group, land_of, units};
use super::words::{GAP, LEXICON};
use crate::document::NameType;
use crate::signals::Resolved;
use crate::span::{EntityId, MentionId, SentenceId, Span, TokenId};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relate::testing::resolved;

    #[test]
    fn two_with_a_comma_between_are_no_list() {
        let lists = |body: &str| {
            people_in_one_breath(&resolved(body, &["Ann Ray", "Bo Li"]), SentenceId::new(0)).len()
        };
        assert_eq!(lists("Alongside Ann Ray, Bo Li spoke."), 0);
        assert_eq!(lists("Ann Ray and Bo Li spoke."), 1);
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
}
