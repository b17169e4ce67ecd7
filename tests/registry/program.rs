//! `extract`, `resolve` and `review` from the outside.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use tempfile::tempdir;
use whomet::graph::Graph;
use whomet::receipt::Receipt;

use crate::common::{MODEL, Ran, extract, outputs, whomet, whomet_asked};

fn graph(out: &Path) -> Graph {
    serde_json::from_slice(&fs::read(out.join("graph.json")).unwrap()).unwrap()
}

fn id(graph: &Graph, name: &str) -> String {
    let found = graph
        .entities
        .iter()
        .find(|e| e.name == name || e.aliases.iter().any(|a| a == name));
    found.unwrap_or_else(|| panic!("no {name}")).id.clone()
}

fn command(name: &str, out: &Path) -> Vec<OsString> {
    vec![name.into(), out.into()]
}

fn review(out: &Path, answers: &str) -> (Ran, String) {
    let mut stdout = Vec::new();
    let ran = whomet_asked(
        &command("review", out),
        &mut stdout,
        MODEL,
        answers.as_bytes(),
    );
    (ran, String::from_utf8(stdout).unwrap())
}

/// "Yusuf Danjuma" and "Yusuf Danjumo": a proposal.
fn news(dir: &Path) -> std::path::PathBuf {
    let input = dir.join("in");
    fs::create_dir_all(&input).unwrap();
    let put = |name: &str, text: &str| fs::write(input.join(name), text).unwrap();
    put(
        "a.txt",
        "Yusuf Danjuma met Ann Ives in Oslo on Friday. Yusuf Danjuma is mayor of Oslo City.\n",
    );
    put(
        "b.txt",
        "Yusuf Danjumo called Bo Vik. Nothing else was said that day by him.\n",
    );
    put(
        "c.txt",
        "Ann Ives met Ban Ki in Rome. =Cmd() met @Sum in Oslo.\n",
    );
    input
}

#[test]
fn decisions_hold_in_later_runs() {
    let dir = tempdir().unwrap();
    let (input, out) = (news(dir.path()), dir.path().join("out"));
    assert_eq!(whomet(&extract(&input, &out, &[])).status, 0);
    let before = graph(&out);
    assert_ne!(id(&before, "Yusuf Danjuma"), id(&before, "Yusuf Danjumo"));
    let file = out.join("merges.csv");
    let text = fs::read_to_string(&file).unwrap();
    let row = text.lines().find(|l| l.contains("Danjuma")).unwrap();
    assert!(row.starts_with("proposed,whomet,person"), "{row}");

    // A person says yes, and adds a row of their own.
    let edited = text.replace(row, &row.replacen("proposed", "merged", 1));
    fs::write(
        &file,
        format!("{edited}kept apart,,person,Ann Ives,Ban Ki,,,,,,,,sisters\r\n"),
    )
    .unwrap();
    let mut export = command("export", &out);
    export.extend(["--format", "gexf,xlsx", "--entity", "Oslo"].map(OsString::from));
    assert_eq!(whomet(&export).status, 0);
    let ran = whomet(&command("resolve", &out));
    assert_eq!((ran.status, ran.extracted), (0, 0), "{}", ran.stderr);
    // What was exported before knows the decision too, and the receipt the rows there are now.
    let checked = whomet(&command("validate", &out));
    assert_eq!(checked.status, 0, "{}", checked.stderr);
    let receipt: Receipt =
        serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    let stated = receipt.outputs.iter().find(|o| o.file == "graph.json");
    assert_eq!(
        stated.map(|o| o.rows),
        Some(graph(&out).entities.len() as u64)
    );
    let merged = graph(&out);
    assert_eq!(id(&merged, "Yusuf Danjuma"), id(&merged, "Yusuf Danjumo"));
    assert_eq!(id(&merged, "Yusuf Danjuma"), id(&before, "Yusuf Danjuma"));
    let now = fs::read_to_string(&file).unwrap();
    assert!(
        now.contains("merged,person,person,") && now.contains("sisters"),
        "{now}"
    );
    let triples = fs::read_to_string(out.join("triples.csv")).unwrap();
    assert!(triples.contains(&id(&merged, "Yusuf Danjumo")));

    // Resolving again changes no byte.
    let all = outputs(&out);
    whomet(&command("resolve", &out));
    assert_eq!(all, outputs(&out));

    // More articles, the folder made afresh: decisions and ids stay.
    fs::write(
        input.join("0.txt"),
        "Cy Aa met Di Bb in Oslo. Ann Ives called Cy Aa.\n",
    )
    .unwrap();
    let ran = whomet(&extract(&input, &out, &["--restart"]));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let more = graph(&out);
    for name in [
        "Yusuf Danjuma",
        "Yusuf Danjumo",
        "Ann Ives",
        "Ban Ki",
        "Oslo",
        "Oslo City",
    ] {
        assert_eq!(id(&more, name), id(&merged, name), "{name}");
    }
    let event = |g: &Graph, report: &str| {
        let found = g
            .events
            .iter()
            .find(|e| e.reports.iter().any(|r| r.encounter == report));
        found.unwrap().id.clone()
    };
    assert_eq!(event(&more, "a.txt#m1"), event(&before, "a.txt#m1"));

    // A mistake in the file is told, and the file stays.
    let broken = fs::read_to_string(&file)
        .unwrap()
        .replace("merged,person", "perhaps,person");
    fs::write(&file, &broken).unwrap();
    let ran = whomet(&command("resolve", &out));
    assert!(
        ran.status == 2 && ran.stderr.contains("perhaps"),
        "{}",
        ran.stderr
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), broken);
}

#[test]
fn proposals_are_reviewed_one_by_one() {
    let dir = tempdir().unwrap();
    let (input, out) = (news(dir.path()), dir.path().join("out"));
    whomet(&extract(&input, &out, &[]));
    let before = outputs(&out);
    for answers in ["", "q\n", "s\ns\ns\n", "huh\n"] {
        let (ran, shown) = review(&out, answers);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(
            shown.contains("Yusuf Danjuma") && shown.contains("mayor"),
            "{shown}"
        );
        assert_eq!(before, outputs(&out), "{answers:?} changes nothing");
    }
    let (ran, _) = review(&out, "n\n");
    assert!(ran.stderr.contains("1 kept apart"), "{}", ran.stderr);
    let g = graph(&out);
    assert_ne!(id(&g, "Yusuf Danjuma"), id(&g, "Yusuf Danjumo"));
    let (_, shown) = review(&out, "y\n");
    assert!(!shown.contains("Danjuma"), "not asked twice: {shown}");
}

#[test]
fn folders_without_a_finished_run_are_refused() {
    let dir = tempdir().unwrap();
    for name in ["resolve", "review"] {
        let ran = whomet(&command(name, &dir.path().join("none")));
        assert!(
            ran.status == 2 && ran.stderr.contains("documents.jsonl"),
            "{}",
            ran.stderr
        );
    }
    let out = dir.path().join("out");
    whomet(&extract(&news(dir.path()), &out, &[]));
    fs::rename(
        out.join("documents.jsonl"),
        out.join("documents.jsonl.part"),
    )
    .unwrap();
    let ran = whomet(&command("resolve", &out));
    assert!(
        ran.status == 2 && ran.stderr.contains("not done"),
        "{}",
        ran.stderr
    );
}
