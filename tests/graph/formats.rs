//! Each format, read back by a reader of its kind that is not the writer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, RowAccessor};
use serde_json::Value;
use whomet::export::Format;
use whomet::export::csv::{one_line, safe};
use whomet::export::files::{self, Origin};
use whomet::export::graph_tables::GraphTable;
use whomet::export::tables::{Cell, Kind};
use whomet::export::view::{Filter, View};
use whomet::export::xml::legal;
use whomet::graph::{self, Graph};

use crate::common::{exported, finished, golden, sample, sample_file, whomet};

fn read(dir: &Path, file: &str) -> String {
    fs::read_to_string(dir.join(file)).unwrap()
}

/// Header and rows.
fn csv(dir: &Path, file: &str) -> (Vec<String>, Vec<BTreeMap<String, String>>) {
    let text = read(dir, file);
    let mut reader = ::csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let row = |r: ::csv::StringRecord| {
        header
            .iter()
            .cloned()
            .zip(r.iter().map(str::to_owned))
            .collect()
    };
    let rows = reader.records().map(|r| row(r.unwrap())).collect();
    (header, rows)
}

/// Names by id, as a format with the given rule must hold them.
fn names(
    graph: &Graph,
    rule: impl Fn(&str) -> String,
    wanted: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let all = graph.entities.iter().filter(|e| wanted(&e.id));
    all.map(|e| (e.id.clone(), rule(&e.name))).collect()
}

fn is_actor(id: &str) -> bool {
    // P10 and the rest met nobody.
    ["G3", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"].contains(&id)
}

#[test]
fn the_graph_survives_its_file() {
    let mut bytes = Vec::new();
    graph::write(&sample(), &mut bytes).unwrap();
    assert!(
        bytes == fs::read(sample_file()).unwrap(),
        "graph.json is not what was read"
    );
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("graph.json");
    let says = |text: &str, what: &str| {
        fs::write(&file, text).unwrap();
        let error = graph::read(&file).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    let text = String::from_utf8(bytes).unwrap();
    says(
        &text.replacen("\"version\":1", "\"version\":2", 1),
        "version 2",
    );
    says(
        &text.replacen("whomet/graph", "whomet/document", 1),
        "whomet/document",
    );
    says(
        &text.replacen("\"part_of\":3", "\"part_of\":99", 1),
        "entity 99 of 18",
    );
    says(
        &text.replacen("\"copy_of\":0", "\"copy_of\":9", 1),
        "article 9 of 4",
    );
    says(&text[..text.len() / 2], "no graph");
    fs::remove_file(&file).unwrap();
    says_missing(&file);
}

fn says_missing(file: &Path) {
    let error = graph::read(file).unwrap_err().to_string();
    assert!(error.contains("whomet extract"), "{error}");
}

#[test]
fn gephi_keeps_every_name_and_one_row_per_pair() {
    let dir = exported();
    let (header, nodes) = csv(dir.path(), "gephi/nodes.csv");
    assert_eq!(header[..2], ["Id", "Label"]);
    let found: BTreeMap<_, _> = nodes
        .iter()
        .map(|n| (n["Id"].clone(), n["Label"].clone()))
        .collect();
    assert_eq!(found, names(&sample(), str::to_owned, is_actor));
    let (header, edges) = csv(dir.path(), "gephi/edges.csv");
    assert_eq!(
        header[..7],
        [
            "Source",
            "Target",
            "Type",
            "Id",
            "Label",
            "Weight",
            "Time Interval"
        ]
    );
    assert_eq!(edges.len(), 15);
    let edge = edges.iter().find(|e| e["Id"] == "P1-P2").unwrap();
    let shown = [
        "Source",
        "Target",
        "Type",
        "Weight",
        "Time Interval",
        "relation",
        "not_count",
        "articles",
        "sources",
    ];
    assert_eq!(
        shown.map(|c| edge[c].as_str()),
        [
            "P1",
            "P2",
            "Undirected",
            "2",
            "<[2025-02-18,2025-02-18]>",
            "met_with; spoke_with",
            "1",
            "2",
            "Agency; Gazette"
        ]
    );
    let pairs: BTreeSet<_> = edges.iter().map(|e| (&e["Source"], &e["Target"])).collect();
    assert_eq!(pairs.len(), edges.len());
    golden("gephi/edges.csv", &read(dir.path(), "gephi/edges.csv"));
}

#[test]
fn gexf_and_graphml_hold_the_same_graph() {
    let dir = exported();
    let graph = sample();
    let xml = |name: &str| legal(name).0.into_owned();
    for (file, namespace) in [
        ("whomet.gexf", "http://gexf.net/1.3"),
        ("whomet.graphml", "http://graphml.graphdrawing.org/xmlns"),
    ] {
        let text = read(dir.path(), file);
        let tree = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(tree.root_element().tag_name().namespace(), Some(namespace));
        let all = |tag: &'static str| {
            tree.descendants()
                .filter(move |n| n.has_tag_name((namespace, tag)))
        };
        let label = |node: roxmltree::Node<'_, '_>| match node.attribute("label") {
            Some(label) => label.to_owned(),
            None => {
                let mut data = node
                    .children()
                    .filter(|d| d.attribute("key") == Some("node_label"));
                data.next().unwrap().text().unwrap().to_owned()
            }
        };
        let found: BTreeMap<_, _> = all("node")
            .map(|n| (n.attribute("id").unwrap().to_owned(), label(n)))
            .collect();
        assert_eq!(found, names(&graph, xml, is_actor), "{file}");
        let edges: BTreeSet<_> = all("edge")
            .map(|e| {
                (
                    e.attribute("source").unwrap(),
                    e.attribute("target").unwrap(),
                )
            })
            .collect();
        assert_eq!((all("edge").count(), edges.len()), (15, 15), "{file}");
        assert!(edges.contains(&("P1", "P2")));
        golden(file, &text);
    }
}

#[test]
fn neo4j_files_are_one_row_a_line_with_typed_headers() {
    let dir = exported();
    let (header, entities) = csv(dir.path(), "neo4j/entities.csv");
    assert_eq!(header[..3], ["entity_id:ID(Entity)", ":LABEL", "name"]);
    assert!(
        header.contains(&"aliases:string[]".to_owned())
            && header.contains(&"latitude:double".to_owned())
    );
    let found: BTreeMap<_, _> = entities
        .iter()
        .map(|e| (e["entity_id:ID(Entity)"].clone(), e["name"].clone()))
        .collect();
    // Only a backslash where LOAD CSV would take it for an escape is changed.
    let rule = |name: &str| match one_line(name).into_owned() {
        name if name.ends_with('\\') => name[..name.len() - 1].to_owned() + "/",
        name => name,
    };
    assert_eq!(found, names(&sample(), rule, |_| true));
    assert_eq!(
        entities
            .iter()
            .find(|e| e["entity_id:ID(Entity)"] == "P1")
            .unwrap()["aliases:string[]"],
        "Lavrov|Sergey Lavrov"
    );
    for (file, rows) in [
        ("articles", 4),
        ("events", 9),
        ("met", 15),
        ("took_part", 21),
        ("took_place", 6),
        ("reported", 11),
        ("visited", 1),
        ("offices", 3),
        ("part_of", 1),
        ("copy_of", 1),
    ] {
        let file = format!("neo4j/{file}.csv");
        assert_eq!(csv(dir.path(), &file).1.len(), rows, "{file}");
        assert_eq!(read(dir.path(), &file).lines().count(), rows + 1, "{file}");
        golden(&file, &read(dir.path(), &file));
    }
    for file in ["neo4j/import.sh", "neo4j/load.cypher"] {
        golden(file, &read(dir.path(), file));
    }
}

#[test]
fn tables_are_safe_and_say_all() {
    let dir = exported();
    let (_, people) = csv(dir.path(), "people.csv");
    let found: BTreeMap<_, _> = people
        .iter()
        .map(|p| (p["entity_id"].clone(), p["name"].clone()))
        .collect();
    assert_eq!(
        found,
        names(
            &sample(),
            |n| safe(n).into_owned(),
            |id| id.starts_with('P')
        )
    );
    assert!(found["P5"].starts_with("'=HYPERLINK") && found["P6"].contains("\"Ann\" Smith"));
    let rubio = people.iter().find(|p| p["entity_id"] == "P2").unwrap();
    assert_eq!(
        ["offices", "encounters", "partners", "first_day", "last_day"].map(|c| rubio[c].as_str()),
        [
            "Secretary of State (United States)",
            "4",
            "3",
            "2025-02-16",
            "2025-02-18"
        ]
    );
    for table in GraphTable::ALL {
        let file = format!("{}.csv", table.name());
        assert!(read(dir.path(), &file).starts_with('\u{feff}'));
        golden(&file, &read(dir.path(), &file));
    }
}

#[test]
fn workbooks_have_typed_cells_and_no_formulas() {
    let dir = exported();
    let mut book: Xlsx<_> = calamine::open_workbook(dir.path().join("whomet.xlsx")).unwrap();
    let sheets: Vec<_> = GraphTable::ALL
        .iter()
        .map(|t| t.name().to_owned())
        .collect();
    assert_eq!(book.sheet_names()[1..], sheets);
    let people = book.worksheet_range("people").unwrap();
    let found: BTreeMap<_, _> = people
        .rows()
        .skip(1)
        .map(|r| (r[0].to_string(), r[1].to_string()))
        .collect();
    let rule = |name: &str| legal(&one_line(name)).0.into_owned();
    assert_eq!(found, names(&sample(), rule, |id| id.starts_with('P')));
    for sheet in &sheets {
        assert_eq!(
            book.worksheet_formula(sheet)
                .unwrap()
                .used_cells()
                .filter(|c| !c.2.is_empty())
                .count(),
            0
        );
    }
    let events = book.worksheet_range("events").unwrap();
    let header: Vec<_> = events
        .rows()
        .next()
        .unwrap()
        .iter()
        .map(Data::to_string)
        .collect();
    let cell = |row: usize, column: &str| {
        events.rows().nth(row).unwrap()[header.iter().position(|h| h == column).unwrap()].clone()
    };
    // The day is a date, the month stays text, the confidence is the number that was written.
    assert!(
        matches!(cell(1, "date"), Data::DateTime(d) if d.as_f64() == 45_706.0),
        "{:?}",
        cell(1, "date")
    );
    assert_eq!(cell(3, "date"), Data::String("2025-03".to_owned()));
    assert_eq!(cell(1, "confidence"), Data::Float(0.93));
}

#[test]
fn parquet_keeps_texts_raw_and_types() {
    let dir = exported();
    let file = fs::File::open(dir.path().join("parquet/people.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let rows: Vec<_> = reader
        .get_row_iter(None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let found: BTreeMap<_, _> = rows
        .iter()
        .map(|r| {
            (
                r.get_string(0).unwrap().clone(),
                r.get_string(1).unwrap().clone(),
            )
        })
        .collect();
    assert_eq!(
        found,
        names(&sample(), str::to_owned, |id| id.starts_with('P'))
    );
    let column = |row: &parquet::record::Row, name: &str| {
        row.get_column_iter()
            .find(|(n, _)| *n == name)
            .map(|(_, f)| f.clone())
            .unwrap()
    };
    let lavrov = rows
        .iter()
        .find(|r| r.get_string(0).unwrap() == "P1")
        .unwrap();
    assert!(matches!(column(lavrov, "aliases"), Field::ListInternal(l) if l.len() == 2));
    assert!(matches!(column(lavrov, "first_day"), Field::Date(20_137)));
    assert!(matches!(column(lavrov, "encounters"), Field::Long(3)));
    let nobody = rows
        .iter()
        .find(|r| r.get_string(0).unwrap() == "P10")
        .unwrap();
    assert!(matches!(column(nobody, "first_day"), Field::Null));
}

#[test]
fn linked_data_is_linked() {
    let dir = exported();
    let text = read(dir.path(), "whomet.jsonld");
    let value: Value = serde_json::from_str(&text).unwrap();
    let objects = value["@graph"].as_array().unwrap();
    let found: BTreeMap<_, _> = objects
        .iter()
        .filter(|o| o["name"].is_string())
        .map(|o| {
            (
                o["@id"].as_str().unwrap()["whomet:".len()..].to_owned(),
                o["name"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert_eq!(found, names(&sample(), str::to_owned, |_| true));
    golden("whomet.jsonld", &text);
}

#[test]
fn the_same_graph_makes_the_same_bytes() {
    fn all(dir: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => all(&path, into),
                false => {
                    into.insert(
                        path.file_name().unwrap().to_string_lossy().into_owned(),
                        fs::read(&path).unwrap(),
                    );
                }
            }
        }
    }
    let [mut a, mut b] = [BTreeMap::new(), BTreeMap::new()];
    all(exported().path(), &mut a);
    all(exported().path(), &mut b);
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(*bytes == b[name], "{name} differs");
        assert!(!name.ends_with(".tmp"), "{name} was left");
    }
}

#[test]
fn an_empty_graph_makes_right_files() {
    let dir = finished();
    let mut bytes = Vec::new();
    graph::write(&Graph::default(), &mut bytes).unwrap();
    fs::write(dir.path().join("graph.json"), bytes).unwrap();
    let out = dir.path().display().to_string();
    assert_eq!(whomet(&["export", &out, "-f", crate::common::ALL]).0, 0);
    let (status, said, _) = whomet(&["validate", &out]);
    assert_eq!(status, 0, "{said}");
}

/// Workbook and Parquet go by the kinds of the columns; a cell of another kind would be lost there.
#[test]
fn cells_are_of_their_columns_kind() {
    let graph = sample();
    let view = View::new(&graph, &Filter::default());
    for table in GraphTable::ALL {
        let columns = table.header().columns;
        let mut filled = BTreeSet::new();
        table
            .each(&view, |cells| {
                for (column, cell) in columns.iter().zip(cells) {
                    let fits = match cell {
                        Cell::Empty => continue,
                        Cell::Text(text) => match column.kind() {
                            Kind::Day => text.parse::<jiff::civil::Date>().is_ok(),
                            kind => matches!(kind, Kind::Text | Kind::Date),
                        },
                        Cell::Int(_) => column.kind() == Kind::Int,
                        Cell::Real(_) | Cell::Degrees(_) => column.kind() == Kind::Real,
                        Cell::Bool(_) => column.kind() == Kind::Bool,
                        Cell::List(_) => column.kind() == Kind::List,
                    };
                    assert!(fits, "{}.{} is {cell:?}", table.name(), column.name);
                    filled.insert(column.name);
                }
                Ok(())
            })
            .unwrap();
        if !matches!(table, GraphTable::Groups | GraphTable::Organizations) {
            let empty: Vec<_> = columns
                .iter()
                .map(|c| c.name)
                .filter(|n| !filled.contains(n))
                .collect();
            let unknown: &[&str] = match table {
                // No person of the sample belongs to a country.
                GraphTable::People => &["part_of", "part_of_id"],
                _ => &[],
            };
            assert!(
                empty.iter().all(|n| unknown.contains(n)),
                "{}: {empty:?} never filled",
                table.name()
            );
        }
    }
}

#[test]
fn a_failing_export_leaves_the_old_file() {
    let (dir, graph) = (exported(), sample());
    let view = View::new(&graph, &Filter::default());
    let before = fs::read(dir.path().join("whomet.gexf")).unwrap();
    // A folder where the file should be written first.
    fs::create_dir(dir.path().join(".whomet.gexf.tmp")).unwrap();
    let origin = Origin {
        graph: "x",
        articles: None,
        bom: true,
    };
    files::write(&view, &[Format::Gexf].into(), origin, dir.path()).unwrap_err();
    assert_eq!(fs::read(dir.path().join("whomet.gexf")).unwrap(), before);
}
