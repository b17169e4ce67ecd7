//! Measures the date room on gold files: `WHOMET_GOLD=FOLDER cargo run --release --example dates_gold -- train dev`.
//!
//! For each file: how many `date_words` coincide with a found expression, how many values are right, how often the
//! chosen expression of the evidence's sentence is the gold one. `-v` lists the misses.
#![allow(clippy::print_stdout, reason = "a measuring tool")]

use std::error::Error;
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;
use whomet::dates::{Chooser, DateExpression, Direction, anchor, find};
use whomet::span::Span;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::var("WHOMET_GOLD")?;
    let (flags, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|a| a.starts_with('-'));
    let verbose = flags.iter().any(|f| f == "-v");
    let grid = flags.iter().any(|f| f == "-g");
    for file in &files {
        let text = std::fs::read_to_string(Path::new(&folder).join(format!("{file}.jsonl")))?;
        let articles: Vec<Value> = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        if flags.iter().any(|f| f == "-d") {
            dump(&articles);
            continue;
        }
        measure(file, &articles, Chooser::default(), verbose);
    }
    if grid {
        let mut articles = Vec::new();
        for file in &files {
            let text = std::fs::read_to_string(Path::new(&folder).join(format!("{file}.jsonl")))?;
            for line in text.lines() {
                articles.push(serde_json::from_str(line)?);
            }
        }
        tune(&articles);
    }
    Ok(())
}

/// A word that mostly belongs to a date.
fn calendar_word(word: &str) -> bool {
    let year = word.len() == 4 && word.parse::<u16>().is_ok_and(|y| (1900..2050).contains(&y));
    let months = [
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
        "today",
        "yesterday",
        "tomorrow",
        "week",
        "month",
        "year",
        "ago",
        "later",
        "earlier",
    ];
    year || months.contains(&word)
        || (word.ends_with("day") && word.starts_with(char::is_uppercase))
}

/// Every found expression with its kind and the words around it.
fn dump(articles: &[Value]) {
    let began = std::time::Instant::now();
    let mut bytes = 0;
    for article in articles {
        let body = article["text"].as_str().unwrap_or_default();
        bytes += body.len();
        let found = find(body, Span::new(0, body.len()));
        for word in body
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| calendar_word(w))
        {
            let at = word.as_ptr() as usize - body.as_ptr() as usize;
            if !found
                .iter()
                .any(|e| e.span.overlaps(Span::new(at, at + word.len())))
            {
                let around = body
                    .get(at.saturating_sub(30)..(at + 40).min(body.len()))
                    .unwrap_or(word);
                println!("(not found)\t{word}\t{}", around.replace('\n', "/"));
            }
        }
        for e in found {
            let around =
                |from: usize, to: usize| body.get(from..to).unwrap_or("").replace('\n', "/");
            let (start, end) = (e.span.start as usize, e.span.end as usize);
            let kind = format!("{:?}", e.kind);
            let kind = kind.split([' ', '(']).next().unwrap_or("");
            println!(
                "{kind}\t{}\t{}[{}]{}",
                e.span.of(body).replace('\n', "/"),
                around(start.saturating_sub(30), start),
                e.span.of(body).replace('\n', "/"),
                around(end, (end + 30).min(body.len()))
            );
        }
    }
    println!("# {bytes} bytes in {:?}", began.elapsed());
}

struct Case {
    body: String,
    expressions: Vec<DateExpression>,
    published: Option<Date>,
    direction: Direction,
    evidence: Span,
    sentence: Span,
    iso: Option<String>,
    words: Option<String>,
}

fn cases(articles: &[Value]) -> Vec<Case> {
    let mut out = Vec::new();
    for article in articles {
        let body = article["text"].as_str().unwrap_or_default().to_string();
        let published = article["date"].as_str().and_then(|d| d.parse().ok());
        let expressions = find(&body, Span::new(0, body.len()));
        let offsets: Vec<usize> = body
            .char_indices()
            .map(|(i, _)| i)
            .chain([body.len()])
            .collect();
        for meeting in article["meetings"].as_array().into_iter().flatten() {
            let at = |i: usize| {
                meeting["evidence"][i]
                    .as_u64()
                    .and_then(|c| offsets.get(c as usize).copied())
            };
            let (Some(start), Some(end)) = (at(0), at(1)) else {
                continue;
            };
            let evidence = Span::new(start, end);
            out.push(Case {
                sentence: sentence(&body, evidence),
                expressions: expressions.clone(),
                published,
                direction: match meeting["status"].as_str() {
                    Some("occurred") => Direction::Past,
                    Some("not") => Direction::Unknown,
                    _ => Direction::Future,
                },
                evidence,
                iso: meeting["date"].as_str().map(String::from),
                words: meeting["date_words"].as_str().map(String::from),
                body: body.clone(),
            });
        }
    }
    out
}

/// The sentence around `evidence`: a rough cut, good enough to measure with.
fn sentence(body: &str, evidence: Span) -> Span {
    let ends = |i: usize| {
        let rest = &body[i..];
        if rest.starts_with('\n') {
            return true;
        }
        let mut after = rest.chars();
        let stop = matches!(after.next(), Some('.' | '!' | '?'));
        let before = &body[..i];
        let word = before
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or("");
        let short = word.chars().count() <= 1
            || [
                "Mr", "Mrs", "Ms", "Dr", "St", "Gen", "Sen", "Gov", "Jan", "Feb", "Aug", "Sept",
                "Oct", "Nov", "Dec",
            ]
            .contains(&word);
        stop && !short
            && after.next().is_some_and(char::is_whitespace)
            && after.next().is_none_or(|c| !c.is_lowercase())
    };
    let (start, end) = (evidence.start as usize, evidence.end as usize);
    let from = body[..start]
        .char_indices()
        .rev()
        .find(|(i, _)| ends(*i))
        .map_or(0, |(i, c)| i + c.len_utf8());
    let to = body[end..]
        .char_indices()
        .find(|(i, _)| ends(end + i))
        .map_or(body.len(), |(i, _)| end + i);
    let from = from + body[from..start].len() - body[from..start].trim_start().len();
    Span::new(from, to.max(end))
}

/// Words without what the finder leaves out of a span.
fn core(words: &str) -> &str {
    let mut words = words;
    for tail in ["'s", "’s"] {
        words = words.strip_suffix(tail).unwrap_or(words);
    }
    loop {
        let Some((first, rest)) = words.split_once(' ') else {
            return words;
        };
        if ![
            "on", "in", "at", "from", "by", "of", "the", "since", "until",
        ]
        .contains(&first.to_lowercase().as_str())
        {
            return words;
        }
        words = rest;
    }
}

/// The found expression that is `words`, preferably in `sentence`.
fn expression_of(case: &Case, words: &str) -> (Option<usize>, bool) {
    let mut best = None;
    let mut touched = false;
    for (at, text) in case.body.match_indices(words) {
        let span = Span::new(at, at + text.len());
        for (i, e) in case
            .expressions
            .iter()
            .enumerate()
            .filter(|(_, e)| e.span.overlaps(span))
        {
            touched = true;
            let inside = case.sentence.contains(e.span);
            let same = core(e.span.of(&case.body)) == core(words);
            // "Friday, May 13" found where the gold has the weekday only still coincides.
            let wider = e.span.contains(span);
            let rank = (same || wider, inside, same);
            if best.is_none_or(|(_, r)| rank > r) {
                best = Some((i, rank));
            }
        }
    }
    (best.filter(|(_, r)| r.0).map(|(i, _)| i), touched)
}

fn measure(file: &str, articles: &[Value], chooser: Chooser, verbose: bool) {
    let cases = cases(articles);
    let dated: Vec<&Case> = cases.iter().filter(|c| c.words.is_some()).collect();
    let (mut found, mut touched, mut valued, mut right, mut end_to_end) = (0, 0, 0, 0, 0);
    for case in &dated {
        let words = case.words.as_deref().unwrap_or_default();
        let (at, touch) = expression_of(case, words);
        touched += usize::from(touch);
        let Some(i) = at else {
            if verbose {
                println!(
                    "  not found: {words:?} in {:?}",
                    case.sentence.of(&case.body)
                );
            }
            continue;
        };
        found += 1;
        let anchor = anchor(&case.expressions, i, case.published, case.direction);
        let value = case.expressions[i]
            .resolve(case.published, anchor, case.direction)
            .map(|r| r.iso);
        valued += usize::from(value.is_some());
        right += usize::from(value == case.iso);
        end_to_end += usize::from(value == case.iso);
        if verbose && value != case.iso {
            println!(
                "  value: {words:?} published {:?} anchor {anchor:?}: got {value:?}, gold {:?}",
                case.published, case.iso
            );
        }
    }
    println!(
        "{file}: {} meetings, {} dated; found {found} (touched {touched}); resolved {valued}; value right {right} \
         ({:.1} % of found, {:.1} % of all)",
        cases.len(),
        dated.len(),
        100.0 * right as f64 / found.max(1) as f64,
        100.0 * end_to_end as f64 / dated.len().max(1) as f64
    );
    let s = score(&cases, chooser, verbose, Trigger::Evidence);
    println!("{file}: choose, evidence: {s:?}");
    let s = score(&cases, chooser, verbose, Trigger::Word);
    println!("{file}: choose, trigger word: {s:?}");
}

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    /// Gold words in the evidence's sentence.
    reachable: usize,
    right: usize,
    other: usize,
    abstained: usize,
    /// Gold words elsewhere in the article.
    elsewhere: usize,
    elsewhere_chosen: usize,
    /// No gold date; with an expression in the sentence.
    undated: usize,
    undated_with_expression: usize,
    undated_chosen: usize,
    /// The chosen expression's value is the gold value, over all.
    value_right: usize,
}

/// What stands for the trigger.
#[derive(Clone, Copy, PartialEq)]
enum Trigger {
    /// The whole evidence span, which often holds the date.
    Evidence,
    /// The first word of the evidence that looks like a trigger; its first word if none does.
    Word,
}

fn trigger(case: &Case, which: Trigger) -> Span {
    if which == Trigger::Evidence {
        return case.evidence;
    }
    let stems = [
        "met",
        "meet",
        "talk",
        "visit",
        "summit",
        "spoke",
        "speak",
        "call",
        "negotiat",
        "conversation",
        "arriv",
        "travel",
        "trip",
        "host",
        "receiv",
        "welcom",
        "discuss",
        "dinner",
        "join",
        "attend",
        "tour",
        "go",
        "went",
    ];
    let text = case.evidence.of(&case.body);
    let mut words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty());
    let start =
        |w: &str| case.evidence.start as usize + (w.as_ptr() as usize - text.as_ptr() as usize);
    let word = words
        .clone()
        .find(|w| stems.iter().any(|s| w.to_lowercase().starts_with(s)))
        .or_else(|| words.next());
    word.map_or(case.evidence, |w| Span::new(start(w), start(w) + w.len()))
}

fn score(cases: &[Case], chooser: Chooser, verbose: bool, which: Trigger) -> Score {
    let mut s = Score::default();
    for case in cases {
        let chosen = chooser.choose(
            &case.body,
            &case.expressions,
            case.sentence,
            trigger(case, which),
        );
        let show = |what: &str| {
            if verbose {
                let words = chosen.map(|i| case.expressions[i].span.of(&case.body));
                println!(
                    "  {what}: chose {words:?}, gold {:?}; evidence {:?} in {:?}",
                    case.words,
                    case.evidence.of(&case.body),
                    case.sentence.of(&case.body)
                );
            }
        };
        if let (Some(i), Some(_)) = (chosen, &case.iso) {
            let anchor = anchor(&case.expressions, i, case.published, case.direction);
            let value = case.expressions[i]
                .resolve(case.published, anchor, case.direction)
                .map(|r| r.iso);
            s.value_right += usize::from(value == case.iso);
        }
        match &case.words {
            Some(words) => {
                let (at, _) = expression_of(case, words);
                let inside = at.is_some_and(|i| case.sentence.contains(case.expressions[i].span));
                if inside {
                    s.reachable += 1;
                    match chosen {
                        None => {
                            s.abstained += 1;
                            show("abstained");
                        }
                        Some(i)
                            if core(case.expressions[i].span.of(&case.body))
                                == core(case.expressions[at.unwrap_or(i)].span.of(&case.body)) =>
                        {
                            s.right += 1
                        }
                        Some(_) => {
                            s.other += 1;
                            show("other");
                        }
                    }
                } else {
                    s.elsewhere += 1;
                    s.elsewhere_chosen += usize::from(chosen.is_some());
                }
            }
            // Without a publication date the gold has no date even where words stand there.
            None if case.published.is_none() => {}
            None => {
                s.undated += 1;
                let any = case
                    .expressions
                    .iter()
                    .any(|e| case.sentence.contains(e.span));
                s.undated_with_expression += usize::from(any);
                s.undated_chosen += usize::from(chosen.is_some());
                if chosen.is_some() {
                    show("undated");
                }
            }
        }
    }
    s
}

/// Coordinate search over the weights: right choices minus half of the wrong ones.
fn tune(articles: &[Value]) {
    let cases = cases(articles);
    let gain = |c: Chooser| {
        let mut s = score(&cases, c, false, Trigger::Word);
        let t = score(&cases, c, false, Trigger::Evidence);
        s.right += t.right;
        s.other += t.other;
        s.undated_chosen += t.undated_chosen;
        s.elsewhere_chosen += t.elsewhere_chosen;
        s.right as f64 - s.other as f64 - 0.7 * (s.undated_chosen + s.elsewhere_chosen) as f64
    };
    let mut best = Chooser::default();
    let mut top = gain(best);
    let steps = [
        0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 24.0, 30.0, 40.0,
    ];
    for _ in 0..3 {
        for field in 0..8 {
            for step in steps {
                let mut next = best;
                let slot = [
                    &mut next.comma,
                    &mut next.clause,
                    &mut next.quote,
                    &mut next.saying,
                    &mut next.opening,
                    &mut next.earlier,
                    &mut next.coarse,
                    &mut next.limit,
                ]
                .into_iter()
                .nth(field);
                if let Some(slot) = slot {
                    *slot = step;
                }
                let got = gain(next);
                if got > top {
                    (best, top) = (next, got);
                }
            }
        }
    }
    println!(
        "best {best:?}: {:?}",
        score(&cases, best, false, Trigger::Word)
    );
}
