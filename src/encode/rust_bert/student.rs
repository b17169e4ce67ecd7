//! whomet's own network, of rust-bert's embeddings and layers of tensors
//!
//! rust-bert's encoder would do, but for two things. The shipped model's activations are rounded to 256 levels in front of
//! every product, window by window, and its thresholds were tuned with that: without the rounding, scores cross a
//! threshold here and there, and two engines report different encounters. And rust-bert pads. Here the windows of a batch
//! lie end to end, without padding; only attention sees them one by one. With products of whole numbers, which 32-bit
//! floats hold exactly, a window's scores are then the same bits alone and in company. In 16 bits, which are coarser by
//! themselves, nothing is rounded.

use rust_bert::RustBertError;
use rust_bert::bert::{BertConfig, BertEmbedding, BertEmbeddings};
use tch::nn::{self, Init, Module};
use tch::{Kind, Tensor};

use super::HEADS;
use crate::encode::PieceWindow;

/// The network.
pub(super) struct Student {
    embeddings: BertEmbeddings,
    layers: Vec<Layer>,
    heads: [Product; 6],
    attention_heads: i64,
}

struct Layer {
    qkv: Product,
    out: Product,
    norm1: nn::LayerNorm,
    up: Product,
    down: Product,
    norm2: nn::LayerNorm,
}

/// A linear layer.
struct Product {
    weight: Tensor,
    /// Where activations are rounded: what a step of each output's weights stands for.
    steps: Option<Tensor>,
    bias: Tensor,
}

impl Product {
    fn new(path: nn::Path, from: i64, to: i64, rounds: bool) -> Self {
        let zeros = |name: &str, dims: &[i64]| path.var(name, dims, Init::Const(0.0));
        Product {
            weight: zeros("weight", &[to, from]),
            steps: rounds.then(|| zeros("steps", &[to])),
            bias: zeros("bias", &[to]),
        }
    }

    fn forward(&self, x: &Input) -> Tensor {
        match (&self.steps, &x.steps) {
            (Some(own), Some(steps)) => {
                let mut out = x.values.matmul(&self.weight.tr());
                out *= steps * own;
                out += &self.bias;
                out
            }
            _ => x.values.linear(&self.weight, Some(&self.bias)),
        }
    }
}

/// What goes into a product: whole numbers and, for each row, what a step stands for; or the activations themselves.
struct Input {
    values: Tensor,
    steps: Option<Tensor>,
}

impl Student {
    /// Layers below `root`; `widths` are the heads' columns. Where activations are rounded, weights are whole numbers.
    pub(super) fn new(
        root: &nn::Path,
        config: &BertConfig,
        widths: [i64; 6],
        rounds: bool,
    ) -> Self {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let norm = |path: nn::Path| {
            let config = nn::LayerNormConfig {
                eps: 1e-12,
                ..Default::default()
            };
            nn::layer_norm(path, vec![width], config)
        };
        let layer = |i| {
            let path = root / "layers" / i;
            Layer {
                qkv: Product::new(&path / "qkv", width, 3 * width, rounds),
                out: Product::new(&path / "out", width, width, rounds),
                norm1: norm(&path / "norm1"),
                up: Product::new(&path / "up", width, inner, rounds),
                down: Product::new(&path / "down", inner, width, rounds),
                norm2: norm(&path / "norm2"),
            }
        };
        let mut widths = widths.into_iter();
        let head = |name| {
            let to = widths.next().unwrap_or_default();
            Product::new(root / name, width, to, rounds)
        };
        Student {
            embeddings: BertEmbeddings::new(root / "embeddings", config),
            layers: (0..config.num_hidden_layers).map(layer).collect(),
            heads: HEADS.map(head),
            attention_heads: config.num_attention_heads,
        }
    }

    /// The heads' columns side by side, a row for each piece of each window, so that one transfer brings all back.
    pub(super) fn forward(
        &self,
        windows: &[&PieceWindow],
        device: tch::Device,
    ) -> Result<Tensor, RustBertError> {
        let each = |of: &dyn Fn(usize, &PieceWindow) -> Vec<i64>| {
            let values = windows.iter().enumerate().flat_map(|(i, w)| of(i, w));
            Tensor::from_slice(&values.collect::<Vec<_>>()).to(device)
        };
        let lengths: Vec<i64> = windows.iter().map(|w| w.ids.len() as i64).collect();
        let ids = each(&|_, w| w.ids.iter().map(|id| i64::from(*id)).collect());
        let shapes = each(&|_, w| w.shapes.iter().map(|s| i64::from(*s)).collect());
        let positions = each(&|_, w| (0..w.ids.len() as i64).collect());
        let rows = Rows {
            windows: lengths.len() as i64,
            longest: lengths.iter().copied().max().unwrap_or(0),
            owners: each(&|i, w| vec![i as i64; w.ids.len()]),
        };
        let rounds = self.heads.iter().any(|h| h.steps.is_some());
        let input = |x: &Tensor| match rounds {
            true => rows.rounded(x, &positions),
            false => Input {
                values: x.shallow_clone(),
                steps: None,
            },
        };

        let line = [&ids, &shapes, &positions].map(|t| t.unsqueeze(0));
        let [ids, shapes, places] = line.each_ref().map(Some);
        let x = self
            .embeddings
            .forward_t(ids, shapes, places, None, false)?;
        let mut x = x.squeeze_dim(0);
        for layer in &self.layers {
            let qkv = layer.qkv.forward(&input(&x));
            let windows = qkv.split_with_sizes(lengths.as_slice(), 0);
            let mixed: Vec<Tensor> = windows.iter().map(|w| self.attention(w)).collect();
            let mixed = Tensor::cat(&mixed, 0);
            x = layer
                .norm1
                .forward(&(x + layer.out.forward(&input(&mixed))));
            let up = layer.up.forward(&input(&x)).gelu("none");
            x = layer.norm2.forward(&(x + layer.down.forward(&input(&up))));
        }
        let x = input(&x);
        let columns = self.heads.each_ref().map(|head| head.forward(&x));
        Ok(Tensor::cat(&columns, 1))
    }

    /// Queries, keys and values of a window, pieces × 3 widths => what each piece takes from all, pieces × width.
    fn attention(&self, qkv: &Tensor) -> Tensor {
        let (pieces, width) = (qkv.size()[0], qkv.size()[1] / 3);
        let own = width / self.attention_heads;
        let qkv = qkv
            .view([pieces, 3, self.attention_heads, own])
            .permute([1, 2, 0, 3]);
        let [q, k, v] = [0, 1, 2].map(|i| qkv.get(i));
        let scores = (q * (own as f64).powf(-0.5)).matmul(&k.transpose(-1, -2));
        let mixed = scores.softmax(-1, scores.kind()).matmul(&v);
        mixed.transpose(0, 1).reshape([pieces, width])
    }
}

/// Which rows of a batch belong together.
struct Rows {
    windows: i64,
    /// Rows of the longest window.
    longest: i64,
    /// The window of each row.
    owners: Tensor,
}

impl Rows {
    /// ONNX's DynamicQuantizeLinear for each window by itself: `x` at 256 levels between the window's extremes, counted
    /// from 0's level. `positions` are the rows' numbers in their windows.
    fn rounded(&self, x: &Tensor, positions: &Tensor) -> Input {
        let slots = &self.owners * self.longest + positions;
        // 0 is always among the levels, so that the empty slots behind short windows change nothing.
        let by_window = |of_rows: Tensor| {
            Tensor::zeros([self.windows * self.longest], (Kind::Float, x.device()))
                .scatter(0, &slots, &of_rows)
                .view([self.windows, self.longest])
        };
        let low = by_window(x.amin([1], false))
            .amin([1], false)
            .clamp_max(0.0);
        let high = by_window(x.amax([1], false))
            .amax([1], false)
            .clamp_min(0.0);
        // A window of zeros alone stays one.
        let scale = ((high - &low) / 255.0).clamp_min(1e-30);
        let zero = (-low / &scale).round();
        let of_rows = |t: &Tensor| t.index_select(0, &self.owners).unsqueeze(1);
        let (steps, zero) = (of_rows(&scale), of_rows(&zero));
        let mut values = x * of_rows(&scale.reciprocal());
        let _ = values.round_();
        values += &zero;
        let _ = values.clamp_(0.0, 255.0);
        values -= &zero;
        Input {
            values,
            steps: Some(steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The windows' values, in columns, after rounding.
    fn rounded(windows: &[&[f32]]) -> Vec<f32> {
        let of = |f: &dyn Fn(usize, usize) -> i64| {
            let each = windows.iter().enumerate();
            let all = each.flat_map(|(w, v)| (0..v.len()).map(move |i| f(w, i)));
            Tensor::from_slice(&all.collect::<Vec<_>>())
        };
        let rows = Rows {
            windows: windows.len() as i64,
            longest: windows.iter().map(|w| w.len()).max().unwrap() as i64,
            owners: of(&|w, _| w as i64),
        };
        let x = Tensor::from_slice(&windows.concat()).view([-1, 1]);
        let out = rows.rounded(&x, &of(&|_, i| i as i64));
        Vec::try_from((out.values * out.steps.unwrap()).view([-1])).unwrap()
    }

    #[test]
    fn windows_are_rounded_each_by_itself() {
        let (a, b) = ([-1.0, 0.25, 1.55, 0.001], [5.0, 9.9, 0.3]);
        let alone = rounded(&[&a]);
        // 2.55 wide: steps of 0.01.
        for (x, expected) in alone.iter().zip([-1.0, 0.25, 1.55, 0.0]) {
            assert!((x - expected).abs() < 1e-5, "{alone:?}");
        }
        let both = rounded(&[&a, &b]);
        assert_eq!(both[..4], alone);
        assert!((both[4] - 5.0).abs() < 9.9 / 255.0 && (both[5] - 9.9).abs() < 1e-5);
        assert_eq!(rounded(&[&[0.0, 0.0]]), [0.0, 0.0]);
    }
}
