//! `View => GEXF 1.3, GraphML`: who met whom, undirected, one edge per pair, for Gephi, NetworkX, igraph, yEd, Cytoscape.
//!
//! Attributes and their types are declared once; what is unknown is left out, so that there is no None, NaN or empty id.
//! Dates are strings in GraphML, which knows no dates; in GEXF they are also the start and end of an edge.

use std::io::Write;

use super::gephi::{edge_attributes, node_attributes};
use super::graph_tables::{Attribute, pair_id};
use super::tables::{Cell, Kind};
use super::view::View;
use super::xml::Xml;
use crate::error::Result;

/// The namespace of GEXF 1.3.
pub const GEXF: &str = "http://gexf.net/1.3";
/// The namespace of GraphML.
pub const GRAPHML: &str = "http://graphml.graphdrawing.org/xmlns";

/// The XML type of a kind of cells; both formats call them the same.
pub fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "long",
        Kind::Real => "double",
        Kind::Bool => "boolean",
        Kind::Text | Kind::Date | Kind::Day | Kind::List => "string",
    }
}

/// Writes GEXF; gives back how many characters had to be replaced.
///
/// # Errors
/// `out` refuses.
pub fn gexf(view: &View<'_>, out: &mut dyn Write) -> Result<u64> {
    let mut xml = Xml::new(out, "whomet.gexf")?;
    xml.open("gexf", &[("xmlns", GEXF), ("version", "1.3")])?;
    xml.line()?;
    xml.open("meta", &[])?;
    xml.text(
        "creator",
        &[],
        concat!("whomet ", env!("CARGO_PKG_VERSION")),
    )?;
    xml.text("description", &[], &describe(view))?;
    xml.close("meta")?;
    xml.line()?;
    let graph = [
        ("defaultedgetype", "undirected"),
        ("mode", "dynamic"),
        ("timeformat", "date"),
        ("timerepresentation", "interval"),
    ];
    xml.open("graph", &graph)?;
    let (nodes, edges) = (node_attributes(), edge_attributes());
    for (class, attributes) in [("node", &nodes), ("edge", &edges)] {
        xml.line()?;
        xml.open("attributes", &[("class", class), ("mode", "static")])?;
        for a in attributes {
            let name = a.column.name;
            xml.empty(
                "attribute",
                &[
                    ("id", name),
                    ("title", name),
                    ("type", type_name(a.column.kind())),
                ],
            )?;
        }
        xml.close("attributes")?;
    }
    let values = |xml: &mut Xml<&mut dyn Write>, attributes: &[&Attribute], row| -> Result<()> {
        xml.open("attvalues", &[])?;
        each_known(attributes, view, row, |a, text| {
            xml.empty("attvalue", &[("for", a.column.name), ("value", text)])
        })?;
        xml.close("attvalues")
    };
    xml.line()?;
    xml.open("nodes", &[])?;
    for &i in &view.actors {
        let e = view.entity(i);
        xml.line()?;
        xml.open("node", &[("id", &e.id), ("label", &e.name)])?;
        values(&mut xml, &nodes, i)?;
        xml.close("node")?;
    }
    xml.close("nodes")?;
    xml.line()?;
    xml.open("edges", &[])?;
    for (n, pair) in view.pairs.iter().enumerate() {
        let ([source, target], id, weight) = (
            pair.ends.map(|e| view.entity(e).id.as_str()),
            pair_id(view, n),
            pair.weight().to_string(),
        );
        let days = view.days(pair).map(|days| days.map(|d| d.to_string()));
        let mut edge = vec![
            ("id", id.as_str()),
            ("source", source),
            ("target", target),
            ("weight", &weight),
        ];
        if let Some([start, end]) = &days {
            edge.extend([("start", start.as_str()), ("end", end.as_str())]);
        }
        xml.line()?;
        xml.open("edge", &edge)?;
        values(&mut xml, &edges, n)?;
        xml.close("edge")?;
    }
    for name in ["edges", "graph", "gexf"] {
        xml.close(name)?;
        xml.line()?;
    }
    Ok(xml.finish().1)
}

/// Writes GraphML; gives back how many characters had to be replaced.
///
/// # Errors
/// `out` refuses.
pub fn graphml(view: &View<'_>, out: &mut dyn Write) -> Result<u64> {
    let mut xml = Xml::new(out, "whomet.graphml")?;
    xml.open("graphml", &[("xmlns", GRAPHML)])?;
    let (nodes, edges) = (node_attributes(), edge_attributes());
    let mut declare = |class: &str, name: &str, kind: Kind| {
        let id = format!("{class}_{name}");
        xml.line()?;
        xml.empty(
            "key",
            &[
                ("id", &id),
                ("for", class),
                ("attr.name", name),
                ("attr.type", type_name(kind)),
            ],
        )
    };
    declare("node", "label", Kind::Text)?;
    for a in &nodes {
        declare("node", a.column.name, a.column.kind())?;
    }
    declare("edge", "weight", Kind::Int)?;
    for a in &edges {
        declare("edge", a.column.name, a.column.kind())?;
    }
    let values = |xml: &mut Xml<&mut dyn Write>, class, attributes: &[&Attribute], row| {
        each_known(attributes, view, row, |a, text| {
            xml.text(
                "data",
                &[("key", &format!("{class}_{}", a.column.name))],
                text,
            )
        })
    };
    xml.line()?;
    xml.open("graph", &[("id", "whomet"), ("edgedefault", "undirected")])?;
    xml.line()?;
    xml.text("desc", &[], &describe(view))?;
    for &i in &view.actors {
        let e = view.entity(i);
        xml.line()?;
        xml.open("node", &[("id", &e.id)])?;
        xml.text("data", &[("key", "node_label")], &e.name)?;
        values(&mut xml, "node", &nodes, i)?;
        xml.close("node")?;
    }
    for (n, pair) in view.pairs.iter().enumerate() {
        let [source, target] = pair.ends.map(|e| view.entity(e).id.as_str());
        xml.line()?;
        xml.open(
            "edge",
            &[
                ("id", &pair_id(view, n)),
                ("source", source),
                ("target", target),
            ],
        )?;
        xml.text(
            "data",
            &[("key", "edge_weight")],
            &pair.weight().to_string(),
        )?;
        values(&mut xml, "edge", &edges, n)?;
        xml.close("edge")?;
    }
    for name in ["graph", "graphml"] {
        xml.line()?;
        xml.close(name)?;
    }
    xml.line()?;
    Ok(xml.finish().1)
}

fn describe(view: &View<'_>) -> String {
    let mut text =
        "Who met whom: one edge per pair, its weight the number of counted encounters".to_owned();
    for phrase in view.filter.words() {
        text.extend(["; ", &phrase]);
    }
    text
}

/// Gives `put` the attributes of `row` that are known, as text.
fn each_known(
    attributes: &[&Attribute],
    view: &View<'_>,
    row: usize,
    mut put: impl FnMut(&Attribute, &str) -> Result<()>,
) -> Result<()> {
    for a in attributes {
        let cell: Cell<'_> = (a.get)(view, row);
        if let Some(text) = cell.text() {
            put(a, &text)?;
        }
    }
    Ok(())
}
