//! DeBERTa of versions 2 and 3, as Python's transformers computes it
//!
//! rust-bert 0.23 has this network too, but loses the offset of relative positions and the root of a scale, so that labels
//! change. Windows are computed one by one: their relative positions need no padding, and no mask.

use serde::Deserialize;
use serde_json::Value;
use tch::nn::{self, Module};
use tch::{Device, Kind, Tensor};

use crate::encode::PieceWindow;

/// What `config.json` says of the network.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    vocab_size: i64,
    hidden_size: i64,
    num_hidden_layers: i64,
    num_attention_heads: i64,
    intermediate_size: i64,
    hidden_act: String,
    max_position_embeddings: i64,
    type_vocab_size: i64,
    layer_norm_eps: Option<f64>,
    embedding_size: Option<i64>,
    position_biased_input: Option<bool>,
    relative_attention: Option<bool>,
    max_relative_positions: Option<i64>,
    position_buckets: Option<i64>,
    /// Names in a list, or with bars between them.
    #[serde(default)]
    pos_att_type: Value,
    #[serde(default)]
    norm_rel_ebd: Value,
    share_att_key: Option<bool>,
    conv_kernel_size: Option<i64>,
}

/// The network.
pub(super) struct Deberta {
    words: nn::Embedding,
    positions: Option<nn::Embedding>,
    project: Option<nn::Linear>,
    norm: nn::LayerNorm,
    /// Vectors of relative positions, from far before to far behind.
    relative: nn::Embedding,
    relative_norm: Option<nn::LayerNorm>,
    layers: Vec<Layer>,
    classifier: nn::Linear,
    heads: i64,
    buckets: Buckets,
}

struct Layer {
    query: nn::Linear,
    key: nn::Linear,
    value: nn::Linear,
    /// What makes keys of relative positions, where pieces ask for them.
    position_key: Option<nn::Linear>,
    /// What makes queries of relative positions, where they ask for pieces.
    position_query: Option<nn::Linear>,
    out: nn::Linear,
    norm1: nn::LayerNorm,
    up: nn::Linear,
    down: nn::Linear,
    norm2: nn::LayerNorm,
}

/// How relative positions are numbered.
#[derive(Debug, Clone, Copy)]
struct Buckets {
    /// Near positions have a number each, farther ones share, the more the farther; 0: none share.
    many: i64,
    /// The farthest position that is told apart.
    farthest: i64,
}

impl Buckets {
    /// Numbers on either side of 0.
    fn span(self) -> i64 {
        if self.many > 0 {
            self.many
        } else {
            self.farthest
        }
    }

    /// The number of a position `offset` pieces away.
    fn number(self, offset: i64) -> i64 {
        let middle = self.many / 2;
        if self.many <= 0 || offset.abs() <= middle {
            return offset;
        }
        let share = |n: i64| (n as f32 / middle as f32).ln();
        let far = share(offset.abs()) / share(self.farthest - 1) * (middle - 1) as f32;
        offset.signum() * (far.ceil() as i64 + middle)
    }
}

impl Deberta {
    /// Layers below `root`.
    ///
    /// # Errors
    /// In words, where the configuration asks for parts that are not here.
    pub(super) fn new(root: &nn::Path, c: &Config, labels: i64) -> Result<Self, String> {
        let lacks = [
            ("conv_kernel_size", c.conv_kernel_size.unwrap_or(0) > 0),
            ("type_vocab_size", c.type_vocab_size > 0),
            ("hidden_act", c.hidden_act != "gelu"),
            ("relative_attention", !c.relative_attention.unwrap_or(false)),
        ];
        if let Some((name, _)) = lacks.into_iter().find(|(_, lacks)| *lacks) {
            return Err(format!(
                "config.json: a DeBERTa with this {name} is not known"
            ));
        }
        let farthest = c.max_relative_positions.filter(|n| *n > 0);
        let buckets = Buckets {
            many: c.position_buckets.unwrap_or(-1).max(0),
            farthest: farthest.unwrap_or(c.max_position_embeddings),
        };
        let (width, inner) = (c.hidden_size, c.intermediate_size);
        let narrow = c.embedding_size.unwrap_or(width);
        let eps = c.layer_norm_eps.unwrap_or(1e-7);
        let linear = |path: nn::Path, from, to| nn::linear(path, from, to, Default::default());
        let norm = |path: nn::Path| {
            let config = nn::LayerNormConfig {
                eps,
                ..Default::default()
            };
            nn::layer_norm(path, vec![width], config)
        };
        let table =
            |path: nn::Path, rows, width| nn::embedding(path, rows, width, Default::default());
        let root_of = root / "deberta";
        let (e, encoder) = (&root_of / "embeddings", &root_of / "encoder");
        let asks = |kind: &str| c.pos_att_type.to_string().contains(kind);
        let shared = c.share_att_key.unwrap_or(false);
        let layer = |i| {
            let path = &encoder / "layer" / i;
            let (own, attention) = (&path / "attention" / "self", &path / "attention" / "output");
            // Where shared, the piece's own layers make them.
            let relative = |kind: &str, name: &str, piece: &nn::Linear| {
                asks(kind).then(|| match shared {
                    true => nn::Linear {
                        ws: piece.ws.shallow_clone(),
                        bs: piece.bs.as_ref().map(Tensor::shallow_clone),
                    },
                    false => linear(&own / name, width, width),
                })
            };
            let query = linear(&own / "query_proj", width, width);
            let key = linear(&own / "key_proj", width, width);
            Layer {
                value: linear(&own / "value_proj", width, width),
                position_key: relative("c2p", "pos_key_proj", &key),
                position_query: relative("p2c", "pos_query_proj", &query),
                query,
                key,
                out: linear(&attention / "dense", width, width),
                norm1: norm(&attention / "LayerNorm"),
                up: linear(&path / "intermediate" / "dense", width, inner),
                down: linear(&path / "output" / "dense", inner, width),
                norm2: norm(&path / "output" / "LayerNorm"),
            }
        };
        let placed = c.position_biased_input.unwrap_or(true);
        let normed = c.norm_rel_ebd.to_string().contains("layer_norm");
        let without_bias = nn::LinearConfig {
            bias: false,
            ..Default::default()
        };
        Ok(Deberta {
            words: table(&e / "word_embeddings", c.vocab_size, narrow),
            positions: placed.then(|| {
                let path = &e / "position_embeddings";
                table(path, c.max_position_embeddings, narrow)
            }),
            project: (narrow != width)
                .then(|| nn::linear(&e / "embed_proj", narrow, width, without_bias)),
            norm: norm(&e / "LayerNorm"),
            relative: table(&encoder / "rel_embeddings", 2 * buckets.span(), width),
            relative_norm: normed.then(|| norm(&encoder / "LayerNorm")),
            layers: (0..c.num_hidden_layers).map(layer).collect(),
            classifier: linear(root / "classifier", width, labels),
            heads: c.num_attention_heads,
            buckets,
        })
    }

    /// The labels' scores, a row for each piece of each window.
    pub(super) fn forward(&self, windows: &[&PieceWindow], device: Device) -> Tensor {
        let mut relative = self.relative.ws.shallow_clone();
        if let Some(norm) = &self.relative_norm {
            relative = norm.forward(&relative);
        }
        let rows = windows
            .iter()
            .map(|window| self.window(window, &relative, device));
        Tensor::cat(&rows.collect::<Vec<_>>(), 0)
    }

    fn window(&self, window: &PieceWindow, relative: &Tensor, device: Device) -> Tensor {
        let n = window.ids.len() as i64;
        let ids: Vec<i64> = window.ids.iter().map(|id| i64::from(*id)).collect();
        let mut x = self.words.forward(&Tensor::from_slice(&ids).to(device));
        if let Some(positions) = &self.positions {
            x += positions.forward(&Tensor::arange(n, (Kind::Int64, device)));
        }
        if let Some(project) = &self.project {
            x = project.forward(&x);
        }
        x = self.norm.forward(&x);
        // Of each pair of pieces, the row of `relative`: as the first sees the second, and the other way round.
        let span = self.buckets.span();
        let rows = |sign: i64| {
            let rows: Vec<i64> = (0..n)
                .flat_map(|i| (0..n).map(move |j| i - j))
                .map(|offset| (sign * self.buckets.number(offset) + span).clamp(0, 2 * span - 1))
                .collect();
            let rows = Tensor::from_slice(&rows).view([1, n, n]).to(device);
            rows.expand([self.heads, n, n], false)
        };
        let (ahead, back) = (rows(1), rows(-1));
        for layer in &self.layers {
            let split = |t: Tensor| {
                let rows = t.size()[0];
                t.view([rows, self.heads, -1]).transpose(0, 1)
            };
            let [q, k, v] = [&layer.query, &layer.key, &layer.value].map(|l| split(l.forward(&x)));
            let terms = [&layer.position_key, &layer.position_query];
            let terms = 1 + terms.iter().filter(|t| t.is_some()).count();
            let own = *q.size().last().unwrap_or(&1);
            let scale = (own as f64 * terms as f64).sqrt();
            let mut scores = q.matmul(&k.transpose(-1, -2));
            if let Some(keys) = &layer.position_key {
                let keys = split(keys.forward(relative));
                let all = q.matmul(&keys.transpose(-1, -2));
                scores += all.gather(-1, &ahead, false);
            }
            if let Some(queries) = &layer.position_query {
                let queries = split(queries.forward(relative));
                let all = k.matmul(&queries.transpose(-1, -2));
                scores += all.gather(-1, &back, false).transpose(-1, -2);
            }
            let kind = scores.kind();
            let mixed = (scores / scale).softmax(-1, kind).matmul(&v);
            let mixed = mixed.transpose(0, 1).reshape([n, -1]);
            x = layer.norm1.forward(&(x + layer.out.forward(&mixed)));
            let up = layer.up.forward(&x).gelu("none");
            x = layer.norm2.forward(&(x + layer.down.forward(&up)));
        }
        self.classifier.forward(&x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_positions_share_numbers() {
        // transformers' make_log_bucket_position(…, 8, 100).
        let buckets = Buckets {
            many: 8,
            farthest: 100,
        };
        let numbers = [-99, -30, -4, 0, 3, 4, 5, 10, 12, 40, 99].map(|n| buckets.number(n));
        assert_eq!(numbers, [-7, -6, -4, 0, 3, 4, 5, 5, 6, 7, 7]);
        let alone = Buckets {
            many: 0,
            farthest: 100,
        };
        assert_eq!((alone.number(70), alone.span()), (70, 100));
    }
}
