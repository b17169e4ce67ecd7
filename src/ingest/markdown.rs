//! Markdown => RawArticle: markup removed, title and date from the front matter or the first heading.
//!
//! Parsed by `pulldown-cmark` (CommonMark with tables, strike-through and front matter between `---` or `+++`). Every
//! paragraph, heading, list item and table row becomes a line. Images, raw HTML and link targets are dropped.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::record::headline_only;
use crate::document::RawArticle;
use crate::error::Result;

/// Reads one Markdown file.
///
/// # Errors
/// [`crate::error::Error::Article`] where it holds neither text nor title.
pub(super) fn read(mut raw: RawArticle, markdown: &str) -> Result<RawArticle> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut front = String::new();
    let (mut in_front, mut images) = (false, 0usize);
    let mut first_heading: Option<usize> = None;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => in_front = true,
            Event::End(TagEnd::MetadataBlock(_)) => in_front = false,
            Event::Text(text) if in_front => front.push_str(&text),
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images = images.saturating_sub(1),
            _ if images > 0 => {}
            Event::Text(text) | Event::Code(text) => line.push_str(&text),
            Event::SoftBreak => line.push(' '),
            Event::End(TagEnd::TableCell) => line.push('\t'),
            Event::End(TagEnd::Heading(_)) => {
                if first_heading.is_none() && !line.trim().is_empty() {
                    first_heading = Some(lines.len());
                }
                flush(&mut line, &mut lines);
            }
            Event::HardBreak
            | Event::Rule
            | Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::List(_)
                | Tag::Item
                | Tag::BlockQuote(_)
                | Tag::CodeBlock(_),
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableRow
                | TagEnd::TableHead
                | TagEnd::BlockQuote(_),
            ) => flush(&mut line, &mut lines),
            _ => {}
        }
    }
    flush(&mut line, &mut lines);
    let entry = |names: &[&str]| names.iter().find_map(|name| front_matter(&front, name));
    raw.title = entry(&["title", "headline"]);
    raw.date = entry(&["date", "published", "pubdate"]);
    raw.url = entry(&["url", "link", "canonical"]);
    raw.source = entry(&["source", "publisher"]);
    raw.id = entry(&["id"]).unwrap_or_default();
    // The title is kept beside the body, as in the other formats; a heading in the middle of the text stays there.
    if let Some(at) = first_heading {
        let heading = lines[at].clone();
        let title = raw.title.get_or_insert_with(|| heading.clone());
        if at == 0 && *title == heading {
            lines.remove(0);
        }
    }
    raw.text = lines.join("\n");
    if raw.text.trim().is_empty() {
        headline_only(&mut raw, || "no text besides markup".to_owned())?;
    }
    Ok(raw)
}

/// Ends a line; the lines of a code block stay lines.
fn flush(line: &mut String, lines: &mut Vec<String>) {
    lines.extend(
        line.lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned),
    );
    line.clear();
}

/// The value of `name: value` (YAML) or `name = value` (TOML) at the start of a line. Nested values are not looked at.
fn front_matter(front: &str, name: &str) -> Option<String> {
    front.lines().find_map(|line| {
        let head = line.get(..name.len())?;
        let rest = line.get(name.len()..)?.trim_start();
        let value = rest.strip_prefix([':', '='])?.trim();
        let value = value.trim_matches(|c| c == '"' || c == '\'');
        (head.eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(markdown: &str) -> RawArticle {
        read(RawArticle::default(), markdown).unwrap()
    }

    #[test]
    fn front_matter_and_markup() {
        let raw = parse(
            "---\ntitle: \"Ministers meet\"\ndate: 2025-02-27\ntags: [a]\n---\n\n# Ministers meet\n\nPetra *Lindqvist* met\n\
             [Tomas Arden](http://x.example) in **Tollen**.\n\n![alt junk](a.png)\n\n## Agenda\n\n- fish\n- `harbour` \
             fees\n\n<div>raw</div>\n\n| Who | Where |\n|---|---|\n| Vos | Lapis |\n",
        );
        assert_eq!(raw.title.as_deref(), Some("Ministers meet"));
        assert_eq!(raw.date.as_deref(), Some("2025-02-27"));
        let want = "Petra Lindqvist met Tomas Arden in Tollen.\nAgenda\nfish\nharbour fees\nWho\tWhere\nVos\tLapis";
        assert_eq!(raw.text, want);
    }

    #[test]
    fn title_from_heading() {
        let raw = parse("# Talks open\n\nThey met.\n");
        assert_eq!(
            (raw.title.as_deref(), raw.text.as_str()),
            (Some("Talks open"), "They met.")
        );
        let raw = parse("# Talks open\n");
        assert_eq!((raw.text.as_str(), raw.notes.len()), ("Talks open", 1));
        assert!(read(RawArticle::default(), "![x](y.png)").is_err());
    }

    #[test]
    fn deep_nesting_is_harmless() {
        let raw = parse(&format!(
            "{}a\n\n{}b",
            ">".repeat(50_000),
            "*".repeat(50_000)
        ));
        assert!(raw.text.contains('a') && raw.text.contains('b'));
    }
}
