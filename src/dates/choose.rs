//! Date expressions of a sentence, trigger => the one that dates the event: the rule baseline.

use super::lex::{self, Unit, Word};
use super::{DateExpression, Kind, YearRef};
use crate::span::Span;

/// The weights of [`choose`], in words of distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chooser {
    /// For each comma, dash or bracket between trigger and date.
    pub comma: f32,
    /// For each word between them that opens another clause ("who", "that", "after", "when").
    pub clause: f32,
    /// For a quotation mark between them.
    pub quote: f32,
    /// For a date beside a word of saying ("said Monday").
    pub saying: f32,
    /// Taken off for a date that opens the sentence, which mostly dates all of it.
    pub opening: f32,
    /// For a date before the trigger.
    pub earlier: f32,
    /// For a whole year, decade or count of time, which seldom date one event.
    pub coarse: f32,
    /// Above this sum nothing is chosen.
    pub limit: f32,
}

impl Default for Chooser {
    /// Tuned on the gold training data.
    fn default() -> Self {
        Chooser {
            comma: 0.5,
            clause: 10.0,
            quote: 8.0,
            saying: 12.0,
            opening: 12.0,
            earlier: 1.0,
            coarse: 2.0,
            limit: 24.0,
        }
    }
}

/// The position in `expressions` of the one in `sentence` that dates the event at `trigger`, with default weights.
///
/// `None` where the sentence has none or the best is too far away to be believed.
pub fn choose(
    body: &str,
    expressions: &[DateExpression],
    sentence: Span,
    trigger: Span,
) -> Option<usize> {
    Chooser::default().choose(body, expressions, sentence, trigger)
}

impl Chooser {
    /// As [`choose`], with these weights.
    pub fn choose(
        &self,
        body: &str,
        expressions: &[DateExpression],
        sentence: Span,
        trigger: Span,
    ) -> Option<usize> {
        let first = expressions.partition_point(|e| e.span.start < sentence.start);
        let inside = || {
            let behind = expressions.iter().enumerate().skip(first);
            behind.take_while(|(_, e)| e.span.end <= sentence.end)
        };
        let mut best: Option<(usize, f32)> = None;
        for (i, expression) in inside() {
            let cost = self.cost(body, expression, sentence, trigger);
            if cost <= self.limit && best.is_none_or(|(_, least)| cost < least) {
                best = Some((i, cost));
            }
        }
        best.map(|(i, _)| i).or_else(|| {
            // A picture's caption ends with its date, however long it is: one in full dates the whole sentence.
            let full = |e: &DateExpression| {
                matches!(
                    e.kind,
                    Kind::Day {
                        year: YearRef::Exact(_),
                        ..
                    }
                ) && !self.beside_saying(body, e.span, sentence)
                    && e.span.cover(trigger).len() <= REACH
                    && !lex::tokens(body, e.span.cover(trigger))
                        .iter()
                        .any(|t| opens_clause(t.span.of(body)))
            };
            let mut all = inside().filter(|(_, e)| full(e));
            all.next().filter(|_| all.next().is_none()).map(|(i, _)| i)
        })
    }

    /// How little `expression` looks like the date of the event at `trigger`.
    fn cost(&self, body: &str, expression: &DateExpression, sentence: Span, trigger: Span) -> f32 {
        let date = expression.span;
        let coarse = if is_coarse(&expression.kind) {
            self.coarse
        } else {
            0.0
        };
        if date.overlaps(trigger) {
            return coarse;
        }
        let before = date.end <= trigger.start;
        let between = if before {
            Span {
                start: date.end,
                end: trigger.start,
            }
        } else {
            Span {
                start: trigger.end,
                end: date.start,
            }
        };
        if between.len() > REACH {
            return f32::INFINITY;
        }
        // "the 2015 summit" dates the summit and nothing else.
        let tokens = lex::tokens(body, between);
        let own = before && tokens.len() <= NOUN;
        if !own && names_a_thing(body, expression) {
            return f32::INFINITY;
        }
        let mut cost = coarse + if before { self.earlier } else { 0.0 };
        for token in &tokens {
            let text = token.span.of(body);
            cost += match token.word {
                Word::Comma | Word::Dash | Word::Punctuation if is_quote(text) => self.quote,
                Word::Comma | Word::Dash | Word::Punctuation => self.comma,
                Word::Colon | Word::Dot | Word::Apostrophe | Word::S => 0.0,
                _ if opens_clause(text) => self.clause,
                _ => 1.0,
            };
        }
        if self.beside_saying(body, date, sentence) {
            cost += self.saying;
        }
        let lead = Span {
            start: sentence.start.min(date.start),
            end: date.start,
        };
        if before && lead.len() <= NEAR && lex::tokens(body, lead).len() <= 2 {
            cost -= self.opening;
        }
        cost.max(0.0)
    }

    /// True for "said Monday", "told reporters on Tuesday", "Thursday announced".
    fn beside_saying(&self, body: &str, date: Span, sentence: Span) -> bool {
        let lead = last_bytes(
            body,
            Span {
                start: sentence.start.min(date.start),
                end: date.start,
            },
        );
        let tail = first_bytes(
            body,
            Span {
                start: date.end,
                end: sentence.end.max(date.end),
            },
        );
        let said = |t: &lex::Token| is_saying(t.span.of(body));
        let clause = |t: &&lex::Token| !matches!(t.word, Word::Comma | Word::Punctuation);
        lex::tokens(body, lead)
            .iter()
            .rev()
            .take(3)
            .take_while(clause)
            .any(said)
            || lex::tokens(body, tail).first().is_some_and(said)
    }
}

/// True for a whole year, decade or count of years, which seldom date one event.
pub fn is_coarse(kind: &Kind) -> bool {
    let years = matches!(
        kind,
        Kind::Count {
            unit: Unit::Year,
            ..
        }
    );
    years
        || matches!(
            kind,
            Kind::Year { .. } | Kind::Decade { .. } | Kind::Window { .. }
        )
}

/// Words between a year and the noun that it belongs to, at most: "the 2015 Paris peace summit".
const NOUN: usize = 3;

/// True for a bare year that is part of a noun's name: "the 2015 accord", "its 2024 budget", "the 2023 Industry Conference".
pub fn names_a_thing(body: &str, expression: &DateExpression) -> bool {
    if !matches!(
        expression.kind,
        Kind::Year {
            part: super::Part::Whole,
            ..
        }
    ) {
        return false;
    }
    let Span { start, end } = expression.span;
    let lead = last_bytes(
        body,
        Span {
            start: 0,
            end: start,
        },
    );
    let tail = first_bytes(
        body,
        Span {
            start: end,
            end: body.len() as u32,
        },
    );
    let tail = tail.of(body);
    let word = tail.strip_prefix(' ').and_then(|t| t.chars().next());
    let tokens = lex::tokens(body, lead);
    let leads = |t: &lex::Token| {
        const WORDS: [&str; 9] = ["the", "a", "an", "this", "its", "his", "her", "their", "s"];
        WORDS
            .iter()
            .any(|w| w.eq_ignore_ascii_case(t.span.of(body)))
    };
    word.is_some_and(char::is_alphabetic) && tokens.last().is_some_and(leads)
}

/// Bytes between trigger and date above which they have nothing to do with each other.
const REACH: usize = 600;

/// Bytes beside a date that are looked at: enough for a few words.
const NEAR: usize = 64;

/// The last [`NEAR`] bytes of `span`, from a character boundary on.
fn last_bytes(body: &str, span: Span) -> Span {
    let from = (span.end as usize)
        .saturating_sub(NEAR)
        .max(span.start as usize);
    let from = (from..=span.end as usize)
        .find(|&i| body.is_char_boundary(i))
        .unwrap_or(span.end as usize);
    Span::new(from, span.end as usize)
}

/// The first [`NEAR`] bytes of `span`, up to a character boundary.
fn first_bytes(body: &str, span: Span) -> Span {
    let to = (span.start as usize + NEAR).min(span.end as usize);
    let to = (span.start as usize..=to)
        .rev()
        .find(|&i| body.is_char_boundary(i))
        .unwrap_or(span.start as usize);
    Span::new(span.start as usize, to)
}

fn is_quote(text: &str) -> bool {
    matches!(text, "\"" | "“" | "”" | "«" | "»" | "„")
}

fn opens_clause(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "who", "which", "that", "whom", "whose", "where", "when", "while", "after", "before",
        "because", "although", "but", "since", "if", "as",
    ];
    WORDS.iter().any(|w| w.eq_ignore_ascii_case(text))
}

fn is_saying(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "said",
        "says",
        "told",
        "announced",
        "reported",
        "added",
        "wrote",
        "stated",
        "declared",
        "tweeted",
        "denied",
        "confirmed",
    ];
    WORDS.iter().any(|w| w.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::find;

    fn chosen<'a>(body: &'a str, trigger: &str) -> Option<&'a str> {
        let whole = Span::new(0, body.len());
        let expressions = find(body, whole);
        let at = body.find(trigger).unwrap();
        let i = choose(body, &expressions, whole, Span::new(at, at + trigger.len()))?;
        Some(expressions[i].span.of(body))
    }

    #[test]
    fn a_caption_is_dated_by_its_end() {
        let people = "hands with the Prime Minister, third from left, and his wife, right, at the house of the \
                      governor in the old quarter of Palm Town, Florida";
        let dated = |end: &str| chosen(&format!("She shakes {people}, {end}."), "shakes").is_some();
        assert!(dated("Feb. 10, 2017"));
        assert!(!dated("since Feb. 10, 2017"));
        assert!(!dated("Monday"));
    }

    #[test]
    fn the_date_of_the_clause_wins() {
        let cases = [
            (
                "The ministers met in Oslo on Tuesday, a spokesman said Thursday.",
                "met",
                Some("Tuesday"),
            ),
            (
                "On Monday, the king of Norway received the envoy, who was named in 2015.",
                "received",
                Some("Monday"),
            ),
            (
                "He met the envoy in Bern, “who came on Monday”.",
                "met",
                None,
            ),
            (
                "The treaty signed in 2015 was the subject when the ministers met Friday.",
                "met",
                Some("Friday"),
            ),
            ("The leaders met in Geneva.", "met", None),
            ("They met at the 2023 Industry Conference.", "met", None),
            (
                "The 2018 Singapore summit was the first.",
                "summit",
                Some("2018"),
            ),
            ("They met in the 2018 of old.", "met", None),
            ("They met in 2018 in Bern.", "met", Some("2018")),
        ];
        for (body, trigger, want) in cases {
            assert_eq!(chosen(body, trigger), want, "{body}");
        }
    }
}
