//! STAND-IN for the real cleaning: `RawArticle => Article`.

use jiff::civil::Date;

use crate::document::{Article, DateSource, Published, RawArticle};
use crate::error::{Error, Result};

/// Cleans an article.
///
/// # Errors
/// The text is empty.
pub fn clean(raw: RawArticle, default_date: Option<Date>) -> Result<Article> {
    if raw.text.trim().is_empty() {
        return Err(Error::article(raw.at, "no text"));
    }
    let stated = raw.date.as_deref().and_then(|d| d.get(..10)?.parse().ok());
    let published = stated
        .map(|date| Published {
            date,
            from: DateSource::Metadata,
        })
        .or(default_date.map(|date| Published {
            date,
            from: DateSource::Option,
        }));
    Ok(Article {
        at: raw.at,
        sha256: raw.sha256,
        id: raw.id,
        title: raw.title,
        url: raw.url,
        source: raw.source,
        published,
        body: raw.text,
        notes: raw.notes,
        ..Article::default()
    })
}
