//! `data/holidays.tsv` => names and rules of holidays.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};

use super::resolve::add_days;

/// How a holiday's day is found in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Month and day.
    Fixed(i8, i8),
    /// Days after Easter Sunday (western).
    Easter(i64),
    /// Month, which one (-1 the last), weekday.
    Nth(i8, i8, Weekday),
}

/// A holiday.
pub(super) struct Holiday {
    /// The words of its name, an apostrophe and s being two words.
    pub words: Vec<&'static str>,
    pub rule: Rule,
}

const DATA: &str = include_str!("../../data/holidays.tsv");

/// All holidays, longer names first. Lines that cannot be read are left out; a test sees that there are none.
pub(super) static HOLIDAYS: LazyLock<Vec<Holiday>> = LazyLock::new(|| {
    let mut all: Vec<Holiday> = lines().filter_map(parse).collect();
    all.sort_by_key(|h| std::cmp::Reverse(h.words.len()));
    all
});

fn lines() -> impl Iterator<Item = &'static str> {
    DATA.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn parse(line: &'static str) -> Option<Holiday> {
    let mut fields = line.split('\t');
    let words = fields.next()?.split_inclusive([' ', '\'']).flat_map(|w| {
        let w = w.trim_end();
        match w.strip_suffix('\'') {
            Some(stem) => [Some(stem), Some("'")],
            None => [Some(w), None],
        }
    });
    let words: Vec<&str> = words.flatten().collect();
    Some(Holiday {
        words,
        rule: rule(fields.next()?)?,
    })
}

fn rule(text: &str) -> Option<Rule> {
    if let Some(days) = text.strip_prefix("easter") {
        return Some(Rule::Easter(days.parse().ok()?));
    }
    if let Some((month, rest)) = text.split_once('/') {
        let (nth, weekday) = rest.rsplit_once('-')?;
        let weekday = Weekday::from_monday_one_offset(weekday.parse().ok()?).ok()?;
        return Some(Rule::Nth(month.parse().ok()?, nth.parse().ok()?, weekday));
    }
    let (month, day) = text.split_once('-')?;
    Some(Rule::Fixed(month.parse().ok()?, day.parse().ok()?))
}

/// The day of holiday number `index` in `year`.
pub(super) fn day(index: usize, year: i16) -> Option<Date> {
    match HOLIDAYS.get(index)?.rule {
        Rule::Fixed(month, day) => Date::new(year, month, day).ok(),
        Rule::Easter(days) => add_days(easter(year)?, days),
        Rule::Nth(month, nth, weekday) => Date::new(year, month, 1)
            .ok()?
            .nth_weekday_of_month(nth, weekday)
            .ok(),
    }
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature, 20 April 1876).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(
        year,
        i8::try_from(n / 31).ok()?,
        i8::try_from(n % 31 + 1).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::{Kind, find};
    use crate::span::Span;

    #[test]
    fn every_line_is_read_and_its_examples_hold() {
        assert_eq!(HOLIDAYS.len(), lines().count());
        for line in lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let has = |text: &str| {
                find(text, Span::new(0, text.len()))
                    .iter()
                    .any(|e| matches!(e.kind, Kind::Holiday { .. }))
            };
            assert!(
                fields.len() == 4 && has(fields[2]) && !has(fields[3]),
                "{line}"
            );
        }
    }

    #[test]
    fn easter_of_some_years() {
        for (year, month, day) in [
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2024, 3, 31),
            (2025, 4, 20),
        ] {
            assert_eq!(easter(year), Date::new(year, month, day).ok());
        }
    }
}
