//! `View => JSON-LD` in the vocabulary of schema.org: people, organisations, places, encounters as `Event`, articles.
//!
//! One object per line inside `@graph`; ids are `whomet:` and the id of the tables.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::graph_tables::sentence;
use super::tables::{kind_name, status_name};
use super::view::View;
use crate::document::{NameType, Status};
use crate::error::{Error, Location, Result};

/// Writes all of `view`.
///
/// # Errors
/// `out` refuses.
pub fn write(view: &View<'_>, out: &mut dyn Write) -> Result<()> {
    let graph = view.graph;
    let id = |id: &str| json!(format!("whomet:{id}"));
    let link = |name: &str| json!({ "@id": id(name) });
    let article = |i: usize| format!("article/{}", graph.articles[i].id);
    let entities = view.entities.iter().map(|&i| {
        let e = view.entity(i);
        let kind = match e.kind {
            NameType::Per => "Person",
            NameType::Org => "Organization",
            NameType::Gpe | NameType::Loc | NameType::Fac => "Place",
            NameType::Norp => "Thing",
            NameType::Event => "Event",
        };
        let offices: Vec<Value> = view.tallies[i]
            .offices
            .iter()
            .map(|&o| &graph.offices[o])
            .map(|o| {
                compact(json!({
                    "@type": "OrganizationRole",
                    "roleName": o.title,
                    "affiliation": o.of.map(|of| link(&view.entity(of).id)),
                }))
            })
            .collect();
        json!({
            "@id": id(&e.id),
            "@type": kind,
            "name": e.name,
            "alternateName": e.aliases,
            "affiliation": offices,
            "geo": e.coordinates.map(|[lat, long]| {
                json!({ "@type": "GeoCoordinates", "latitude": lat, "longitude": long, "addressCountry": e.country })
            }),
            "containedInPlace": e.part_of.filter(|_| e.kind.is_place()).map(|p| link(&view.entity(p).id)),
        })
    });
    let events = view.events.iter().map(|&i| {
        let e = &graph.events[i];
        let mut dates = e.date.as_deref().unwrap_or_default().split('/').filter(|d| !d.is_empty());
        json!({
            "@id": id(&format!("event/{}", e.id)),
            "@type": "Event",
            "additionalType": format!("whomet:{}", kind_name(e.kind)),
            "whomet:status": status_name(e.status),
            "eventStatus": match e.status {
                Status::Not => "https://schema.org/EventCancelled",
                _ => "https://schema.org/EventScheduled",
            },
            "startDate": dates.next(),
            "endDate": dates.next(),
            "location": e.place.map(|p| link(&view.entity(p).id)),
            "attendee": e.actors.iter().map(|a| link(&view.entity(a.entity).id)).collect::<Vec<_>>(),
            "description": sentence(e),
            "subjectOf": e.reports.iter().map(|r| link(&article(r.article))).collect::<Vec<_>>(),
            "whomet:confidence": e.confidence.to_string().parse::<f64>().ok(),
        })
    });
    let articles = view.articles.iter().map(|&i| {
        let a = &graph.articles[i];
        json!({
            "@id": id(&article(i)),
            "@type": "NewsArticle",
            "headline": a.title,
            "datePublished": a.date,
            "url": a.url,
            "publisher": a.source.as_ref().map(|s| json!({ "@type": "Organization", "name": s })),
            "isBasedOn": a.copy_of.map(|c| link(&article(c))),
        })
    });
    let all = || {
        let context = json!({ "@vocab": "https://schema.org/", "whomet": "urn:whomet:" });
        write!(out, "{{\"@context\":{context},\n\"@graph\":[")?;
        for (n, object) in entities.chain(events).chain(articles).enumerate() {
            out.write_all(if n == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, &compact(object))?;
        }
        out.write_all(b"\n]}\n")
    };
    all().map_err(|e: std::io::Error| Error::io(Location::file("whomet.jsonld"), "write", e))
}

/// The object without what is unknown.
fn compact(object: Value) -> Value {
    let Value::Object(fields) = object else {
        return object;
    };
    let known = |v: &Value| match v {
        Value::Null => false,
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => !a.is_empty(),
        _ => true,
    };
    let known = fields
        .into_iter()
        .filter(|(_, v)| known(v))
        .map(|(k, v)| (k, compact(v)));
    Value::Object(known.collect::<Map<_, _>>())
}
