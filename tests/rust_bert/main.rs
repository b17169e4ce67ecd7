//! The engine rust-bert: whomet's model against rten, tiny Hugging Face models of every kind against Python's transformers
//! (`scripts/dev/tiny_taggers.py`), and what is wrong with a folder said in words.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, which clippy.toml's rule does not reach"
)]

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use whomet::document::Article;
use whomet::encode::{
    Device, EngineName, EngineOptions, ModelFiles, NameModel, Opened, PieceWindow, Precision,
    Scheme, open,
};
use whomet::export::record::Record;
use whomet::extractor::Extractor;
use whomet::ingest::{Files, ReadOptions, Source};
use whomet::logits::softmax;
use whomet::tag::WINDOW;

fn options() -> EngineOptions {
    EngineOptions {
        engine: EngineName::RustBert,
        device: Device::Cpu,
        ..EngineOptions::default()
    }
}

fn open_with(options: &EngineOptions) -> whomet::Result<Opened> {
    open(&ModelFiles::load(None).unwrap(), options)
}

/// The error of opening with `options`.
fn refusal(options: &EngineOptions) -> String {
    open_with(options).err().unwrap().to_string()
}

fn samples() -> Vec<Article> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples");
    let mut files = Files::open(&[folder], ReadOptions::default()).unwrap();
    let mut articles = Vec::new();
    while let Some(raw) = files.next() {
        articles.push(whomet::clean::clean(raw.unwrap(), None).unwrap());
    }
    articles
}

fn record(extractor: &Extractor, article: Article) -> Record {
    Record::new(&extractor.extract(article).unwrap(), "run")
}

fn extract(extractor: &Extractor) -> Vec<Record> {
    let articles = samples().into_iter();
    articles.map(|a| record(extractor, a)).collect()
}

/// Windows of the committed parity fixture and of all samples.
fn windows() -> Vec<PieceWindow> {
    #[derive(Deserialize)]
    struct Case {
        ids: Vec<u32>,
        shapes: Vec<u8>,
    }
    let cases: Vec<Case> = serde_json::from_str(include_str!("../fixtures/parity.json")).unwrap();
    let mut windows: Vec<PieceWindow> = cases
        .into_iter()
        .map(|c| PieceWindow {
            ids: c.ids,
            shapes: c.shapes,
        })
        .collect();
    let files = ModelFiles::load(None).unwrap();
    let vocabulary = whomet::encode::WordPieces::from_json(&files.tokenizer, "test").unwrap();
    for article in samples() {
        let document = whomet::segment::segment(article);
        let mut window = PieceWindow::default();
        for token in &document.tokens {
            let word = token.span.of(&document.article.body);
            vocabulary.encode(word, &mut Default::default(), &mut window.ids);
            let shape = whomet::encode::shape(word);
            window.shapes.resize(window.ids.len(), shape);
            if window.ids.len() > WINDOW - 20 {
                windows.push(std::mem::take(&mut window));
            }
        }
        windows.push(window);
    }
    windows.retain(|w| !w.ids.is_empty());
    windows
}

fn top(row: &[f32]) -> usize {
    (0..row.len())
        .max_by(|a, b| row[*a].total_cmp(&row[*b]))
        .unwrap()
}

/// The part of name and trigger labels on which two engines agree, piece by piece.
fn agreement(a: &Opened, b: &Opened) -> f64 {
    let windows = windows();
    let (a, b) = (a.encoder.encode(&windows), b.encoder.encode(&windows));
    let (mut same, mut all) = (0, 0);
    for ((a, b), window) in a.unwrap().iter().zip(&b.unwrap()).zip(&windows) {
        for i in 0..window.ids.len() {
            all += 2;
            same += usize::from(top(a.names.row(i)) == top(b.names.row(i)));
            same += usize::from(top(a.triggers.row(i)) == top(b.triggers.row(i)));
        }
    }
    same as f64 / f64::from(all)
}

#[test]
fn labels_are_those_of_rten() {
    let rten = open_with(&EngineOptions::default()).unwrap();
    let ours = open_with(&options()).unwrap();
    let same = agreement(&rten, &ours);
    println!("{same} of labels agree");
    assert!(same >= 0.995, "{same} of labels agree");
}

#[test]
fn half_precision_decides_nearly_the_same() {
    let ours = open_with(&options()).unwrap();
    let half = EngineOptions {
        precision: Precision::Bf16,
        ..options()
    };
    let same = agreement(&ours, &open_with(&half).unwrap());
    assert!(same >= 0.99, "{same} of labels agree");
}

/// What an article's encounters say: everything but how sure they are.
fn encounters(record: &Record) -> Vec<String> {
    let mut meetings = serde_json::to_value(&record.meetings).unwrap();
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("confidence");
                map.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut meetings);
    let meetings = meetings.as_array().unwrap();
    meetings.iter().map(ToString::to_string).collect()
}

/// Both engines round activations to 256 levels. Where two libraries' last digits tip one rounding, all that follows in
/// the window is rounded anew, so that a score near its threshold may fall on the other side: rare, and no error.
#[test]
fn encounters_of_the_samples_are_those_of_rten() {
    let rten = extract(&Extractor::load(None).unwrap());
    let ours = extract(&Extractor::open(None, &options()).unwrap());
    let (mut all, mut differ) = (0, Vec::new());
    for (a, b) in rten.iter().zip(&ours) {
        let (a, b) = (encounters(a), encounters(b));
        all += a.len().max(b.len());
        differ.extend(a.into_iter().filter(|e| !b.contains(e)));
    }
    println!(
        "{} of {all} encounters differ: {}",
        differ.len(),
        differ.join("\n")
    );
    assert!(
        differ.len() * 10 <= all,
        "{} of {all}: {}",
        differ.len(),
        differ.join("\n")
    );
}

#[test]
fn a_window_is_scored_the_same_alone_and_in_company() {
    let windows = windows();
    let with = |tokens: usize| {
        let options = EngineOptions {
            batch_tokens: NonZeroUsize::new(tokens).unwrap(),
            ..options()
        };
        open_with(&options)
            .unwrap()
            .encoder
            .encode(&windows)
            .unwrap()
    };
    let one = with(1);
    assert!(one == with(4096) && one == with(4096));
}

#[test]
fn many_threads_find_what_one_finds() {
    let extractor = Extractor::open(None, &options()).unwrap();
    let one = extract(&extractor);
    std::thread::scope(|scope| {
        let found: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| extract(&extractor)))
            .collect();
        for found in found {
            assert!(found.join().unwrap() == one);
        }
    });
}

#[test]
fn settings_are_told_and_a_missing_gpu_is_an_error() {
    let opened = open_with(&EngineOptions {
        device: Device::Auto,
        ..options()
    })
    .unwrap();
    assert_eq!(opened.settings["engine"], "rust-bert");
    assert_eq!(opened.settings["precision"], "f32");
    let notices = opened.encoder.notices();
    assert!(
        notices[0].contains(&opened.settings["device"]),
        "{notices:?}"
    );
    let error = refusal(&EngineOptions {
        device: Device::Cuda(99),
        ..options()
    });
    assert!(error.contains("cuda:99"), "{error}");
}

const KINDS: [&str; 7] = [
    "bert",
    "distilbert",
    "roberta",
    "xlm-roberta",
    "electra",
    "deberta-v2",
    "deberta-v3",
];

fn tagger(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/taggers")
        .join(kind)
}

fn with_tagger(folder: &Path) -> EngineOptions {
    EngineOptions {
        name_model: Some(folder.to_owned()),
        ..options()
    }
}

#[derive(Deserialize)]
struct Expected {
    words: Vec<String>,
    ids: Vec<u32>,
    logits: Vec<Vec<f32>>,
}

fn expected(kind: &str) -> Expected {
    serde_json::from_slice(&fs::read(tagger(kind).join("expected.json")).unwrap()).unwrap()
}

/// The words as a window of the model's pieces.
fn window(model: &NameModel, words: &[String]) -> PieceWindow {
    let mut ids = vec![model.vocabulary.cls];
    for word in words {
        let cache = &mut Default::default();
        model.vocabulary.encode(word, cache, &mut ids);
    }
    ids.push(model.vocabulary.sep);
    let shapes = vec![0; ids.len()];
    PieceWindow { ids, shapes }
}

#[test]
fn hugging_face_models_score_as_in_python() {
    for kind in KINDS {
        let expected = expected(kind);
        let model = open_with(&with_tagger(&tagger(kind)))
            .unwrap()
            .names
            .unwrap();
        let whole = window(&model, &expected.words);
        assert_eq!(whole.ids, expected.ids, "{kind}");
        let config: serde_json::Value =
            serde_json::from_slice(&fs::read(tagger(kind).join("config.json")).unwrap()).unwrap();
        let labels: Vec<String> = (0..expected.logits[0].len())
            .map(|i| {
                config["id2label"][i.to_string()]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let scheme = Scheme::new(&labels, &Default::default()).unwrap();
        assert_eq!(model.begins, scheme.begins);
        // A short one beside it makes padding, which must not show.
        let short = window(&model, &expected.words[..3]);
        let scores = model.encoder.encode(&[short.clone(), whole]).unwrap();
        let alone = model.encoder.encode(&[short]).unwrap();
        let far = |a: &[f32], b: &[f32]| {
            let (a, b) = (softmax(a), softmax(b));
            let far = a.iter().zip(&b).map(|(a, b)| (a - b).abs());
            far.fold(0.0, f32::max)
        };
        for (i, logits) in expected.logits.iter().enumerate() {
            let mut row = Vec::new();
            scheme.read(logits, &mut row);
            let far = far(&row, scores[1].names.row(i));
            assert!(far < 2e-3, "{kind}: piece {i} differs by {far}");
        }
        for i in 0..5 {
            let far = far(alone[0].names.row(i), scores[0].names.row(i));
            assert!(far < 1e-4, "{kind}: padding moves piece {i} by {far}");
        }
    }
}

#[test]
fn a_name_model_gives_the_names_and_whomet_the_rest() {
    let article = Article {
        body: "Sergei Lavrov met Hakan Fidan in Ankara on Friday. ".repeat(40),
        ..Article::default()
    };
    let own = Extractor::open(None, &options()).unwrap();
    let own = record(&own, article.clone());
    for kind in ["bert", "roberta"] {
        let foreign = Extractor::open(None, &with_tagger(&tagger(kind))).unwrap();
        let found = record(&foreign, article.clone());
        assert!(found == record(&foreign, article.clone()));
        assert!(found.mentions != own.mentions, "{kind}");
        let last = found.mentions.last().unwrap().start;
        assert!(
            last > 1000,
            "{kind}: texts longer than a window are read to their end"
        );
        let settings = foreign.settings();
        assert_eq!(settings["name_model"].len(), 64);
    }
}

/// A copy of a tagger's folder to damage.
fn copy(kind: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(tagger(kind)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}

#[test]
fn what_is_wrong_with_a_folder_is_said() {
    let edit = |from: &str, to: &str| {
        let folder = copy("bert");
        let config = folder.path().join("config.json");
        let text = fs::read_to_string(&config).unwrap();
        assert!(text.contains(from));
        fs::write(&config, text.replace(from, to)).unwrap();
        refusal(&with_tagger(folder.path()))
    };
    for (from, to, says) in [
        ("\"B-PER\"", "\"LABEL_1\"", "--label-map LABEL_1=TYPE"),
        ("\"model_type\": \"bert\"", "\"model_type\": \"t5\"", "t5"),
        (
            "\"model_type\": \"bert\"",
            "\"model_type\": \"deberta\"",
            "first version",
        ),
        (
            "\"hidden_act\": \"gelu\"",
            "\"hidden_act\": \"silu\"",
            "silu",
        ),
        ("\"hidden_size\": 16", "\"hidden_size\": 24", "24"),
        (
            "\"num_hidden_layers\": 2",
            "\"num_hidden_layers\": 3",
            "layer.2",
        ),
        ("\"vocab_size\"", "\"vocabulary\"", "vocab_size"),
        ("{", "", "config.json"),
    ] {
        let error = edit(from, to);
        assert!(error.contains(says), "{says}: {error}");
    }
    let without = |name: &str, says: &str| {
        let folder = copy("bert");
        fs::remove_file(folder.path().join(name)).unwrap();
        let error = refusal(&with_tagger(folder.path()));
        assert!(error.contains(says), "{name}: {error}");
    };
    without("config.json", "config.json");
    without("vocab.txt", "tokenizer.json");
    without("model.safetensors", "rust_model.ot");
    let nowhere = refusal(&with_tagger(Path::new("/no/such/folder")));
    assert!(nowhere.contains("/no/such/folder"), "{nowhere}");
}

#[test]
fn truncated_and_foreign_weights_are_refused() {
    for kind in ["bert", "roberta"] {
        let folder = copy(kind);
        let path = folder.path().join("model.safetensors");
        let weights = fs::read(&path).unwrap();
        for cut in [0, 4, 100, weights.len() / 2, weights.len() - 1] {
            fs::write(&path, &weights[..cut]).unwrap();
            let error = refusal(&with_tagger(folder.path()));
            assert!(error.contains("model.safetensors is damaged"), "{error}");
        }
        fs::write(
            &path,
            fs::read(tagger("electra").join("model.safetensors")).unwrap(),
        )
        .unwrap();
        let error = refusal(&with_tagger(folder.path()));
        assert!(error.contains("the weights have no"), "{error}");
        fs::remove_file(&path).unwrap();
        fs::write(folder.path().join("rust_model.ot"), &weights[..100]).unwrap();
        let error = refusal(&with_tagger(folder.path()));
        assert!(error.contains("rust_model.ot is damaged"), "{error}");
    }
}

#[test]
fn libtorch_weights_are_read_too() {
    let folder = copy("roberta");
    let path = folder.path().join("model.safetensors");
    let tensors = tch::Tensor::read_safetensors(&path).unwrap();
    tch::Tensor::save_multi(&tensors, folder.path().join("rust_model.ot")).unwrap();
    fs::remove_file(&path).unwrap();
    let expected = expected("roberta");
    let scores = |folder: &Path| {
        let model = open_with(&with_tagger(folder)).unwrap().names.unwrap();
        let window = window(&model, &expected.words);
        model.encoder.encode(&[window]).unwrap()
    };
    assert!(scores(folder.path()) == scores(&tagger("roberta")));
}

#[test]
fn pieces_that_a_model_lacks_are_an_error_and_no_panic() {
    let model = open_with(&with_tagger(&tagger("bert"))).unwrap();
    let bad = PieceWindow {
        ids: vec![2, 60_000, 3],
        shapes: vec![0; 3],
    };
    let error = model.names.unwrap().encoder.encode(&[bad]);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("index out of range"), "{error}");
    assert!(
        !error.contains('\n') && error.contains("taggers/bert"),
        "{error}"
    );
}

/// Runs the program: its status and what it says.
fn whomet(args: &[&str]) -> (Option<i32>, String) {
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_whomet"))
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8(program.stderr).unwrap();
    (program.status.code(), said)
}

#[test]
fn the_program_says_what_it_ran_on_and_does_not_mix_runs() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples/wire.csv");
    let (out, samples) = (out.to_str().unwrap(), samples.to_str().unwrap());
    let mut args = vec!["extract", samples, "-o", out, "--engine", "rust-bert"];
    let (status, said) = whomet(&args);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("note: rust-bert computes on"), "{said}");
    let receipt = fs::read(Path::new(out).join("run.json")).unwrap();
    let receipt: serde_json::Value = serde_json::from_slice(&receipt).unwrap();
    for (name, value) in [("engine", "rust-bert"), ("precision", "f32")] {
        assert_eq!(receipt["options"][name], value);
    }
    assert!(["cpu", "cuda"].contains(&receipt["options"]["device"].as_str().unwrap()));
    args.extend(["--precision", "bf16"]);
    let (status, said) = whomet(&args);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("precision was f32, is now bf16"), "{said}");
    // Without the engine, the folder is another run's too.
    let (status, said) = whomet(&args[..4]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("engine was rust-bert, is now rten"), "{said}");
}
