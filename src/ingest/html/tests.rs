//! Pages written for these tests, in tests/fixtures/html: `N.html` and the body a person would copy from it, `N.txt`.

use std::collections::HashMap;
use std::path::PathBuf;

use super::*;

fn pages() -> Vec<(String, String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/html");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    pages.retain(|p| p.extension().is_some_and(|e| e == "html"));
    pages.sort();
    let name = |p: &PathBuf| p.file_stem().unwrap().to_string_lossy().into_owned();
    let read = |p: PathBuf| std::fs::read_to_string(p).unwrap();
    pages
        .into_iter()
        .map(|p| (name(&p), read(p.clone()), read(p.with_extension("txt"))))
        .collect()
}

fn page(start: &str) -> RawArticle {
    let (_, html, _) = pages()
        .into_iter()
        .find(|(name, ..)| name.starts_with(start))
        .unwrap();
    read(RawArticle::default(), &html).unwrap()
}

fn words(text: &str) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        *words.entry(word.to_lowercase()).or_default() += 1;
    }
    words
}

#[test]
fn bodies_are_found_word_by_word() {
    let (mut hits, mut found, mut wanted) = (0, 0, 0);
    let mut report = String::new();
    for (name, html, gold) in pages() {
        let raw = read(RawArticle::default(), &html).unwrap();
        let (have, want) = (words(&raw.text), words(&gold));
        let hit: usize = have
            .iter()
            .map(|(w, n)| *n.min(want.get(w).unwrap_or(&0)))
            .sum();
        let (all_have, all_want) = (have.values().sum::<usize>(), want.values().sum::<usize>());
        report += &format!(
            "{name}: {hit} of {all_have} found, {all_want} wanted\n{}\n",
            raw.text
        );
        hits += hit;
        found += all_have;
        wanted += all_want;
    }
    let (precision, recall) = (hits as f64 / found as f64, hits as f64 / wanted as f64);
    assert!(
        precision > 0.97 && recall > 0.999,
        "precision {precision:.3} recall {recall:.3}\n{report}"
    );
}

#[test]
fn metadata_from_json_ld_graph() {
    let raw = page("1_");
    assert_eq!(
        raw.title.as_deref(),
        Some("Ministers of Arlandia and Borduria meet in Tollen")
    );
    assert_eq!(raw.date.as_deref(), Some("2025-02-27T18:40:00+02:00"));
    assert_eq!(
        raw.url.as_deref(),
        Some("https://harbourpost.example/world/ministers-meet-tollen")
    );
    assert_eq!(raw.source.as_deref(), Some("The Harbour Post"));
}

#[test]
fn metadata_from_other_markup() {
    assert_eq!(page("2_").date.as_deref(), Some("2024-11-05"));
    assert_eq!(
        page("2_").title.as_deref(),
        Some("Grain talks open in Lapis")
    );
    assert_eq!(page("3_").date.as_deref(), Some("2025-06-14T07:00:00Z"));
    assert_eq!(
        page("3_").url.as_deref(),
        Some("https://nine.example/live/greyhaven")
    );
    assert_eq!(page("5_").date.as_deref(), Some("2025-04-02"));
    assert_eq!(page("5_").source.as_deref(), Some("Daily Quay"));
    assert_eq!(page("6_").date.as_deref(), Some("2024-10-09"));
}

#[test]
fn paragraphs_and_headings_are_lines() {
    let lines = page("1_")
        .text
        .lines()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    assert_eq!(lines.len(), 9, "{lines:#?}");
    assert_eq!(lines[3], "A narrow agenda");
    let readout = page("6_").text;
    assert!(
        readout.contains("\nIngrid Storr, Harbour Master, Tollen\n"),
        "{readout}"
    );
}

#[test]
fn pages_without_body_are_said() {
    assert!(read(RawArticle::default(), "<div></div>").is_err());
    let raw = read(
        RawArticle::default(),
        "<title>Only a title</title><script>x()</script>",
    )
    .unwrap();
    assert_eq!((raw.text.as_str(), raw.notes.len()), ("Only a title", 1));
    let error = read(RawArticle::default(), &"<div>".repeat(100_000))
        .unwrap_err()
        .to_string();
    assert!(error.contains("nested"), "{error}");
    for odd in [
        "<",
        "<a<b<c",
        "<table><p>x<tr><td>y",
        "\u{0}<p>z",
        "<p>a</p></body></html><p>b",
    ] {
        let _ = read(RawArticle::default(), odd);
    }
}

#[test]
fn a_large_page_takes_linear_time() {
    let html = format!(
        "<article>{}</article>",
        "<p>Lindqvist met Arden, the minister, in Tollen on Monday.</p>".repeat(20_000)
    );
    assert_eq!(
        read(RawArticle::default(), &html)
            .unwrap()
            .text
            .lines()
            .count(),
        20_000
    );
}
