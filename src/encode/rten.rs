//! The default engine: rten, pure Rust.
//!
//! Each window runs alone and unpadded. Activations are quantised per tensor as they come, so that batching windows
//! would let a window's neighbours change its scores; alone, results do not depend on how articles are grouped.

use std::sync::{Arc, Mutex};

use rten::{Model, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::{Encoder, ModelFiles, PieceWindow, Rows, Scores};
use crate::error::{Error, Result};

/// A loaded graph.
pub struct RtenEncoder {
    model: Model,
    inputs: [NodeId; 2],
    outputs: [NodeId; 6],
    origin: String,
    /// Single-thread pools, one per worker at a time: inference never competes with the pipeline's own threads.
    pools: Mutex<Vec<Arc<ThreadPool>>>,
}

impl RtenEncoder {
    /// Loads the graph of `files`.
    ///
    /// # Errors
    /// [`Error::Model`] where it is no graph that whomet can run.
    pub fn new(files: &ModelFiles) -> Result<Self> {
        let fail = |reason: String| Error::Model {
            path: files.origin.clone(),
            reason,
        };
        let mut options = rten::ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = match &files.graph {
            std::borrow::Cow::Borrowed(data) => options.load_static_slice(data),
            std::borrow::Cow::Owned(data) => options.load(data.clone()),
        }
        .map_err(|e| fail(format!("model.onnx: {e}")))?;
        let node = |name: &str| {
            model
                .node_id(name)
                .map_err(|e| fail(format!("model.onnx has no {name}: {e}")))
        };
        let inputs = [node("ids")?, node("shapes")?];
        let outputs = [
            node("names")?,
            node("triggers")?,
            node("status")?,
            node("titles")?,
            node("query")?,
            node("key")?,
        ];
        Ok(RtenEncoder {
            model,
            inputs,
            outputs,
            origin: files.origin.clone(),
            pools: Mutex::default(),
        })
    }

    fn run(&self, window: &PieceWindow, options: RunOptions) -> Result<Scores> {
        let fail = |reason: String| Error::Model {
            path: self.origin.clone(),
            reason,
        };
        let n = window.ids.len();
        let ids = NdTensor::from_data(
            [1, n],
            window.ids.iter().map(|i| *i as i32).collect::<Vec<_>>(),
        );
        let shapes = NdTensor::from_data(
            [1, n],
            window
                .shapes
                .iter()
                .map(|s| i32::from(*s))
                .collect::<Vec<_>>(),
        );
        let inputs: Vec<(NodeId, ValueOrView)> = vec![
            (self.inputs[0], ids.into()),
            (self.inputs[1], shapes.into()),
        ];
        let out = self
            .model
            .run_n(inputs, self.outputs, Some(options))
            .map_err(|e| fail(format!("inference: {e}")))?;
        let mut rows = Vec::with_capacity(6);
        for value in out {
            let tensor: NdTensor<f32, 3> = value
                .try_into()
                .map_err(|e| fail(format!("inference: {e}")))?;
            let width = tensor.size(2);
            let mut values = tensor.into_data();
            // rten reuses buffers, also much larger ones; a section's scores are held for long.
            values.shrink_to_fit();
            rows.push(Rows { width, values });
        }
        let mut rows = rows.into_iter();
        let mut next = || rows.next().unwrap_or_default();
        Ok(Scores {
            names: next(),
            triggers: next(),
            status: next(),
            titles: next(),
            query: next(),
            key: next(),
        })
    }
}

impl Encoder for RtenEncoder {
    fn encode(&self, windows: &[PieceWindow]) -> Result<Vec<Scores>> {
        let taken = self.pools.lock().map(|mut p| p.pop()).unwrap_or_default();
        let pool = taken.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let out = windows
            .iter()
            .map(|w| self.run(w, options.clone()))
            .collect();
        if let Ok(mut pools) = self.pools.lock() {
            pools.push(pool);
        }
        out
    }
}
