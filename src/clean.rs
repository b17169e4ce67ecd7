//! RawArticle => Article: characters put in order, what is not article text marked, the day of publication found.
//!
//! Three steps, each in a file of its own: `normalize` (with a map back to the input's characters), `boilerplate`
//! (whole lines, marked, never removed, so that offsets stay true) and `date`.

mod boilerplate;
mod date;
mod normalize;

use jiff::civil::Date;

use crate::document::{Article, DateSource, Published, RawArticle};
use crate::error::{Error, Result};

/// Cleans an article. Text that needs no change comes out byte for byte, with an empty offset map.
///
/// The date of publication is the input's own, else `default_date`, else that of a dateline at the start of the text,
/// else that in the file's name, else unknown: never today's and never the file's time stamp.
///
/// # Errors
/// [`Error::Article`] where nothing but white space is left, or the text is larger than 4 GiB;
/// [`Error::Lexicon`] where the built-in lexicon is damaged.
pub fn clean(raw: RawArticle, default_date: Option<Date>) -> Result<Article> {
    let RawArticle {
        at,
        sha256,
        id,
        title,
        url,
        source,
        date,
        text,
        mut notes,
    } = raw;
    // Normalisation may lengthen a character threefold; spans and offsets have 32 bits.
    if text.len() > (u32::MAX / 3) as usize {
        return Err(Error::article(at, "text larger than 1.3 GiB"));
    }
    let (body, offsets) = normalize::normalize(text);
    if body.trim().is_empty() {
        return Err(Error::article(
            at,
            "no text besides white space and control characters",
        ));
    }
    let boilerplate = boilerplate::mark(&body)?;
    let metadata = date.as_deref().map(str::trim).filter(|d| !d.is_empty());
    let stated = metadata.and_then(date::parse);
    if let (Some(text), None) = (metadata, stated) {
        let shown: String = text.chars().take(60).collect();
        notes.push(format!("publication date `{shown}` not understood"));
    }
    let found = |date: Option<Date>, from: DateSource| date.map(|date| Published { date, from });
    let published = found(stated, DateSource::Metadata)
        .or_else(|| found(default_date, DateSource::Option))
        .or_else(|| found(date::dateline(&body), DateSource::Dateline))
        .or_else(|| found(date::file_name(&at.path), DateSource::FileName));
    let line = |text: Option<String>| text.map(one_line).filter(|t| !t.is_empty());
    let (title, url, source) = (line(title), line(url), line(source));
    Ok(Article {
        at,
        sha256,
        id,
        title,
        url,
        source,
        published,
        body,
        boilerplate,
        offsets,
        notes,
    })
}

/// Normalised, and white space made single spaces.
fn one_line(text: String) -> String {
    let (text, _) = normalize::normalize(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Location;
    use jiff::civil::date;

    fn raw(text: &str) -> RawArticle {
        RawArticle {
            text: text.to_owned(),
            at: Location::file("news/2024-05-06_a.txt"),
            ..RawArticle::default()
        }
    }

    #[test]
    fn dates_in_order_of_trust() {
        let from = |article: Article| article.published.map(|p| (p.date, p.from));
        let dateline = "TOLLEN, March 3, 2025 — They met.";
        let given = RawArticle {
            date: Some("Thu, 27 Feb 2025 23:30:00 -0500".to_owned()),
            ..raw(dateline)
        };
        let option = Some(date(2020, 1, 1));
        assert_eq!(
            from(clean(given, option).unwrap()),
            Some((date(2025, 2, 27), DateSource::Metadata))
        );
        assert_eq!(
            from(clean(raw(dateline), option).unwrap()),
            Some((date(2020, 1, 1), DateSource::Option))
        );
        assert_eq!(
            from(clean(raw(dateline), None).unwrap()),
            Some((date(2025, 3, 3), DateSource::Dateline))
        );
        assert_eq!(
            from(clean(raw("They met."), None).unwrap()),
            Some((date(2024, 5, 6), DateSource::FileName))
        );
        let odd = RawArticle {
            date: Some("yesterday".to_owned()),
            at: Location::default(),
            ..raw("They met.")
        };
        let article = clean(odd, None).unwrap();
        assert_eq!((article.published, article.notes.len()), (None, 1));
    }

    #[test]
    fn empty_bodies_are_errors() {
        for text in ["", " \n\t", "\u{FEFF}\u{200B}\u{0}"] {
            assert!(
                matches!(clean(raw(text), None), Err(Error::Article { .. })),
                "{text:?}"
            );
        }
    }

    #[test]
    fn titles_are_one_line() {
        let article = clean(
            RawArticle {
                title: Some(" A\r\n b\u{0} ".to_owned()),
                ..raw("x")
            },
            None,
        )
        .unwrap();
        assert_eq!(article.title.as_deref(), Some("A b"));
    }

    #[test]
    fn fifty_megabytes_in_one_line() {
        let text = "Lindqvist met Arden in Tollen, and ".repeat(1_500_000);
        let article = clean(raw(&text), None).unwrap();
        assert!(
            article.body == text
                && article.offsets.steps.is_empty()
                && article.boilerplate.is_empty()
        );
        let text = "é\u{301}e\u{301}\u{200B}".repeat(1_000_000);
        assert_eq!(
            clean(raw(&text), None).unwrap().body.chars().count(),
            3_000_000
        );
    }
}
