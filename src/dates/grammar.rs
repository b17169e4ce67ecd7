//! Tokens => date expressions: a hand-written grammar with bounded look-ahead.
//!
//! Each rule takes the position of a token and gives what it read and the position after it. Of the rules that read
//! something at a token the longest wins, and reading goes on behind it.

use jiff::civil::{Date, Weekday};

use super::holidays::HOLIDAYS;
use super::lex::{Part, Token, Unit, Word};
use super::{Bound, DateExpression, Kind, Reference, Which, YearRef};
use crate::span::Span;

/// What a rule read, and the token after it.
type Found = Option<(Kind, usize)>;

/// All expressions of `tokens`, in order.
pub(super) fn find(body: &str, tokens: &[Token]) -> Vec<DateExpression> {
    let grammar = Grammar { body, tokens };
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        match grammar.expression(i) {
            Some((kind, end)) if end > i && end <= tokens.len() => {
                let span = Span {
                    start: tokens[i].span.start,
                    end: tokens[end - 1].span.end,
                };
                let bound = match grammar.before(i, 1) {
                    _ if matches!(kind, Kind::Range(..)) => Bound::At,
                    Word::Since => Bound::Since,
                    Word::Until | Word::By => Bound::Until,
                    _ => Bound::At,
                };
                out.push(DateExpression { span, kind, bound });
                i = end;
            }
            _ => i += 1,
        }
    }
    out
}

struct Grammar<'a> {
    body: &'a str,
    tokens: &'a [Token],
}

/// The longer of two readings; the first where they are equally long.
fn longer(a: Found, b: Found) -> Found {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.1 > a.1 { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The kind with `part` of it meant.
fn with_part(kind: Kind, new: Part) -> Option<Kind> {
    Some(match kind {
        Kind::Month { year, month, .. } => Kind::Month {
            year,
            month,
            part: new,
        },
        Kind::Year { year, .. } => Kind::Year { year, part: new },
        Kind::Decade { first, .. } => Kind::Decade { first, part: new },
        Kind::Unit { unit, which, .. } => Kind::Unit {
            unit,
            which,
            part: new,
        },
        Kind::Season { .. }
        | Kind::Weekday { .. }
        | Kind::Offset(_)
        | Kind::SameDay
        | Kind::Quarter { .. } => kind,
        Kind::Day { .. } => kind,
        _ => return None,
    })
}

impl Grammar<'_> {
    fn w(&self, i: usize) -> Word {
        self.tokens.get(i).map_or(Word::Break, |t| t.word)
    }

    /// The word `n` before token `i`.
    fn before(&self, i: usize, n: usize) -> Word {
        i.checked_sub(n).map_or(Word::Break, |i| self.w(i))
    }

    fn upper(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.upper)
    }

    fn glued(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.glued)
    }

    fn text(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.span.of(self.body))
    }

    fn is_text(&self, i: usize, words: &[&str]) -> bool {
        let text = self.text(i);
        words.iter().any(|w| w.eq_ignore_ascii_case(text))
    }

    /// "weeks", not "week".
    fn plural(&self, i: usize) -> bool {
        self.text(i).ends_with(['s', 'S'])
    }

    /// Token `i` is a name or another capitalised word that the grammar does not know.
    fn name(&self, i: usize) -> bool {
        self.w(i) == Word::Other && self.upper(i)
    }

    /// Token `i` opens a sentence, so that its capital says nothing.
    fn opens(&self, i: usize) -> bool {
        matches!(
            self.before(i, 1),
            Word::Break | Word::Dot | Word::Punctuation | Word::Colon
        )
    }

    fn month_name(&self, i: usize) -> Option<(i8, bool)> {
        match self.w(i) {
            Word::Month { month, short } if self.upper(i) => Some((month, short)),
            _ => None,
        }
    }

    fn weekday_name(&self, i: usize) -> Option<(Weekday, bool)> {
        match self.w(i) {
            Word::Weekday { day, short } if self.upper(i) => Some((day, short)),
            _ => None,
        }
    }

    /// The digits at `i` are no part of a longer number, sum, time or code.
    fn lone_number(&self, i: usize) -> bool {
        let joins = |w| matches!(w, Word::Dot | Word::Comma | Word::Colon | Word::Slash);
        let digits = |w| matches!(w, Word::Digits { .. });
        if self.glued(i) {
            let left = self.before(i, 1);
            if left == Word::Money
                || left == Word::Slash
                || (joins(left) && digits(self.before(i, 2)))
            {
                return false;
            }
        } else if self.before(i, 1) == Word::Money {
            return false;
        }
        if self.glued(i + 1) {
            let right = self.w(i + 1);
            if right == Word::Percent
                || (joins(right) && digits(self.w(i + 2)) && self.glued(i + 2))
            {
                return false;
            }
        }
        true
    }

    /// A day of the month.
    fn day_number(&self, i: usize) -> Option<i8> {
        match self.w(i) {
            Word::Digits { value, len: 1..=2 }
                if (1..=31).contains(&value) && self.lone_number(i) =>
            {
                Some(value as i8)
            }
            Word::Nth(day) => Some(day),
            _ => None,
        }
    }

    /// A year of four digits that is not the count of what follows.
    fn full_year(&self, i: usize) -> Option<i16> {
        match self.w(i) {
            Word::Digits { value, len: 4 }
                if (1000..=2100).contains(&value)
                    && self.lone_number(i)
                    && self.w(i + 1) != Word::Counted =>
            {
                Some(value as i16)
            }
            _ => None,
        }
    }

    /// A count before a unit: "two", "10", "a".
    fn count_number(&self, i: usize) -> Option<u16> {
        match self.w(i) {
            Word::Number(n) => Some(n),
            Word::Digits { value, len: 1..=3 } if value > 0 && self.lone_number(i) => Some(value),
            Word::A => Some(1),
            _ => None,
        }
    }

    fn unit(&self, i: usize) -> Option<Unit> {
        match self.w(i) {
            Word::Unit(unit) => Some(unit),
            _ => None,
        }
    }

    /// ", 2025", "of last year", "2025" behind a day or month; nothing gives `Infer`.
    fn year_ref(&self, i: usize) -> (YearRef, usize) {
        let j = if matches!(self.w(i), Word::Comma | Word::Of | Word::In) {
            i + 1
        } else {
            i
        };
        if let Some(year) = self.full_year(j) {
            // "5 April 2016-2017" is odd enough to leave alone; "in 2016" behind "May 5 in" is no year of it.
            return (YearRef::Exact(year), j + 1);
        }
        if self.w(i) != Word::Comma
            && self.unit(j + 1) == Some(Unit::Year)
            && let Some(offset) = match self.w(j) {
                Word::This => Some(0),
                Word::Last => Some(-1),
                Word::Next => Some(1),
                _ => None,
            }
        {
            return (YearRef::Offset(offset), j + 2);
        }
        if self.w(i) == Word::Of && self.w(j) == Word::The && self.unit(j + 2) == Some(Unit::Year) {
            let offset = match self.w(j + 1) {
                Word::Previous => Some(-1),
                Word::Following => Some(1),
                _ => None,
            };
            if let Some(offset) = offset {
                return (YearRef::Offset(offset), j + 3);
            }
        }
        (YearRef::Infer, i)
    }

    /// The longest expression at token `i`, a range included.
    fn expression(&self, i: usize) -> Found {
        let (first, end) = self.atom(i)?;
        longer(self.range(i, &first, end), Some((first, end)))
    }

    /// An expression that is no range of two others.
    fn atom(&self, i: usize) -> Found {
        match self.w(i) {
            Word::Digits { .. } => {
                let found = longer(self.numeric(i), self.day_month(i, false));
                longer(longer(found, self.year(i)), self.count(i))
            }
            Word::Nth(_) => self.day_month(i, false),
            Word::Tens(first) => Some((
                Kind::Decade {
                    first,
                    part: Part::Whole,
                },
                i + 1,
            )),
            Word::Month { .. } => longer(self.month(i, false), self.holiday(i)),
            Word::Weekday { .. } => self.weekday(i, Which::Plain),
            Word::Number(_) | Word::A => self.count(i),
            Word::Q(_) | Word::SpelledNth(_) => longer(self.quarter(i), self.half_or_week(i)),
            Word::Season(_) => self.season(i),
            Word::Today | Word::Yesterday | Word::Tomorrow | Word::Tonight | Word::Overnight => {
                self.near(i)
            }
            Word::In | Word::Within => longer(self.ahead(i), self.near(i)),
            Word::This | Word::That | Word::Last | Word::Next | Word::Same => {
                longer(self.relative(i), self.half_or_week(i))
            }
            Word::Early
            | Word::Mid
            | Word::Late
            | Word::Earlier
            | Word::Later
            | Word::End
            | Word::Beginning
            | Word::Middle => self.part(i),
            Word::Unit(unit @ (Unit::Year | Unit::Month | Unit::Week))
                if self.w(i + 1) == Word::Apostrophe
                    && self.w(i + 2) == Word::S
                    && self.w(i + 3) == Word::End =>
            {
                Some((
                    Kind::Unit {
                        unit,
                        which: Which::This,
                        part: Part::Late,
                    },
                    i + 4,
                ))
            }
            Word::The => {
                let found = longer(self.day_month(i, false), self.the_nth(i));
                let found = longer(found, longer(self.relative(i), self.count(i)));
                let found = longer(found, longer(self.part(i), self.season(i)));
                let found = longer(found, longer(self.quarter(i), self.half_or_week(i)));
                longer(found, self.the_decade(i))
            }
            Word::Other => self.holiday(i),
            _ => None,
        }
    }

    /// "2025-02-27", "27.02.2025", "27/2/2025".
    fn numeric(&self, i: usize) -> Found {
        let digits = |i: usize| match self.w(i) {
            Word::Digits { value, len } => Some((value, len)),
            _ => None,
        };
        if self.glued(i)
            && matches!(
                self.before(i, 1),
                Word::Dash | Word::Slash | Word::Dot | Word::Money
            )
        {
            return None;
        }
        if (1..=4).any(|n| !self.glued(i + n)) {
            return None;
        }
        let ((a, a_len), (b, b_len), (c, c_len)) = (digits(i)?, digits(i + 2)?, digits(i + 4)?);
        let separator = self.w(i + 1);
        if separator != self.w(i + 3) {
            return None;
        }
        let day = |year: u16, month: u16, day: u16| {
            let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            let date = Date::new(i16::try_from(year).ok()?, month, day).ok()?;
            Some(Kind::Day {
                year: YearRef::Exact(date.year()),
                month,
                day,
                weekday: None,
            })
        };
        let century = |y: u16| (1000..=2100).contains(&y);
        let kind = match (separator, a_len, b_len, c_len) {
            (Word::Dash | Word::Slash, 4, 2, 2) if century(a) => day(a, b, c)?,
            (Word::Dot, 1..=2, 1..=2, 4) if century(c) => day(c, b, a)?,
            (Word::Slash, 1..=2, 1..=2, 4) if century(c) => match (day(c, b, a), day(c, a, b)) {
                (Some(european), Some(american)) if european != american => Kind::Unclear,
                (european, american) => european.or(american)?,
            },
            _ => return None,
        };
        Some((kind, i + 5))
    }

    /// "27 February 2025", "the 27th of February", "12–13 March", "3 and 4 May".
    fn day_month(&self, i: usize, after_weekday: bool) -> Found {
        let j = if self.w(i) == Word::The { i + 1 } else { i };
        let first = self.day_number(j)?;
        let mut k = j + 1;
        let mut last = None;
        if matches!(
            self.w(k),
            Word::Dash | Word::To | Word::Through | Word::And | Word::Or
        ) {
            let second = self.day_number(k + 1)?;
            let adjacent = second == first.checked_add(1)? || self.before(i, 1) == Word::Between;
            if second <= first || (matches!(self.w(k), Word::And | Word::Or) && !adjacent) {
                return None;
            }
            last = Some(second);
            k += 2;
        }
        if self.w(k) == Word::Of || (after_weekday && self.w(k) == Word::Comma) {
            k += 1;
        }
        let (month, short) = self.month_name(k)?;
        k += 1;
        if short && self.w(k) == Word::Dot && self.glued(k) && self.full_year(k + 1).is_some() {
            k += 1;
        }
        let (year, end) = self.year_ref(k);
        let day = |day| Kind::Day {
            year,
            month,
            day,
            weekday: None,
        };
        Some(match last {
            Some(last) => (Kind::Range(Box::new(day(first)), Box::new(day(last))), end),
            None => (day(first), end),
        })
    }

    /// "on the 27th".
    fn the_nth(&self, i: usize) -> Found {
        let Word::Nth(day) = self.w(i + 1) else {
            return None;
        };
        let opens = matches!(
            self.before(i, 1),
            Word::On | Word::Until | Word::By | Word::Since
        );
        let noun = matches!(
            self.w(i + 2),
            Word::Other | Word::Dash | Word::Unit(_) | Word::DayPart | Word::Counted
        );
        let month = self.w(i + 2) == Word::Of && self.unit(i + 4) == Some(Unit::Month);
        let months = match self.w(i + 3) {
            Word::This | Word::The if month => Some(0),
            Word::Last if month => Some(-1),
            Word::Next if month => Some(1),
            _ => None,
        };
        if months.is_some() {
            return Some((Kind::DayOfMonth { day, months }, i + 5));
        }
        (opens && !noun).then_some((Kind::DayOfMonth { day, months }, i + 2))
    }

    /// What opens with the name of a month. `certain` where a modifier before it rules out the verb and the surname.
    fn month(&self, i: usize, certain: bool) -> Found {
        let (month, short) = self.month_name(i)?;
        let dot = short && self.w(i + 1) == Word::Dot && self.glued(i + 1);
        let j = i + 1 + usize::from(dot);
        if let Some(first) = self.day_number(j)
            && self.w(j + 1) != Word::Counted
        {
            return Some(self.month_day(month, first, j + 1));
        }
        let (year, end) = self.year_ref(j);
        if year == YearRef::Infer && (short || !(certain || self.bare_month(i, month))) {
            return None;
        }
        Some((
            Kind::Month {
                year,
                month,
                part: Part::Whole,
            },
            end,
        ))
    }

    /// What follows "March 12": "-13", "and 13", ", 2024".
    fn month_day(&self, month: i8, first: i8, k: usize) -> (Kind, usize) {
        let day = |year, day| Kind::Day {
            year,
            month,
            day,
            weekday: None,
        };
        let joins = matches!(
            self.w(k),
            Word::Dash | Word::To | Word::Through | Word::Until | Word::And | Word::Or
        );
        if joins
            && let Some(last) = self.day_number(k + 1)
            && last > first
            // "March 12 to 14 April" is a range of two full days, read elsewhere.
            && self.month_name(k + 2).is_none()
            && !matches!(self.w(k + 2), Word::Counted | Word::Percent | Word::Unit(_))
            && (!matches!(self.w(k), Word::And | Word::Or) || last == first + 1)
        {
            let (year, end) = self.year_ref(k + 2);
            return (
                Kind::Range(Box::new(day(year, first)), Box::new(day(year, last))),
                end,
            );
        }
        let (mut year, end) = self.year_ref(k);
        if (month, first, year) == (9, 11, YearRef::Infer) {
            let attacks = [
                "attacks",
                "attack",
                "terrorist",
                "terror",
                "hijackers",
                "hijacker",
                "commission",
            ];
            if self.is_text(k, &attacks)
                || (self.w(k) == Word::Comma && self.is_text(k + 1, &attacks))
            {
                year = YearRef::Exact(2001);
            }
        }
        (day(year, first), end)
    }

    /// True where the name of a month that stands alone is one.
    fn bare_month(&self, i: usize, month: i8) -> bool {
        let before = self.before(i, 1);
        let opened = matches!(
            before,
            Word::In
                | Word::Since
                | Word::Until
                | Word::During
                | Word::Between
                | Word::Early
                | Word::Mid
                | Word::Late
        );
        if self.glued(i + 1) && self.w(i + 1) == Word::Dash && !opened {
            return false;
        }
        if opened {
            return true;
        }
        match month {
            // "May" is a verb and a surname, "March" a verb and a noun.
            5 => {
                matches!(before, Word::From | Word::Through)
                    && matches!(self.w(i + 1), Word::To | Word::Through | Word::Dash)
            }
            3 if before == Word::The => self.w(i + 1) == Word::Other && !self.upper(i + 1),
            3 => {
                matches!(before, Word::From | Word::By | Word::Through | Word::To)
                    && !self.name(i + 1)
            }
            _ => {
                if before == Word::The {
                    return true;
                }
                let named = i > 0 && self.name(i - 1) && !self.opens(i - 1);
                let first_name = self.name(i + 1) && matches!(month, 4 | 6 | 8);
                !named && !first_name && !self.is_text(i + 1, &["Revolution", "War", "Surprise"])
            }
        }
    }

    /// What opens with a weekday.
    fn weekday(&self, i: usize, which: Which) -> Found {
        let (name, short) = self.weekday_name(i)?;
        let mut j = i + 1;
        if short && self.w(j) == Word::Dot && self.glued(j) {
            j += 1;
        }
        // "Monday, 3 March", "Friday, May 12, 2017"
        let k = if self.w(j) == Word::Comma { j + 1 } else { j };
        let dated = match self.w(k) {
            Word::Month { .. } => self.month(k, false),
            Word::Digits { .. } | Word::Nth(_) | Word::The => {
                longer(self.numeric(k), self.day_month(k, true))
            }
            _ => None,
        };
        match dated {
            Some((
                Kind::Day {
                    year, month, day, ..
                },
                end,
            )) => {
                return Some((
                    Kind::Day {
                        year,
                        month,
                        day,
                        weekday: Some(name),
                    },
                    end,
                ));
            }
            Some((Kind::Range(a, b), end))
                if matches!((&*a, &*b), (Kind::Day { .. }, Kind::Day { .. })) =>
            {
                return Some((Kind::Range(a, b), end));
            }
            _ => {}
        }
        if short {
            return None;
        }
        let proper = [
            "Black", "Bloody", "Super", "Good", "Palm", "Holy", "Ash", "Cyber", "Maundy", "Giving",
        ];
        if which == Which::Plain
            && (matches!(self.before(i, 1), Word::Every)
                || (i > 0 && self.upper(i - 1) && self.is_text(i - 1, &proper))
                || (self.upper(i + 1)
                    && self.is_text(
                        i + 1,
                        &["Times", "Telegraph", "Mirror", "Mail", "Post", "Express"],
                    )))
        {
            return None;
        }
        let day = |which| Kind::Weekday { day: name, which };
        // "Monday of next week", "Friday last week"
        let k = if self.w(j) == Word::Of { j + 1 } else { j };
        if which == Which::Plain && self.unit(k + 1) == Some(Unit::Week) {
            match self.w(k) {
                Word::This => return Some((day(Which::Week(0)), k + 2)),
                Word::Last => return Some((day(Which::Week(-1)), k + 2)),
                Word::Next => return Some((day(Which::Week(1)), k + 2)),
                _ => {}
            }
        }
        let end = if self.w(j) == Word::DayPart {
            j + 1
        } else if matches!(self.w(j), Word::Early | Word::Late) && self.w(j + 1) == Word::DayPart {
            j + 2
        } else {
            j
        };
        Some((day(which), end))
    }

    /// "today", "yesterday evening", "in the afternoon".
    fn near(&self, i: usize) -> Found {
        let (days, end) = match self.w(i) {
            Word::Today => (0, i + 1),
            Word::Tonight => return Some((Kind::Offset(0), i + 1)),
            Word::Yesterday => (-1, i + 1),
            Word::Tomorrow => (1, i + 1),
            Word::Overnight => {
                return (self.before(i, 1) != Word::A).then_some((Kind::Overnight, i + 1));
            }
            Word::In if self.w(i + 1) == Word::The => {
                let j = if matches!(self.w(i + 2), Word::Early | Word::Late) {
                    i + 3
                } else {
                    i + 2
                };
                let part = self.w(j) == Word::DayPart
                    && !self.upper(j)
                    && !self.is_text(j, &["night", "noon", "midday"]);
                let free = !matches!(self.w(j + 1), Word::Of | Word::On | Word::Other);
                return (part && (free || self.opens(i))).then_some((Kind::Offset(0), j + 1));
            }
            _ => return None,
        };
        Some((
            Kind::Offset(days),
            end + usize::from(self.w(end) == Word::DayPart),
        ))
    }

    /// What opens with "last", "next", "this", "that", "the same", "the following", …
    fn relative(&self, i: usize) -> Found {
        let the = self.w(i) == Word::The;
        let j = i + usize::from(the);
        let whole = Part::Whole;
        let unit = |unit, which| Kind::Unit {
            unit,
            which,
            part: whole,
        };
        match self.w(j) {
            Word::Last | Word::Past | Word::Next | Word::Coming if self.w(j + 1) != Word::A => {
                let ahead = matches!(self.w(j), Word::Next | Word::Coming);
                if !the && matches!(self.w(j), Word::Past | Word::Coming) {
                    return None;
                }
                if let (Some(count), Some(u)) = (self.count_number(j + 1), self.unit(j + 2)) {
                    let long = matches!(
                        u,
                        Unit::Day | Unit::Week | Unit::Month | Unit::Year | Unit::Decade
                    );
                    return long.then_some((
                        Kind::Window {
                            count,
                            unit: u,
                            ahead,
                        },
                        j + 3,
                    ));
                }
                if the {
                    return match self.w(j + 1) {
                        Word::Unit(
                            u @ (Unit::Day | Unit::Week | Unit::Month | Unit::Year | Unit::Quarter),
                        ) if self.w(j) == Word::Next && !self.plural(j + 1) => {
                            Some((unit(u, Which::Following), j + 2))
                        }
                        Word::DayPart if self.w(j) == Word::Next => {
                            Some((unit(Unit::Day, Which::Following), j + 2))
                        }
                        Word::Unit(Unit::Weekend) if self.w(j + 2) != Word::Of => Some((
                            unit(Unit::Weekend, if ahead { Which::Next } else { Which::Last }),
                            j + 2,
                        )),
                        Word::Unit(u @ (Unit::Week | Unit::Month | Unit::Year | Unit::Decade))
                            if !matches!(self.w(j + 2), Word::Of | Word::Before)
                                && !self.plural(j + 1) =>
                        {
                            Some((
                                Kind::Window {
                                    count: 1,
                                    unit: u,
                                    ahead,
                                },
                                j + 2,
                            ))
                        }
                        _ => None,
                    };
                }
                let which = if ahead { Which::Next } else { Which::Last };
                self.modified(
                    j + 1,
                    which,
                    if ahead { YearRef::Next } else { YearRef::Last },
                )
            }
            Word::This if !the => match self.w(j + 1) {
                Word::DayPart => Some((Kind::Offset(0), j + 2)),
                Word::Past => self.modified(j + 2, Which::Past, YearRef::Last),
                Word::Coming => self.modified(j + 2, Which::Coming, YearRef::Next),
                _ => self.modified(j + 1, Which::This, YearRef::This),
            },
            Word::Previous | Word::Following if the => {
                let following = self.w(j) == Word::Following;
                let which = if following {
                    Which::Following
                } else {
                    Which::Previous
                };
                match self.w(j + 1) {
                    Word::DayPart => Some((unit(Unit::Day, which), j + 2)),
                    Word::Unit(u) if u != Unit::Hour && !self.plural(j + 1) => {
                        Some((unit(u, which), j + 2))
                    }
                    Word::Weekday { .. } => self.weekday(j + 1, which),
                    _ => None,
                }
            }
            Word::Same | Word::That => {
                let j = if self.w(j) == Word::That && self.w(j + 1) == Word::Same {
                    j + 1
                } else {
                    j
                };
                match self.w(j + 1) {
                    Word::Unit(Unit::Day) | Word::DayPart => Some((Kind::SameDay, j + 2)),
                    Word::Unit(u @ (Unit::Week | Unit::Weekend | Unit::Month | Unit::Year)) => {
                        Some((unit(u, Which::Same), j + 2))
                    }
                    _ => None,
                }
            }
            Word::Unit(Unit::Weekend) if the && self.w(j + 1) != Word::Of => {
                Some((unit(Unit::Weekend, Which::Plain), j + 1))
            }
            _ => None,
        }
    }

    /// The noun behind "last", "next" or "this".
    fn modified(&self, i: usize, which: Which, year: YearRef) -> Found {
        match self.w(i) {
            Word::DayPart if which == Which::Last && self.is_text(i, &["night", "evening"]) => {
                Some((Kind::Offset(-1), i + 1))
            }
            Word::Unit(u) if !matches!(u, Unit::Hour | Unit::Day) && !self.plural(i) => Some((
                Kind::Unit {
                    unit: u,
                    which,
                    part: Part::Whole,
                },
                i + 1,
            )),
            Word::Season(season) => Some((Kind::Season { year, season }, i + 1)),
            Word::Month {
                month,
                short: false,
            } if self.upper(i) && self.day_number(i + 1).is_none() => {
                let (found, end) = self.year_ref(i + 1);
                let year = if found == YearRef::Infer { year } else { found };
                Some((
                    Kind::Month {
                        year,
                        month,
                        part: Part::Whole,
                    },
                    end,
                ))
            }
            Word::Month { .. } if self.upper(i) => self.month(i, true),
            Word::Weekday { .. } => self.weekday(i, which),
            _ => None,
        }
    }

    /// "two days ago", "a week later", "the day before".
    fn count(&self, i: usize) -> Found {
        let the = self.w(i) == Word::The;
        let mut j = i + 1;
        let mut count = if the { 1 } else { self.count_number(i)? };
        if let (Word::Number(tens @ 20..), Word::Dash, Word::Number(ones @ 1..10)) =
            (self.w(i), self.w(j), self.w(j + 1))
        {
            count = tens + ones;
            j += 2;
        }
        let unit = match self.w(j) {
            Word::Unit(unit) => unit,
            Word::DayPart if the => Unit::Day,
            _ => return None,
        };
        j += 1;
        if matches!(unit, Unit::Weekend | Unit::Quarter) {
            return None;
        }
        // Minutes and hours move no date; "two hours ago" is today.
        if unit == Unit::Hour && self.w(j) != Word::Ago {
            return None;
        }
        if the && self.w(j) == Word::Before && self.w(j + 1) == Word::Last {
            return Some((
                Kind::Count {
                    count: 2,
                    unit,
                    from: Reference::Ago,
                },
                j + 2,
            ));
        }
        let found = |from| Some((Kind::Count { count, unit, from }, j + 1));
        match self.w(j) {
            Word::Ago if !the => found(Reference::Ago),
            Word::From if self.w(j + 1) == Word::Now && !the => Some((
                Kind::Count {
                    count,
                    unit,
                    from: Reference::Ahead,
                },
                j + 2,
            )),
            Word::Earlier if self.w(j + 1) != Word::Approximately => found(Reference::Earlier),
            Word::Later => found(Reference::Later),
            Word::Before | Word::After => {
                let after = self.w(j) == Word::After;
                if the && unit == Unit::Day {
                    match (after, self.w(j + 1)) {
                        (true, Word::Tomorrow) => return Some((Kind::Offset(2), j + 2)),
                        (false, Word::Yesterday) => return Some((Kind::Offset(-2), j + 2)),
                        _ => {}
                    }
                }
                // With nothing behind it the count runs from a day already named, else from an event.
                let alone = matches!(
                    self.w(j + 1),
                    Word::Break
                        | Word::Dot
                        | Word::Comma
                        | Word::Colon
                        | Word::Punctuation
                        | Word::Dash
                        | Word::And
                        | Word::Or
                        | Word::In
                        | Word::On
                        | Word::Preposition
                        | Word::To
                        | Word::From
                        | Word::By
                );
                found(match (alone, after) {
                    (false, _) => Reference::Event,
                    (true, true) => Reference::Later,
                    (true, false) => Reference::Earlier,
                })
            }
            _ => None,
        }
    }

    /// "in two weeks", "within three days".
    fn ahead(&self, i: usize) -> Found {
        let (count, unit) = (self.count_number(i + 1)?, self.unit(i + 2)?);
        if !matches!(unit, Unit::Day | Unit::Week | Unit::Month | Unit::Year) {
            return None;
        }
        if matches!(
            self.w(i + 3),
            Word::Of | Word::Ago | Word::Apostrophe | Word::Dash
        ) {
            return None;
        }
        if self.w(i) == Word::Within {
            return Some((
                Kind::Window {
                    count,
                    unit,
                    ahead: true,
                },
                i + 3,
            ));
        }
        let first = matches!(
            self.before(i, 1),
            Word::Time | Word::SpelledNth(_) | Word::Counted | Word::Unit(_)
        );
        let article = self.w(i + 1) == Word::A && matches!(unit, Unit::Day | Unit::Year);
        (!first && !article).then_some((
            Kind::Count {
                count,
                unit,
                from: Reference::Ahead,
            },
            i + 3,
        ))
    }

    /// "early March", "mid-2023", "late Monday", "earlier this week", "the end of May".
    fn part(&self, i: usize) -> Found {
        let j = i + usize::from(self.w(i) == Word::The);
        let (part, mut k) = match self.w(j) {
            Word::Early => (Part::Early, j + 1),
            Word::Mid => (
                Part::Middle,
                j + 1 + usize::from(self.w(j + 1) == Word::Dash),
            ),
            Word::Late => (Part::Late, j + 1),
            Word::Earlier if j == i => (Part::Earlier, j + 1),
            Word::Later if j == i => (Part::Later, j + 1),
            Word::End if self.w(j + 1) == Word::Of => (Part::Late, j + 2),
            Word::Beginning if self.w(j + 1) == Word::Of => (Part::Early, j + 2),
            Word::Middle if self.w(j + 1) == Word::Of => (Part::Middle, j + 2),
            _ => return None,
        };
        if matches!(self.w(k), Word::In | Word::On)
            && matches!(
                self.w(j),
                Word::Early | Word::Late | Word::Earlier | Word::Later
            )
        {
            k += 1;
        }
        if self.w(k) == Word::The
            && let Some(unit) = self.unit(k + 1)
        {
            return match unit {
                Unit::Hour | Unit::Decade => None,
                Unit::Day
                    if matches!(
                        self.w(j),
                        Word::Earlier | Word::Later | Word::Early | Word::Late
                    ) =>
                {
                    Some((Kind::SameDay, k + 2))
                }
                Unit::Day => None,
                _ => Some((
                    Kind::Unit {
                        unit,
                        which: Which::This,
                        part,
                    },
                    k + 2,
                )),
            };
        }
        let inner = match self.w(k) {
            Word::Month { .. } => self.month(k, true),
            Word::Digits { .. } => self
                .full_year(k)
                .map(|year| (Kind::Year { year, part }, k + 1)),
            Word::Tens(first) => Some((Kind::Decade { first, part }, k + 1)),
            Word::Weekday { .. } => self.weekday(k, Which::Plain),
            Word::Today | Word::Yesterday | Word::Tomorrow => self.near(k),
            Word::This | Word::Last | Word::Next | Word::That | Word::The => {
                longer(self.relative(k), longer(self.season(k), self.the_decade(k)))
            }
            Word::Season(season) if matches!(self.w(j), Word::Early | Word::Late | Word::Mid) => {
                let (year, end) = self.year_ref(k + 1);
                Some((Kind::Season { year, season }, end))
            }
            Word::Season(_) => self.season(k),
            Word::DayPart if self.is_text(k, &["evening", "afternoon", "morning"]) => None,
            _ => None,
        };
        let (kind, end) = inner?;
        Some((with_part(kind, part)?, end))
    }

    /// "the 1990s".
    fn the_decade(&self, i: usize) -> Found {
        match (self.w(i), self.w(i + 1)) {
            (Word::The, Word::Tens(first)) => Some((
                Kind::Decade {
                    first,
                    part: Part::Whole,
                },
                i + 2,
            )),
            _ => None,
        }
    }

    /// "summer 2023", "the fall of 2008", "in the spring".
    fn season(&self, i: usize) -> Found {
        let the = self.w(i) == Word::The;
        let j = i + usize::from(the);
        let Word::Season(season) = self.w(j) else {
            return None;
        };
        let (year, end) = self.year_ref(j + 1);
        if year != YearRef::Infer {
            return Some((Kind::Season { year, season }, end));
        }
        if self.upper(j) && self.upper(j + 1) {
            return None;
        }
        let opened = matches!(
            self.before(i, 1),
            Word::In | Word::During | Word::Over | Word::Since | Word::Until
        );
        (the && opened && self.w(j + 1) != Word::Of)
            .then_some((Kind::Season { year, season }, j + 1))
    }

    /// "the first quarter of 2024", "Q1 2024".
    fn quarter(&self, i: usize) -> Found {
        let the = self.w(i) == Word::The;
        let j = i + usize::from(the);
        let (quarter, k) = match self.w(j) {
            Word::Q(quarter) => (quarter, j + 1),
            Word::SpelledNth(quarter) if self.unit(j + 1) == Some(Unit::Quarter) => {
                (quarter, j + 2)
            }
            _ => return None,
        };
        let (year, end) = self.year_ref(k);
        let opened = matches!(
            self.before(i, 1),
            Word::In | Word::During | Word::Preposition
        );
        let open = opened && self.w(k) != Word::Of && matches!(self.w(j), Word::SpelledNth(_));
        (year != YearRef::Infer || open).then_some((Kind::Quarter { year, quarter }, end))
    }

    /// "the first half of May", "the second half of 2024", "the last week of June".
    fn half_or_week(&self, i: usize) -> Found {
        let j = i + usize::from(self.w(i) == Word::The);
        let nth = match self.w(j) {
            Word::SpelledNth(n) => n,
            Word::Last => -1,
            _ => return None,
        };
        match self.w(j + 1) {
            Word::Half if self.w(j + 2) == Word::Of && matches!(nth, 1 | 2) => {
                if let Some((kind @ Kind::Month { .. }, end)) = self.month(j + 3, true) {
                    return Some((
                        with_part(kind, if nth == 1 { Part::Early } else { Part::Late })?,
                        end,
                    ));
                }
                let (year, end) = self.year_ref(j + 2);
                (year != YearRef::Infer).then_some((Kind::Half { year, half: nth }, end))
            }
            Word::Unit(Unit::Week) if self.w(j + 2) == Word::Of => match self.month(j + 3, true) {
                Some((Kind::Month { year, month, .. }, end)) => Some((
                    Kind::WeekOfMonth {
                        year,
                        month,
                        week: nth,
                    },
                    end,
                )),
                _ => None,
            },
            _ => None,
        }
    }

    /// A year that stands alone.
    fn year(&self, i: usize) -> Found {
        let year = self.full_year(i)?;
        let before = self.before(i, 1);
        let opened = matches!(
            before,
            Word::In
                | Word::Since
                | Word::Until
                | Word::During
                | Word::From
                | Word::Between
                | Word::Early
                | Word::Mid
                | Word::Late
                | Word::Of
                | Word::By
                | Word::Through
        );
        if year < 1900 && !matches!(before, Word::In | Word::Since) {
            return None;
        }
        if self.glued(i)
            && matches!(
                before,
                Word::Dash | Word::Dot | Word::Comma | Word::Apostrophe
            )
        {
            return None;
        }
        if self.glued(i + 1)
            && matches!(self.w(i + 1), Word::Dash)
            && !matches!(self.w(i + 2), Word::Digits { .. })
        {
            return None;
        }
        // "Agenda 2030", "Expo 2020", "room 2024", "some 2000 men"
        let since = (2..=3).any(|n| self.before(i, n) == Word::Since);
        let counted = !since
            && matches!(
                before,
                Word::Approximately | Word::A | Word::Number(_) | Word::Over | Word::Digits { .. }
            );
        let named = !opened
            && (before == Word::Other || (self.upper(i.saturating_sub(1)) && before != Word::The));
        // A round number before a plain noun counts it more often than not.
        let noun = !opened && year % 100 == 0 && self.w(i + 1) == Word::Other && !self.upper(i + 1);
        (!counted && !named && !noun).then_some((
            Kind::Year {
                year,
                part: Part::Whole,
            },
            i + 1,
        ))
    }

    /// A holiday by name.
    fn holiday(&self, i: usize) -> Found {
        if !self.upper(i) {
            return None;
        }
        let fits = |words: &[&str]| {
            words.iter().enumerate().all(|(n, word)| match *word {
                "'" => self.w(i + n) == Word::Apostrophe,
                word => self.text(i + n) == word,
            })
        };
        let index = HOLIDAYS.iter().position(|h| fits(&h.words))?;
        let after = i + HOLIDAYS.get(index)?.words.len();
        if self.is_text(after, &["Agreement", "Agreements", "Accord", "Accords"]) {
            return None;
        }
        let (year, end) = self.year_ref(after);
        Some((Kind::Holiday { index, year }, end))
    }

    /// Two expressions joined: "September 30–October 1", "Monday to Friday", "2003 and 2005" behind "between".
    fn range(&self, i: usize, first: &Kind, end: usize) -> Found {
        let before = self.before(i, 1);
        let joint = self.w(end);
        let and = matches!(joint, Word::And | Word::Or);
        if !(and || matches!(joint, Word::Dash | Word::To | Word::Through | Word::Until)) {
            return None;
        }
        let mut j = end + 1;
        // "on Friday and on Saturday" is two expressions; "between the 3rd and the 5th" is handled by the day rules.
        if let Kind::Year {
            year,
            part: Part::Whole,
        } = *first
        {
            let framed = matches!(before, Word::From | Word::Between) || joint == Word::Dash;
            if !framed || (and && before != Word::Between) {
                return None;
            }
            let last = match self.w(j) {
                Word::Digits { value, len: 2 } if joint == Word::Dash && self.lone_number(j) => {
                    let last = year - year % 100 + value as i16;
                    (last == year + 1).then_some(last)
                }
                _ => self.full_year(j),
            }?;
            let last = Kind::Year {
                year: last,
                part: Part::Whole,
            };
            return Some((Kind::Range(Box::new(first.clone()), Box::new(last)), j + 1));
        }
        if self.w(j) == Word::The && matches!(self.w(j + 1), Word::Nth(_)) {
            j += 1;
        }
        let (mut last, last_end) = match self.w(j) {
            Word::Month { .. } => self.month(j, true),
            Word::Weekday { .. } => self.weekday(j, Which::Plain),
            Word::Digits { .. } | Word::Nth(_) => longer(self.numeric(j), self.day_month(j, false)),
            Word::Early | Word::Mid | Word::Late => self.part(j),
            _ => None,
        }?;
        let mut first = first.clone();
        match (&mut first, &mut last) {
            (
                Kind::Day {
                    year: a,
                    month,
                    day,
                    ..
                },
                Kind::Day {
                    year: b,
                    month: m2,
                    day: d2,
                    ..
                },
            ) => {
                if and && before != Word::Between {
                    let next_day = *month == *m2 && *d2 == day.saturating_add(1);
                    if !next_day {
                        return None;
                    }
                }
                if *a == YearRef::Infer && (*month, *day) < (*m2, *d2) {
                    *a = *b;
                }
            }
            (
                Kind::Month { year: a, month, .. },
                Kind::Month {
                    year: b, month: m2, ..
                },
            ) => {
                if and && before != Word::Between && *m2 != *month % 12 + 1 {
                    return None;
                }
                if *a == YearRef::Infer && month < m2 {
                    *a = *b;
                }
            }
            (Kind::Weekday { day, .. }, Kind::Weekday { day: d2, .. }) => {
                if *day == *d2 || (and && before != Word::Between && day.next() != *d2) {
                    return None;
                }
            }
            _ => return None,
        }
        Some((Kind::Range(Box::new(first), Box::new(last)), last_end))
    }
}
