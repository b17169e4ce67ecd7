//! What an expression says, publication date, anchor, direction => ISO 8601 value.

use jiff::civil::{Date, Weekday};

use super::lex::{Part, Season, Unit};
use super::{Bound, Direction, Kind, Reference, Which, YearRef, holidays};

/// How fine a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// One day.
    Day,
    /// Days of one week.
    Week,
    /// A calendar month.
    Month,
    /// A quarter or half of a year.
    Quarter,
    /// A season.
    Season,
    /// A calendar year.
    Year,
    /// Any other span.
    Interval,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, or two of these as `A/B`.
    pub iso: String,
    /// How fine it is.
    pub granularity: Granularity,
    /// The first day it covers: narrower than `iso` for "early March".
    pub start: Date,
    /// The last day it covers.
    pub end: Date,
}

/// True where both values can name the same day: one contains the other, or they overlap.
pub fn compatible(a: &Resolved, b: &Resolved) -> bool {
    a.start <= b.end && b.start <= a.end
}

impl Resolved {
    fn day(date: Date) -> Self {
        Resolved {
            iso: date.to_string(),
            granularity: Granularity::Day,
            start: date,
            end: date,
        }
    }

    fn days(start: Date, end: Date, granularity: Granularity) -> Option<Self> {
        match start.cmp(&end) {
            std::cmp::Ordering::Less => Some(Resolved {
                iso: format!("{start}/{end}"),
                granularity,
                start,
                end,
            }),
            std::cmp::Ordering::Equal => Some(Resolved::day(start)),
            std::cmp::Ordering::Greater => None,
        }
    }

    fn month(first: Date) -> Self {
        let start = first.first_of_month();
        Resolved {
            iso: month_iso(start),
            granularity: Granularity::Month,
            start,
            end: start.last_of_month(),
        }
    }

    fn years(first: i16, last: i16) -> Option<Self> {
        let (start, end) = (Date::new(first, 1, 1).ok()?, Date::new(last, 12, 31).ok()?);
        let (iso, granularity) = if first == last {
            (format!("{first:04}"), Granularity::Year)
        } else {
            (format!("{first:04}/{last:04}"), Granularity::Interval)
        };
        Some(Resolved {
            iso,
            granularity,
            start,
            end,
        })
    }

    /// From the first component of `self` to the last of `other`.
    fn to(&self, other: &Resolved) -> Option<Self> {
        if self.start > other.end {
            return None;
        }
        let first = self.iso.split('/').next()?;
        let last = other.iso.rsplit('/').next()?;
        if first == last {
            return Some(self.clone());
        }
        let iso = format!("{first}/{last}");
        Some(Resolved {
            iso,
            granularity: Granularity::Interval,
            start: self.start,
            end: other.end,
        })
    }

    /// The same value with the days of `part` only; `published` bounds "earlier" and "later".
    fn narrowed(mut self, part: Part, published: Option<Date>) -> Option<Self> {
        let length = days_between(self.start, self.end);
        let at = |share: i64| add_days(self.start, length * share / 12);
        let (start, end) = match part {
            Part::Whole => (self.start, self.end),
            Part::Early => (self.start, at(6)?),
            Part::Middle => (at(3)?, at(9)?),
            Part::Late => (at(6)?, self.end),
            Part::Earlier => (
                self.start,
                published.map_or(self.end, |p| p.clamp(self.start, self.end)),
            ),
            Part::Later => (
                published.map_or(self.start, |p| p.clamp(self.start, self.end)),
                self.end,
            ),
        };
        (self.start, self.end) = (start, end);
        Some(self)
    }
}

fn month_iso(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// `date` and `days` more, or `None` outside the calendar.
pub(super) fn add_days(date: Date, days: i64) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

fn add_months(date: Date, months: i64) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_months(months).ok()?)
        .ok()
}

fn days_between(start: Date, end: Date) -> i64 {
    end.duration_since(start).as_secs() / 86_400
}

fn monday(date: Date) -> Option<Date> {
    add_days(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

/// The last `day` on or before `date`.
fn on_or_before(date: Date, day: Weekday) -> Option<Date> {
    let back = i64::from(date.weekday().to_monday_zero_offset() - day.to_monday_zero_offset())
        .rem_euclid(7);
    add_days(date, -back)
}

/// The first `day` on or after `date`.
fn on_or_after(date: Date, day: Weekday) -> Option<Date> {
    let ahead = i64::from(day.to_monday_zero_offset() - date.weekday().to_monday_zero_offset())
        .rem_euclid(7);
    add_days(date, ahead)
}

/// How far `date` lies from `start..=end`, in days.
fn distance(date: Date, (start, end): (Date, Date)) -> i64 {
    days_between(date, start)
        .max(days_between(end, date))
        .max(0)
}

/// The days of a season; `year` is the one it begins in.
fn season(season: Season, year: i16) -> Option<(Date, Date)> {
    let month = match season {
        Season::Spring => 3,
        Season::Summer => 6,
        Season::Autumn => 9,
        Season::Winter => 12,
    };
    let start = Date::new(year, month, 1).ok()?;
    Some((start, add_months(start, 2)?.last_of_month()))
}

/// Months `first` to `last` of a year.
fn months(year: i16, first: i8, last: i8) -> Option<(Date, Date)> {
    Some((
        Date::new(year, first, 1).ok()?,
        Date::new(year, last, 1).ok()?.last_of_month(),
    ))
}

/// Days before the publication date within which a day named without its year can be a plan's.
const NEAR_BACK: i64 = 30;
/// Days after the publication date within which a day named without its year can be a report's.
const NEAR_AHEAD: i64 = 45;

/// What is known besides the words.
#[derive(Clone, Copy)]
pub(super) struct Context {
    pub published: Option<Date>,
    pub anchor: Option<Date>,
    pub direction: Direction,
}

impl Context {
    /// The value of `kind` behind a preposition.
    pub fn bounded(&self, kind: &Kind, bound: Bound) -> Option<Resolved> {
        let value = self.value(kind)?;
        let Some(published) = self.published else {
            return Some(value);
        };
        let joined = match (bound, self.direction) {
            (Bound::Since, Direction::Past | Direction::Unknown) if value.end < published => {
                value.to(&Resolved::day(published))
            }
            (Bound::Until, Direction::Future) if value.end > published => {
                Resolved::day(published).to(&value)
            }
            _ => None,
        };
        Some(joined.unwrap_or(value))
    }

    /// The value of `kind`.
    pub fn value(&self, kind: &Kind) -> Option<Resolved> {
        match *kind {
            Kind::Day {
                year,
                month,
                day,
                weekday,
            } => self.day(year, month, day, weekday),
            Kind::DayOfMonth { day, months: None } => self.day_of_month(day),
            Kind::DayOfMonth {
                day,
                months: Some(months),
            } => {
                let month = add_months(self.published?.first_of_month(), i64::from(months))?;
                Date::new(month.year(), month.month(), day)
                    .ok()
                    .map(Resolved::day)
            }
            Kind::Unclear => None,
            Kind::Month { year, month, part } => {
                let (start, _) = self.in_year(year, |y| months(y, month, month))?;
                Resolved::month(start).narrowed(part, self.published)
            }
            Kind::Year { year, part } => {
                Resolved::years(year, year)?.narrowed(part, self.published)
            }
            Kind::Decade { first, part } => {
                Resolved::years(first, first.checked_add(9)?)?.narrowed(part, self.published)
            }
            Kind::Quarter { year, quarter } => {
                let (start, end) =
                    self.in_year(year, |y| months(y, quarter * 3 - 2, quarter * 3))?;
                Resolved::days(start, end, Granularity::Quarter)
            }
            Kind::Half { year, half } => {
                let (start, end) = self.in_year(year, |y| months(y, half * 6 - 5, half * 6))?;
                Resolved::days(start, end, Granularity::Quarter)
            }
            Kind::WeekOfMonth { year, month, week } => {
                let (first, last) = self.in_year(year, |y| months(y, month, month))?;
                let start = if week < 0 {
                    add_days(last, -6)?
                } else {
                    add_days(first, 7 * i64::from(week - 1))?
                };
                Resolved::days(start, add_days(start, 6)?, Granularity::Week)
            }
            Kind::Season { year, season: name } => {
                let (start, end) = self.in_year(year, |y| season(name, y))?;
                Resolved::days(start, end, Granularity::Season)
            }
            Kind::Weekday { day, which } => self.weekday(day, which).map(Resolved::day),
            Kind::Offset(days) => add_days(self.published?, i64::from(days)).map(Resolved::day),
            Kind::Overnight => {
                let p = self.published?;
                match self.direction {
                    Direction::Future => Resolved::days(p, add_days(p, 1)?, Granularity::Interval),
                    _ => Resolved::days(add_days(p, -1)?, p, Granularity::Interval),
                }
            }
            Kind::SameDay => self.anchor.or(self.published).map(Resolved::day),
            Kind::Unit { unit, which, part } => self.unit(unit, which, part),
            Kind::Count { count, unit, from } => self.count(i64::from(count), unit, from),
            Kind::Window { count, unit, ahead } => self.window(i64::from(count), unit, ahead),
            Kind::Holiday { index, year } => {
                let day = |y| holidays::day(index, y).map(|d| (d, d));
                self.in_year(year, day).map(|(day, _)| Resolved::day(day))
            }
            Kind::Range(ref a, ref b) => self.range(a, b),
        }
    }

    /// The day that missing years are worked out from, and the side of it to look on.
    fn base(&self) -> Option<(Date, Direction)> {
        match self.published {
            Some(published) => Some((published, self.direction)),
            None => self.anchor.map(|anchor| (anchor, Direction::Unknown)),
        }
    }

    /// The days that `days` gives for the year meant.
    fn in_year(
        &self,
        year: YearRef,
        days: impl Fn(i16) -> Option<(Date, Date)>,
    ) -> Option<(Date, Date)> {
        // February 29 comes every fourth year, every eighth around most turns of the century.
        let around = |at: Date| {
            (at.year().saturating_sub(8)..=at.year().saturating_add(8)).filter_map(&days)
        };
        match year {
            YearRef::Exact(year) => days(year),
            YearRef::Offset(offset) => days(self.published?.year().checked_add(offset)?),
            YearRef::This => {
                let published = self.published?;
                let running = days(published.year() - 1).filter(|&(_, end)| end >= published);
                running.or_else(|| days(published.year()))
            }
            YearRef::Last => {
                let published = self.published?;
                around(published).filter(|&(_, end)| end < published).max()
            }
            YearRef::Next => {
                let published = self.published?;
                around(published)
                    .filter(|&(start, _)| start > published)
                    .min()
            }
            YearRef::Infer => {
                let (base, direction) = self.base()?;
                match direction {
                    Direction::Past => around(base).filter(|&(start, _)| start <= base).max(),
                    Direction::Future => around(base).filter(|&(_, end)| end >= base).min(),
                    Direction::Unknown => around(base).min_by_key(|&span| distance(base, span)),
                }
            }
        }
    }

    fn day(&self, year: YearRef, month: i8, day: i8, weekday: Option<Weekday>) -> Option<Resolved> {
        let date = |y| Date::new(y, month, day).ok().map(|d| (d, d));
        if let (YearRef::Infer, Some(weekday), Some((base, _))) = (year, weekday, self.base()) {
            // The weekday tells the year, and keeps an article dated a day early from losing a whole one.
            let years = base.year().saturating_sub(2)..=base.year().saturating_add(1);
            let told = years
                .filter_map(date)
                .filter(|(d, _)| d.weekday() == weekday && distance(base, (*d, *d)) < 366)
                .min_by_key(|&span| distance(base, span));
            if let Some((day, _)) = told {
                return Some(Resolved::day(day));
            }
        }
        if let (YearRef::Infer, Some((base, direction))) = (year, self.base()) {
            // A day close by beats one most of a year away on the expected side: a plan for March 4 is still in the
            // article of March 10, and "on May 24" in April is not last year's.
            let (back, ahead) = match direction {
                Direction::Past => (0, NEAR_AHEAD),
                Direction::Future => (NEAR_BACK, 0),
                Direction::Unknown => (0, 0),
            };
            let years = base.year().saturating_sub(1)..=base.year().saturating_add(1);
            let near = years.filter_map(date).find(|&(d, _)| {
                let days = days_between(base, d);
                (-back..0).contains(&days) || (1..=ahead).contains(&days)
            });
            if let Some((day, _)) = near {
                return Some(Resolved::day(day));
            }
        }
        self.in_year(year, date).map(|(day, _)| Resolved::day(day))
    }

    fn day_of_month(&self, day: i8) -> Option<Resolved> {
        let (base, direction) = self.base()?;
        let days = (-2..=2).filter_map(|n| {
            let month = add_months(base.first_of_month(), n)?;
            Date::new(month.year(), month.month(), day).ok()
        });
        let found = match direction {
            Direction::Past => days.filter(|d| *d <= base).max(),
            Direction::Future => days.filter(|d| *d >= base).min(),
            Direction::Unknown => days.min_by_key(|d| distance(base, (*d, *d))),
        };
        found.map(Resolved::day)
    }

    fn weekday(&self, day: Weekday, which: Which) -> Option<Date> {
        let from = |days| add_days(self.published?, days);
        match which {
            Which::Plain | Which::This => match self.direction {
                Direction::Past => on_or_before(self.published?, day),
                Direction::Future => on_or_after(self.published?, day),
                Direction::Unknown => on_or_after(from(-3)?, day),
            },
            // On a Friday "last Thursday" is not yesterday, and "next Saturday" not tomorrow.
            Which::Last => on_or_before(from(-2)?, day),
            Which::Next => on_or_after(from(2)?, day),
            Which::Past => on_or_before(from(-1)?, day),
            Which::Coming => on_or_after(from(1)?, day),
            Which::Previous => on_or_before(add_days(self.anchor.or(self.published)?, -1)?, day),
            Which::Following => on_or_after(add_days(self.ahead_of()?, 1)?, day),
            Which::Same => None,
            Which::Week(weeks) => on_or_after(
                add_days(monday(self.published?)?, 7 * i64::from(weeks))?,
                day,
            ),
        }
    }

    /// What "the following" counts from: the anchor; for what is to come also publication.
    fn ahead_of(&self) -> Option<Date> {
        self.anchor.or(if self.direction == Direction::Future {
            self.published
        } else {
            None
        })
    }

    fn unit(&self, unit: Unit, which: Which, part: Part) -> Option<Resolved> {
        let (base, shift) = match which {
            Which::Plain | Which::This | Which::Week(_) => (self.published?, 0),
            Which::Last | Which::Past => (self.published?, -1),
            Which::Next | Which::Coming => (self.published?, 1),
            Which::Previous => (self.anchor.or(self.published)?, -1),
            Which::Following => (self.ahead_of()?, 1),
            Which::Same => (self.anchor?, 0),
        };
        match unit {
            Unit::Hour => None,
            Unit::Day => add_days(base, shift).map(Resolved::day),
            Unit::Week if which == Which::Past => self.window(1, unit, false),
            Unit::Week => {
                let start = add_days(monday(base)?, 7 * shift)?;
                let end = add_days(start, 6)?;
                if which == Which::This {
                    let published = self.published?;
                    match part {
                        Part::Later => return Resolved::days(published, end, Granularity::Week),
                        Part::Earlier => {
                            return Resolved::days(start, published, Granularity::Week);
                        }
                        Part::Whole if self.direction == Direction::Past => {
                            return Resolved::days(start, published, Granularity::Week);
                        }
                        _ => {}
                    }
                }
                Resolved::days(start, end, Granularity::Week)?.narrowed(part, self.published)
            }
            Unit::Weekend => {
                let saturday = match (which, self.direction) {
                    (Which::Plain | Which::This, Direction::Past) => {
                        on_or_before(base, Weekday::Saturday)?
                    }
                    (Which::Past, _) => on_or_before(base, Weekday::Saturday)?,
                    (Which::Plain | Which::This, _) | (Which::Coming, _) => {
                        add_days(on_or_after(base, Weekday::Sunday)?, -1)?
                    }
                    _ => add_days(monday(base)?, 7 * shift + 5)?,
                };
                Resolved::days(saturday, add_days(saturday, 1)?, Granularity::Interval)
            }
            Unit::Month => {
                let first = add_months(base.first_of_month(), shift)?;
                Resolved::month(first).narrowed(part, self.published)
            }
            Unit::Quarter => {
                let within = i64::from((base.month() - 1) % 3);
                let first = add_months(base.first_of_month(), 3 * shift - within)?;
                let end = add_months(first, 2)?.last_of_month();
                Resolved::days(first, end, Granularity::Quarter)?.narrowed(part, self.published)
            }
            Unit::Year => {
                let year = base.year().checked_add(shift as i16)?;
                Resolved::years(year, year)?.narrowed(part, self.published)
            }
            Unit::Decade => {
                let first =
                    (base.year() - base.year().rem_euclid(10)).checked_add(10 * shift as i16)?;
                Resolved::years(first, first.checked_add(9)?)?.narrowed(part, self.published)
            }
        }
    }

    fn count(&self, count: i64, unit: Unit, from: Reference) -> Option<Resolved> {
        let (base, sign) = match from {
            Reference::Ago => (self.published?, -1),
            Reference::Ahead if self.direction == Direction::Past => return None,
            Reference::Ahead => (self.published?, 1),
            Reference::Earlier => (self.anchor.or(self.published)?, -1),
            Reference::Later => (self.anchor?, 1),
            Reference::Event => return None,
        };
        let n = sign * count;
        match unit {
            Unit::Hour if count < 24 => Some(Resolved::day(base)),
            Unit::Hour => add_days(base, n / 24).map(Resolved::day),
            Unit::Day => add_days(base, n).map(Resolved::day),
            // "A week ago" is meant to the day, "three weeks ago" to the week.
            Unit::Week if count == 1 => add_days(base, 7 * n).map(Resolved::day),
            Unit::Week => {
                let start = monday(add_days(base, 7 * n)?)?;
                Resolved::days(start, add_days(start, 6)?, Granularity::Week)
            }
            Unit::Month => add_months(base.first_of_month(), n).map(Resolved::month),
            Unit::Year | Unit::Decade => {
                let years = if unit == Unit::Decade { 10 * n } else { n };
                let year = base.year().checked_add(i16::try_from(years).ok()?)?;
                Resolved::years(year, year)
            }
            Unit::Weekend | Unit::Quarter => None,
        }
    }

    fn window(&self, count: i64, unit: Unit, ahead: bool) -> Option<Resolved> {
        let here = self.published?;
        let n = if ahead { count } else { -count };
        let far = match unit {
            Unit::Day => Resolved::day(add_days(here, n)?),
            Unit::Week => Resolved::day(add_days(here, 7 * n)?),
            Unit::Month if count == 1 => Resolved::day(add_months(here, n)?),
            Unit::Month => Resolved::month(add_months(here, n)?),
            Unit::Year if count == 1 => Resolved::month(add_months(here, 12 * n)?),
            Unit::Year | Unit::Decade => {
                let years = if unit == Unit::Decade { 10 * n } else { n };
                let year = here.year().checked_add(i16::try_from(years).ok()?)?;
                Resolved::years(year, year)?
            }
            Unit::Hour | Unit::Weekend | Unit::Quarter => return None,
        };
        let near = match far.granularity {
            Granularity::Month => Resolved::month(here),
            Granularity::Year => Resolved::years(here.year(), here.year())?,
            _ => Resolved::day(here),
        };
        if ahead { near.to(&far) } else { far.to(&near) }
    }

    fn range(&self, a: &Kind, b: &Kind) -> Option<Resolved> {
        let beside = |published, direction| Context {
            published: Some(published),
            anchor: None,
            direction,
        };
        let after = |first: &Resolved| beside(first.start, Direction::Future).value(b);
        let open = |kind: &Kind| {
            matches!(
                kind,
                Kind::Day {
                    year: YearRef::Infer,
                    ..
                } | Kind::Month {
                    year: YearRef::Infer,
                    ..
                }
            )
        };
        // A range of days that has begun is still "to come" until its last day.
        let last_first = open(a) && (!open(b) || self.direction == Direction::Future);
        let (first, last) = if last_first {
            let last = self.value(b)?;
            (beside(last.end, Direction::Past).value(a)?, last)
        } else {
            let first = self.value(a)?;
            let last = after(&first)?;
            (first, last)
        };
        first.to(&last)
    }
}
