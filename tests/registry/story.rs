//! Articles written by hand, with their entities marked, without a model.

use whomet::document::{EncounterKind, NameType, Status};
use whomet::export::record::*;
use whomet::registry::{Decision, Ids, Resolved, build};

/// An article whose text marks names as `[PER 1 Sergei Lavrov]`: type, entity id from 1, name. The first name of an
/// entity is its fullest.
pub fn story(id: &str, date: Option<&str>, marked: &str) -> Record {
    let (mut text, mut mentions, mut entities) = (String::new(), Vec::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, inner)) = rest.split_once('[') {
        text += before;
        let (inner, after) = inner.split_once(']').expect("a closing bracket");
        let mut parts = inner.splitn(3, ' ');
        let label = parts.next().expect("a type");
        let kind = NameType::ALL
            .into_iter()
            .find(|k| k.label() == label)
            .expect("a type");
        let entity: u32 = parts.next().expect("an id").parse().expect("an id");
        let name = parts.next().expect("a name");
        let start = text.chars().count() as u32;
        text += name;
        let end = text.chars().count() as u32;
        mentions.push(MentionRecord {
            start,
            end,
            kind,
            entity,
            confidence: 0.9,
            boilerplate: false,
        });
        if !entities.iter().any(|e: &EntityRecord| e.id == entity) {
            entities.push(EntityRecord {
                id: entity,
                kind,
                name: name.to_owned(),
            });
        }
        rest = after;
    }
    text += rest;
    entities.sort_by_key(|e| e.id);
    Record {
        schema: SCHEMA.to_owned(),
        version: VERSION,
        id: id.to_owned(),
        source: None,
        date: date.map(str::to_owned),
        title: None,
        url: None,
        text,
        mentions,
        entities,
        roles: Vec::new(),
        meetings: Vec::new(),
        path: format!("{id}.txt"),
        record: None,
        sha256: "0".to_owned(),
        date_from: None,
        offset_map: Vec::new(),
        boilerplate: Vec::new(),
        notes: Vec::new(),
        unanalysed: 0,
        run: "r".to_owned(),
    }
}

/// States an office.
pub fn office(record: &mut Record, person: u32, title: &str, of: Option<u32>) {
    let all = [0, record.text.chars().count() as u32];
    record.roles.push(RoleRecord {
        person,
        title: title.to_owned(),
        of,
        evidence: all,
        sentence: all,
        confidence: 0.9,
    });
}

/// Reports an encounter.
pub fn met(
    record: &mut Record,
    kind: EncounterKind,
    status: Status,
    who: &[u32],
    place: Option<u32>,
    date: Option<&str>,
) {
    let all = [0, record.text.chars().count() as u32];
    record.meetings.push(MeetingRecord {
        kind,
        status,
        participants: who
            .iter()
            .map(|&entity| ParticipantRecord {
                entity,
                words: None,
            })
            .collect(),
        place,
        date: date.map(str::to_owned),
        date_words: None,
        evidence: all,
        sentence: all,
        also: Vec::new(),
        confidence: 0.8,
    });
}

pub fn resolve(records: &[Record], decisions: &[Decision], ids: Ids) -> Resolved {
    build(records.iter().cloned().map(Ok), decisions, ids).expect("records in memory")
}

/// The id of the node of entity `id` of the article at `article`.
pub fn node(resolved: &Resolved, article: usize, id: u32) -> String {
    whomet::graph::ArticleView::new(&resolved.graph, &resolved.links, article)
        .entity(id)
        .map_or_else(|| format!("none of {article}#{id}"), |e| e.id.clone())
}
