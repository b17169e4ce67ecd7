//! HTML tree => title, publication date, address and publisher, as the page states them for machines.
//!
//! In this order: JSON-LD (schema.org, also inside `@graph`), OpenGraph and other `<meta>`, microdata, `<time>`, and for
//! the title `<h1>`. When the date was last modified is never taken for the date of publication.

use dom_query::Document;
use serde_json::Value;

/// What a page says of itself.
#[derive(Debug, Default)]
pub(super) struct Meta {
    pub title: Option<String>,
    /// The `<title>` element, which mostly has the site's name in it: a last resort.
    pub title_element: Option<String>,
    pub date: Option<String>,
    pub url: Option<String>,
    pub source: Option<String>,
}

/// Names of `<meta name|property|itemprop>` that hold the publication date, best first: OpenGraph, schema.org, Dublin
/// Core, and the conventions of Parse.ly, Sailthru and large content systems.
const DATES: [&str; 22] = [
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "article.published",
    "publish-date",
    "publish_date",
    "publishdate",
    "published",
    "pubdate",
    "published_time",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "date",
    "datecreated",
];

/// Reads the metadata.
pub(super) fn read(document: &Document) -> Meta {
    let mut meta = Meta::default();
    json_ld(document, &mut meta);
    let tags: Vec<(String, String)> = document
        .select("meta[content]")
        .iter()
        .filter_map(|tag| {
            let name = tag
                .attr("property")
                .or_else(|| tag.attr("name"))
                .or_else(|| tag.attr("itemprop"))?;
            Some((
                name.trim().to_ascii_lowercase(),
                one_line(&tag.attr("content")?)?,
            ))
        })
        .collect();
    let tag = |names: &[&str]| {
        names.iter().find_map(|n| {
            tags.iter()
                .find(|(name, _)| name == n)
                .map(|(_, value)| value.clone())
        })
    };
    let attr = |selector: &str, name: &str| one_line(&document.select_single(selector).attr(name)?);
    meta.date = meta
        .date
        .or_else(|| tag(&DATES))
        .or_else(|| attr("[itemprop=datePublished][datetime]", "datetime"))
        .or_else(|| attr("time[pubdate][datetime]", "datetime"))
        .or_else(|| attr("article time[datetime]", "datetime"))
        .or_else(|| attr("time[datetime]", "datetime"));
    meta.url = attr("link[rel=canonical][href]", "href")
        .or_else(|| tag(&["og:url"]))
        .or(meta.url);
    meta.source = tag(&["og:site_name"])
        .or(meta.source)
        .or_else(|| tag(&["dc.publisher", "dcterms.publisher"]));
    let text = |selector: &str| one_line(&document.select_single(selector).text());
    meta.title = meta
        .title
        .or_else(|| tag(&["og:title", "dc.title", "dcterms.title"]))
        .or_else(|| {
            let headings = document.select("h1");
            (headings.length() == 1)
                .then(|| one_line(&headings.text()))
                .flatten()
        });
    meta.title_element = text("title");
    meta
}

/// White space to single spaces; None where nothing is left.
fn one_line(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn json_ld(document: &Document, meta: &mut Meta) {
    let mut site = None;
    for script in document.select("script[type='application/ld+json']").iter() {
        let text = script.text();
        // Some content systems wrap it in comments or CDATA marks or end it with a semicolon.
        let text = text.trim().trim_end_matches(';');
        let text = match (text.find(['{', '[']), text.rfind(['}', ']'])) {
            (Some(start), Some(end)) if start < end => &text[start..=end],
            _ => continue,
        };
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        // Depth is bounded by serde_json (128), order is that of the page.
        let mut queue = vec![&value];
        while let Some(value) = queue.pop() {
            match value {
                Value::Array(items) => queue.extend(items.iter().rev()),
                Value::Object(object) => {
                    if let Some(graph) = object.get("@graph") {
                        queue.push(graph);
                    }
                    let types = object.get("@type").map(strings).unwrap_or_default();
                    if types.contains(&"WebSite") {
                        site = site
                            .take()
                            .or_else(|| object.get("name").and_then(value_text));
                    }
                    if types
                        .iter()
                        .any(|t| t.ends_with("Article") || t.ends_with("Posting") || *t == "Report")
                    {
                        let get = |name: &str| object.get(name).and_then(value_text);
                        meta.title = meta.title.take().or_else(|| get("headline"));
                        meta.date = meta.date.take().or_else(|| get("datePublished"));
                        meta.url = meta
                            .url
                            .take()
                            .or_else(|| get("url"))
                            .or_else(|| get("mainEntityOfPage"));
                        meta.source = meta.source.take().or_else(|| get("publisher"));
                    }
                }
                _ => {}
            }
        }
    }
    meta.source = meta.source.take().or(site);
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(s) => vec![s],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A text, or the name or address of an object, or the first of a list of those.
fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => one_line(s),
        Value::Object(o) => ["name", "@id", "url"]
            .iter()
            .find_map(|k| one_line(o.get(*k)?.as_str()?)),
        Value::Array(items) => items.iter().find_map(|item| match item {
            Value::String(s) => one_line(s),
            Value::Object(o) => one_line(o.get("name")?.as_str()?),
            _ => None,
        }),
        _ => None,
    }
}
