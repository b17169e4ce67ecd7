//! `body[within]` => date expressions => ISO 8601 values.
//!
//! [`find`] cuts the text into tokens and reads the longest expression at each, with bounded look-ahead, so it takes
//! linear time. [`DateExpression::resolve`] works out the value against the article's publication date, never against
//! today: "Thursday" is the last one on or before that date for what happened, the next one for what is planned.
//! Without a publication date only what the words themselves say is known, or what an earlier explicit date in the
//! article ([`anchor`]) adds. [`choose`] is the rule that says which expression of a sentence dates an event.
//!
//! Weeks run from Monday to Sunday, seasons are whole months of the northern hemisphere. Time zones are left alone.
//! Vague words ("recently", "soon", "in recent days") are not found.

mod choose;
mod grammar;
mod holidays;
mod lex;
mod resolve;

use jiff::civil::{Date, Weekday};

pub use choose::{Chooser, choose, is_coarse, names_a_thing};
pub use lex::{Part, Season, Unit};
pub use resolve::{Granularity, Resolved, compatible};

use crate::span::Span;

/// The year of a day, month or season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearRef {
    /// Not said: the nearest that fits the direction.
    Infer,
    /// Said.
    Exact(i16),
    /// "of this year" (0), "last year" (-1), "next year" (1).
    Offset(i16),
    /// "last May": the latest before.
    Last,
    /// "next May": the first after.
    Next,
    /// "this May": in the year of publication.
    This,
}

/// Which weekday, week, month or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// "Monday", "the weekend".
    Plain,
    /// "last".
    Last,
    /// "next".
    Next,
    /// "this".
    This,
    /// "this past".
    Past,
    /// "the coming".
    Coming,
    /// "the previous": before the anchor.
    Previous,
    /// "the following", "the next": after the anchor.
    Following,
    /// "that": the anchor's own.
    Same,
    /// A weekday of the week that is so many after the present one: "Friday next week".
    Week(i16),
}

/// From where and in which direction a count of days, weeks, … runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// "ago": back from publication.
    Ago,
    /// "in two weeks": on from publication.
    Ahead,
    /// "two days earlier": back from the anchor.
    Earlier,
    /// "two days later": on from the anchor.
    Later,
    /// "two days before the vote": from something that is no date; not resolved.
    Event,
}

/// What an expression says, before it is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// "27 February 2025", "Friday, February 27".
    Day {
        /// Its year.
        year: YearRef,
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
        /// The weekday beside it, which tells the year.
        weekday: Option<Weekday>,
    },
    /// "the 27th", "the 22nd of last month".
    DayOfMonth {
        /// 1 to 31.
        day: i8,
        /// Months after the one of publication, where said.
        months: Option<i8>,
    },
    /// "2/3/2025": March or February.
    Unclear,
    /// "March", "early March 2024", "last May".
    Month {
        /// Its year.
        year: YearRef,
        /// 1 to 12.
        month: i8,
        /// Which part of it.
        part: Part,
    },
    /// "2015", "late 2023".
    Year {
        /// The year.
        year: i16,
        /// Which part of it.
        part: Part,
    },
    /// "the early 1990s".
    Decade {
        /// Its first year.
        first: i16,
        /// Which part of it.
        part: Part,
    },
    /// "the first quarter of 2024".
    Quarter {
        /// Its year.
        year: YearRef,
        /// 1 to 4.
        quarter: i8,
    },
    /// "the first half of 2024".
    Half {
        /// Its year.
        year: YearRef,
        /// 1 or 2.
        half: i8,
    },
    /// "the last week of June".
    WeekOfMonth {
        /// Its year.
        year: YearRef,
        /// 1 to 12.
        month: i8,
        /// 1 to 4; -1 the last.
        week: i8,
    },
    /// "summer 2023", "this fall".
    Season {
        /// Its year; of winter the year it begins in.
        year: YearRef,
        /// Which.
        season: Season,
    },
    /// "Monday evening", "last Thursday".
    Weekday {
        /// The weekday.
        day: Weekday,
        /// Which one.
        which: Which,
    },
    /// Days after publication: "today" 0, "last night" -1, "tomorrow" 1.
    Offset(i16),
    /// "overnight".
    Overnight,
    /// "the same day", "that evening".
    SameDay,
    /// "last week", "later this year", "the following month".
    Unit {
        /// Day, week, month, …
        unit: Unit,
        /// Which one.
        which: Which,
        /// Which part of it.
        part: Part,
    },
    /// "two days ago", "three weeks later".
    Count {
        /// How many.
        count: u16,
        /// Of what.
        unit: Unit,
        /// From where.
        from: Reference,
    },
    /// "the last four years", "within two weeks".
    Window {
        /// How many.
        count: u16,
        /// Of what.
        unit: Unit,
        /// On from publication, not back.
        ahead: bool,
    },
    /// A holiday of `data/holidays.tsv`.
    Holiday {
        /// Its line.
        index: usize,
        /// Its year.
        year: YearRef,
    },
    /// "March 12–13", "from Monday to Friday".
    Range(Box<Kind>, Box<Kind>),
}

/// The preposition that opens a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bound {
    /// None, or "on", "in", "at".
    #[default]
    At,
    /// "since".
    Since,
    /// "until", "till", "by".
    Until,
}

/// A date expression as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateExpression {
    /// Where: with its modifiers ("late Monday", "the end of May") but without a leading preposition or a trailing 's.
    pub span: Span,
    /// What it says.
    pub kind: Kind,
    /// The preposition before it.
    pub bound: Bound,
}

/// Where an event lies, seen from the publication date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It happened.
    Past,
    /// It is planned or possible.
    Future,
    /// Not known, as for what did not happen.
    Unknown,
}

impl From<crate::document::Status> for Direction {
    fn from(status: crate::document::Status) -> Self {
        use crate::document::Status;
        match status {
            Status::Occurred => Direction::Past,
            Status::Planned | Status::Possible => Direction::Future,
            Status::Not => Direction::Unknown,
        }
    }
}

impl DateExpression {
    /// The value, or `None` where it cannot be known: a relative expression and no publication date, words that are
    /// unclear, a day that does not exist.
    ///
    /// `published` is the article's date; `anchor` a day the article has named before, for "two days later".
    pub fn resolve(
        &self,
        published: Option<Date>,
        anchor: Option<Date>,
        direction: Direction,
    ) -> Option<Resolved> {
        resolve::Context {
            published,
            anchor,
            direction,
        }
        .bounded(&self.kind, self.bound)
    }

    /// True where the value needs neither publication date nor anchor.
    pub fn is_absolute(&self) -> bool {
        resolve::Context {
            published: None,
            anchor: None,
            direction: Direction::Unknown,
        }
        .value(&self.kind)
        .is_some()
    }
}

/// Every date expression in `body[within]`: sorted, disjoint, the longest at each place. Linear time.
///
/// A `within` that does not lie on character boundaries gives none.
pub fn find(body: &str, within: Span) -> Vec<DateExpression> {
    grammar::find(body, &lex::tokens(body, within))
}

/// How many bytes before a relative expression its anchor may stand: a few sentences.
const ANCHOR_REACH: u32 = 800;

/// The day that a relative expression at `index` counts from: that of the nearest expression shortly before it that
/// gives a single day, or, where no publication date is known, the nearest anywhere that names a full date.
pub fn anchor(
    expressions: &[DateExpression],
    index: usize,
    published: Option<Date>,
    direction: Direction,
) -> Option<Date> {
    let (before, rest) = expressions.split_at_checked(index)?;
    let here = rest.first()?;
    let day = |e: &DateExpression| {
        let value = e.resolve(published, None, direction)?;
        (value.granularity == Granularity::Day).then_some(value.start)
    };
    let near =
        |e: &&DateExpression| here.span.start - e.span.end.min(here.span.start) <= ANCHOR_REACH;
    let earlier = before.iter().rev().take_while(near).find_map(day);
    if earlier.is_some() || published.is_some() {
        return earlier;
    }
    let full = |e: &DateExpression| e.resolve(None, None, direction).map(|value| value.start);
    before
        .iter()
        .rev()
        .chain(rest.iter().skip(1))
        .find_map(full)
}

#[cfg(test)]
mod tests;
