//! Tables and properties.

use proptest::prelude::*;

use super::*;

const TABLE: &str = include_str!("../../tests/fixtures/dates.tsv");

fn direction(name: &str) -> Direction {
    match name {
        "past" => Direction::Past,
        "future" => Direction::Future,
        _ => Direction::Unknown,
    }
}

/// Columns: text, published, anchor, direction, words (several with " | "), ISO value of the first (- for none).
#[test]
fn the_table_holds() {
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in TABLE
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        let f: Vec<&str> = line.split('\t').collect();
        assert_eq!(f.len(), 6, "{line}");
        rows += 1;
        let day = |s: &str| (s != "-").then(|| s.parse::<Date>().unwrap());
        let found = find(f[0], Span::new(0, f[0].len()));
        let words: Vec<&str> = found.iter().map(|e| e.span.of(f[0])).collect();
        let words = if words.is_empty() {
            "-".to_string()
        } else {
            words.join(" | ")
        };
        let iso = found
            .first()
            .and_then(|e| e.resolve(day(f[1]), day(f[2]), direction(f[3])));
        let iso = iso.map_or("-".to_string(), |r| r.iso);
        if (words.as_str(), iso.as_str()) != (f[4], f[5]) {
            wrong.push(format!("{line}\n    got {words:?} {iso}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {rows} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(rows >= 150);
}

#[test]
fn a_wrong_within_finds_nothing() {
    assert!(find("ü Monday", Span::new(1, 9)).is_empty());
    assert!(find("Monday", Span::new(3, 99)).is_empty());
}

#[test]
fn within_bounds_the_search() {
    let body = "On Monday, May 5, 2025, and on Tuesday.";
    let found = find(body, Span::new(0, 16));
    assert_eq!(
        found.iter().map(|e| e.span.of(body)).collect::<Vec<_>>(),
        ["Monday, May 5"]
    );
}

#[test]
fn anchors_come_from_before_or_else_from_a_full_date_after() {
    let body = "They met on 4 April. Talks followed two days later. The summit of 5-6 April 2016 was held.";
    let found = find(body, Span::new(0, body.len()));
    let at = |i| anchor(&found, i, None, Direction::Past);
    assert_eq!(at(0).map(|d| d.to_string()).as_deref(), Some("2016-04-05"));
    let value = found[0].resolve(None, at(0), Direction::Past).unwrap();
    assert_eq!(value.iso, "2016-04-04");
    let published = Some(Date::constant(2016, 4, 20));
    let value = found[1]
        .resolve(
            published,
            anchor(&found, 1, published, Direction::Past),
            Direction::Past,
        )
        .unwrap();
    assert_eq!(value.iso, "2016-04-06");
}

#[test]
fn compatible_values_share_a_day() {
    let value = |text: &str| {
        find(text, Span::new(0, text.len()))[0]
            .resolve(None, None, Direction::Past)
            .unwrap()
    };
    let (day, month, late) = (
        value("on 27 February 2025"),
        value("in February 2025"),
        value("in late February 2025"),
    );
    assert!(compatible(&day, &month) && compatible(&day, &late) && compatible(&month, &late));
    assert!(
        !compatible(&value("on 2 February 2025"), &late) && !compatible(&day, &value("in 2024"))
    );
    assert_eq!(late.iso, "2025-02");
}

#[test]
fn long_text_takes_linear_time() {
    let body =
        "the last week of the end of the first half of May 5-6 and 7 to 8 in the ".repeat(40_000);
    let began = std::time::Instant::now();
    assert!(!find(&body, Span::new(0, body.len())).is_empty());
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

/// Text of the words that the grammar knows, in any order.
fn calendar_text() -> impl Strategy<Value = String> {
    let words = "March May Sept . , - – / : ' s 12 27th 2025 1990s 31 0 65535 Monday Sun last next this the end of early mid \
                 late earlier week month year years quarter first second half summer in on by since until from to \
                 and between two a ago later before after today Yesterday tonight morning Christmas Day \n\n é 日";
    let words: Vec<&str> = words.split(' ').filter(|w| !w.is_empty()).collect();
    let glue = prop::sample::select(vec!["", " ", " ", " ", "\n"]);
    prop::collection::vec((prop::sample::select(words), glue), 0..60)
        .prop_map(|all| all.into_iter().flat_map(|(w, g)| [w, g]).collect())
}

fn check(body: &str) {
    let found = find(body, Span::new(0, body.len()));
    let mut last = 0;
    for (i, e) in found.iter().enumerate() {
        assert!(e.span.start >= last && !e.span.is_empty());
        assert!(!e.span.of(body).is_empty());
        last = e.span.end;
        for published in [
            None,
            Some(Date::constant(2024, 2, 29)),
            Some(Date::MIN),
            Some(Date::MAX),
        ] {
            for direction in [Direction::Past, Direction::Future, Direction::Unknown] {
                let anchor = anchor(&found, i, published, direction);
                if let Some(value) = e.resolve(published, anchor, direction) {
                    assert!(value.start <= value.end, "{body:?} {value:?}");
                }
            }
        }
        choose(body, &found, Span::new(0, body.len()), e.span);
    }
}

proptest! {
    #[test]
    fn any_text(body in "\\PC{0,200}") {
        check(&body);
    }

    #[test]
    fn any_calendar_words(body in calendar_text()) {
        check(&body);
    }
}
