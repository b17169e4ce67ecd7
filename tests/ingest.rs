//! Ingestion and cleaning against hostile files. All texts were written for these tests.

#![allow(clippy::unwrap_used)] // helpers of tests are tests too

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use whomet::clean::clean;
use whomet::document::RawArticle;
use whomet::error::Error;
use whomet::ingest::{Fields, Files, ReadOptions, Source};

const TEXT: &str = "Petra Lindqvist met Tomas Arden in Tollen on Thursday.";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn read_with(path: &Path, options: ReadOptions) -> (Vec<RawArticle>, Vec<String>) {
    let mut files = Files::open(&[path.to_owned()], options).unwrap();
    let (mut articles, mut errors) = (Vec::new(), Vec::new());
    while let Some(item) = files.next() {
        match item {
            Ok(raw) => articles.push(raw),
            Err(error) => errors.push(error.to_string()),
        }
    }
    assert!(files.next().is_none(), "the end is the end");
    (articles, errors)
}

fn read(files: &[(&str, &[u8])]) -> (Vec<RawArticle>, Vec<String>) {
    read_with(folder(files).path(), ReadOptions::default())
}

fn gz(data: &[u8]) -> Vec<u8> {
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    e.write_all(data).unwrap();
    e.finish().unwrap()
}

#[test]
fn every_kind_of_file() {
    let html = format!("<title>T</title><body><p>{TEXT}</p>");
    let jsonl = format!(
        "{{\"id\": 7, \"title\": \"T\", \"text\": \"{TEXT}\", \"date\": \"2025-02-27\"}}\n"
    );
    let (articles, errors) = read(&[
        ("a.txt", TEXT.as_bytes()),
        ("b.md", format!("# T\n\n{TEXT}").as_bytes()),
        ("c.html", html.as_bytes()),
        ("d.jsonl", jsonl.as_bytes()),
        ("e.json", format!("[{jsonl}, {jsonl}]").as_bytes()),
        ("f.csv", format!("id,text\n8,\"{TEXT}\"\n").as_bytes()),
        ("g.tsv", format!("id\ttext\n9\t{TEXT}\n").as_bytes()),
        ("h.txt.gz", &gz(TEXT.as_bytes())),
        (
            "i.ndjson.zst",
            &ruzstd::encoding::compress_to_vec(
                jsonl.as_bytes(),
                ruzstd::encoding::CompressionLevel::Fastest,
            ),
        ),
    ]);
    assert_eq!(errors, Vec::<String>::new());
    let ids: Vec<&str> = articles.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "a.txt", "b.md", "c.html", "7", "7~2", "7~3", "8", "9", "h.txt.gz", "7~4"
        ]
    );
    for article in &articles {
        assert_eq!(article.text, TEXT, "{}", article.id);
        assert_eq!(article.sha256.len(), 64);
    }
    assert_eq!(
        articles[0].sha256, articles[8].sha256,
        "the hash is that of the decompressed file"
    );
    assert!(articles[4].notes[0].contains("taken"));
}

#[test]
fn jsonl_with_bad_lines() {
    let lines = [
        r#"{"id": "a", "text": "Vos met Simek."}"#,
        "",
        "not json",
        "[1, 2]",
        r#"{"id": "no text"}"#,
        r#"{"headline": "Vos to meet Simek", "text": "  "}"#,
        r#"{"id": "bad\u0000id", "body": ["Vos met Simek.", "They spoke."], "source": {"id": 1, "name": "Post"}}"#,
        r#"{"text": "lone \ud800 surrogate"}"#,
        r#"{"text": "Last line, no line end.", "published_at": 1740681600}"#,
    ]
    .join("\n");
    let (articles, errors) = read(&[("x.jsonl", lines.as_bytes())]);
    let places: Vec<&str> = errors
        .iter()
        .map(|e| e.split("x.jsonl:").nth(1).unwrap())
        .collect();
    assert_eq!(places.len(), 4, "{errors:#?}");
    for (place, start) in places.iter().zip([
        "3: not valid",
        "4: a JSON object",
        "5: no text",
        "8: not valid",
    ]) {
        assert!(place.starts_with(start), "{place} {start}");
    }
    assert_eq!(articles.len(), 4);
    assert_eq!(articles[1].text, "Vos to meet Simek");
    assert_eq!(
        (articles[1].id.as_str(), articles[1].notes.len()),
        ("x.jsonl#6", 1)
    );
    assert_eq!(
        (articles[2].id.as_str(), articles[2].text.as_str()),
        ("bad_id", "Vos met Simek.\nThey spoke.")
    );
    assert_eq!(articles[2].source.as_deref(), Some("Post"));
    assert_eq!(articles[3].date.as_deref(), Some("1740681600"));
    assert_eq!(articles[3].at.record, Some(9));
}

#[test]
fn own_field_names() {
    let fields = Fields {
        text: vec!["inhalt".to_owned()],
        ..Fields::default()
    };
    let options = ReadOptions {
        fields,
        ..ReadOptions::default()
    };
    let dir = folder(&[
        ("x.jsonl", br#"{"inhalt": "Weiss met Nes.", "text": "no"}"#),
        ("y.csv", b"Inhalt;title\nA met B.;T\n"),
    ]);
    let (articles, errors) = read_with(dir.path(), options);
    assert_eq!(
        (articles[0].text.as_str(), articles[1].text.as_str()),
        ("Weiss met Nes.", "A met B.")
    );
    assert!(errors.is_empty());
}

#[test]
fn ragged_csv() {
    let csv = "\u{FEFF}id,title,text\r\n1,One,\"Vos met\r\nSimek, he said \"\"yes\"\".\"\r\n2,Two\r\n\r\n3,Three,Four,Five\r\n4,,Last.\r\n";
    let (articles, errors) = read(&[("x.csv", csv.as_bytes())]);
    assert_eq!(articles.len(), 2, "{errors:?}");
    assert_eq!(articles[0].text, "Vos met\r\nSimek, he said \"yes\".");
    assert_eq!(articles[1].at.record, Some(4));
    assert!(
        errors[0].ends_with("x.csv:2: 2 fields where the header has 3"),
        "{errors:?}"
    );
    assert!(
        errors[1].ends_with("x.csv:3: 4 fields where the header has 3"),
        "{errors:?}"
    );
    // The same record has the same hash wherever it stands.
    let (again, _) = read(&[("y.csv", b"id,title,text\n4,,Last.")]);
    assert_eq!(again[0].sha256, articles[1].sha256);
    let (articles, errors) = read(&[
        ("a.csv", b"id,name\n1,x\n"),
        ("b.csv", b"id,text\n"),
        ("c.csv", b"id,text\n1,\"open quote\n2,Vos met Simek.\n"),
    ]);
    assert!(articles.is_empty());
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors[0].contains("no column"), "{errors:?}");
    assert!(errors[2].contains("not closed"), "{errors:?}");
}

#[test]
fn encodings() {
    let utf16 = |le: bool, text: &str| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if le { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    };
    let long = "Vos met Šimek — in “Tollen” on Thursday. ".repeat(5);
    let line = format!("{{\"text\": \"{}\"}}\n", long.trim());
    let (cyrillic, ..) = encoding_rs::WINDOWS_1251
        .encode("{\"text\": \"Министр иностранных дел встретился с послом в четверг.\"}\n");
    let (articles, errors) = read(&[
        ("a.txt", &utf16(true, &long)),
        ("b.txt", &utf16(false, &format!("\u{FEFF}{long}"))),
        ("c.jsonl", &utf16(true, &format!("\u{FEFF}{line}{line}"))),
        ("d.jsonl", &utf16(false, &format!("{line}{line}"))),
        (
            "e.jsonl",
            &[line.as_bytes(), &cyrillic, line.as_bytes()].concat(),
        ),
        (
            "f.csv",
            &utf16(true, &format!("\u{FEFF}id\ttext\n1\t{long}\n")),
        ),
        ("g.txt", b"Vos met \xFFSimek\xFE."),
        (
            "h.html",
            b"<meta charset=windows-1252><p>The minister said \x93yes\x94 to the envoy on Monday.",
        ),
    ]);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(
        (articles[0].text.as_str(), articles[1].text.as_str()),
        (long.as_str(), long.as_str())
    );
    for i in [2, 3, 4, 5, 6, 8] {
        assert_eq!(articles[i].text, long.trim(), "{i}");
    }
    assert!(
        articles[7].text.starts_with("Министр") && articles[7].notes[0].contains("windows-1251")
    );
    assert_eq!(articles[9].text.trim(), long.trim());
    assert!(
        !articles[10].notes.is_empty(),
        "a guess or a replacement is said"
    );
    assert_eq!(
        articles[11].text,
        "The minister said “yes” to the envoy on Monday."
    );
    let options = ReadOptions {
        encoding: Some("latin2".to_owned()),
        ..ReadOptions::default()
    };
    let dir = folder(&[
        ("x.txt", b"\xA9imek"),
        ("y.jsonl", b"{\"text\": \"\xA9imek\"}"),
    ]);
    let (articles, _) = read_with(dir.path(), options);
    assert_eq!(
        (articles[0].text.as_str(), articles[1].text.as_str()),
        ("Šimek", "Šimek")
    );
    let options = ReadOptions {
        encoding: Some("klingon".to_owned()),
        ..ReadOptions::default()
    };
    assert!(matches!(Files::open(&[], options), Err(Error::Usage(_))));
}

#[test]
fn truncated_gzip_keeps_what_was_whole() {
    let mut seed = 1u32;
    let mut lines = String::new();
    for i in 0..20_000 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        lines.push_str(&format!(
            "{{\"id\": {i}, \"text\": \"Envoy {seed} met envoy {}.\"}}\n",
            seed >> 7
        ));
    }
    let packed = gz(lines.as_bytes());
    let cut = &packed[..packed.len() / 2];
    let text = gz(lines.as_bytes());
    let (articles, errors) = read(&[
        ("a.jsonl.gz", cut),
        ("b.txt.gz", &text[..text.len() / 2]),
        ("c.txt", TEXT.as_bytes()),
    ]);
    assert!(articles.len() > 5_000, "{}", articles.len());
    for (i, article) in articles.iter().enumerate().take(articles.len() - 1) {
        assert_eq!(article.id, i.to_string());
        assert!(article.text.ends_with('.'), "never half an article");
    }
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.iter().all(|e| e.contains("cut off")), "{errors:?}");
}

#[test]
fn bombs_and_limits() {
    let bomb = gz(&vec![b' '; 64 << 20]);
    let (articles, errors) = read(&[
        ("a.txt.gz", &bomb),
        ("b.jsonl.gz", &bomb),
        ("c.txt", TEXT.as_bytes()),
    ]);
    assert_eq!((articles.len(), errors.len()), (1, 2));
    assert!(errors.iter().all(|e| e.contains("bomb")), "{errors:?}");
    let options = ReadOptions {
        max_article: 100,
        ..ReadOptions::default()
    };
    let long = "x".repeat(3 << 20);
    let jsonl = format!("{{\"text\": \"{long}\"}}\n{{\"text\": \"{TEXT}\"}}\n");
    let csv = format!("text\n{TEXT}\n{long}\n");
    let dir = folder(&[
        ("a.jsonl", jsonl.as_bytes()),
        ("b.txt", long.as_bytes()),
        ("c.csv", csv.as_bytes()),
    ]);
    let (articles, errors) = read_with(dir.path(), options);
    assert_eq!(articles.len(), 2);
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(
        errors.iter().all(|e| e.contains("limit of 100 bytes")),
        "{errors:?}"
    );
}

#[test]
fn fifty_megabytes_in_one_line() {
    let long = "Vos met Simek and then ".repeat(2_200_000);
    let jsonl = format!("{{\"text\": \"{long}\"}}");
    let (articles, errors) = read(&[("a.txt", long.as_bytes()), ("b.jsonl", jsonl.as_bytes())]);
    assert_eq!((articles.len(), errors.len()), (2, 0));
    for raw in articles {
        let article = clean(raw, None).unwrap();
        assert!(article.body == long && article.boilerplate.is_empty());
    }
}

#[test]
fn empty_files_and_missing_paths() {
    let dir = folder(&[
        ("a.txt", b""),
        ("b.jsonl", b"\n\n"),
        ("c.csv", b""),
        ("d.html", b" \n"),
        ("e.json", b"[]"),
        ("f.txt.gz", b""),
    ]);
    let mut paths = vec![dir.path().to_owned(), PathBuf::from("no/such/file.txt")];
    paths.push(dir.path().join("a.txt"));
    let mut files = Files::open(&paths, ReadOptions::default()).unwrap();
    assert_eq!((files.files().len(), files.skipped().len()), (6, 1));
    let mut errors = Vec::new();
    while let Some(item) = files.next() {
        errors.push(item.unwrap_err().to_string());
    }
    assert_eq!(errors.len(), 7, "{errors:?}");
    assert!(errors[0].contains("no/such/file.txt"));
    assert_eq!(
        errors.iter().filter(|e| e.contains("empty")).count(),
        5,
        "{errors:?}"
    );
}

#[test]
fn progress_counts_stored_bytes() {
    let dir = folder(&[
        ("a.txt", TEXT.as_bytes()),
        ("b.txt.gz", &gz(TEXT.as_bytes())),
    ]);
    let mut files = Files::open(&[dir.path().to_owned()], ReadOptions::default()).unwrap();
    let size: u64 = files.files().iter().map(|f| f.size).sum();
    while files.next().is_some() {}
    assert_eq!(files.bytes_read(), size);
}

#[cfg(unix)]
#[test]
fn unreadable_files_are_reported() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("a.txt", TEXT.as_bytes()), ("b.txt", TEXT.as_bytes())]);
    let path = dir.path().join("a.txt");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        return; // root reads everything
    }
    let (articles, errors) = read_with(dir.path(), ReadOptions::default());
    assert_eq!((articles.len(), errors.len()), (1, 1));
}

#[test]
fn deep_html_is_refused_on_a_small_stack() {
    let deep = format!("{}x{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
    let near = format!("{}{TEXT}{}", "<div>".repeat(900), "</div>".repeat(900));
    let thread = std::thread::Builder::new().stack_size(512 << 10);
    let run = move || read(&[("a.html", deep.as_bytes()), ("b.html", near.as_bytes())]);
    let (articles, errors) = thread.spawn(run).unwrap().join().unwrap();
    assert_eq!((articles.len(), errors.len()), (1, 1), "{errors:?}");
    assert_eq!(articles[0].text, TEXT);
}

#[test]
fn ingested_and_cleaned() {
    let text = "Title line\r\n\r\nVos\u{200B} met Simek in Tollen, her office said.\r\nShare this article\r\nThey will meet again.\u{0}";
    let dir = folder(&[("2025-02-27_x.txt", text.as_bytes())]);
    let (mut articles, _) = read_with(dir.path(), ReadOptions::default());
    let article = clean(articles.remove(0), None).unwrap();
    assert_eq!(
        article.body,
        "Title line\n\nVos met Simek in Tollen, her office said.\nShare this article\nThey will meet again."
    );
    assert_eq!(article.boilerplate.len(), 1);
    assert_eq!(
        article.boilerplate[0].of(&article.body),
        "Share this article"
    );
    assert_eq!(
        article.published.map(|p| p.date.to_string()).as_deref(),
        Some("2025-02-27")
    );
    let at = article.body.chars().position(|c| c == 'm').unwrap() as u32;
    assert_eq!(
        text.chars().nth(article.offsets.source(at) as usize),
        Some('m')
    );
}

#[test]
fn sources_may_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<Files>();
}
