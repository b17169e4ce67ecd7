//! Named fields => RawArticle, for JSON objects and CSV records alike.

use crate::document::RawArticle;
use crate::error::{Error, Result};

/// The names under which records keep what an article needs; the first that a record has is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// Identifier. Default `id`.
    pub id: Vec<String>,
    /// Title. Default `title`, `headline`.
    pub title: Vec<String>,
    /// Body. Default `text`, `body`, `content`, `maintext`, `article`.
    pub text: Vec<String>,
    /// Publication date. Default `date`, `published`, `date_publish`, `publish_date`, `published_at`, `datePublished`.
    pub date: Vec<String>,
    /// Address. Default `url`, `link`.
    pub url: Vec<String>,
    /// Publisher. Default `source`, `publisher`, `source_domain`.
    pub source: Vec<String>,
}

impl Default for Fields {
    /// The plain names first, then those of common collections (news-please, CC-News, feeds, schema.org).
    fn default() -> Self {
        let names = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        Fields {
            id: names(&["id"]),
            title: names(&["title", "headline"]),
            text: names(&["text", "body", "content", "maintext", "article"]),
            date: names(&[
                "date",
                "published",
                "date_publish",
                "publish_date",
                "published_at",
                "datePublished",
            ]),
            url: names(&["url", "link"]),
            source: names(&["source", "publisher", "source_domain"]),
        }
    }
}

/// Fills `raw` from a record. `get` gives a field as text, None where it is missing, null or empty.
///
/// # Errors
/// [`Error::Article`] where the record has neither text nor title.
pub(super) fn fill(
    mut raw: RawArticle,
    fields: &Fields,
    get: impl Fn(&str) -> Option<String>,
) -> Result<RawArticle> {
    let pick = |names: &[String]| {
        names
            .iter()
            .find_map(|n| get(n).filter(|v| !v.trim().is_empty()))
    };
    raw.id = pick(&fields.id)
        .map(|id| id.trim().to_owned())
        .unwrap_or_default();
    raw.title = pick(&fields.title);
    raw.date = pick(&fields.date);
    raw.url = pick(&fields.url);
    raw.source = pick(&fields.source);
    match pick(&fields.text) {
        Some(text) => raw.text = text,
        None => headline_only(&mut raw, || {
            format!(
                "no text: none of the fields {} is filled",
                fields.text.join(", ")
            )
        })?,
    }
    Ok(raw)
}

/// Makes the title the text of an article that has no other.
///
/// # Errors
/// [`Error::Article`] with `reason` where there is no title either.
pub(super) fn headline_only(raw: &mut RawArticle, reason: impl FnOnce() -> String) -> Result<()> {
    match &raw.title {
        Some(title) => {
            raw.text = title.clone();
            raw.notes
                .push("no text; the title is read instead".to_owned());
            Ok(())
        }
        None => Err(Error::article(raw.at.clone(), reason())),
    }
}
