//! Resolved sentences for the tests of this stage.

use crate::document::{Article, Entity, Mention, NameType};
use crate::signals::{Resolved, Tagged};
use crate::span::{EntityId, MentionId, SentenceId, Span};

/// A sentence in which `names` (people unless marked `*`: countries' peoples, `+`: countries) are mentions, each an entity.
pub fn resolved(body: &str, names: &[&str]) -> Resolved {
    let article = Article {
        body: body.to_owned(),
        ..Article::default()
    };
    let document = crate::segment::segment(article);
    let mut out = Resolved::default();
    for (i, name) in names.iter().enumerate() {
        let kind = match name.chars().next() {
            Some('*') => NameType::Norp,
            Some('+') => NameType::Gpe,
            _ => NameType::Per,
        };
        let name = name.trim_start_matches(['*', '+']);
        let at = body.find(name).unwrap();
        let span = Span::new(at, at + name.len());
        out.tagged.mentions.push(Mention {
            span,
            kind,
            sentence: SentenceId::new(0),
            confidence: 1.0,
            boilerplate: false,
        });
        out.entities.push(Entity {
            name: name.to_owned(),
            kind,
            mentions: vec![MentionId::new(i)],
        });
        out.entity_of.push(EntityId::new(i));
        out.actor_of.push(EntityId::new(i));
    }
    // Mentions stand in order of position, whatever the order of the names.
    let mentions = &out.tagged.mentions;
    out.entity_of
        .sort_by_key(|e| mentions[e.index()].span.start);
    out.tagged.mentions.sort_by_key(|m| m.span.start);
    out.tagged = Tagged {
        document,
        ..out.tagged
    };
    out
}
