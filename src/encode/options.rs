//! What the user asked of the inference engine.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;

use super::LabelMap;

/// An inference engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum EngineName {
    /// Pure Rust, int8, on the CPU; always there
    #[default]
    Rten,
    /// libtorch, on CPU or GPU, for Hugging Face models too; in builds with the feature rust-bert
    RustBert,
}

/// Where libtorch computes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Device {
    /// The first GPU, where there is one, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU of this number.
    Cuda(usize),
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Device::Auto),
            "cpu" => Ok(Device::Cpu),
            "cuda" => Ok(Device::Cuda(0)),
            other => other
                .strip_prefix("cuda:")
                .and_then(|n| n.parse().ok())
                .map(Device::Cuda)
                .ok_or_else(|| format!("\"{other}\" is no device: cpu, cuda, cuda:N or auto")),
        }
    }
}

impl TryFrom<String> for Device {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Auto => write!(f, "auto"),
            Device::Cpu => write!(f, "cpu"),
            Device::Cuda(n) => write!(f, "cuda:{n}"),
        }
    }
}

/// The numbers that libtorch computes with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits
    #[default]
    F32,
    /// 16 bits, IEEE
    F16,
    /// 16 bits with the range of 32
    Bf16,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Precision::F32 => "f32",
            Precision::F16 => "f16",
            Precision::Bf16 => "bf16",
        })
    }
}

/// The engine and its settings; all but `engine` are [`EngineName::RustBert`]'s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// Which engine.
    pub engine: EngineName,
    /// Where it computes.
    pub device: Device,
    /// In which numbers.
    pub precision: Precision,
    /// The most word pieces of one batch, padding included.
    pub batch_tokens: NonZeroUsize,
    /// The folder of a Hugging Face tagging model whose names take the place of whomet's.
    pub name_model: Option<PathBuf>,
    /// What that model's labels stand for, where their names do not say.
    pub label_map: LabelMap,
}

/// As many as the tagger hands over at once: more help only where articles are long.
const BATCH_TOKENS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

impl Default for EngineOptions {
    fn default() -> Self {
        EngineOptions {
            engine: EngineName::default(),
            device: Device::default(),
            precision: Precision::default(),
            batch_tokens: BATCH_TOKENS,
            name_model: None,
            label_map: LabelMap::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_read_as_they_are_written() {
        for name in ["auto", "cpu", "cuda:0", "cuda:7"] {
            assert_eq!(name.parse::<Device>().unwrap().to_string(), name);
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
        for name in ["", "gpu", "cuda:", "cuda:-1", "CUDA", "cuda:x"] {
            assert!(name.parse::<Device>().is_err(), "{name}");
        }
    }
}
