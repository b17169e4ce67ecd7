//! Label scores => labelled spans
//!
//! Pure functions: logits of BIO labels in, token ranges out. The best legal sequence is found by the Viterbi algorithm
//! (Forney 1973): `I-X` only after `B-X` or `I-X`, unless the model's labels are of the kind that begins names with `I`.

use std::ops::Range;

use crate::encode::Begins;
use crate::logits::log_softmax;

/// A decoded span of tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// Positions in the rows given.
    pub tokens: Range<usize>,
    /// The type's number: labels `B` = 1 + 2 × type, `I` = 2 + 2 × type.
    pub kind: usize,
    /// Geometric mean of the labels' probabilities, 0 to 1.
    pub confidence: f32,
}

/// Decodes rows of logits over `O, B-0, I-0, B-1, I-1, …`. Rows of another width yield nothing.
pub fn spans(rows: &[&[f32]], labels: usize, begins: Begins) -> Vec<Labelled> {
    if rows.iter().any(|r| r.len() != labels) || labels.is_multiple_of(2) {
        return Vec::new();
    }
    let logs: Vec<Vec<f32>> = rows.iter().map(|r| log_softmax(r)).collect();
    let path = viterbi(&logs, labels, begins);
    let mut out: Vec<Labelled> = Vec::new();
    let mut open: Option<(usize, f32)> = None; // start, sum of log probabilities
    for (i, label) in path.iter().copied().enumerate() {
        let inside = label > 0 && label.is_multiple_of(2);
        let continues = inside && i > 0 && (path[i - 1] == label || path[i - 1] == label - 1);
        match (&mut open, continues) {
            (Some((_, sum)), true) => *sum += logs[i][label],
            _ => {
                close(&mut open, i, &path, &mut out);
                open = (label > 0).then(|| (i, logs[i][label]));
            }
        }
    }
    close(&mut open, path.len(), &path, &mut out);
    out
}

fn close(open: &mut Option<(usize, f32)>, end: usize, path: &[usize], out: &mut Vec<Labelled>) {
    if let Some((start, sum)) = open.take() {
        let confidence = (sum / (end - start) as f32).exp();
        out.push(Labelled {
            tokens: start..end,
            kind: (path[start] - 1) / 2,
            confidence,
        });
    }
}

/// The best sequence in which every `I` that cannot begin a name follows its own `B` or `I`.
fn viterbi(logs: &[Vec<f32>], labels: usize, begins: Begins) -> Vec<usize> {
    let mut score: Vec<f32> = vec![0.0; labels];
    let mut back: Vec<Vec<usize>> = Vec::with_capacity(logs.len());
    for (i, row) in logs.iter().enumerate() {
        let mut best = 0;
        for l in 1..labels {
            if score[l] > score[best] {
                best = l;
            }
        }
        let mut next = Vec::with_capacity(labels);
        let mut from = Vec::with_capacity(labels);
        for (l, log) in row.iter().enumerate() {
            let inside = begins == Begins::AtB && l > 0 && l.is_multiple_of(2);
            let (previous, value) = if !inside {
                (best, if i == 0 { 0.0 } else { score[best] })
            } else if i == 0 {
                (0, f32::NEG_INFINITY)
            } else if score[l] > score[l - 1] {
                (l, score[l])
            } else {
                (l - 1, score[l - 1])
            };
            next.push(value + log);
            from.push(previous);
        }
        score = next;
        back.push(from);
    }
    let mut label = 0;
    for l in 1..labels {
        if score[l] > score[label] {
            label = l;
        }
    }
    let mut path = vec![0; logs.len()];
    for i in (0..logs.len()).rev() {
        path[i] = label;
        label = back[i][label];
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logits that strongly prefer one label.
    fn row(label: usize) -> Vec<f32> {
        (0..5).map(|l| if l == label { 6.0 } else { 0.0 }).collect()
    }

    fn decode(labels: &[usize]) -> Vec<(Range<usize>, usize)> {
        decode_as(labels, Begins::AtB)
    }

    fn decode_as(labels: &[usize], begins: Begins) -> Vec<(Range<usize>, usize)> {
        let rows: Vec<Vec<f32>> = labels.iter().map(|l| row(*l)).collect();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        spans(&rows, 5, begins)
            .into_iter()
            .map(|s| (s.tokens, s.kind))
            .collect()
    }

    #[test]
    fn spans_begin_at_b_and_end_before_o_or_b() {
        assert_eq!(
            decode(&[0, 1, 2, 0, 3, 1, 2, 2]),
            [(1..3, 0), (4..5, 1), (5..8, 0)]
        );
        assert_eq!(decode(&[]), []);
        assert_eq!(decode(&[0, 0]), []);
    }

    #[test]
    fn illegal_sequences_are_repaired() {
        // An I without its B: the cheapest repair changes one label.
        for labels in [[0, 2, 0], [1, 4, 0], [2, 2, 0]] {
            for (range, _) in decode(&labels) {
                assert!(range.start < range.end);
            }
        }
        assert_eq!(decode(&[1, 2, 2, 2]), [(0..4, 0)]);
    }

    #[test]
    fn names_may_begin_inside() {
        assert_eq!(
            decode_as(&[2, 2, 0, 4, 2, 1, 2], Begins::AtBOrI),
            [(0..2, 0), (3..4, 1), (4..5, 0), (5..7, 0)]
        );
    }

    #[test]
    fn confidence_is_a_probability() {
        let rows = [vec![0.0, 2.0, 0.0, 1.0, 0.0]];
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let found = spans(&rows, 5, Begins::AtB);
        assert!(found[0].confidence > 0.4 && found[0].confidence < 0.7);
    }
}
