//! `export`, `validate`, `stats` and `path` as a user runs them.

use std::fs;
use std::path::Path;

use crate::common::{exported, finished, golden, whomet};

fn text(dir: &Path) -> String {
    dir.display().to_string()
}

#[test]
fn export_says_what_it_wrote() {
    let dir = finished();
    let (status, stdout, stderr) = whomet(&["export", &text(dir.path()), "--format", "gephi,gexf"]);
    assert_eq!((status, stdout.as_str()), (0, ""));
    for part in [
        "edges.csv",
        "15 rows",
        "whomet.gexf",
        "15 edges, 10 nodes",
        "control character(s) replaced by U+FFFD",
    ] {
        assert!(stderr.contains(part), "{stderr}");
    }
    assert!(!dir.path().join("whomet.graphml").exists());
    let empty = tempfile::tempdir().unwrap();
    let (status, _, stderr) = whomet(&["export", &text(empty.path()), "-f", "gexf"]);
    assert!(status == 2 && stderr.contains("whomet extract"), "{stderr}");
    assert_eq!(whomet(&["export", &text(dir.path()), "-f", "docx"]).0, 2);
}

#[test]
fn validate_finds_every_kind_of_damage() {
    let dir = exported();
    let out = text(dir.path());
    let (status, stdout, _) = whomet(&["validate", &out]);
    assert_eq!(status, 0, "{stdout}");
    golden("validate.txt", &stdout);
    for (file, from, to, what) in [
        ("gephi/nodes.csv", "P4,", "P99,", "id of no node"),
        (
            "gephi/edges.csv",
            "Undirected,P1-P2",
            "Directed,P1-P2",
            "Type is",
        ),
        ("gephi/edges.csv", "P1-P4", "P1-P2", "there twice"),
        (
            "gephi/edges.csv",
            "<[2025-02-24",
            "<[2025-02-2",
            "Time Interval",
        ),
        ("whomet.gexf", "weight=\"2\"", "weight=\"0\"", "weight"),
        (
            "whomet.gexf",
            "for=\"type\"",
            "for=\"tipe\"",
            "not declared",
        ),
        ("whomet.gexf", "</graph>", "", "expected"),
        ("whomet.gexf", "id=\"P4\"", "id=\"\"", "empty id"),
        (
            "whomet.graphml",
            "\"node_partners\">1<",
            "\"node_partners\">None<",
            "None",
        ),
        ("whomet.graphml", "source=\"P1\"", "source=\"P77\"", "P77"),
        ("whomet.graphml", "Hakan", "&#1;Hakan", "XML"),
        (
            "neo4j/met.csv",
            "\"P1\",\"P2\"",
            "\"P1\",\"P0\"",
            "id of no Entity",
        ),
        (
            "neo4j/events.csv",
            "\"2025-02-18\",0.93",
            "\"18.2.2025\",0.93",
            "no date",
        ),
        ("neo4j/entities.csv", ":LABEL", ":LABLE", "header"),
        ("neo4j/load.cypher", "visited.csv", "", "does not name"),
        ("people.csv", "'=HYPER", "=HYPER", "formula"),
        ("people.csv", "P4,", "P3,", "there twice"),
        ("pairs.csv", "weight", "wait", "columns"),
        ("events.csv", "0.93", "high", "confidence"),
        (
            "whomet.jsonld",
            "\"whomet:P4\",\"@type\"",
            "\"whomet:P3\",\"@type\"",
            "there twice",
        ),
        ("whomet.jsonld", "]}", "]", "EOF"),
    ] {
        let path = dir.path().join(file);
        let whole = fs::read_to_string(&path).unwrap();
        let broken = whole.replacen(from, to, 1);
        assert!(broken != whole, "{file} has no {from}");
        fs::write(&path, broken).unwrap();
        let (status, stdout, _) = whomet(&["validate", &out]);
        assert_eq!(status, 1, "{file}, {from} -> {to}: {stdout}");
        assert!(
            stdout.contains("WRONG") && stdout.contains(what),
            "{file}, {what}: {stdout}"
        );
        fs::write(&path, whole).unwrap();
    }
    for file in ["whomet.xlsx", "parquet/events.parquet"] {
        let path = dir.path().join(file);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert_eq!(whomet(&["validate", &out]).0, 1, "{file}");
        fs::write(&path, whole).unwrap();
    }
    fs::remove_file(dir.path().join("reports.csv")).unwrap();
    let (status, stdout, _) = whomet(&["validate", &out]);
    assert!(status == 1 && stdout.contains("not there"), "{stdout}");
}

#[test]
fn validate_knows_files_of_another_graph() {
    let dir = exported();
    let file = dir.path().join("graph.json");
    let other = fs::read_to_string(&file)
        .unwrap()
        .replace("Hakan", "Khakan");
    fs::write(file, other).unwrap();
    let (status, stdout, _) = whomet(&["validate", &text(dir.path())]);
    assert!(status == 1 && stdout.contains("export again"), "{stdout}");
    let empty = tempfile::tempdir().unwrap();
    let (status, _, stderr) = whomet(&["validate", &text(empty.path())]);
    assert!(
        status == 2 && stderr.contains("no finished run"),
        "{stderr}"
    );
}

#[test]
fn stats_show_who_met_most() {
    let dir = finished();
    let out = text(dir.path());
    let (status, stdout, _) = whomet(&["stats", &out, "--top", "5"]);
    assert_eq!(status, 0);
    golden("stats.txt", &stdout);
    let (_, json, _) = whomet(&["stats", &out, "--json", "--entity", "lavrov, SERGEI"]);
    assert_eq!(json, "");
    let (_, json, _) = whomet(&["stats", &out, "--json", "--entity", "SERGEY LAVROV"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["pairs"][0]["encounters"], 2);
    assert_eq!(json["months"]["2025-02"], 2);
}

#[test]
fn paths_have_their_evidence() {
    let dir = finished();
    let out = text(dir.path());
    let (status, stdout, _) = whomet(&["path", &out, "hakan fidan", "P3"]);
    assert_eq!(status, 0);
    golden("path.txt", &stdout);
    let (status, stdout, _) = whomet(&["path", &out, "Fidan", "محمد بن سلمان"]);
    assert!(status == 1 && stdout.contains("--status"), "{stdout}");
    let (status, stdout, _) =
        whomet(&["path", &out, "Fidan", "P8", "--status", "occurred,possible"]);
    assert!(status == 0 && stdout.contains("(4 steps)"), "{stdout}");
    for (a, parts) in [
        ("Lavrov", &["P1 ", "P10 ", "give the id"][..]),
        ("Marko Rubjo", &["did you mean", "Marco Rubio"]),
        ("Serg", &["did you mean", "Sergei Lavrov"]),
        ("Xyzzy", &["nobody"]),
    ] {
        let (status, _, stderr) = whomet(&["path", &out, a, "P3"]);
        assert!(
            status == 2 && parts.iter().all(|p| stderr.contains(p)),
            "{stderr}"
        );
    }
}
