//! Trigger, date expressions => when the encounter took place
//!
//! What its own sentence says by the rule of [`dates::choose`] beats the model's scores there (on gold/dev 19 dates right
//! of 29 against 17); outside it the likeliest date expression of the window is taken.

use crate::dates::{self, DateExpression, Direction, Kind, YearRef};
use crate::document::{Status, When};
use crate::logits::logistic;
use crate::signals::{Candidate, CandidateKind, Filler, Resolved, Trigger};
use crate::span::SentenceId;

/// A date with its extent, for comparing drafts.
#[derive(Debug, Clone)]
pub struct Dated {
    pub when: When,
    pub value: Option<dates::Resolved>,
}

/// What the dates of encounters are chosen from.
pub struct Calendar<'a> {
    pub resolved: &'a Resolved,
    /// The list that was tagged, in order of position.
    pub candidates: &'a [Candidate],
    /// The body's date expressions, in order.
    pub dates: &'a [DateExpression],
    /// An expression of another sentence is taken from this probability.
    pub threshold: f32,
}

impl Calendar<'_> {
    /// The date of the encounter that `trigger` names and that has this `status`; none where nothing dates it.
    pub fn of(&self, trigger: &Trigger, status: Status) -> Option<Dated> {
        let document = &self.resolved.tagged.document;
        let chosen = self
            .by_sentence(trigger)
            .or_else(|| self.by_score(trigger))?;
        let expression = self.dates.get(chosen)?;
        let direction = Direction::from(status);
        let published = document.article.published.map(|p| p.date);
        let anchor = dates::anchor(self.dates, chosen, published, direction);
        let value = expression.resolve(published, anchor, direction);
        let words = expression.span.of(&document.article.body).to_owned();
        Some(Dated {
            when: When {
                iso: value.as_ref().map(|v| v.iso.clone()),
                words,
            },
            value,
        })
    }

    /// The date expression that dates the trigger within its sentence.
    fn by_sentence(&self, trigger: &Trigger) -> Option<usize> {
        let document = &self.resolved.tagged.document;
        let sentence = document.sentences.get(trigger.sentence.index())?.span;
        let from = self
            .dates
            .partition_point(|d| d.span.start < sentence.start);
        let to = self.dates.partition_point(|d| d.span.start < sentence.end);
        let token = document.tokens[trigger.token.index()].span;
        let body = &document.article.body;
        dates::choose(body, &self.dates[from..to], sentence, token).map(|i| from + i)
    }

    /// The date expression outside the trigger's sentence with the highest score, if that is high enough.
    fn by_score(&self, trigger: &Trigger) -> Option<usize> {
        let document = &self.resolved.tagged.document;
        let paragraph = |s: SentenceId| document.sentences.get(s.index()).map(|s| s.paragraph);
        let mut best: Option<(usize, f32)> = None;
        for s in &trigger.fillers {
            let Filler::Candidate(c) = s.filler else {
                continue;
            };
            let candidate = self.candidates.get(c as usize)?;
            let start = document.tokens[candidate.token.index()].span.start;
            let sentence = document.sentence_at(start);
            let probability = logistic(s.date);
            if candidate.kind == CandidateKind::Date
                && probability >= self.threshold
                && sentence != trigger.sentence
                && best.is_none_or(|b| probability > b.1)
            {
                let at = self.dates.partition_point(|d| d.span.end <= start);
                let elsewhere = paragraph(sentence) != paragraph(trigger.sentence);
                let dates_nothing = |d: &DateExpression| {
                    dates::is_coarse(&d.kind)
                        || dates::names_a_thing(&document.article.body, d)
                        || elsewhere && self.is_of_another_year(d)
                };
                if !self.dates.get(at).is_some_and(dates_nothing) {
                    best = Some((at, probability));
                }
            }
        }
        best.map(|b| b.0)
    }

    /// True for a day whose year is said and is not that of the article: "on July 16, 1969" in news of 2009.
    fn is_of_another_year(&self, expression: &DateExpression) -> bool {
        let published = self.resolved.tagged.document.article.published;
        match (&expression.kind, published) {
            (Kind::Day { year, .. }, Some(p)) => {
                matches!(year, YearRef::Exact(y) if *y != p.date.year())
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::document::{DateSource, Published};
    use crate::relate::testing::resolved;
    use crate::signals::RoleScore;
    use crate::span::Span;

    /// The date of `word`, where the model is sure that every date expression dates it, in an article of 20 July 2009.
    fn dated(body: &str, word: &str) -> Option<String> {
        let mut resolved = resolved(body, &[]);
        resolved.tagged.document.article.published = Some(Published {
            date: date(2009, 7, 20),
            from: DateSource::Metadata,
        });
        let document = &resolved.tagged.document;
        let found = dates::find(body, Span::new(0, body.len()));
        let candidates: Vec<Candidate> = found
            .iter()
            .map(|d| Candidate {
                token: document.token_at(d.span.start),
                kind: CandidateKind::Date,
            })
            .collect();
        let at = u32::try_from(body.find(word).unwrap()).unwrap();
        let trigger = Trigger {
            token: document.token_at(at),
            sentence: document.sentence_at(at),
            kind: [0.0, 1.0, 0.0, 0.0],
            status: [1.0, 0.0, 0.0, 0.0],
            fillers: (0..u32::try_from(found.len()).unwrap())
                .map(|c| RoleScore {
                    filler: Filler::Candidate(c),
                    participant: -9.0,
                    place: -9.0,
                    date: 9.0,
                })
                .collect(),
        };
        let calendar = Calendar {
            resolved: &resolved,
            candidates: &candidates,
            dates: &found,
            threshold: 0.5,
        };
        let dated = calendar.of(&trigger, Status::Occurred)?;
        dated.when.iso
    }

    #[test]
    fn the_own_sentence_dates_before_the_others() {
        let body = "Ann Ray left on July 2. She met Bo Li on July 5. They talked.";
        assert_eq!(dated(body, "met").as_deref(), Some("2009-07-05"));
        assert_eq!(dated(body, "talked").as_deref(), Some("2009-07-02"));
    }

    #[test]
    fn a_day_of_another_year_dates_its_own_paragraph_only() {
        let body = "It landed on July 16, 1969. Ann Ray met the crew.";
        assert_eq!(dated(body, "met").as_deref(), Some("1969-07-16"));
        let apart = "It landed on July 16, 1969.\n\nAnn Ray met the crew.";
        assert_eq!(dated(apart, "met"), None);
        let recent = "It landed on July 16, 2009.\n\nAnn Ray met the crew.";
        assert_eq!(dated(recent, "met").as_deref(), Some("2009-07-16"));
    }
}
