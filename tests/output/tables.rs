//! The tables and the master, read back as their users would.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use crate::common::{articles, dummy, extract, whomet};
use tempfile::tempdir;
use whomet::document::{Article, NameType};
use whomet::error::Location;
use whomet::export::csv::CsvTable;
use whomet::export::graph_tables::GraphTable;
use whomet::export::record::Record;
use whomet::export::tables::{Cell, Kind, Table, rows};
use whomet::graph::ArticleView;

type Row = BTreeMap<String, String>;

fn read(dir: &Path, table: Table) -> Vec<Row> {
    let text = fs::read_to_string(dir.join(table.file_name())).unwrap();
    let mut reader = csv::Reader::from_reader(
        text.strip_prefix('\u{feff}')
            .expect("a byte-order mark")
            .as_bytes(),
    );
    let header = reader.headers().unwrap().clone();
    assert_eq!(
        header.iter().collect::<Vec<_>>(),
        table.columns().iter().map(|c| c.name).collect::<Vec<_>>()
    );
    reader
        .records()
        .map(|r| {
            header
                .iter()
                .map(str::to_owned)
                .zip(r.unwrap().iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

fn find<'a>(rows: &'a [Row], column: &str, value: &str) -> &'a Row {
    rows.iter()
        .find(|r| r[column] == value)
        .unwrap_or_else(|| panic!("no {column} {value}"))
}

#[test]
fn facts_arrive_in_the_tables() {
    let dir = tempdir().unwrap();
    let (input, out) = (articles(dir.path()), dir.path().join("out"));
    whomet(&extract(&input, &out, &[]));
    let triples = read(&out, Table::Triples);
    let met = &triples[0];
    for (column, value) in [
        ("subject", "Ann Ives"),
        ("relation", "met_with"),
        ("object", "Tëd Örn"),
        ("status", "occurred"),
        ("place", "Oslo"),
        ("place_type", "place"),
        ("place_label", "GPE"),
        ("date", "2026-11-20"),
        ("date_words", "Friday"),
        ("confidence", "0.9"),
        ("sentence", "Ann Ives met Tëd Örn in Oslo on Friday"),
        ("start", "0"),
        ("end", "38"),
    ] {
        assert_eq!(met[column], value, "{column}");
    }
    let office = find(&triples, "relation", "holds_office");
    assert_eq!(
        [&office["subject"], &office["object"], &office["title"]],
        ["Tëd Örn", "Oslo City", "mayor"]
    );
    assert_eq!([&office["status"], &office["encounter_id"]], ["", ""]);
    let member = find(&triples, "relation", "affiliated_with");
    assert_eq!(
        [&member["subject"], &member["object"], &member["title"]],
        ["Cy", "Guild", ""]
    );
    let visit = find(&triples, "relation", "visited");
    assert_eq!(
        [&visit["subject"], &visit["object"], &visit["object_label"]],
        ["Cy", "Fort Knox", "FAC"]
    );
    assert_eq!(
        [
            &visit["article_id"],
            &visit["article_title"],
            &visit["record"]
        ],
        ["j1", "One", "1"]
    );
    assert_eq!(find(&triples, "relation", "spoke_with")["object"], "Bo");
    // "Bo met Ann Ives" and "Ann Ives met Bo" are the same pair in the same order.
    let pairs: Vec<_> = triples
        .iter()
        .filter(|t| t["subject"] == "Ann Ives" && t["object"] == "Bo")
        .collect();
    assert_eq!(pairs.len(), 3);

    let (encounters, entities) = (read(&out, Table::Encounters), read(&out, Table::Entities));
    let ids: HashSet<_> = entities.iter().map(|e| e["entity_id"].as_str()).collect();
    assert_eq!(ids.len(), entities.len());
    for t in &triples {
        assert!(ids.contains(t["subject_id"].as_str()) && ids.contains(t["object_id"].as_str()));
        if !t["encounter_id"].is_empty() {
            assert_eq!(
                find(&encounters, "encounter_id", &t["encounter_id"])["sentence"],
                t["sentence"]
            );
        }
    }
    let ids: HashSet<_> = triples.iter().map(|t| t["triple_id"].as_str()).collect();
    assert_eq!(ids.len(), triples.len());
    let ann = find(&entities, "entity_id", "a1.txt#1");
    assert_eq!(
        [
            &ann["name"],
            &ann["mentions"],
            &ann["encounters"],
            &ann["start"]
        ],
        ["Ann Ives", "2", "2", "0"]
    );
    let mentions = read(&out, Table::Mentions);
    assert!(mentions.iter().all(|m| m["mention"] == m["entity"]));
    assert_eq!(mentions[0]["confidence"], "0.9877");
    let affiliations = read(&out, Table::Affiliations);
    assert_eq!(find(&affiliations, "person", "Cy")["organization"], "Guild");
}

#[test]
fn the_master_is_lossless() {
    let article = |body: &str| Article {
        at: Location::record("f", 3),
        id: "x".into(),
        body: body.into(),
        ..Article::default()
    };
    let extracted = dummy(article(
        "Tëd met Ann in Örebro on Friday. Ann is chair of Guild.",
    ))
    .unwrap();
    let record = Record::new(&extracted, "r");
    let line = record.to_line().unwrap();
    assert_eq!(
        Record::from_line(&line, &Location::default()).unwrap(),
        record
    );
    assert_eq!(line.iter().filter(|b| **b == b'\n').count(), 1);
    let chars: Vec<char> = record.text.chars().collect();
    for (m, e) in record.mentions.iter().zip(&extracted.entity_of) {
        let words: String = chars[m.start as usize..m.end as usize].iter().collect();
        assert_eq!(words, extracted.entities[e.index()].name);
        assert_eq!(m.entity, e.0 + 1);
    }
    assert_eq!(record.entity(1).unwrap().kind, NameType::Per);
    let other = String::from_utf8(line)
        .unwrap()
        .replacen("\"version\":1", "\"version\":2", 1);
    let error = Record::from_line(other.as_bytes(), &Location::record("d", 7))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("d:7: schema is") && error.contains("version 2"),
        "{error}"
    );
}

#[test]
fn hostile_cells_are_harmless() {
    let name = "=cmd|' /C calc'!A0";
    let article = Article {
        id: "@id".into(),
        title: Some("\t+title, \"quoted\"\r\nnext".into()),
        url: Some("-1+1".into()),
        body: format!("{name} met +Bo in @Oslo. -x is =T() of =O."),
        ..Article::default()
    };
    let record = Record::new(&dummy(article).unwrap(), "r");
    for table in Table::ALL {
        let mut csv = CsvTable::new(table, Vec::new(), false).unwrap();
        rows(&record, ArticleView::default(), 0.0, |t, cells| {
            if t == table { csv.row(cells) } else { Ok(()) }
        })
        .unwrap();
        let (bytes, count) = csv.finish().unwrap();
        assert!(count > 0);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        for row in reader.records() {
            for cell in &row.unwrap() {
                assert!(
                    !cell.trim_start().starts_with(['=', '+', '-', '@']),
                    "{cell:?}"
                );
                assert!(!cell.contains(['\n', '\r']), "{cell:?}");
            }
        }
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count() as u64, count + 1, "one line a row");
        assert!(text.split_inclusive('\n').all(|l| l.ends_with("\r\n")));
        if table == Table::Triples {
            assert!(text.contains("'\t+title, \"\"quoted\"\" next"), "{text}");
        }
    }
    // The master stays raw.
    assert_eq!(record.entities.iter().filter(|e| e.name == name).count(), 1);
}

/// Workbook and Parquet go by the kinds of the columns; a cell of another kind would be lost there.
#[test]
fn cells_are_of_their_columns_kind() {
    let article = Article {
        body: "Ann met Bo in Oslo. Bo is mayor of Oslo. Ann visited Rome.".into(),
        ..Article::default()
    };
    let record = Record::new(&dummy(article).unwrap(), "r");
    rows(&record, ArticleView::default(), 0.0, |table, cells| {
        for (column, cell) in table.columns().iter().zip(cells) {
            let fits = match cell {
                Cell::Empty => true,
                Cell::Text(_) => matches!(column.kind(), Kind::Text | Kind::Date),
                Cell::Int(_) => column.kind() == Kind::Int,
                Cell::Real(_) | Cell::Degrees(_) => column.kind() == Kind::Real,
                Cell::Bool(_) => column.kind() == Kind::Bool,
                Cell::List(_) => column.kind() == Kind::List,
            };
            assert!(fits, "{}.{} is {cell:?}", table.name(), column.name);
        }
        Ok(())
    })
    .unwrap();
}

/// src/export/TABLES.md is made from the columns in the code: `WHOMET_UPDATE_DOCS=1 cargo test` writes it anew.
#[test]
fn columns_are_documented() {
    let mut text =
        "# Columns of the tables\n\nMade from `Table::columns` and `GraphTable::header`. Columns keep their names and order; \
                    new ones come last.\nOffsets count characters of the article's `text` in `documents.jsonl`, end \
                    exclusive.\n\nThe tables up to affiliations.csv have the ids of one article, those from pairs.csv on the \
                    ids of all articles.\nLists are separated by `; `. Counted encounters are those that occurred or, with \
                    `--status`, those of the statuses asked for.\n"
            .to_owned();
    let of_articles = Table::ALL.into_iter().map(Table::header);
    for table in of_articles.chain(GraphTable::ALL.into_iter().map(GraphTable::header)) {
        text += &format!(
            "\n## {}.csv\n\n| column | meaning |\n|---|---|\n",
            table.name
        );
        for column in &table.columns {
            text += &format!("| `{}` | {} |\n", column.name, column.meaning);
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/export/TABLES.md");
    if std::env::var_os("WHOMET_UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), text);
}

/// All formats at the end of an extraction, which `validate` finds right, and again the same from the finished run.
#[test]
fn an_extraction_writes_every_format() {
    let dir = tempdir().unwrap();
    let (input, out) = (articles(dir.path()), dir.path().join("out"));
    let all = "csv,xlsx,parquet,gephi,gexf,graphml,neo4j,jsonld";
    whomet(&extract(&input, &out, &["--format", all]));
    let gexf = fs::read_to_string(out.join("whomet.gexf")).unwrap();
    assert!(gexf.contains("label=\"Tëd Örn\""), "{gexf}");
    let out_text = out.display().to_string();
    let ran = whomet(&["validate", &out_text]);
    let said = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(ran.status, 0, "{said}");
    assert!(said.contains("parquet/triples.parquet"), "{said}");
    let read = |file: &str| fs::read(out.join(file)).unwrap();
    let files = ["whomet.xlsx", "parquet/triples.parquet", "exports.json"];
    let before = files.map(read);
    whomet(&["export", &out_text, "--format", all]);
    for (file, before) in files.iter().zip(before) {
        assert!(read(file) == before, "{file} differs");
    }
    whomet(&extract(&input, &out, &["--restart", "--format", "jsonl"]));
    assert!(!out.join("whomet.xlsx").exists() && !out.join("gephi/nodes.csv").exists());
}
