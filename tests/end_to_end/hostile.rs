//! Damaged and malicious inputs among good ones: each is named with its reason, and nothing else is lost.

use std::fs;
use std::io::Write;
use std::path::Path;

use tempfile::tempdir;

use crate::program::{Written, extract, run};

const GOOD: &str = "ANKARA — Russian Foreign Minister Sergei Lavrov met his Turkish counterpart, Hakan Fidan, in \
     Ankara on Friday. They talked about grain, gas and the straits.";
const FORMULA: &str = "=cmd|' /C calc'!A0";

fn gz(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Writes the folder: file name, and what becomes of it.
fn folder(dir: &Path) {
    let put = |name: &str, bytes: &[u8]| fs::write(dir.join(name), bytes).unwrap();
    put("a-good.txt", GOOD.as_bytes());
    put(
        "b-invalid-utf8.txt",
        &[b"\x80\xc3( ", GOOD.as_bytes(), b" \xff\xfe."].concat(),
    );
    let utf16: Vec<u8> = format!("\u{feff}{GOOD}")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    put("c-utf16be.txt", &utf16);
    put("d-empty.txt", b"");
    put("e-blank.txt", b" \n\t\r\n");
    let lines = [
        serde_json::json!({"id": "line-1", "text": GOOD, "date": "2025-03-01"}).to_string(),
        "this is no JSON".to_owned(),
        serde_json::json!({"id": "line-3", "date": "2025-03-01"}).to_string(),
        serde_json::json!({"id": "line-4", "text": GOOD, "date": "32 Brumaire"}).to_string(),
        // The name of a person, an identifier and a title that spreadsheets would run.
        serde_json::json!({"id": FORMULA, "title": FORMULA, "source": "+1+1", "url": "@SUM(A1)",
            "text": format!("{FORMULA} met Sergei Lavrov in Ankara on Friday.")})
        .to_string(),
    ];
    put("f-lines.jsonl", lines.join("\n").as_bytes());
    let csv = format!(
        "id,title,body\nrow-1,One,\"{GOOD}\"\nrow-2,too few\nrow-3,Three,\"{GOOD}\",too,many\nrow-4,Four,\"{GOOD}\"\n"
    );
    put("g-ragged.csv", csv.as_bytes());
    let packed = gz(&GOOD.repeat(50));
    put("h-whole.txt.gz", &packed);
    put("i-cut.txt.gz", &packed[..packed.len() / 2]);
    put("j-not-gzip.txt.gz", GOOD.as_bytes());
    put(
        "k-control.txt",
        format!("\u{1b}[31mRed\u{1b}[0m\u{0} alert\u{202e}\u{7}. {GOOD}\u{b}\u{9b}2J").as_bytes(),
    );
    put(
        "l-nested.html",
        format!("{}<p>{GOOD}</p>", "<div>".repeat(100_000)).as_bytes(),
    );
    put("m-picture.png", b"\x89PNG\r\n");
}

#[test]
fn bad_articles_are_named_and_good_ones_kept() {
    let dir = tempdir().unwrap();
    let [input, out] = ["in", "out"].map(|name| dir.path().join(name));
    fs::create_dir(&input).unwrap();
    folder(&input);
    let (status, stdout, stderr) = run(&mut extract(&input, &out, 2));
    assert_eq!((status, stdout.as_str()), (1, ""), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");

    let written = Written::read(&out);
    let receipt = written.receipt();
    let failed: Vec<(String, Option<u64>, String)> = receipt["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let name = Path::new(f["path"].as_str().unwrap()).file_name().unwrap();
            let reason = f["reason"].as_str().unwrap().to_owned();
            (
                name.to_string_lossy().into_owned(),
                f["record"].as_u64(),
                reason,
            )
        })
        .collect();
    let expected = [
        ("d-empty.txt", None, "empty"),
        ("e-blank.txt", None, "empty"),
        ("f-lines.jsonl", Some(2), "not valid JSON"),
        ("f-lines.jsonl", Some(3), "no text"),
        ("g-ragged.csv", Some(2), "2 fields where the header has 3"),
        ("g-ragged.csv", Some(3), "5 fields where the header has 3"),
        ("i-cut.txt.gz", None, "cut off"),
        ("j-not-gzip.txt.gz", None, "damaged"),
        ("l-nested.html", None, "nested"),
    ];
    assert_eq!(failed.len(), expected.len(), "{failed:#?}");
    for ((name, record, reason), (file, line, part)) in failed.iter().zip(expected) {
        assert_eq!((name.as_str(), *record), (file, line));
        assert!(reason.contains(part), "{name}: {reason}");
        // The summary for people says it too.
        assert!(stderr.contains(file) && stderr.contains(reason), "{stderr}");
    }
    let ignored = receipt["files"]["ignored"].as_array().unwrap();
    assert!(
        ignored.len() == 1
            && ignored[0]["path"]
                .as_str()
                .unwrap()
                .ends_with("m-picture.png")
    );

    let documents = written.documents();
    let ids: Vec<_> = documents
        .iter()
        .map(|d| d["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "a-good.txt",
            "b-invalid-utf8.txt",
            "c-utf16be.txt",
            "line-1",
            "line-4",
            FORMULA,
            "row-1",
            "row-4",
            "h-whole.txt.gz",
            "k-control.txt"
        ]
    );
    for document in &documents {
        let text = document["text"].as_str().unwrap();
        assert!(text.contains("Lavrov"), "{text}");
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'),
            "{text:?}"
        );
    }
    // What was done to an article is said beside it.
    let notes = |i: usize| documents[i]["notes"].to_string();
    assert!(
        notes(1).contains("encoding") || notes(1).contains("replaced"),
        "{}",
        notes(1)
    );
    assert!(notes(4).contains("32 Brumaire"), "{}", notes(4));
    assert_eq!(documents[0]["notes"], serde_json::json!([]));
}

#[test]
fn no_cell_is_a_formula() {
    let dir = tempdir().unwrap();
    let [input, out] = ["in", "out"].map(|name| dir.path().join(name));
    fs::create_dir(&input).unwrap();
    folder(&input);
    run(&mut extract(&input, &out, 1));
    let written = Written::read(&out);
    let mut made_safe = 0;
    for name in [
        "triples",
        "encounters",
        "entities",
        "mentions",
        "affiliations",
    ] {
        for row in written.table(&format!("{name}.csv")) {
            for (column, cell) in &row {
                assert!(
                    !cell
                        .trim_start()
                        .starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{name}.csv {column}: {cell:?}"
                );
                assert!(
                    !cell.contains(|c: char| c.is_control() && c != '\t'),
                    "{name}.csv {column}: {cell:?}"
                );
                made_safe += usize::from(cell.starts_with("'="));
            }
        }
    }
    assert!(made_safe > 0, "the formula is in no table");
    // Only tables are made safe: the master stays as it was read.
    let documents = written.documents();
    let raw = documents.iter().find(|d| d["id"] == FORMULA).unwrap();
    assert!(raw["title"] == FORMULA && raw["text"].as_str().unwrap().starts_with(FORMULA));
}
