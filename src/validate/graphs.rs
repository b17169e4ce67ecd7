//! GEXF and GraphML.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Check;
use super::text::{Ids, fits, pair_edge};
use crate::export::tables::Kind;
use crate::export::xml::legal;

/// GEXF and GraphML, which differ in little more than names.
pub(super) fn graph_xml(check: &mut Check, path: &Path) {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) => return check.say(format!("cannot be read: {e}")),
    };
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, file));
    let mut state = GraphXml::default();
    let mut buffer = Vec::new();
    let mut depth = 0usize;
    loop {
        buffer.clear();
        let place = format!("byte {}", reader.buffer_position());
        match reader.read_event_into(&mut buffer) {
            Err(e) => {
                check.at(&place, e);
                break;
            }
            Ok(Event::Eof) => break,
            Ok(Event::Start(e)) => {
                depth += 1;
                state.start(check, &place, &e);
            }
            Ok(Event::Empty(e)) => {
                state.start(check, &place, &e);
                state.end(check, &place, e.name().0);
            }
            Ok(Event::End(e)) => {
                depth = depth.saturating_sub(1);
                state.end(check, &place, e.name().0);
            }
            Ok(Event::Text(t)) => state.text.push_str(&t),
            Ok(Event::GeneralRef(r)) => {
                let c = match r.resolve_char_ref() {
                    Ok(Some(c)) => c,
                    _ => ' ',
                };
                state.text.push(c);
                if legal(&c.to_string()).1 > 0 {
                    check.at(&place, "a character that XML cannot hold");
                }
            }
            Ok(_) => {}
        }
    }
    if depth > 0 {
        check.say("ends before its last element");
    }
    if state.root.is_empty() {
        check.say("has no graph");
    }
    check.counts = [
        ("nodes".to_owned(), state.nodes),
        ("edges".to_owned(), state.edges),
    ]
    .into();
}

#[derive(Default)]
struct GraphXml {
    root: String,
    /// `node` or `edge`: the class of the attributes being declared.
    class: String,
    /// Type by class and id.
    declared: HashMap<(String, String), String>,
    /// The element the values belong to, and the values it has.
    inside: String,
    values: HashSet<String>,
    edge: Option<[String; 4]>,
    data: Option<String>,
    text: String,
    ids: Ids,
    nodes: u64,
    edges: u64,
}

impl GraphXml {
    fn start(&mut self, check: &mut Check, place: &str, e: &BytesStart<'_>) {
        let mut attributes: HashMap<String, String> = HashMap::new();
        for a in e.attributes() {
            match a.map_err(|e| e.to_string()).and_then(|a| {
                let value = a
                    .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                    .map_err(|e| e.to_string())?;
                Ok((a.key.0.to_owned(), value.into_owned()))
            }) {
                Err(problem) => check.at(place, problem),
                Ok((key, value)) => {
                    if legal(&value).1 > 0 {
                        check.at(place, format!("{key} has a character that XML cannot hold"));
                    }
                    attributes.insert(key, value);
                }
            }
        }
        let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        self.text.clear();
        match e.name().0 {
            name @ ("gexf" | "graphml") => name.clone_into(&mut self.root),
            "graph" if self.root == "gexf" => {
                if get("defaultedgetype") != "undirected" {
                    check.at(place, "edges are not undirected");
                }
                if get("mode") == "dynamic" && get("timeformat") != "date" {
                    check.at(place, "timeformat is not declared");
                }
            }
            "graph" if get("edgedefault") != "undirected" => {
                check.at(place, "edges are not undirected")
            }
            "attributes" => self.class = get("class"),
            "attribute" => self.declare(check, place, self.class.clone(), get("id"), get("type")),
            "key" => self.declare(check, place, get("for"), get("id"), get("attr.type")),
            "node" => {
                "node".clone_into(&mut self.inside);
                self.values.clear();
                self.nodes += 1;
                self.ids.add(check, place, "node", &get("id"));
                if self.root == "gexf" && get("label").is_empty() {
                    check.at(place, "a node without label");
                }
            }
            "edge" => {
                "edge".clone_into(&mut self.inside);
                self.values.clear();
                self.edges += 1;
                self.edge = Some([get("id"), get("source"), get("target"), get("weight")]);
                for day in [get("start"), get("end")] {
                    if !fits(Kind::Day, &day) {
                        check.at(place, format!("\"{day}\" is no day"));
                    }
                }
            }
            "attvalue" => self.value(check, place, &get("for"), &get("value")),
            "data" => self.data = Some(get("key")),
            _ => {}
        }
    }

    fn end(&mut self, check: &mut Check, place: &str, name: &str) {
        let text = std::mem::take(&mut self.text);
        match name {
            "data" => {
                let key = self.data.take().unwrap_or_default();
                self.value(check, place, &key, &text);
                if let Some(edge) = self.edge.as_mut().filter(|_| key == "edge_weight") {
                    edge[3] = text;
                }
            }
            "edge" => {
                if let Some([id, source, target, weight]) = self.edge.take() {
                    pair_edge(
                        check,
                        place,
                        &mut self.ids,
                        &id,
                        [&source, &target],
                        &weight,
                    );
                }
            }
            _ => {}
        }
    }

    fn declare(&mut self, check: &mut Check, place: &str, class: String, id: String, kind: String) {
        if !["string", "long", "double", "boolean"].contains(&kind.as_str()) {
            check.at(place, format!("{id} is of an unknown type \"{kind}\""));
        }
        if self.declared.insert((class, id.clone()), kind).is_some() {
            check.at(place, format!("{id} is declared twice"));
        }
    }

    fn value(&mut self, check: &mut Check, place: &str, id: &str, text: &str) {
        let Some(kind) = self.declared.get(&(self.inside.clone(), id.to_owned())) else {
            return check.at(
                place,
                format!("\"{id}\" is not declared for a {}", self.inside),
            );
        };
        let kind = match kind.as_str() {
            "long" => Kind::Int,
            "double" => Kind::Real,
            "boolean" => Kind::Bool,
            _ => Kind::Text,
        };
        // A value that is not known is left out; an empty or a None would be text to some readers and no number to others.
        if text.is_empty() || kind != Kind::Text && !fits(kind, text) {
            check.at(place, format!("{id} is \"{text}\""));
        }
        if !self.values.insert(id.to_owned()) {
            check.at(place, format!("{id} is there twice"));
        }
    }
}
