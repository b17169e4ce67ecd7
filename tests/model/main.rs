//! The shipped int8 graph on rten against its fp32 parent on PyTorch.
//!
//! The fixture is written by `scripts/train/export.py --parity` together with the model, from sentences of our own. Quantisation may
//! move probabilities a little; it must not change what is decided.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, which clippy.toml's rule does not reach"
)]

use serde::Deserialize;
use whomet::encode::{Encoder, ModelFiles, PieceWindow, RtenEncoder, WordPieces, shape};
use whomet::logits::softmax;

#[derive(Deserialize)]
struct Case {
    text: String,
    ids: Vec<u32>,
    shapes: Vec<u8>,
    names: Vec<usize>,
    probability: Vec<f32>,
    triggers: Vec<[f32; 4]>,
    status: Vec<[f32; 4]>,
    participant: Vec<f32>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../fixtures/parity.json")).unwrap()
}

/// The largest label of a row, and its probability.
fn top(row: &[f32]) -> (usize, f32) {
    let p = softmax(row);
    let best = (0..p.len()).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap();
    (best, p[best])
}

#[test]
fn rten_decides_as_pytorch() {
    let files = ModelFiles::load(None).unwrap();
    let encoder = RtenEncoder::new(&files).unwrap();
    let (mut pieces, mut same) = (0, 0);
    for case in cases() {
        let window = PieceWindow {
            ids: case.ids.clone(),
            shapes: case.shapes.clone(),
        };
        let scores = encoder.encode(&[window]).unwrap().remove(0);
        for i in 0..case.ids.len() {
            let (label, p) = top(scores.names.row(i));
            pieces += 1;
            same += usize::from(label == case.names[i]);
            // Where PyTorch is sure, so is rten.
            if case.probability[i] > 0.9 {
                assert_eq!(label, case.names[i], "{}: piece {i}", case.text);
                assert!(
                    (p - case.probability[i]).abs() < 0.2,
                    "{}: piece {i}: {p}",
                    case.text
                );
            }
            for (head, expected) in [
                (&scores.triggers, &case.triggers[i]),
                (&scores.status, &case.status[i]),
            ] {
                let p = softmax(head.row(i));
                let far = p
                    .iter()
                    .zip(expected)
                    .map(|(a, b)| (a - b).abs())
                    .fold(0.0, f32::max);
                assert!(
                    far < 0.35,
                    "{}: piece {i}: {p:?} against {expected:?}",
                    case.text
                );
            }
        }
        let width = files.heads.width;
        let query = &scores.query.row(1)[..width];
        let mut far = 0.0;
        for (i, expected) in case.participant.iter().enumerate() {
            let product: f32 = query
                .iter()
                .zip(&scores.key.row(i)[..width])
                .map(|(a, b)| a * b)
                .sum();
            far += (product - expected).abs() / case.participant.len() as f32;
        }
        assert!(
            far < 0.5,
            "{}: participant scores differ by {far} on average",
            case.text
        );
    }
    assert!(
        same as f32 >= 0.97 * pieces as f32,
        "{same} of {pieces} labels agree"
    );
}

#[test]
fn word_pieces_and_shapes_are_those_of_training() {
    let files = ModelFiles::load(None).unwrap();
    let vocabulary = WordPieces::from_json(&files.tokenizer, "test").unwrap();
    for case in cases() {
        let article = whomet::document::Article {
            body: case.text.clone(),
            ..Default::default()
        };
        let document = whomet::segment::segment(article);
        let (mut ids, mut shapes) = (vec![vocabulary.cls], vec![0]);
        for token in &document.tokens {
            let word = token.span.of(&case.text);
            vocabulary.encode(word, &mut Default::default(), &mut ids);
            shapes.resize(ids.len(), shape(word));
        }
        ids.push(vocabulary.sep);
        shapes.push(0);
        assert_eq!((ids, shapes), (case.ids, case.shapes), "{}", case.text);
    }
}

#[test]
fn a_window_is_scored_the_same_alone_and_in_company() {
    let files = ModelFiles::load(None).unwrap();
    let encoder = RtenEncoder::new(&files).unwrap();
    let windows: Vec<_> = cases()
        .into_iter()
        .map(|c| PieceWindow {
            ids: c.ids,
            shapes: c.shapes,
        })
        .collect();
    let together = encoder.encode(&windows).unwrap();
    for (window, scores) in windows.iter().zip(together) {
        assert!(encoder.encode(std::slice::from_ref(window)).unwrap()[0] == scores);
    }
}

#[test]
fn damaged_models_are_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let missing = ModelFiles::load(Some(folder.path()))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("model.onnx"), "{missing}");
    for (name, content) in [
        ("model.onnx", "no graph"),
        ("tokenizer.json", "{}"),
        ("heads.json", "{\"schema\":1}"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let wrong = ModelFiles::load(Some(folder.path()))
        .unwrap_err()
        .to_string();
    assert!(wrong.contains("heads.json"), "{wrong}");
    let heads = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/models/whomet/heads.json"
    ))
    .unwrap();
    std::fs::write(folder.path().join("heads.json"), heads).unwrap();
    let files = ModelFiles::load(Some(folder.path())).unwrap();
    assert!(
        RtenEncoder::new(&files)
            .err()
            .unwrap()
            .to_string()
            .contains("model.onnx")
    );
    assert!(
        WordPieces::from_json(&files.tokenizer, "here")
            .err()
            .unwrap()
            .to_string()
            .contains("tokenizer.json")
    );
}
