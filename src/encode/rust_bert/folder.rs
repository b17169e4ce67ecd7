//! A Hugging Face folder of a tagging model => [`NameModel`]
//!
//! Reads `config.json`, the vocabulary (`tokenizer.json`, else `vocab.txt`, else `vocab.json` with `merges.txt`) and the
//! weights (`model.safetensors`, else `rust_model.ot`). Everything is checked before the first article: labels, sizes,
//! every tensor. Nothing is fetched.

use std::collections::HashMap;
use std::path::Path;

use rust_bert::bert::{BertConfig, BertForTokenClassification};
use rust_bert::distilbert::{DistilBertConfig, DistilBertForTokenClassification};
use rust_bert::electra::{ElectraConfig, ElectraForTokenClassification};
use rust_bert::roberta::RobertaForTokenClassification;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tch::Tensor;
use tokenizers::Tokenizer;
use tokenizers::models::bpe::BPE;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

use super::deberta::{self, Deberta};
use super::{Build, Network, Place, Reader, TorchEncoder, guarded, plain};
use crate::encode::{EngineOptions, NameModel, Scheme, WordPieces};
use crate::error::{Error, Result};

/// The longest window, whatever a model says: attention grows with its square.
const LONGEST: usize = 512;

/// Loads the model in `folder`.
pub(super) fn load(folder: &Path, place: Place, options: &EngineOptions) -> Result<NameModel> {
    let origin = folder.display().to_string();
    let fail = |reason: String| Error::Model {
        path: origin.clone(),
        reason,
    };
    let mut digest = Sha256::new();
    let mut read = |name: &str| -> Result<Vec<u8>, String> {
        let bytes =
            std::fs::read(folder.join(name)).map_err(|e| format!("cannot read {name}: {e}"))?;
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(&bytes);
        Ok(bytes)
    };
    let config = read("config.json").map_err(fail)?;
    let config = Config::new(&config).map_err(|e| fail(format!("config.json: {e}")))?;
    let scheme = Scheme::new(&config.labels, &options.label_map).map_err(fail)?;
    let tokenizer = tokenizer(folder, &mut read).map_err(fail)?;
    if tokenizer.get_vocab_size(true) > config.vocabulary {
        return Err(fail(format!(
            "the vocabulary has {} entries, the model {}: they do not belong together",
            tokenizer.get_vocab_size(true),
            config.vocabulary
        )));
    }
    let tensors = tensors(folder, &mut read).map_err(fail)?;
    let window = config.window;
    let pad = config.pad(&tokenizer);
    let vocabulary = WordPieces::new(tokenizer, window.saturating_sub(2), &origin)?;
    let begins = scheme.begins;
    let encoder = TorchEncoder::new(
        place,
        options,
        origin.clone(),
        config.build().map_err(fail)?,
        tensors,
        Reader::Labels(scheme),
    )?
    .padded_with(pad, window);
    Ok(NameModel {
        encoder: Box::new(encoder),
        vocabulary,
        begins,
        window,
        sha256: crate::hex(&digest.finalize()),
    })
}

/// `config.json`, as far as it is not for rust-bert alone.
struct Config {
    json: Value,
    kind: String,
    labels: Vec<String>,
    vocabulary: usize,
    /// Pieces of the longest window.
    window: usize,
}

impl Config {
    fn new(bytes: &[u8]) -> Result<Self, String> {
        let mut json: Value = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        let kind = json["model_type"].as_str().unwrap_or("none").to_owned();
        let number = |name: &str| {
            json[name]
                .as_u64()
                .map(|n| n as usize)
                .ok_or_else(|| format!("it has no {name}"))
        };
        let relative = json["position_embedding_type"].as_str();
        if relative.is_some_and(|p| p != "absolute") {
            return Err("position_embedding_type: only absolute is known".to_owned());
        }
        let positions = number("max_position_embeddings")?;
        // RoBERTa counts positions from its padding's number on.
        let reserved = if is_roberta(&kind) { 2 } else { 0 };
        let window = positions.saturating_sub(reserved).min(LONGEST);
        if window < 8 {
            return Err(format!("max_position_embeddings is {positions}: too few"));
        }
        let vocabulary = number("vocab_size")?;
        let names = json["id2label"].as_object().ok_or("it has no id2label")?;
        let labels = (0..names.len())
            .map(|i| names.get(&i.to_string())?.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or("id2label does not count from 0")?;
        let types = match kind.as_str() {
            "deberta-v2" => 0,
            kind if is_roberta(kind) => 1,
            _ => 2,
        };
        // rust-bert insists on what has no effect without training, or on what newer files leave out.
        for (name, value) in [
            ("hidden_dropout_prob", 0.0.into()),
            ("attention_probs_dropout_prob", 0.0.into()),
            ("initializer_range", 0.02.into()),
            ("attention_dropout", 0.0.into()),
            ("dropout", 0.0.into()),
            ("qa_dropout", 0.0.into()),
            ("seq_classif_dropout", 0.0.into()),
            ("sinusoidal_pos_embds", false.into()),
            ("tie_weights_", true.into()),
            ("type_vocab_size", types.into()),
            ("pad_token_id", 0.into()),
        ] {
            if json[name].is_null() {
                json[name] = value;
            }
        }
        Ok(Config {
            json,
            kind,
            labels,
            vocabulary,
            window,
        })
    }

    /// The piece that fills windows up.
    fn pad(&self, tokenizer: &Tokenizer) -> i64 {
        let id = ["[PAD]", "<pad>"]
            .into_iter()
            .find_map(|t| tokenizer.token_to_id(t));
        // What rust-bert's RoBERTa takes for padding.
        id.map_or(i64::from(is_roberta(&self.kind)), i64::from)
    }

    fn build(&self) -> Result<Build, String> {
        fn parsed<T: serde::de::DeserializeOwned>(json: &Value) -> Result<T, String> {
            // Some of rust-bert's readers panic on what they do not know.
            plain(guarded(|| {
                serde_json::from_value(json.clone()).map_err(|e| e.to_string())
            }))
            .map_err(|e| format!("config.json: {e}"))
        }
        let json = &self.json;
        Ok(match self.kind.as_str() {
            "bert" => {
                let c: BertConfig = parsed(json)?;
                Box::new(move |p| text(BertForTokenClassification::new(p, &c)).map(Network::Bert))
            }
            "distilbert" => {
                let c: DistilBertConfig = parsed(json)?;
                Box::new(move |p| {
                    text(DistilBertForTokenClassification::new(p, &c)).map(Network::DistilBert)
                })
            }
            kind if is_roberta(kind) => {
                let c: BertConfig = parsed(json)?;
                Box::new(move |p| {
                    text(RobertaForTokenClassification::new(p, &c)).map(Network::Roberta)
                })
            }
            "electra" => {
                let c: ElectraConfig = parsed(json)?;
                Box::new(move |p| {
                    text(ElectraForTokenClassification::new(p, &c)).map(Network::Electra)
                })
            }
            "deberta-v2" => {
                let c: deberta::Config = parsed(json)?;
                let labels = self.labels.len() as i64;
                Box::new(move |p| Deberta::new(p, &c, labels).map(Network::Deberta))
            }
            "deberta" => {
                return Err(
                    "config.json: model_type is deberta, the first version, which rust-bert 0.23 computes wrongly (it counts \
                     heads for pieces in relative positions); versions 2 and 3 are read"
                        .to_owned(),
                );
            }
            other => {
                return Err(format!(
                    "config.json: model_type is {other}; known are bert, distilbert, roberta, xlm-roberta, camembert, \
                     electra and deberta-v2"
                ));
            }
        })
    }
}

fn is_roberta(kind: &str) -> bool {
    matches!(kind, "roberta" | "xlm-roberta" | "camembert")
}

fn text<T>(result: Result<T, rust_bert::RustBertError>) -> Result<T, String> {
    result.map_err(|e| e.to_string())
}

type Read<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// The vocabulary, with what it does to a text before looking words up.
fn tokenizer(folder: &Path, read: Read) -> Result<Tokenizer, String> {
    let there = |name: &str| folder.join(name).is_file();
    if there("tokenizer.json") {
        let json = read("tokenizer.json")?;
        return Tokenizer::from_bytes(&json).map_err(|e| format!("tokenizer.json: {e}"));
    }
    if there("vocab.txt") {
        let settings: Value = match there("tokenizer_config.json") {
            true => serde_json::from_slice(&read("tokenizer_config.json")?)
                .map_err(|e| format!("tokenizer_config.json: {e}"))?,
            false => Value::Null,
        };
        let vocab =
            WordPiece::read_bytes(&read("vocab.txt")?).map_err(|e| format!("vocab.txt: {e}"))?;
        let upper = |t: &str| !t.starts_with('[') && t.contains(char::is_uppercase);
        // Where nothing says so, a vocabulary that has capitals is a cased one.
        let lowercase = settings["do_lower_case"]
            .as_bool()
            .unwrap_or_else(|| !vocab.keys().any(|t| upper(t)));
        let model = WordPiece::builder()
            .vocab(vocab)
            .unk_token("[UNK]".to_owned())
            .build()
            .map_err(|e| format!("vocab.txt: {e}"))?;
        let chinese = settings["tokenize_chinese_chars"].as_bool().unwrap_or(true);
        let accents = settings["strip_accents"].as_bool();
        let mut tokenizer = Tokenizer::new(model);
        tokenizer
            .with_normalizer(Some(BertNormalizer::new(true, chinese, accents, lowercase)))
            .with_pre_tokenizer(Some(BertPreTokenizer));
        return Ok(tokenizer);
    }
    if there("vocab.json") && there("merges.txt") {
        read("vocab.json")?;
        read("merges.txt")?;
        let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let model = BPE::from_file(&path("vocab.json"), &path("merges.txt"))
            .unk_token("<unk>".to_owned())
            .build()
            .map_err(|e| format!("vocab.json, merges.txt: {e}"))?;
        let mut tokenizer = Tokenizer::new(model);
        tokenizer.with_pre_tokenizer(Some(ByteLevel::new(true, true, true)));
        return Ok(tokenizer);
    }
    Err(if there("spm.model") || there("sentencepiece.bpe.model") {
        "a SentencePiece vocabulary is read as tokenizer.json only: write it with AutoTokenizer.from_pretrained(…)\
         .save_pretrained(…) of Python's transformers"
            .to_owned()
    } else {
        "there is no vocabulary: tokenizer.json, vocab.txt, or vocab.json with merges.txt"
            .to_owned()
    })
}

/// The weights by name.
fn tensors(folder: &Path, read: Read) -> Result<HashMap<String, Tensor>, String> {
    let there = |name: &str| folder.join(name).is_file();
    let name = ["model.safetensors", "rust_model.ot"]
        .into_iter()
        .find(|n| there(n))
        .ok_or_else(|| {
            let others = ["pytorch_model.bin", "model.safetensors.index.json"];
            let hint = match others.into_iter().find(|n| there(n)) {
                Some(other) => format!(
                    "; {other} is not read: write one file with save_pretrained(…, safe_serialization=True, \
                     max_shard_size=\"100GB\") of Python's transformers"
                ),
                None => String::new(),
            };
            format!("there are no weights: model.safetensors or rust_model.ot{hint}")
        })?;
    read(name)?;
    let path = folder.join(name);
    let tensors = plain(guarded(|| {
        match name {
            "model.safetensors" => Tensor::read_safetensors(&path),
            _ => Tensor::load_multi(&path),
        }
        .map_err(|e| e.to_string())
    }))
    .map_err(|e| format!("{name} is damaged: {e}"))?;
    // Old TensorFlow names of layer norms.
    let modern = |n: String| match n.rsplit_once('.') {
        Some((path, "gamma")) => format!("{path}.weight"),
        Some((path, "beta")) => format!("{path}.bias"),
        _ => n,
    };
    Ok(tensors.into_iter().map(|(n, t)| (modern(n), t)).collect())
}
