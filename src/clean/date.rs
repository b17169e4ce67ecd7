//! metadata, text or file name => a day.
//!
//! Days are taken as written: a time zone does not move them. What could be two days (03/04/2025) is none.

use std::path::Path;

use jiff::civil::Date;

/// Years that a news article may be from: the first newspaper appeared in 1605.
const YEARS: std::ops::RangeInclusive<i16> = 1600..=2200;

/// Seconds since 1970 that are taken for a Unix time: 1990 to 2100.
const UNIX: std::ops::RangeInclusive<i64> = 631_152_000..=4_102_444_800;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Reads a date of metadata: ISO 8601 and its relatives (2025-02-27T18:40:00+02:00, 2025/2/27, 20250227), RFC 2822, dates
/// in English words in any order (Feb 27, 2025; 27 February 2025; Thu Feb 27 18:40:00 2025), 27.02.2025, 27/02/2025 where
/// the day is above 12, and Unix time of ten digits (seconds) or thirteen (milliseconds), in UTC. None for all else.
pub(super) fn parse(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > 120 {
        return None;
    }
    compact(text)
        .or_else(|| numeric(text))
        .or_else(|| in_words(text))
}

fn day(year: i64, month: i64, day: i64) -> Option<Date> {
    let date = Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()?;
    YEARS.contains(&date.year()).then_some(date)
}

fn int(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 15 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `20250227`, `20250227T184000Z`, `20250227184000`, Unix time.
fn compact(text: &str) -> Option<Date> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (head, rest) = text.split_at(digits);
    match (digits, rest.chars().next()) {
        (8, None | Some('T' | 't' | ' ' | 'Z')) | (12 | 14, None | Some('Z')) => {
            day(int(&head[..4])?, int(&head[4..6])?, int(&head[6..8])?)
        }
        (10 | 13, None | Some('.')) if rest.trim_matches(['.', '0']).is_empty() => {
            let seconds = int(head)? / if digits == 13 { 1000 } else { 1 };
            UNIX.contains(&seconds).then(|| unix(seconds)).flatten()
        }
        _ => None,
    }
}

fn unix(seconds: i64) -> Option<Date> {
    let days = jiff::Span::new()
        .try_days(seconds.div_euclid(86_400))
        .ok()?;
    Date::constant(1970, 1, 1).checked_add(days).ok()
}

/// `2025-02-27…`, `2025/2/27`, `27.02.2025`, `27/02/2025`: three numbers at the start, one and the same separator.
fn numeric(text: &str) -> Option<Date> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.' | '_') {
        return None;
    }
    let mut parts = text.splitn(3, separator);
    let (a, b, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (c, tail) = rest.split_at(digits);
    // What follows must not go on with the number: "2025-02-271" or "1.2.3.4".
    if tail.starts_with(|c: char| {
        c == separator || c.is_alphanumeric() && !matches!(c, 'T' | 't' | 'Z' | 'z')
    }) {
        return None;
    }
    let (x, y, z) = (int(a)?, int(b)?, int(c)?);
    match (a.len(), b.len(), c.len()) {
        (4, 1..=2, 1..=2) => day(x, y, z),
        (1..=2, 1..=2, 4) if separator == '.' => day(z, y, x),
        (1..=2, 1..=2, 4) if x > 12 => day(z, y, x),
        (1..=2, 1..=2, 4) if y > 12 || x == y => day(z, x, y),
        _ => None,
    }
}

fn month(word: &str) -> Option<i64> {
    let word = word.to_ascii_lowercase();
    if word.len() < 3 {
        return None;
    }
    let i = MONTHS.iter().position(|m| {
        *m == word || word.len() <= 4 && m.starts_with(&word) || word == "sept" && *m == "september"
    })?;
    Some(i as i64 + 1)
}

fn is_weekday(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.len() >= 3 && WEEKDAYS.iter().any(|d| d.starts_with(&word))
}

/// A day of the month, also as an ordinal.
fn day_of_month(word: &str) -> Option<i64> {
    let lower = word.to_ascii_lowercase();
    let number = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|s| lower.strip_suffix(s))
        .unwrap_or(&lower);
    int(number).filter(|d| number.len() <= 2 && (1..=31).contains(d))
}

/// A month's name with a day beside it and a year of four digits somewhere behind, or before.
fn in_words(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != ':')
        .filter(|w| !w.is_empty())
        .collect();
    let at = words.iter().position(|w| month(w).is_some())?;
    let month = month(words[at])?;
    // "+0200" and "1840" are no years.
    let year = |w: &&str| {
        int(w).filter(|y| w.len() == 4 && i16::try_from(*y).is_ok_and(|y| YEARS.contains(&y)))
    };
    let after = words.get(at + 1).copied().and_then(day_of_month);
    let before = at
        .checked_sub(1)
        .and_then(|i| words.get(i).copied())
        .and_then(day_of_month);
    // "27 February 2025" has the day before, "Feb 27 …" behind; "27 Feb 18:40" never has a second candidate.
    let d = before.or(after)?;
    let y = words[at + 1..]
        .iter()
        .find_map(year)
        .or_else(|| words[..at].iter().rev().find_map(year))?;
    day(y, month, d)
}

/// The date of a dateline: "ISTANBUL, Feb. 27, 2025 (Agency) — …", "WASHINGTON — February 27, 2025", or one of the first
/// three lines that is a date and nothing else. Without a year there is no date.
pub(super) fn dateline(body: &str) -> Option<Date> {
    let lines = body
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .take(3);
    lines.map(head).find_map(|line| {
        date_alone(line)
            .or_else(|| before_dash(line))
            .or_else(|| after_dash(line))
    })
}

/// The first 160 bytes or so: datelines are short, lines may be megabytes.
fn head(line: &str) -> &str {
    let mut end = line.len().min(160);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

fn is_dash(c: char) -> bool {
    matches!(c, '—' | '–' | '―')
}

fn date_alone(line: &str) -> Option<Date> {
    let known = |w: &str| {
        let lower = w.to_ascii_lowercase();
        let other = [
            "published",
            "posted",
            "on",
            "date",
            "at",
            "am",
            "pm",
            "gmt",
            "utc",
            "updated",
            "the",
            "of",
            "by",
        ];
        month(w).is_some()
            || is_weekday(w)
            || w.bytes().all(|b| b.is_ascii_digit() || b == b':')
            || day_of_month(w).is_some()
            || other.contains(&lower.as_str())
            // Times with a T and a zone, as in ISO 8601.
            || w.bytes().all(|b| b.is_ascii_digit() || b":TZ".contains(&b))
    };
    let words: Vec<&str> = line
        .split(|c: char| !c.is_alphanumeric() && c != ':')
        .filter(|w| !w.is_empty())
        .collect();
    if words.is_empty() || words.len() > 12 || !words.iter().all(|w| known(w.trim_matches(':'))) {
        return None;
    }
    // A line of digits alone is an edition's number or a page.
    if words.len() == 1 && words[0].bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let dated = line.trim_start_matches(|c: char| !c.is_ascii_digit());
    numeric(dated.split_whitespace().next()?).or_else(|| in_words(line))
}

/// The part before a dash names a place, which begins the line with a capital, and a date.
fn before_dash(line: &str) -> Option<Date> {
    let at = line
        .find(is_dash)
        .or_else(|| line.find(" -- "))
        .or_else(|| line.find(" - "))?;
    let before = &line[..at];
    let place = before.split([',', '(']).next()?.trim();
    let capital = place.chars().next().is_some_and(char::is_uppercase);
    let names = place.split_whitespace().count() <= 5 && place.chars().any(char::is_alphabetic);
    if !capital
        || !names
        || before.len() > 100
        || before.contains(". ") && before.split(". ").count() > 3
    {
        return None;
    }
    // A sentence with a date in it has more small words than a dateline.
    let small = before
        .split_whitespace()
        .filter(|w| w.starts_with(char::is_lowercase))
        .count();
    (small <= 1).then(|| in_words(before)).flatten()
}

/// "WASHINGTON — February 27, 2025", with nothing or another dash behind.
fn after_dash(line: &str) -> Option<Date> {
    let (place, rest) = line.split_once(is_dash)?;
    if place.split_whitespace().count() > 5 || !place.starts_with(char::is_uppercase) {
        return None;
    }
    let rest = rest.split(is_dash).next()?;
    date_alone(rest.trim())
}

/// The date in a file's name: `2025-02-27`, `2025_02_27`, `2025.02.27` or `20250227`, not part of a longer number.
pub(super) fn file_name(path: &Path) -> Option<Date> {
    let name = path.file_name()?.to_string_lossy();
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if run == 8
            && let Some(date) = compact(name.get(at..at + 8)?)
        {
            return Some(date);
        }
        if run == 4 {
            let rest = name.get(at..)?;
            let part = rest
                .bytes()
                .take_while(|b| b.is_ascii_digit() || b"-_.".contains(b))
                .count();
            let part = rest.get(..part.min(10))?.trim_end_matches(['-', '_', '.']);
            if let Some(date) = numeric(part) {
                return Some(date);
            }
        }
        at += run;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn metadata_dates() {
        for text in [
            "2025-02-27",
            "2025-02-27T18:40:00+02:00",
            "2025-02-27 18:40:00",
            "2025/02/27",
            "2025/2/27",
            "20250227",
            "20250227T184000Z",
            "20250227184000",
            "27.02.2025",
            "27.2.2025",
            "27/02/2025",
            "02/27/2025",
            "Feb 27, 2025",
            "Feb. 27, 2025",
            "27 February 2025",
            "February 27th, 2025",
            "Thu, 27 Feb 2025 18:40:00 +0200",
            "Thu Feb 27 18:40:00 +0000 2025",
            "Thursday, 27 February, 2025 18:40",
            "1740681600",
            "1740681600000",
            "1740681600.0",
            "2025-02-27Z",
            " 2025-02-27, 18:40 ",
            "Published: 27 Feb 2025",
            "2025 Feb 27",
        ] {
            assert_eq!(parse(text), Some(date(2025, 2, 27)), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2025",
            "2025-02",
            "02/03/2025",
            "2025-02-30",
            "Feb 2025",
            "May",
            "99999999",
            "12345",
            "0000-00-00",
            "2025-02-271",
            "1.2.3.4",
            "march of 300 men",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("Sept. 9, 2021"), Some(date(2021, 9, 9)));
        assert_eq!(parse("1 May 2024"), Some(date(2024, 5, 1)));
    }

    #[test]
    fn datelines() {
        for body in [
            "ISTANBUL, Feb. 27, 2025 (Agency) — They met.",
            "WASHINGTON — February 27, 2025\nThey met.",
            "Ministers meet\n\nThursday, February 27, 2025\n\nThey met.",
            "Title\nPublished: 27 February 2025, 18:40\nText.",
            "TOLLEN, 27 February 2025 – They met.",
            "Title\n2025-02-27\nText",
            "Title\n2025-02-27T10:00:00Z\nText",
            "NEW DELHI, INDIA, February 27, 2025 -- They met.",
        ] {
            assert_eq!(dateline(body), Some(date(2025, 2, 27)), "{body}");
        }
        for body in [
            "ISTANBUL, Feb. 27 (Agency) — They met.",
            "Simek met Vos on February 27, 2025, and the two — both new — spoke.",
            "They met.\n\n2025",
            "WASHINGTON — On February 27, 2025 they met.",
            "20250227",
            "a - b",
            "They met on 27 February 2025 and will meet again - soon.",
        ] {
            assert_eq!(dateline(body), None, "{body}");
        }
    }

    #[test]
    fn file_names() {
        let of = |name: &str| file_name(Path::new(name));
        for name in [
            "a/2025-02-27.txt",
            "x_2025_02_27_y.html",
            "20250227.jsonl.gz",
            "news-20250227-3.txt",
            "v1 2025.02.27.md",
        ] {
            assert_eq!(of(name), Some(date(2025, 2, 27)), "{name}");
        }
        for name in [
            "2025-02-27/a.txt",
            "article-120250227.txt",
            "2025-13-01.txt",
            "12345678.txt",
            "2025.txt",
            "",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(?s).{0,60}|[0-9/.:TZ -]{0,24}|(Feb|may|27|2025|—|, | |\n|th){0,12}") {
            let _ = (parse(&text), dateline(&text), file_name(Path::new(&text)));
        }
    }
}
