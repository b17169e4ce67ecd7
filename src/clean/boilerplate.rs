//! body => the lines that are not article text.
//!
//! Rules, in the order they are tried; each marks whole lines and looks at each line a bounded number of times:
//! 1. A line of the lexicon `data/boilerplate.toml`: prompts to share, comment or subscribe, credits, notices; a bare
//!    time of day ("05:10", "2 hours ago"); a breadcrumb or menu line ("Home › World › Asia").
//! 2. A heading of the lexicon that announces other articles ("Read next") takes the headlines below it with it. Where
//!    these are interleaved with times of day, everything to the end belongs to it, teaser sentences too.
//! 3. Three or more headlines in a row at the end of the text: title-like lines without final punctuation, at least half
//!    of them with a word that headlines have and lists of participants have not.
//!
//! The first line and the lead (the first line that ends like a sentence) are never marked, and rules 2 and 3 need a lead
//! before them: a text of nothing but headlines is what its reader wanted.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::span::Span;

/// Longest line, in bytes, that is looked up: notices are a few sentences; longer lines are paragraphs.
const MAX_LINE: usize = 600;

/// Fewest words of a headline or sentence; most words and bytes of a headline.
const MIN_WORDS: usize = 4;
const MAX_WORDS: usize = 30;
const MAX_HEADLINE: usize = 200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    entry: Vec<Entry>,
    verbs: Vec<Verbs>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    is: Vec<String>,
    #[serde(default)]
    starts: Vec<String>,
    #[serde(default)]
    has: Vec<String>,
    max_words: Option<usize>,
    #[serde(default)]
    heads: bool,
    // The examples are read so that the file's shape is checked; only the tests use them.
    #[cfg_attr(not(test), expect(dead_code))]
    yes: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code))]
    no: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verbs {
    words: HashSet<String>,
}

/// The lexicon, ready for lookup.
#[derive(Debug)]
struct Lexicon {
    entries: Vec<Entry>,
    verbs: HashSet<String>,
}

const FILE: &str = "data/boilerplate.toml";

fn lexicon() -> Result<&'static Lexicon> {
    static LEXICON: OnceLock<std::result::Result<Lexicon, String>> = OnceLock::new();
    let loaded = LEXICON.get_or_init(|| {
        let file: File = toml::from_str(include_str!("../../data/boilerplate.toml"))
            .map_err(|e| e.to_string())?;
        let verbs = file.verbs.into_iter().flat_map(|v| v.words).collect();
        Ok(Lexicon {
            entries: file.entry,
            verbs,
        })
    });
    loaded.as_ref().map_err(|reason| Error::Lexicon {
        file: FILE.to_owned(),
        reason: reason.clone(),
    })
}

/// What a line looks like by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Ends like a sentence, or is long.
    Prose,
    /// Title-like: some words, no final punctuation.
    Headline,
    /// Neither: a few words, a list item that ends in a comma, a line that ends in a colon.
    Other,
    /// A time of day or an age ("2 hours ago").
    Time,
    /// Of the lexicon, or a breadcrumb.
    Prompt,
    /// Of the lexicon, and heads a list of other articles.
    Heading,
}

struct Line<'a> {
    span: Span,
    text: &'a str,
    look: Look,
    /// Empty lines just before it.
    gap: u32,
    marked: bool,
}

/// Finds the boilerplate of `body`: whole lines without their ends, neighbours joined; sorted and disjoint. Linear time.
///
/// # Errors
/// [`Error::Lexicon`] where the built-in lexicon cannot be read.
pub(super) fn mark(body: &str) -> Result<Vec<Span>> {
    let lexicon = lexicon()?;
    let mut lines = lines(body, lexicon);
    // Everything up to and including the lead is looked at by rule 1 alone; the first line not even by that.
    let lead = lines.iter().position(|l| l.look == Look::Prose);
    for line in lines.iter_mut().skip(1) {
        line.marked = matches!(line.look, Look::Time | Look::Prompt | Look::Heading);
    }
    if let Some(lead) = lead {
        mark_announced(&mut lines, lead + 1);
        mark_trailing_headlines(&mut lines, lead + 1, lexicon);
    }
    Ok(join(&lines))
}

fn lines<'a>(body: &'a str, lexicon: &Lexicon) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let (mut at, mut gap) = (0, 0);
    for line in body.split('\n') {
        let text = line.trim();
        if text.is_empty() {
            gap += 1;
        } else {
            let start = at + (line.len() - line.trim_start().len());
            let span = Span::new(start, start + text.len());
            lines.push(Line {
                span,
                text,
                look: look(text, lexicon),
                gap,
                marked: false,
            });
            gap = 0;
        }
        at += line.len() + 1;
    }
    lines
}

fn look(text: &str, lexicon: &Lexicon) -> Look {
    if text.len() > MAX_LINE {
        return Look::Prose;
    }
    if is_time(text) {
        return Look::Time;
    }
    let plain = plain(text);
    // A heading of a list is no sentence.
    let heading_like = !text.ends_with('.');
    if let Some(entry) = lexicon
        .entries
        .iter()
        .find(|e| (heading_like || !e.heads) && e.matches(&plain))
    {
        return if entry.heads {
            Look::Heading
        } else {
            Look::Prompt
        };
    }
    if is_breadcrumb(text) {
        return Look::Prompt;
    }
    let words = text.split_whitespace().count();
    let bare = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']']);
    match bare.chars().next_back() {
        Some('.' | '…' | '。' | '।' | '؟' | '۔') if words >= MIN_WORDS => Look::Prose,
        Some('!' | '?') if words > 12 => Look::Prose,
        Some(':' | ';' | ',' | '.' | '…') => Look::Other,
        _ if text.len() > MAX_HEADLINE => Look::Prose,
        _ if (MIN_WORDS..=MAX_WORDS).contains(&words) && !begins_lower(text) => Look::Headline,
        _ => Look::Other,
    }
}

fn begins_lower(text: &str) -> bool {
    text.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_lowercase)
}

/// Rule 2: headings that announce other articles.
fn mark_announced(lines: &mut [Line<'_>], from: usize) {
    // Times of day after each line, so that "to the end" costs nothing to decide.
    let mut times_after = vec![0usize; lines.len() + 1];
    for i in (0..lines.len()).rev() {
        times_after[i] = times_after[i + 1] + usize::from(lines[i].look == Look::Time);
    }
    let mut i = from;
    while i < lines.len() {
        if lines[i].look != Look::Heading {
            i += 1;
            continue;
        }
        let rest = lines.len() - i - 1;
        let times = times_after[i + 1];
        let end = if times >= 2 && times * 6 >= rest {
            lines.len()
        } else {
            i + 1 + announced(&lines[i + 1..])
        };
        for line in &mut lines[i..end] {
            line.marked = true;
        }
        i = end.max(i + 1);
    }
}

/// How many of the lines below a heading belong to it: headlines, times and prompts, and single sentences of teaser text
/// that each stand below a headline where more headlines follow.
fn announced(below: &[Line<'_>]) -> usize {
    let listed = |l: &Line<'_>| {
        matches!(
            l.look,
            Look::Headline | Look::Time | Look::Prompt | Look::Heading
        )
    };
    let mut n = 0;
    while n < below.len() {
        let teaser = n > 0
            && below[n].look == Look::Prose
            && below[n].text.len() <= 300
            && matches!(below[n - 1].look, Look::Headline | Look::Time)
            && below.get(n + 1).is_some_and(listed);
        if !listed(&below[n]) && !teaser {
            break;
        }
        n += 1;
    }
    n
}

/// Rule 3: headlines at the end.
fn mark_trailing_headlines(lines: &mut [Line<'_>], from: usize, lexicon: &Lexicon) {
    let mut end = lines.len();
    while end > from && lines[end - 1].marked {
        end -= 1;
    }
    let mut start = end;
    while start > from && (lines[start - 1].look == Look::Headline || lines[start - 1].marked) {
        start -= 1;
    }
    // What a colon introduces is a list of the article's own.
    if start == end || lines[start - 1].text.ends_with(':') {
        return;
    }
    let run: Vec<&Line<'_>> = lines[start..end].iter().filter(|l| !l.marked).collect();
    // A wider gap than within the list sets it off from the article.
    let inner = run.iter().skip(1).map(|l| l.gap).max().unwrap_or(0);
    let apart = run.first().is_some_and(|l| l.gap > inner);
    let enough = run.len() >= if apart { 3 } else { 5 };
    let with_verb = run.iter().filter(|l| has_verb(l.text, lexicon)).count();
    let listlike = run.iter().filter(|l| is_listlike(l.text)).count();
    let words: usize = run.iter().map(|l| l.text.split_whitespace().count()).sum();
    if enough && with_verb * 2 >= run.len() && listlike * 3 <= run.len() && words >= 6 * run.len() {
        for line in &mut lines[start..end] {
            line.marked = true;
        }
    }
}

fn has_verb(text: &str, lexicon: &Lexicon) -> bool {
    // The first word of a headline is rarely its verb, while lists begin with titles such as "Head of".
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .enumerate()
        .any(|(i, w)| {
            let word = w.to_lowercase();
            lexicon.verbs.contains(&word)
                && (i > 0 || matches!(word.as_str(), "why" | "how" | "what" | "when" | "after"))
        })
}

/// True for what lists of people and facts have and headlines mostly have not: a comma or colon within the first words
/// ("Nils Aker, Head of the Port Authority", "WHEN: Friday"), a bullet, a participle in the subject's place ("Accused of").
fn is_listlike(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let participle = words
        .next()
        .is_some_and(|w| w.ends_with("ed") || matches!(w, "Took" | "Led" | "Was" | "Has"));
    let early = |n: usize, end: char| text.split_whitespace().take(n).any(|w| w.ends_with(end));
    participle || early(5, ',') || early(2, ':') || text.starts_with(['-', '•', '*', '–', '·', '▪'])
}

/// "05:10", "5.10 p.m.", "21:47 GMT", "2 hours ago", "5 min read".
fn is_time(text: &str) -> bool {
    if text.len() > 24 {
        return false;
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let zone = |w: &str| {
        matches!(
            w,
            "am" | "pm"
                | "a.m."
                | "p.m."
                | "gmt"
                | "utc"
                | "bst"
                | "cet"
                | "cest"
                | "est"
                | "edt"
                | "et"
                | "pst"
                | "msk"
                | "ist"
        )
    };
    let clock = |w: &str| {
        let w = w
            .trim_end_matches("am")
            .trim_end_matches("pm")
            .trim_end_matches('h');
        let digits = |s: &str, max: u32| {
            (1..=2).contains(&s.len())
                && s.bytes().all(|b| b.is_ascii_digit())
                && s.parse::<u32>().is_ok_and(|n| n < max)
        };
        match w.split_once([':', '.']) {
            Some((h, m)) => digits(h, 24) && m.len() == 2 && digits(m, 60),
            None => false,
        }
    };
    let unit = |w: &str| {
        let w = w.trim_end_matches('s');
        matches!(
            w,
            "second" | "sec" | "minute" | "min" | "hour" | "hr" | "day" | "week" | "month" | "year"
        )
    };
    let number = |w: &str| w.bytes().all(|b| b.is_ascii_digit()) || w == "a" || w == "an";
    match words.as_slice() {
        [time] => clock(time),
        [time, rest @ ..] if clock(time) => rest.iter().all(|w| zone(w)),
        [n, u, last] => number(n) && unit(u) && matches!(*last, "ago" | "read"),
        [n, "read"] => n
            .strip_suffix("-min")
            .or(n.strip_suffix("-minute"))
            .is_some_and(number),
        ["just", "now"] => true,
        _ => false,
    }
}

/// Three or more short parts between separators: "Home › World › Diplomacy", "News | Sport | Weather | Contact".
fn is_breadcrumb(text: &str) -> bool {
    if text.len() > 160 {
        return false;
    }
    let short = |parts: &[&str]| {
        parts
            .iter()
            .all(|p| (1..=4).contains(&p.split_whitespace().count()))
    };
    for separator in ['›', '»', '>', '|', '/', '•', '·', '→'] {
        let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
        let least = match separator {
            '›' | '»' | '→' => 3,
            '>' | '|' => 3,
            // Slashes, dots and bullets also separate things in prose and lists.
            _ => 4,
        };
        let from_home = parts.len() >= 2
            && matches!(
                parts[0].to_lowercase().as_str(),
                "home" | "news" | "front page"
            );
        if (parts.len() >= least || from_home) && short(&parts) && !text.ends_with('.') {
            return true;
        }
    }
    false
}

/// A line for lookup: lower case, straight quotes, single spaces, nothing but letters, digits and `©(` at the start, no
/// punctuation but a colon at the end.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let trimmed =
        text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©' && c != '(' && c != '/');
    for word in trimmed.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            match c {
                '’' | '‘' => out.push('\''),
                '“' | '”' => out.push('"'),
                c => out.extend(c.to_lowercase()),
            }
        }
    }
    let end = out
        .trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')')
        .len();
    let colon = out[end..].starts_with(':');
    out.truncate(end + usize::from(colon));
    out
}

impl Entry {
    fn matches(&self, plain: &str) -> bool {
        let bare = plain.strip_suffix(':').unwrap_or(plain);
        if self.is.iter().any(|s| s == bare) {
            return true;
        }
        if self.starts.is_empty() && self.has.is_empty() {
            return false;
        }
        let fits = self
            .max_words
            .is_none_or(|max| plain.split(' ').count() <= max);
        let starts = || {
            self.starts.iter().any(|s| {
                plain
                    .strip_prefix(s.as_str())
                    .is_some_and(|rest| bounded(s, rest))
            })
        };
        let has = || {
            self.has.iter().any(|h| {
                plain.match_indices(h.as_str()).any(|(at, _)| {
                    let before = plain[..at].chars().next_back();
                    let open = !h.starts_with(char::is_alphanumeric)
                        || !before.is_some_and(char::is_alphanumeric);
                    open && bounded(h, &plain[at + h.len()..])
                })
            })
        };
        fits && (starts() || has())
    }
}

/// True where `found` ends at a word boundary before `rest`.
fn bounded(found: &str, rest: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '-';
    // "© 20" is followed by the rest of a year.
    found.ends_with("19")
        || found.ends_with("20")
        || !found.ends_with(word)
        || !rest.starts_with(word)
}

fn join(lines: &[Line<'_>]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut open = false;
    for line in lines {
        match spans.last_mut() {
            Some(last) if line.marked && open => *last = last.cover(line.span),
            _ if line.marked => spans.push(line.span),
            _ => {}
        }
        open = line.marked;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(body: &str) -> Vec<&str> {
        mark(body)
            .unwrap()
            .into_iter()
            .flat_map(|s| s.of(body).lines())
            .filter(|l| !l.is_empty())
            .collect()
    }

    const LEAD: &str = "Lindqvist met Arden\nPetra Lindqvist met Tomas Arden in Tollen on Thursday, her office said.\n";

    #[test]
    fn every_entry_matches_its_examples() {
        for entry in &lexicon().unwrap().entries {
            let name = entry
                .is
                .first()
                .or(entry.starts.first())
                .or(entry.has.first())
                .unwrap();
            assert!(
                !entry.yes.is_empty() && !entry.no.is_empty(),
                "{name}: examples are missing"
            );
            for yes in &entry.yes {
                assert!(
                    entry.matches(&plain(yes)),
                    "{name}: should match {yes:?}, seen as {:?}",
                    plain(yes)
                );
            }
            for no in &entry.no {
                assert!(
                    !entry.matches(&plain(no)),
                    "{name}: should not match {no:?}"
                );
            }
            for pattern in entry.is.iter().chain(&entry.starts).chain(&entry.has) {
                assert_eq!(*pattern, pattern.to_lowercase(), "patterns are lower case");
            }
            // Each pattern can match at all.
            for is in &entry.is {
                assert!(entry.matches(&plain(is)), "{name}: `{is}` never matches");
            }
            for starts in &entry.starts {
                assert!(
                    entry.matches(&plain(&format!("{starts} it"))),
                    "{name}: `{starts}` never matches"
                );
            }
        }
    }

    #[test]
    fn headlines_at_the_end() {
        let list = "Simek Meets Vos in Geneva Amid Row Over Fish\nStorm Closes Three Ferries as Harbour Freezes Over\n\
                    Queen Ragna Receives Envoy of Lapis at Palace";
        assert_eq!(
            marked(&format!("{LEAD}\n\n{list}\n")),
            list.lines().collect::<Vec<_>>()
        );
        let with_prompts =
            format!("{LEAD}\n{list}\nWhat is your opinion on this topic?\nLeave the first comment");
        assert_eq!(marked(&with_prompts).len(), 5);
    }

    #[test]
    fn lists_of_the_article_stay() {
        let people = "Nils Aker, Head of the Port Authority, Greyhaven\nIngrid Storr, Harbour Master, Tollen\nRosa Lund, \
                      President, Union of Dockers of Tollen";
        assert!(marked(&format!("{LEAD}\n{people}")).is_empty());
        assert!(marked(&format!("{LEAD}Participants included:\n{people}")).is_empty());
        let leaders = "President Karel Simek of the Republic of Borduria\nPrime Minister Hanna Vos of Arlandia\nKing Osric \
                       of the Isles of the North\nChancellor Ernst Weiss of the Eastern Federation";
        assert!(marked(&format!("{LEAD}\n\n{leaders}")).is_empty());
        let facts = "Accused of taking part in talks with Lapis in 1983\nEscaped when the ships left for Tollen harbour\n\
                     Suspected of what the court called an attack on fish\nTook over the silos after the flood of 1998\nWanted \
                     for his part in a raid against the port";
        assert!(marked(&format!("{LEAD}\n\n{facts}")).is_empty());
        // A text of headlines only has no lead.
        assert!(
            marked("Simek Meets Vos in Geneva\nStorm Closes Three Ferries Today\nQueen Receives Envoy of Lapis")
                .is_empty()
        );
    }

    #[test]
    fn read_next_with_times_takes_the_rest() {
        let rest = "Read next\n05:10\nForeign Minister Wu praised steps toward normal relations between the two states\n21:47\n\
                    On March 31, diplomats met in Lapis to discuss the silos.\n11:35\nRare fish\nBoth have begun talks. More \
                    will follow, the envoy said.\nLeave the first comment";
        let body = format!("{LEAD}They will meet again.\n{rest}");
        assert_eq!(marked(&body), rest.lines().collect::<Vec<_>>());
        assert_eq!(mark(&body).unwrap().len(), 1);
    }

    #[test]
    fn a_box_in_the_middle_ends_where_the_article_goes_on() {
        let body = format!(
            "{LEAD}Related articles\nFalk meets dockers, promises new cranes\nStorm closes three ferries\nThe \
                            ministers will meet again in March, Lindqvist said.\nA second round is planned."
        );
        let want = [
            "Related articles",
            "Falk meets dockers, promises new cranes",
            "Storm closes three ferries",
        ];
        assert_eq!(marked(&body), want);
    }

    #[test]
    fn first_line_and_lead_are_never_marked() {
        assert!(marked("Read next\nThey met in Tollen on Monday, Vos said.").is_empty());
        assert!(marked("Share").is_empty());
        assert!(marked("Follow us on a journey: the ministers met in Tollen\nMore.").is_empty());
    }

    #[test]
    fn times_and_breadcrumbs() {
        for yes in [
            "05:10",
            "5:10 pm",
            "21:47 GMT",
            "2 hours ago",
            "5 min read",
            "9.30am",
            "just now",
        ] {
            assert!(is_time(yes), "{yes}");
        }
        for no in [
            "2025",
            "1998",
            "5",
            "3.5 million",
            "10:2",
            "25:10",
            "Monday",
            "2 hours later",
        ] {
            assert!(!is_time(no), "{no}");
        }
        for yes in [
            "Home › World › Diplomacy",
            "Home > News",
            "News | Sport | Weather",
            "a / b / c / d",
        ] {
            assert!(is_breadcrumb(yes), "{yes}");
        }
        for no in [
            "Lindqvist/Arden",
            "They met.",
            "5 > 3",
            "A | B",
            "http://a.example/b/c d e f g h",
        ] {
            assert!(!is_breadcrumb(no), "{no}");
        }
    }

    proptest! {
        #[test]
        fn any_text(body in "(Read next|05:10|Share this|A b c d e says f|Ä met ß\\.|\\PC{0,12}|\n|\n\n| |\u{A0}){0,40}") {
            let spans = mark(&body).unwrap();
            for span in &spans {
                let text = span.of(&body);
                prop_assert!(!text.is_empty() && text == text.trim());
                let before = body[..span.start as usize].rsplit('\n').next().unwrap_or("");
                prop_assert!(before.trim().is_empty());
                let after = body[span.end as usize..].split('\n').next().unwrap_or("");
                prop_assert!(after.trim().is_empty());
            }
            for pair in spans.windows(2) {
                prop_assert!(pair[0].end < pair[1].start);
            }
        }
    }
}
