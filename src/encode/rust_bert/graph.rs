//! whomet's ONNX graph => the weights of [`super::student`]
//!
//! The shipped graph is the only copy of the weights. What `scripts/train/export.py` writes is followed back from each
//! layer's bias, which keeps its name, to the matrix that it is added behind; int8 matrices become floats again by their
//! scales.

use std::collections::HashMap;

use rten_onnx::onnx::{DataType, GraphProto, ModelProto, NodeProto, TensorProto};
use rust_bert::bert::BertConfig;
use tch::Tensor;

use super::{HEADS, guarded, plain};

/// What the network is made of.
pub(super) struct Weights {
    pub config: BertConfig,
    /// True where activations are to be rounded and weights are whole numbers, with what a step of them stands for.
    pub rounds: bool,
    pub tensors: HashMap<String, Tensor>,
}

/// Reads the graph in `onnx`; its int8 matrices as whole numbers if `whole`, else as what they stand for.
pub(super) fn read(onnx: &[u8], whole: bool) -> Result<Weights, String> {
    let model = ModelProto::parse_buf(onnx).map_err(|e| e.to_string())?;
    let graph = Graph::new(model.graph.as_ref().ok_or("it holds no graph")?);
    let rounds = whole
        && graph
            .nodes
            .iter()
            .any(|n| n.op_type.as_deref() == Some("MatMulInteger"));
    let mut out = HashMap::new();
    let mut put = |name: String, array: Array| -> Result<(), String> {
        out.insert(name, array.tensor()?);
        Ok(())
    };
    let word = graph.embedding("word")?;
    let (vocabulary, width) = word.matrix("word")?;
    let position = graph.embedding("position")?;
    let shape = graph.embedding("shape")?;
    let (positions, shapes) = (position.rows(), shape.rows());
    let e = "embeddings";
    put(format!("{e}.word_embeddings.weight"), word)?;
    put(format!("{e}.position_embeddings.weight"), position)?;
    put(format!("{e}.token_type_embeddings.weight"), shape)?;
    for part in ["weight", "bias"] {
        let norm = graph.array(&format!("norm.{part}"))?;
        put(format!("{e}.LayerNorm.{part}"), norm)?;
    }
    let layers = (0..)
        .take_while(|i| graph.has(&format!("layers.{i}.qkv.bias")))
        .count();
    let mut inner = 0;
    for i in 0..layers {
        for name in ["qkv", "out", "up", "down"] {
            let path = format!("layers.{i}.{name}");
            let linear = graph.linear(&path)?;
            if name == "up" {
                inner = linear.bias.rows();
            }
            for (part, array) in linear.parts(rounds) {
                put(format!("{path}.{part}"), array)?;
            }
        }
        for path in ["norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"] {
            let path = format!("layers.{i}.{path}");
            let norm = graph.array(&path)?;
            put(path, norm)?;
        }
    }
    for name in HEADS {
        let mut linear = graph.linear(name)?;
        // The query is divided by a constant behind its product.
        if let Some(divisor) = graph.divisor(name)? {
            for array in [&mut linear.steps, &mut linear.bias] {
                array.values.iter_mut().for_each(|v| *v /= divisor);
            }
        }
        for (part, array) in linear.parts(rounds) {
            put(format!("{name}.{part}"), array)?;
        }
    }
    let config = serde_json::json!({
        "hidden_act": "gelu",
        "attention_probs_dropout_prob": 0.0,
        "hidden_dropout_prob": 0.0,
        "initializer_range": 0.02,
        "hidden_size": width,
        "intermediate_size": inner,
        "max_position_embeddings": positions,
        "num_attention_heads": graph.attention_heads()?,
        "num_hidden_layers": layers,
        "type_vocab_size": shapes,
        "vocab_size": vocabulary,
    });
    Ok(Weights {
        config: serde_json::from_value(config).map_err(|e| e.to_string())?,
        rounds,
        tensors: out,
    })
}

/// Numbers and their shape.
#[derive(Debug, Clone, PartialEq)]
struct Array {
    dims: Vec<usize>,
    values: Vec<f32>,
}

impl Array {
    fn rows(&self) -> usize {
        self.dims.first().copied().unwrap_or(0)
    }

    fn matrix(&self, name: &str) -> Result<(usize, usize), String> {
        match *self.dims {
            [rows, columns] => Ok((rows, columns)),
            _ => Err(format!("{name} is no matrix")),
        }
    }

    fn transposed(&self, name: &str) -> Result<Array, String> {
        let (rows, columns) = self.matrix(name)?;
        let mut values = Vec::with_capacity(self.values.len());
        for column in 0..columns {
            values.extend((0..rows).map(|row| self.values[row * columns + column]));
        }
        Ok(Array {
            dims: vec![columns, rows],
            values,
        })
    }

    fn tensor(&self) -> Result<Tensor, String> {
        let dims: Vec<i64> = self.dims.iter().map(|d| *d as i64).collect();
        plain(guarded(|| {
            Tensor::f_from_slice(&self.values)
                .and_then(|t| t.f_view(dims.as_slice()))
                .map_err(|e| e.to_string())
        }))
    }
}

/// A product and what is added to it: output × input, as in PyTorch.
struct Linear {
    weight: Array,
    /// What 1 in a row of `weight` stands for.
    steps: Array,
    bias: Array,
}

impl Linear {
    /// The tensors of the layer: weights with their steps apart if `whole`, else multiplied.
    fn parts(mut self, whole: bool) -> Vec<(&'static str, Array)> {
        if whole {
            return vec![
                ("weight", self.weight),
                ("steps", self.steps),
                ("bias", self.bias),
            ];
        }
        let columns = self.weight.values.len() / self.steps.values.len().max(1);
        let rows = self.weight.values.chunks_mut(columns.max(1));
        for (row, step) in rows.zip(&self.steps.values) {
            row.iter_mut().for_each(|v| *v *= step);
        }
        vec![("weight", self.weight), ("bias", self.bias)]
    }
}

struct Graph<'a> {
    constants: HashMap<&'a str, &'a TensorProto>,
    nodes: &'a [NodeProto],
    /// The node that makes a value.
    makers: HashMap<&'a str, &'a NodeProto>,
}

impl<'a> Graph<'a> {
    fn new(graph: &'a GraphProto) -> Self {
        let constants = graph.initializer.iter();
        let makers = graph.node.iter();
        Graph {
            constants: constants
                .filter_map(|t| Some((t.name.as_deref()?, t)))
                .collect(),
            nodes: &graph.node,
            makers: makers
                .flat_map(|n| n.output.iter().map(move |o| (o.as_str(), n)))
                .collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.constants.contains_key(name)
    }

    fn constant(&self, name: &str) -> Result<&'a TensorProto, String> {
        self.constants
            .get(name)
            .copied()
            .ok_or_else(|| format!("{name} is missing; was it written by scripts/train/export.py?"))
    }

    /// The constant `name` as floats.
    fn array(&self, name: &str) -> Result<Array, String> {
        let tensor = self.constant(name)?;
        let damaged = || format!("{name} is damaged or of an unknown kind");
        let dims: Vec<usize> = tensor
            .dims
            .iter()
            .map(|d| usize::try_from(*d))
            .collect::<Result<_, _>>()
            .map_err(|_| damaged())?;
        let raw = tensor.raw_data.as_ref().map(|r| r.borrow());
        let values: Vec<f32> = match (tensor.data_type, &raw) {
            (Some(DataType::FLOAT), Some(raw)) => {
                let chunks = raw.chunks_exact(4);
                chunks
                    .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                    .collect()
            }
            (Some(DataType::FLOAT), None) => tensor.float_data.clone(),
            (Some(DataType::INT8), Some(raw)) => raw.iter().map(|b| f32::from(*b as i8)).collect(),
            (Some(DataType::UINT8), Some(raw)) => raw.iter().map(|b| f32::from(*b)).collect(),
            (Some(DataType::INT8 | DataType::UINT8), None) => {
                tensor.int32_data.iter().map(|v| *v as f32).collect()
            }
            _ => return Err(damaged()),
        };
        if values.len() != dims.iter().product::<usize>() {
            return Err(damaged());
        }
        Ok(Array { dims, values })
    }

    /// The constant `name` counted from `zero`, and `scale`, both for each column or for the whole.
    fn quantised(&self, name: &str, scale: &str, zero: &str) -> Result<(Array, Array), String> {
        let (mut array, mut scale, zero) =
            (self.array(name)?, self.array(scale)?, self.array(zero)?);
        let columns = array.dims.last().copied().unwrap_or(1);
        if scale.values.len() == 1 {
            scale.values = vec![scale.values[0]; columns];
        }
        scale.dims = vec![columns];
        let one = zero.values.len() == 1;
        if scale.values.len() != columns || !(one || zero.values.len() == columns) {
            return Err(format!("{name}: scales of another size"));
        }
        for (i, v) in array.values.iter_mut().enumerate() {
            *v -= zero.values[if one { 0 } else { i % columns }];
        }
        Ok((array, scale))
    }

    fn embedding(&self, name: &str) -> Result<Array, String> {
        let float = format!("{name}.weight");
        if self.has(&float) {
            return self.array(&float);
        }
        let part = |part: &str| format!("{name}.weight_{part}");
        let (mut array, scale) =
            self.quantised(&part("quantized"), &part("scale"), &part("zero_point"))?;
        let steps = scale.values.iter().cycle();
        array
            .values
            .iter_mut()
            .zip(steps)
            .for_each(|(v, s)| *v *= s);
        Ok(array)
    }

    /// The product behind which the bias of `name` is added.
    fn linear(&self, name: &str) -> Result<Linear, String> {
        let lost = || {
            format!("the matrix of {name} is not found; was it written by scripts/train/export.py?")
        };
        let bias = format!("{name}.bias");
        let add = self
            .nodes
            .iter()
            .find(|n| n.op_type.as_deref() == Some("Add") && n.input.contains(&bias))
            .ok_or_else(lost)?;
        let product = add.input.iter().find(|i| **i != bias).ok_or_else(lost)?;
        let (weight, steps) = self.matrix_of(product).ok_or_else(lost)??;
        Ok(Linear {
            weight: weight.transposed(name)?,
            steps,
            bias: self.array(&bias)?,
        })
    }

    /// The matrix, input × output, whose product the value `name` is, with the steps of its columns; none where it is no
    /// product.
    fn matrix_of(&self, name: &str) -> Option<Result<(Array, Array), String>> {
        let node = *self.makers.get(name)?;
        match (node.op_type.as_deref()?, node.input.as_slice()) {
            ("MatMul", [_, weight]) => Some(self.array(weight).map(|array| {
                let columns = array.dims.last().copied().unwrap_or(1);
                let ones = Array {
                    dims: vec![columns],
                    values: vec![1.0; columns],
                };
                (array, ones)
            })),
            // Cast(MatMulInteger(x, weight)) × (scale of x × scale of weight).
            ("Mul", [cast, scales]) => {
                let cast = *self.makers.get(cast.as_str())?;
                let integer = *self.makers.get(cast.input.first()?.as_str())?;
                let [_, weight, _, zero] = integer.input.as_slice() else {
                    return None;
                };
                let scales = *self.makers.get(scales.as_str())?;
                let scale = scales.input.iter().find(|i| self.has(i))?;
                Some(self.quantised(weight, scale, zero))
            }
            _ => None,
        }
    }

    /// What the output `name` is divided by last.
    fn divisor(&self, name: &str) -> Result<Option<f32>, String> {
        let Some(node) = self.makers.get(name) else {
            return Err(format!("there is no output {name}"));
        };
        match (node.op_type.as_deref(), node.input.as_slice()) {
            (Some("Div"), [_, by]) => {
                let by = self.array(by)?;
                let one = by.values.first().filter(|v| **v != 0.0);
                one.copied()
                    .map(Some)
                    .ok_or_else(|| format!("{name} is divided by nothing"))
            }
            _ => Ok(None),
        }
    }

    /// Heads of attention: the products of query, key and value are seen as batch × pieces × 3 × heads × width.
    fn attention_heads(&self) -> Result<i64, String> {
        let lost = || "the heads of attention are not found".to_owned();
        self.nodes
            .iter()
            .filter(|n| n.op_type.as_deref() == Some("Reshape"))
            .filter_map(|n| self.constants.get(n.input.get(1)?.as_str()))
            .find_map(|shape| {
                let raw = shape.raw_data.as_ref()?.borrow();
                let dims: Vec<i64> = raw
                    .chunks_exact(8)
                    .filter_map(|b| b.try_into().ok().map(i64::from_le_bytes))
                    .collect();
                match *dims {
                    [_, _, 3, heads, _] if heads > 0 => Some(heads),
                    _ => None,
                }
            })
            .ok_or_else(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::ModelFiles;

    #[test]
    fn the_shipped_graph_has_all_weights() {
        let graph = ModelFiles::load(None).unwrap().graph;
        let [whole, plain] = [true, false].map(|whole| read(&graph, whole).unwrap());
        assert!(whole.rounds && !plain.rounds);
        let config = &whole.config;
        assert_eq!(
            (config.num_attention_heads, config.num_hidden_layers),
            (12, 6)
        );
        assert_eq!(
            (config.intermediate_size, config.type_vocab_size),
            (1536, 4)
        );
        assert_eq!(plain.tensors.len(), 5 + 6 * 12 + 12);
        assert_eq!(whole.tensors.len(), plain.tensors.len() + 6 * 4 + 6);
        let (name, steps) = ("layers.0.up.weight", &whole.tensors["layers.0.up.steps"]);
        let product = &whole.tensors[name] * steps.unsqueeze(1);
        assert!(product.allclose(&plain.tensors[name], 1e-6, 1e-9, false));
    }

    #[test]
    fn other_graphs_are_refused_in_words() {
        assert!(read(b"no graph", true).is_err());
        let graph = &ModelFiles::load(None).unwrap().graph;
        assert!(read(&graph[..graph.len() / 2], true).is_err());
    }
}
