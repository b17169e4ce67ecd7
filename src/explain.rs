//! [`Extracted`] => text for people: one article with its names, entities, affiliations and encounters marked.
//!
//! Names stand in brackets with type and entity number, evidence in `<<…>>` (underlined in colour). Control characters
//! of the article never reach the terminal.

use std::fmt::Write as _;

use crate::document::{Affiliation, Encounter, Extracted, NameType};
use crate::export::tables::{kind_name, status_name};
use crate::receipt::neutral;
use crate::span::{EntityId, Span};

/// How to mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// With characters alone.
    Plain,
    /// With ANSI colours too.
    Colour,
}

/// What is marked.
#[derive(Clone, Copy)]
enum Mark {
    Heading,
    Evidence,
    Faint,
    Name(NameType),
}

impl Style {
    fn paint(self, text: &str, mark: Mark) -> String {
        let code = match mark {
            Mark::Heading => "1",
            Mark::Evidence => "4",
            Mark::Faint => "2",
            Mark::Name(NameType::Per) => "36",
            Mark::Name(NameType::Org) => "35",
            Mark::Name(NameType::Gpe | NameType::Loc | NameType::Fac) => "32",
            Mark::Name(NameType::Norp | NameType::Event) => "33",
        };
        match (self, mark) {
            (Style::Plain, Mark::Evidence) => format!("<<{text}>>"),
            (Style::Plain, _) => text.to_owned(),
            (Style::Colour, _) => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// The explanation of one article.
pub fn explain(x: &Extracted, style: Style) -> String {
    let view = View { x, style };
    let mut out = String::new();
    view.header(&mut out);
    view.body(&mut out);
    view.entities(&mut out);
    view.affiliations(&mut out);
    view.encounters(&mut out);
    out
}

struct View<'a> {
    x: &'a Extracted,
    style: Style,
}

// Writing to a string cannot fail: the results of writeln! below say nothing.
impl View<'_> {
    fn body_text(&self) -> &str {
        &self.x.document.article.body
    }

    fn header(&self, out: &mut String) {
        let article = &self.x.document.article;
        if let Some(title) = &article.title {
            let _ = writeln!(out, "{}", self.style.paint(&line(title), Mark::Heading));
        }
        let date = match article.published {
            Some(p) => format!("published {}", p.date),
            None => "no publication date: relative dates stay unresolved".to_owned(),
        };
        let place = format!("{} ({date})", line(&article.at.to_string()));
        let _ = writeln!(out, "{}", self.style.paint(&place, Mark::Faint));
        for note in &article.notes {
            let _ = writeln!(
                out,
                "{}",
                self.style
                    .paint(&format!("note: {}", line(note)), Mark::Faint)
            );
        }
        out.push('\n');
    }

    fn body(&self, out: &mut String) {
        let text = self.body_text();
        let mut from = 0;
        for (mention, entity) in self.x.mentions.iter().zip(&self.x.entity_of) {
            let (start, end) = (mention.span.start, mention.span.end);
            if start < from {
                continue;
            }
            out.push_str(&neutral(
                Span {
                    start: from,
                    end: start,
                }
                .of(text),
            ));
            let name = neutral(mention.span.of(text));
            let marked = format!("[{name} {} {}]", mention.kind, entity.0 + 1);
            out.push_str(&self.style.paint(&marked, Mark::Name(mention.kind)));
            from = end;
        }
        out.push_str(&neutral(
            Span {
                start: from,
                end: (text.len() as u32).max(from),
            }
            .of(text),
        ));
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }

    fn heading(&self, out: &mut String, name: &str, none: bool) {
        let text = if none {
            format!("{name}: none")
        } else {
            name.to_owned()
        };
        let _ = writeln!(out, "\n{}", self.style.paint(&text, Mark::Heading));
    }

    /// The name and number of an entity.
    fn name(&self, id: EntityId) -> String {
        match self.x.entities.get(id.index()) {
            Some(e) => format!(
                "{} {}",
                self.style.paint(&line(&e.name), Mark::Name(e.kind)),
                id.0 + 1
            ),
            None => format!("? {}", id.0 + 1),
        }
    }

    fn entities(&self, out: &mut String) {
        self.heading(out, "Entities", self.x.entities.is_empty());
        for (n, e) in (1..).zip(&self.x.entities) {
            let name = line(&e.name);
            let mut others: Vec<String> = Vec::new();
            for m in e
                .mentions
                .iter()
                .filter_map(|m| self.x.mentions.get(m.index()))
            {
                let words = line(m.span.of(self.body_text()));
                if words != name && !others.contains(&words) {
                    others.push(words);
                }
            }
            let also = if others.is_empty() {
                String::new()
            } else {
                format!(", also {}", others.join(", "))
            };
            let (kind, count) = (e.kind.label(), e.mentions.len());
            let name = self.style.paint(&name, Mark::Name(e.kind));
            let _ = writeln!(out, "{n:>4}  {kind:<5} {name} ({count}×{also})");
        }
    }

    fn affiliations(&self, out: &mut String) {
        self.heading(out, "Affiliations", self.x.affiliations.is_empty());
        for Affiliation {
            person,
            title,
            of,
            evidence,
            confidence,
        } in &self.x.affiliations
        {
            let of = of.map_or(String::new(), |of| format!(" of {}", self.name(of)));
            let title = if title.is_empty() {
                "affiliated".to_owned()
            } else {
                line(title)
            };
            let _ = writeln!(
                out,
                "      {}: {title}{of} ({confidence:.2})",
                self.name(*person)
            );
            let sentence = self.x.document.sentence_at(evidence.start).index();
            self.evidence(out, sentence, *evidence);
        }
    }

    fn encounters(&self, out: &mut String) {
        self.heading(out, "Encounters", self.x.encounters.is_empty());
        for (n, e) in (1..).zip(&self.x.encounters) {
            let Encounter {
                kind,
                status,
                participants,
                place,
                when,
                evidence,
                sentence,
                also,
                confidence,
            } = e;
            let who: Vec<_> = participants
                .iter()
                .map(|p| match &p.words {
                    Some(words) => format!("{} ({})", self.name(p.entity), line(words)),
                    None => self.name(p.entity),
                })
                .collect();
            let title = self.style.paint(
                &format!("{}, {}", kind_name(*kind), status_name(*status)),
                Mark::Heading,
            );
            let _ = writeln!(out, "{n:>4}  {title}: {}", who.join("; "));
            let place = place.map_or("not stated".to_owned(), |p| self.name(p));
            let date = match when {
                None => "not stated".to_owned(),
                Some(w) => format!(
                    "{} (\"{}\")",
                    w.iso.as_deref().map_or("unresolved".to_owned(), line),
                    line(&w.words)
                ),
            };
            let _ = writeln!(
                out,
                "      place: {place}   date: {date}   confidence: {confidence:.2}"
            );
            self.evidence(out, sentence.index(), *evidence);
            for span in also {
                self.evidence(out, self.x.document.sentence_at(span.start).index(), *span);
            }
        }
    }

    /// The sentence with the evidence in it marked.
    fn evidence(&self, out: &mut String, sentence: usize, evidence: Span) {
        let text = self.body_text();
        let span = match self.x.document.sentences.get(sentence) {
            Some(s) if s.span.overlaps(evidence) => s.span.cover(evidence),
            _ => evidence,
        };
        let before = line(
            Span {
                start: span.start,
                end: evidence.start,
            }
            .of(text),
        );
        let after = line(
            Span {
                start: evidence.end,
                end: span.end,
            }
            .of(text),
        );
        let marked = self.style.paint(&line(evidence.of(text)), Mark::Evidence);
        let _ = writeln!(out, "      \"{before}{marked}{after}\"");
    }
}

/// `text` on one line, safe for terminals.
fn line(text: &str) -> String {
    neutral(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::*;
    use crate::error::Location;
    use crate::span::*;

    fn sample() -> Extracted {
        let body = "Tëd \u{1b}[31mmet\u{1b}[0m Ann\nin Oslo on Friday.".to_owned();
        let span = |words: &str| {
            let start = body.find(words).unwrap();
            Span::new(start, start + words.len())
        };
        let mention = |words, kind| Mention {
            span: span(words),
            kind,
            sentence: SentenceId::new(0),
            confidence: 0.9,
            boilerplate: false,
        };
        let mentions = vec![
            mention("Tëd", NameType::Per),
            mention("Ann", NameType::Per),
            mention("Oslo", NameType::Gpe),
        ];
        let entity = |i: usize, name: &str, kind| Entity {
            name: name.to_owned(),
            kind,
            mentions: vec![MentionId::new(i)],
        };
        let who = |i| Participant {
            entity: EntityId(i),
            words: None,
        };
        let sentence = Sentence {
            span: Span::new(0, body.len()),
            first: TokenId(0),
            end: TokenId(0),
            paragraph: 0,
            boilerplate: false,
        };
        Extracted {
            entity_of: vec![EntityId(0), EntityId(1), EntityId(2)],
            entities: vec![
                entity(0, "Tëd Ives", NameType::Per),
                entity(1, "Ann", NameType::Per),
                entity(2, "Oslo", NameType::Gpe),
            ],
            affiliations: vec![Affiliation {
                person: EntityId(0),
                title: "Mayor".to_owned(),
                of: Some(EntityId(2)),
                evidence: span("Tëd"),
                confidence: 0.5,
            }],
            encounters: vec![Encounter {
                kind: EncounterKind::Meeting,
                status: Status::Occurred,
                participants: vec![who(0), who(1)],
                place: Some(EntityId(2)),
                when: Some(When {
                    iso: Some("2026-11-20".to_owned()),
                    words: "Friday".to_owned(),
                }),
                evidence: span("met\u{1b}[0m Ann\nin"),
                sentence: SentenceId(0),
                also: Vec::new(),
                confidence: 0.91,
            }],
            mentions,
            document: Document {
                article: Article {
                    at: Location::file("a.txt"),
                    title: Some("A \u{7}title".to_owned()),
                    body,
                    ..Article::default()
                },
                tokens: Vec::new(),
                sentences: vec![sentence],
            },
        }
    }

    #[test]
    fn plain() {
        let expected = "\
A \u{fffd}title
a.txt (no publication date: relative dates stay unresolved)

[Tëd PER 1] \u{fffd}[31mmet\u{fffd}[0m [Ann PER 2]
in [Oslo GPE 3] on Friday.

Entities
   1  PER   Tëd Ives (1×, also Tëd)
   2  PER   Ann (1×)
   3  GPE   Oslo (1×)

Affiliations
      Tëd Ives 1: Mayor of Oslo 3 (0.50)
      \"<<Tëd>> \u{fffd}[31mmet\u{fffd}[0m Ann in Oslo on Friday.\"

Encounters
   1  meeting, occurred: Tëd Ives 1; Ann 2
      place: Oslo 3   date: 2026-11-20 (\"Friday\")   confidence: 0.91
      \"Tëd \u{fffd}[31m<<met\u{fffd}[0m Ann in>> Oslo on Friday.\"
";
        assert_eq!(explain(&sample(), Style::Plain), expected);
    }

    #[test]
    fn colour_comes_from_us_alone() {
        let text = explain(&sample(), Style::Colour);
        assert!(text.contains("\u{1b}[36m[Tëd PER 1]\u{1b}[0m"));
        assert!(text.contains("\u{1b}[4mmet"));
        assert!(!text.contains("\u{1b}[31m"));
    }

    #[test]
    fn nothing_found() {
        assert!(
            explain(&Extracted::default(), Style::Plain)
                .ends_with("Entities: none\n\nAffiliations: none\n\nEncounters: none\n")
        );
    }
}
