//! The second engine: rust-bert's BERT and its relatives on libtorch, on CPU or GPU.
//!
//! It runs whomet's own model ([`student`]; [`graph`] reads its weights out of the ONNX file) and tagging models in Hugging Face
//! folders ([`folder`]). libtorch's exceptions reach Rust as panics; [`guarded`] makes errors of them here, so that none
//! leaves this module. On the CPU a call computes on one thread, as with rten. Windows of tagging models that share a batch
//! may move each other's scores in the last digits, which is why the batch size stands in receipts.

mod deberta;
mod folder;
mod graph;
mod student;

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use rust_bert::RustBertError;
use rust_bert::bert::BertForTokenClassification;
use rust_bert::distilbert::DistilBertForTokenClassification;
use rust_bert::electra::ElectraForTokenClassification;
use rust_bert::roberta::RobertaForTokenClassification;
use tch::nn;
use tch::{Cuda, Kind, Tensor};

use self::deberta::Deberta;
use self::student::Student;
use super::batches::{Batches, Failure};
use super::{
    CAUGHT, Device, Encoder, EngineOptions, Heads, ModelFiles, Opened, PieceWindow, Precision,
    ROLES, Rows, Scheme, Scores,
};
use crate::error::{Error, Result};

/// Loads `files` and the name model of `options`.
pub(super) fn open(files: &ModelFiles, options: &EngineOptions) -> Result<Opened> {
    let fail = |reason: String| Error::Model {
        path: files.origin.clone(),
        reason,
    };
    let place = Place::find(options).map_err(fail)?;
    let network = graph::read(&files.graph, place.kind == Kind::Float)
        .map_err(|e| fail(format!("model.onnx: {e}")))?;
    let widths = widths(&files.heads);
    let (config, rounds) = (network.config, network.rounds);
    let build =
        move |root: &nn::Path| Ok(Network::Whomet(Student::new(root, &config, widths, rounds)));
    let encoder = TorchEncoder::new(
        place,
        options,
        files.origin.clone(),
        Box::new(build),
        network.tensors,
        Reader::Heads(widths),
    )?;
    let mut settings = BTreeMap::from([
        ("engine".to_owned(), "rust-bert".to_owned()),
        // Which GPU of several is no matter.
        ("device".to_owned(), place.name().to_owned()),
        ("precision".to_owned(), options.precision.to_string()),
        ("batch_tokens".to_owned(), options.batch_tokens.to_string()),
    ]);
    let names = match &options.name_model {
        None => None,
        Some(folder) => {
            let model = folder::load(folder, place, options)?;
            settings.insert("name_model".to_owned(), model.sha256.clone());
            if !options.label_map.is_empty() {
                settings.insert("label_map".to_owned(), options.label_map.to_string());
            }
            Some(model)
        }
    };
    if options.device == Device::Auto {
        let device = place.name();
        encoder
            .batches
            .notice(format!("rust-bert computes on {device} (--device auto)"));
    }
    Ok(Opened {
        encoder: Box::new(encoder),
        names,
        settings,
    })
}

/// The columns of each head, in the order of [`Scores`].
fn widths(heads: &Heads) -> [i64; 6] {
    let pairs = ROLES * heads.width;
    [
        heads.names.len(),
        heads.triggers.len(),
        heads.status.len(),
        heads.titles.len(),
        pairs,
        pairs,
    ]
    .map(|n| n as i64)
}

/// The heads' names in the graph, in the order of [`Scores`].
const HEADS: [&str; 6] = ["names", "triggers", "status", "titles", "query", "key"];

/// Where and in which numbers tensors live.
#[derive(Debug, Clone, Copy)]
struct Place {
    device: tch::Device,
    kind: Kind,
}

impl Place {
    /// The place that `options` name, if it is there. No device takes another's place but by `auto`.
    fn find(options: &EngineOptions) -> Result<Self, String> {
        // One thread per call: the pipeline has its own.
        let gpus = plain(guarded(|| {
            tch::set_num_threads(1);
            Ok(if Cuda::is_available() {
                usize::try_from(Cuda::device_count()).unwrap_or(0)
            } else {
                0
            })
        }))?;
        let device = match options.device {
            Device::Cpu => tch::Device::Cpu,
            Device::Auto if gpus == 0 => tch::Device::Cpu,
            Device::Auto => tch::Device::Cuda(0),
            Device::Cuda(n) if n < gpus => tch::Device::Cuda(n),
            Device::Cuda(n) if gpus == 0 => {
                return Err(format!(
                    "--device cuda:{n}: this libtorch sees no GPU; it must be one with CUDA, and the driver must be there"
                ));
            }
            Device::Cuda(n) => {
                return Err(format!(
                    "--device cuda:{n}: there are {gpus} GPU(s), from cuda:0"
                ));
            }
        };
        let kind = match options.precision {
            Precision::F32 => Kind::Float,
            Precision::F16 => Kind::Half,
            Precision::Bf16 => Kind::BFloat16,
        };
        Ok(Place { device, kind })
    }

    fn name(self) -> &'static str {
        match self.device {
            tch::Device::Cpu => "cpu",
            _ => "cuda",
        }
    }
}

/// A network's layers. The many variants differ in their configuration and in what they are called with.
enum Network {
    Whomet(Student),
    Deberta(Deberta),
    Bert(BertForTokenClassification),
    DistilBert(DistilBertForTokenClassification),
    Roberta(RobertaForTokenClassification),
    Electra(ElectraForTokenClassification),
}

impl Network {
    /// A row of columns for every piece, and the row at which each window begins.
    fn forward(
        &self,
        windows: &[&PieceWindow],
        pad: i64,
        device: tch::Device,
    ) -> Result<(Tensor, Vec<usize>), RustBertError> {
        let in_line = match self {
            Network::Whomet(n) => Some(n.forward(windows, device)?),
            Network::Deberta(n) => Some(n.forward(windows, device)),
            _ => None,
        };
        if let Some(rows) = in_line {
            let starts = windows.iter().scan(0, |end, w| {
                *end += w.ids.len();
                Some(*end - w.ids.len())
            });
            return Ok((rows, starts.collect()));
        }
        let batch = Padded::new(windows, pad, device);
        let (ids, mask) = (Some(&batch.ids), batch.mask.as_ref());
        let logits = match self {
            Network::Whomet(_) | Network::Deberta(_) => Tensor::new(),
            Network::Bert(n) => n.forward_t(ids, mask, None, None, None, false).logits,
            Network::DistilBert(n) => n.forward_t(ids, mask, None, false)?.logits,
            Network::Roberta(n) => n.forward_t(ids, mask, None, None, None, false).logits,
            Network::Electra(n) => {
                // rust-bert adds Electra's mask to the scores as it is.
                let mask = mask.map(|m| (m - 1) * 10_000);
                n.forward_t(ids, mask.as_ref(), None, None, None, false)
                    .logits
            }
        };
        let starts = (0..windows.len()).map(|i| i * batch.longest).collect();
        Ok((logits.flatten(0, 1), starts))
    }
}

/// Windows of a batch, padded to one length.
struct Padded {
    ids: Tensor,
    /// 1 for pieces, 0 for padding; absent where nothing is padded.
    mask: Option<Tensor>,
    longest: usize,
}

impl Padded {
    fn new(windows: &[&PieceWindow], pad: i64, device: tch::Device) -> Self {
        let longest = windows.iter().map(|w| w.ids.len()).max().unwrap_or(0);
        let tensor = |at: &dyn Fn(&PieceWindow, usize) -> i64| {
            let values = windows
                .iter()
                .flat_map(|w| (0..longest).map(|i| at(w, i)))
                .collect::<Vec<_>>();
            Tensor::from_slice(&values)
                .view([windows.len() as i64, longest as i64])
                .to(device)
        };
        let padded = windows.iter().any(|w| w.ids.len() < longest);
        Padded {
            ids: tensor(&|w, i| w.ids.get(i).map_or(pad, |id| i64::from(*id))),
            mask: padded.then(|| tensor(&|w, i| i64::from(i < w.ids.len()))),
            longest,
        }
    }
}

/// How a network's columns become [`Scores`].
enum Reader {
    /// whomet's heads side by side, of these widths.
    Heads([i64; 6]),
    /// The labels of a tagging model.
    Labels(Scheme),
}

impl Reader {
    /// `values`: the columns of one window, piece after piece.
    fn read(&self, values: &[f32], columns: usize) -> Scores {
        let mut scores = Scores::default();
        match self {
            Reader::Heads(widths) => {
                let mut heads = widths.map(|w| Rows {
                    width: w as usize,
                    values: Vec::new(),
                });
                for row in values.chunks_exact(columns) {
                    let mut rest = row;
                    for head in &mut heads {
                        let (own, behind) = rest.split_at(head.width.min(rest.len()));
                        head.values.extend_from_slice(own);
                        rest = behind;
                    }
                }
                let [names, triggers, status, titles, query, key] = heads;
                scores = Scores {
                    names,
                    triggers,
                    status,
                    titles,
                    query,
                    key,
                };
            }
            Reader::Labels(scheme) => {
                scores.names.width = scheme.width();
                for row in values.chunks_exact(columns) {
                    scheme.read(row, &mut scores.names.values);
                }
            }
        }
        scores
    }
}

/// Makes a network's layers, of any weights.
type Build = Box<dyn Fn(&nn::Path) -> Result<Network, String> + Send + Sync>;

/// A loaded network.
struct TorchEncoder {
    origin: String,
    place: Place,
    pad: i64,
    reader: Reader,
    build: Build,
    /// The weights, which all workers share.
    tensors: Mutex<HashMap<String, Tensor>>,
    /// Layers over these weights, one set per worker at a time: they cannot be used by two.
    idle: Mutex<Vec<Network>>,
    batches: Batches,
    /// Windows per call.
    many: usize,
}

impl TorchEncoder {
    /// A network of layers from `build` with the weights `tensors`, tried out on a window of two pieces.
    fn new(
        place: Place,
        options: &EngineOptions,
        origin: String,
        build: Build,
        tensors: HashMap<String, Tensor>,
        reader: Reader,
    ) -> Result<Self> {
        let fail = |reason: String| Error::Model {
            path: origin.clone(),
            reason,
        };
        let moved = plain(guarded(|| {
            tensors
                .into_iter()
                .map(|(name, t)| {
                    let there = t.f_to_device(place.device)?.f_to_kind(place.kind)?;
                    Ok((name, there))
                })
                .collect::<Result<_, tch::TchError>>()
                .map_err(|e| e.to_string())
        }))
        .map_err(fail)?;
        let encoder = TorchEncoder {
            place,
            pad: 0,
            reader,
            build,
            tensors: Mutex::new(moved),
            idle: Mutex::default(),
            batches: Batches::new(options.batch_tokens),
            many: (options.batch_tokens.get() / PIECES).clamp(1, 256),
            origin,
        };
        let network = encoder.network().map_err(|e| encoder.fail(e))?;
        let probe = PieceWindow {
            ids: vec![0, 0],
            shapes: vec![0, 0],
        };
        // What this device cannot compute in this precision shows here, not in every article.
        plain(encoder.score(&network, &[&probe])).map_err(|e| encoder.fail(e))?;
        encoder.give_back(network);
        Ok(encoder)
    }

    /// The same for windows of up to `window` pieces, filled up with piece `pad`.
    fn padded_with(mut self, pad: i64, window: usize) -> Self {
        self.pad = pad;
        self.many = (self.many * PIECES / window.max(1)).max(1);
        self
    }

    fn fail(&self, reason: String) -> Error {
        Error::Model {
            path: self.origin.clone(),
            reason,
        }
    }

    /// New layers over the shared weights.
    fn network(&self) -> Result<Network, String> {
        let tensors = self.tensors.lock().map_err(|_| "weights lost".to_owned())?;
        plain(guarded(|| {
            let _no_grad = tch::no_grad_guard();
            // Made on the CPU: what it is made of is dropped at once.
            let mut store = nn::VarStore::new(tch::Device::Cpu);
            let network = (self.build)(&store.root())?;
            store.freeze();
            for (name, mut variable) in store.variables() {
                let weights = tensors
                    .get(&name)
                    .ok_or_else(|| format!("the weights have no {name}"))?;
                let (has, needs) = (weights.size(), variable.size());
                if has != needs {
                    return Err(format!(
                        "{name} is {has:?}, the configuration needs {needs:?}"
                    ));
                }
                variable.f_set_data(weights).map_err(|e| e.to_string())?;
            }
            Ok(network)
        }))
    }

    fn give_back(&self, network: Network) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(network);
        }
    }

    fn score(&self, network: &Network, windows: &[&PieceWindow]) -> Result<Vec<Scores>, Failure> {
        guarded(|| {
            let _no_grad = tch::no_grad_guard();
            let (out, starts) = network
                .forward(windows, self.pad, self.place.device)
                .map_err(|e| e.to_string())?;
            let columns = out.size().last().map_or(0, |n| *n as usize);
            let out = out.to_device(tch::Device::Cpu).to_kind(Kind::Float);
            let values =
                Vec::<f32>::try_from(out.contiguous().view([-1])).map_err(|e| e.to_string())?;
            let mut scores = Vec::with_capacity(windows.len());
            for (window, start) in windows.iter().zip(starts) {
                let end = start + window.ids.len();
                let own = values
                    .get(start * columns..end * columns)
                    .filter(|_| columns > 0)
                    .ok_or("scores are missing")?;
                if !own.iter().all(|v| v.is_finite()) {
                    return Err("scores are no numbers; try --precision f32 or bf16".to_owned());
                }
                scores.push(self.reader.read(own, columns));
            }
            Ok(scores)
        })
    }
}

/// Pieces of a usual window, by which windows per call are counted.
const PIECES: usize = 256;

impl Encoder for TorchEncoder {
    fn encode(&self, windows: &[PieceWindow]) -> Result<Vec<Scores>> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let network = match idle {
            Some(network) => network,
            None => self.network().map_err(|e| self.fail(e))?,
        };
        let lengths: Vec<usize> = windows.iter().map(|w| w.ids.len()).collect();
        let scores = self.batches.run(&lengths, |batch| {
            let windows: Vec<&PieceWindow> = batch.iter().map(|i| &windows[*i]).collect();
            self.score(&network, &windows)
        });
        self.give_back(network);
        scores.map_err(|e| self.fail(format!("inference: {e}")))
    }

    fn windows_per_call(&self) -> usize {
        self.many
    }

    fn notices(&self) -> Vec<String> {
        self.batches.notices()
    }
}

/// Runs `work`, which calls libtorch: its panics, which are libtorch's exceptions, come back as failures.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, Failure> {
    // What a panic leaves half done is tensors of this call alone, which are dropped.
    CAUGHT.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(false);
    let reason = match result {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(reason)) => first_line(&reason),
        Err(panic) => first_line(message(&*panic)),
    };
    let lower = reason.to_ascii_lowercase();
    // CUDA's allocator and the CPU's.
    let memory = [
        "out of memory",
        "not enough memory",
        "can't allocate memory",
    ];
    Err(if memory.iter().any(|m| lower.contains(m)) {
        Failure::OutOfMemory
    } else {
        Failure::Other(reason)
    })
}

/// A failure outside batches, where less memory is no way out.
fn plain<T>(result: Result<T, Failure>) -> Result<T, String> {
    result.map_err(|e| match e {
        Failure::OutOfMemory => "out of memory".to_owned(),
        Failure::Other(reason) => reason,
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic in libtorch")
}

/// libtorch's message without Rust's words around it and C++'s stack below it.
fn first_line(text: &str) -> String {
    let text = text.split_once("Torch(\"").map_or(text, |(_, rest)| rest);
    let text = text.strip_prefix("Internal torch error: ").unwrap_or(text);
    let end = [text.find("\\n"), text.find('\n')];
    let end = end.into_iter().flatten().min().unwrap_or(text.len());
    text[..end].trim_end_matches("\")").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_become_errors_in_one_line() {
        let text = "called `Result::unwrap()` on an `Err` value: Torch(\"index out of range in self\\nException raised from \
                    index_select at x.cpp:1 (most recent call first):\\nframe #0\")";
        assert_eq!(first_line(text), "index out of range in self");
        let real = guarded(|| {
            let t = Tensor::from_slice(&[1f32, 2.0]);
            Ok(t.matmul(&Tensor::from_slice(&[1f32, 2.0, 3.0])))
        });
        assert!(
            matches!(&real, Err(Failure::Other(e)) if !e.contains("frame") && e.contains("size")),
            "{real:?}"
        );
        assert!(!crate::encode::panics_are_caught());
    }

    #[test]
    fn memory_that_is_not_there_is_told_apart() {
        let result = guarded(|| Ok(Tensor::zeros([1 << 55], (Kind::Double, tch::Device::Cpu))));
        assert!(matches!(result, Err(Failure::OutOfMemory)), "{result:?}");
        let cuda = guarded(|| -> Result<(), String> {
            Err("CUDA out of memory. Tried to allocate 20.00 MiB".to_owned())
        });
        assert_eq!(cuda, Err(Failure::OutOfMemory));
    }
}
