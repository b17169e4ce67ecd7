//! [`ExtractArgs`] + environment + file => [`Config`]: what was resolved from what the user typed.
//!
//! A flag beats the environment, the environment beats the configuration file, the file beats the default. Variables
//! are `WHOMET_` and the flag's name (`WHOMET_MIN_CONFIDENCE`); keys of the file are the flag's name with underscores
//! (`min_confidence`), field names stand in a table `[fields]`. Relative paths in the file start from the file's folder.
//! There is no file that is read unasked.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use jiff::civil::Date;
use serde::Deserialize;

use crate::cli::{EngineArgs, ExplainArgs, ExtractArgs};
use crate::encode::{self, Device, EngineName, EngineOptions, LabelMap, Precision};
use crate::error::{Error, Location, Result};
use crate::export::folder::Fingerprint;
use crate::export::{Format, TableOptions};
use crate::ingest::{Fields, ReadOptions};
use crate::receipt::Inputs;

/// Where the output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A folder of tables.
    Folder(PathBuf),
    /// `documents.jsonl` on standard output.
    Stdout,
}

/// Everything an extraction needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Files and folders of articles.
    pub articles: Vec<PathBuf>,
    /// Where the output goes.
    pub output: Destination,
    /// Worker threads.
    pub threads: NonZeroUsize,
    /// Publication date of articles that state none.
    pub date: Option<Date>,
    /// The model's folder; `None` is the one built in.
    pub model: Option<PathBuf>,
    /// What runs it.
    pub engine: EngineOptions,
    /// How to read.
    pub read: ReadOptions,
    /// What the tables hold and how.
    pub tables: TableOptions,
    /// Throw away what an earlier run left.
    pub restart: bool,
    /// No progress, no summary.
    pub quiet: bool,
}

/// Everything an explanation needs to know.
#[derive(Debug, Clone, Default)]
pub struct ExplainConfig {
    /// Publication date where the article states none.
    pub date: Option<Date>,
    /// The model's folder; `None` is the one built in.
    pub model: Option<PathBuf>,
    /// What runs it.
    pub engine: EngineOptions,
}

/// What the fields of JSONL and CSV inputs are called; `None` stands for the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FieldNames {
    text: Option<String>,
    title: Option<String>,
    date: Option<String>,
    id: Option<String>,
    url: Option<String>,
    source: Option<String>,
}

impl FieldNames {
    /// The names given, and the usual ones for the rest.
    fn resolve(self) -> Fields {
        let usual = Fields::default();
        let named = |name: Option<String>, usual| name.map_or(usual, |n| vec![n]);
        Fields {
            text: named(self.text, usual.text),
            title: named(self.title, usual.title),
            date: named(self.date, usual.date),
            id: named(self.id, usual.id),
            url: named(self.url, usual.url),
            source: named(self.source, usual.source),
        }
    }
}

/// The settings of one origin; what it does not state is `None`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Layer {
    output: Option<PathBuf>,
    threads: Option<NonZeroUsize>,
    format: Option<Vec<Format>>,
    date: Option<String>,
    model: Option<PathBuf>,
    min_confidence: Option<f32>,
    encoding: Option<String>,
    no_bom: Option<bool>,
    quiet: Option<bool>,
    engine: Option<EngineName>,
    device: Option<Device>,
    precision: Option<Precision>,
    batch_tokens: Option<NonZeroUsize>,
    name_model: Option<PathBuf>,
    label_map: Option<LabelMap>,
    fields: FieldNames,
}

impl Layer {
    /// These settings and, where they are silent, those of `lower`.
    fn over(self, lower: Layer) -> Layer {
        Layer {
            output: self.output.or(lower.output),
            threads: self.threads.or(lower.threads),
            format: self.format.or(lower.format),
            date: self.date.or(lower.date),
            model: self.model.or(lower.model),
            min_confidence: self.min_confidence.or(lower.min_confidence),
            encoding: self.encoding.or(lower.encoding),
            no_bom: self.no_bom.or(lower.no_bom),
            quiet: self.quiet.or(lower.quiet),
            engine: self.engine.or(lower.engine),
            device: self.device.or(lower.device),
            precision: self.precision.or(lower.precision),
            batch_tokens: self.batch_tokens.or(lower.batch_tokens),
            name_model: self.name_model.or(lower.name_model),
            label_map: self.label_map.or(lower.label_map),
            fields: FieldNames {
                text: self.fields.text.or(lower.fields.text),
                title: self.fields.title.or(lower.fields.title),
                date: self.fields.date.or(lower.fields.date),
                id: self.fields.id.or(lower.fields.id),
                url: self.fields.url.or(lower.fields.url),
                source: self.fields.source.or(lower.fields.source),
            },
        }
    }

    fn of_args(args: &ExtractArgs) -> Layer {
        let fields = args.fields.clone();
        Layer {
            output: args.output.clone(),
            threads: args.threads,
            format: args.format.clone(),
            date: args.date.clone(),
            model: args.model.clone(),
            min_confidence: args.min_confidence,
            encoding: args.encoding.clone(),
            no_bom: args.no_bom.then_some(true),
            quiet: args.quiet.then_some(true),
            fields: FieldNames {
                text: fields.field_text,
                title: fields.field_title,
                date: fields.field_date,
                id: fields.field_id,
                url: fields.field_url,
                source: fields.field_source,
            },
            ..Layer::of_engine_args(&args.engine)
        }
    }

    fn of_engine_args(args: &EngineArgs) -> Layer {
        Layer {
            engine: args.engine,
            device: args.device,
            precision: args.precision,
            batch_tokens: args.batch_tokens,
            name_model: args.name_model.clone(),
            label_map: args.label_map.clone(),
            ..Layer::default()
        }
    }

    fn of_env(env: &dyn Fn(&str) -> Option<String>) -> Result<Layer> {
        let get = |name: &str| env(name).filter(|v| !v.is_empty());
        let format = |name| -> Result<Option<Vec<Format>>> {
            let Some(value) = get(name) else {
                return Ok(None);
            };
            let one = |v: &str| {
                let known = || Format::ALL.map(Format::name).join(", ");
                Format::from_str(v.trim(), true)
                    .map_err(|_| wrong(name, v, &format!("one of {}", known())))
            };
            value.split(',').map(one).collect::<Result<_>>().map(Some)
        };
        fn named<T: ValueEnum>(name: &str, value: Option<String>, of: &str) -> Result<Option<T>> {
            value
                .map(|v| T::from_str(v.trim(), true).map_err(|_| wrong(name, &v, of)))
                .transpose()
        }
        Ok(Layer {
            output: get("WHOMET_OUTPUT").map(PathBuf::from),
            threads: parsed("WHOMET_THREADS", get("WHOMET_THREADS"), "a number from 1")?,
            format: format("WHOMET_FORMAT")?,
            date: get("WHOMET_DATE"),
            model: get("WHOMET_MODEL").map(PathBuf::from),
            min_confidence: parsed(
                "WHOMET_MIN_CONFIDENCE",
                get("WHOMET_MIN_CONFIDENCE"),
                "a number from 0 to 1",
            )?,
            encoding: get("WHOMET_ENCODING"),
            no_bom: yes("WHOMET_NO_BOM", get("WHOMET_NO_BOM"))?,
            quiet: yes("WHOMET_QUIET", get("WHOMET_QUIET"))?,
            engine: named("WHOMET_ENGINE", get("WHOMET_ENGINE"), "rten or rust-bert")?,
            device: parsed(
                "WHOMET_DEVICE",
                get("WHOMET_DEVICE"),
                "cpu, cuda, cuda:N or auto",
            )?,
            precision: named(
                "WHOMET_PRECISION",
                get("WHOMET_PRECISION"),
                "f32, f16 or bf16",
            )?,
            batch_tokens: parsed(
                "WHOMET_BATCH_TOKENS",
                get("WHOMET_BATCH_TOKENS"),
                "a number from 1",
            )?,
            name_model: get("WHOMET_NAME_MODEL").map(PathBuf::from),
            label_map: parsed(
                "WHOMET_LABEL_MAP",
                get("WHOMET_LABEL_MAP"),
                "LABEL=TYPE,… with whomet's types or O",
            )?,
            fields: FieldNames {
                text: get("WHOMET_FIELD_TEXT"),
                title: get("WHOMET_FIELD_TITLE"),
                date: get("WHOMET_FIELD_DATE"),
                id: get("WHOMET_FIELD_ID"),
                url: get("WHOMET_FIELD_URL"),
                source: get("WHOMET_FIELD_SOURCE"),
            },
        })
    }

    fn of_file(path: &Path) -> Result<Layer> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| Error::io(Location::file(path), "read", e))?;
        let mut layer: Layer = toml::from_str(&text).map_err(|e| Error::Lexicon {
            file: path.display().to_string(),
            reason: e.to_string().trim_end().to_owned(),
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let paths = [&mut layer.output, &mut layer.model, &mut layer.name_model];
        for path in paths.into_iter().flatten() {
            if path.as_os_str() != "-" {
                *path = folder.join(&path);
            }
        }
        Ok(layer)
    }

    /// Environment and file.
    fn below_args(config: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Layer> {
        let named = env("WHOMET_CONFIG")
            .filter(|v| !v.is_empty())
            .map(PathBuf::from);
        let file = match config.or(named.as_deref()) {
            Some(path) => Layer::of_file(path)?,
            None => Layer::default(),
        };
        Ok(Layer::of_env(env)?.over(file))
    }

    /// The engine, and that nothing is asked of it which it cannot do.
    fn engine(&self) -> Result<EngineOptions> {
        let engine = self.engine.unwrap_or_default();
        let asked = [
            ("--device", self.device.is_some()),
            ("--precision", self.precision.is_some()),
            ("--batch-tokens", self.batch_tokens.is_some()),
            ("--name-model", self.name_model.is_some()),
            ("--label-map", self.label_map.is_some()),
        ];
        match engine {
            EngineName::Rten => {
                if let Some((name, _)) = asked.iter().find(|(_, asked)| *asked) {
                    return Err(Error::Usage(format!(
                        "{name} has no effect on the engine rten: add --engine rust-bert, or leave it out"
                    )));
                }
            }
            EngineName::RustBert if !cfg!(feature = "rust-bert") => {
                return Err(encode::not_built());
            }
            EngineName::RustBert => {}
        }
        if self.label_map.is_some() && self.name_model.is_none() {
            return Err(Error::Usage(
                "--label-map has no effect without --name-model".to_owned(),
            ));
        }
        let default = EngineOptions::default();
        Ok(EngineOptions {
            engine,
            device: self.device.unwrap_or(default.device),
            precision: self.precision.unwrap_or(default.precision),
            batch_tokens: self.batch_tokens.unwrap_or(default.batch_tokens),
            name_model: self.name_model.clone(),
            label_map: self.label_map.clone().unwrap_or_default(),
        })
    }
}

impl Config {
    /// Resolves `args`; `env` looks up a variable of the environment.
    ///
    /// # Errors
    /// The configuration file cannot be read, a value makes no sense, or no output is named.
    pub fn resolve(args: &ExtractArgs, env: &dyn Fn(&str) -> Option<String>) -> Result<Config> {
        let layer = Layer::of_args(args).over(Layer::below_args(args.config.as_deref(), env)?);
        let engine = layer.engine()?;
        let output = match layer.output {
            None => {
                return Err(Error::Usage(
                    "no output folder: add -o FOLDER (or -o - for standard output)".to_owned(),
                ));
            }
            Some(path) if path.as_os_str() == "-" => Destination::Stdout,
            Some(path) => Destination::Folder(path),
        };
        let min_confidence = layer.min_confidence.unwrap_or(0.0);
        if !(0.0..=1.0).contains(&min_confidence) {
            return Err(wrong(
                "--min-confidence",
                &min_confidence.to_string(),
                "a number from 0 to 1",
            ));
        }
        Ok(Config {
            engine,
            articles: args.articles.clone(),
            output,
            threads: layer
                .threads
                .or_else(|| std::thread::available_parallelism().ok())
                .unwrap_or(NonZeroUsize::MIN),
            date: layer.date.as_deref().map(day).transpose()?,
            model: layer.model,
            read: ReadOptions {
                fields: layer.fields.resolve(),
                encoding: layer.encoding,
                ..ReadOptions::default()
            },
            tables: TableOptions {
                formats: layer
                    .format
                    .map_or(TableOptions::default().formats, |f| f.into_iter().collect()),
                min_confidence,
                bom: !layer.no_bom.unwrap_or(false),
            },
            restart: args.restart,
            quiet: layer.quiet.unwrap_or(false),
        })
    }

    /// What decides what is extracted: the options that do, the model and the inputs.
    pub fn fingerprint(&self, model: &str, inputs: &Inputs) -> Fingerprint {
        let text = |value: Option<String>| value.unwrap_or_else(|| "not set".to_owned());
        let Inputs {
            files,
            bytes,
            digest,
            ..
        } = inputs;
        let fields = &self.read.fields;
        let field = |name: &'static str, value: &[String]| (name, value.join(" or "));
        let all = [
            ("whomet", env!("CARGO_PKG_VERSION").to_owned()),
            ("model", model.to_owned()),
            (
                "inputs",
                format!(
                    "{files} file(s), {bytes} bytes, list {}",
                    digest.get(..16).unwrap_or(digest)
                ),
            ),
            ("date", text(self.date.map(|d| d.to_string()))),
            ("encoding", text(self.read.encoding.clone())),
            field("field_text", &fields.text),
            field("field_title", &fields.title),
            field("field_date", &fields.date),
            field("field_id", &fields.id),
            field("field_url", &fields.url),
            field("field_source", &fields.source),
        ];
        Fingerprint(
            all.into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
        )
    }
}

impl ExplainConfig {
    /// Resolves `args`; `env` looks up a variable of the environment.
    ///
    /// # Errors
    /// The configuration file cannot be read or a value makes no sense.
    pub fn resolve(
        args: &ExplainArgs,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<ExplainConfig> {
        let top = Layer {
            date: args.date.clone(),
            model: args.model.clone(),
            ..Layer::of_engine_args(&args.engine)
        };
        let layer = top.over(Layer::below_args(args.config.as_deref(), env)?);
        Ok(ExplainConfig {
            engine: layer.engine()?,
            date: layer.date.as_deref().map(day).transpose()?,
            model: layer.model,
        })
    }
}

fn wrong(name: &str, value: &str, expected: &str) -> Error {
    Error::Usage(format!("{name} is \"{value}\", expected {expected}"))
}

fn parsed<T: FromStr>(name: &str, value: Option<String>, expected: &str) -> Result<Option<T>> {
    value
        .map(|v| v.trim().parse().map_err(|_| wrong(name, &v, expected)))
        .transpose()
}

fn yes(name: &str, value: Option<String>) -> Result<Option<bool>> {
    let Some(value) = value else { return Ok(None) };
    match value.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => Ok(Some(true)),
        "0" | "false" | "no" => Ok(Some(false)),
        _ => Err(wrong(name, &value, "1, true, yes, 0, false or no")),
    }
}

fn day(text: &str) -> Result<Date> {
    // The parser also takes date-times and dates without hyphens, which would hide a slip.
    text.parse()
        .ok()
        .filter(|_| text.len() == 10)
        .ok_or_else(|| wrong("date", text, "a day such as 2026-01-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(output: Option<&str>) -> ExtractArgs {
        ExtractArgs {
            articles: vec!["in".into()],
            output: output.map(PathBuf::from),
            ..ExtractArgs::default()
        }
    }

    #[test]
    fn flags_beat_environment_beats_file_beats_default() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("whomet.toml");
        let text = "threads = 3\nmin_confidence = 0.25\nno_bom = true\noutput = \"out\"\ndate = \"2020-01-01\"\n\
                    format = [\"jsonl\"]\n[fields]\ntext = \"body\"\ntitle = \"head\"\n";
        std::fs::write(&file, text).unwrap();
        let env = |name: &str| match name {
            "WHOMET_CONFIG" => Some(file.display().to_string()),
            "WHOMET_THREADS" => Some("5".to_owned()),
            "WHOMET_MIN_CONFIDENCE" => Some("0.5".to_owned()),
            "WHOMET_NO_BOM" => Some("no".to_owned()),
            "WHOMET_FIELD_TEXT" => Some("content".to_owned()),
            "WHOMET_QUIET" => Some(String::new()),
            _ => None,
        };
        let typed = ExtractArgs {
            threads: NonZeroUsize::new(7),
            ..args(None)
        };
        let config = Config::resolve(&typed, &env).unwrap();
        assert_eq!(config.threads.get(), 7);
        assert_eq!(config.tables.min_confidence, 0.5);
        assert!(config.tables.bom && !config.quiet);
        assert_eq!(config.output, Destination::Folder(dir.path().join("out")));
        assert_eq!(config.date.unwrap().to_string(), "2020-01-01");
        assert_eq!(config.read.fields.text, ["content"]);
        assert_eq!(config.read.fields.title, ["head"]);
        assert!(!config.tables.formats.contains(&Format::Csv));
    }

    #[test]
    fn nonsense_is_named() {
        let none = |_: &str| None;
        let says = |result: Result<Config>, what: &str| {
            let text = result.unwrap_err().to_string();
            assert!(text.contains(what), "{text}");
        };
        says(Config::resolve(&args(None), &none), "-o FOLDER");
        for date in ["2020-02-30", "20200101", "yesterday", "2020-01-01T00:00"] {
            let typed = ExtractArgs {
                date: Some(date.to_owned()),
                ..args(Some("o"))
            };
            says(Config::resolve(&typed, &none), date);
        }
        for x in [1.5, -0.1, f32::NAN] {
            says(
                Config::resolve(
                    &ExtractArgs {
                        min_confidence: Some(x),
                        ..args(Some("o"))
                    },
                    &none,
                ),
                "0 to 1",
            );
        }
        let env = |name: &str| (name == "WHOMET_FORMAT").then(|| "csv,docx".to_owned());
        says(Config::resolve(&args(Some("o")), &env), "docx");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("c.toml");
        std::fs::write(&file, "thread = 3\n").unwrap();
        says(
            Config::resolve(
                &ExtractArgs {
                    config: Some(file),
                    ..args(Some("o"))
                },
                &none,
            ),
            "thread",
        );
    }

    #[test]
    fn what_an_engine_cannot_do_is_an_error() {
        let says = |engine: EngineArgs, what: &str| {
            let typed = ExtractArgs {
                engine,
                ..args(Some("o"))
            };
            let text = Config::resolve(&typed, &|_| None).unwrap_err().to_string();
            assert!(text.contains(what), "{text}");
        };
        says(
            EngineArgs {
                device: Some(Device::Cpu),
                ..EngineArgs::default()
            },
            "--device has no effect",
        );
        says(
            EngineArgs {
                engine: Some(EngineName::RustBert),
                label_map: "MISC=O".parse().ok(),
                ..EngineArgs::default()
            },
            match cfg!(feature = "rust-bert") {
                true => "--name-model",
                false => "--features rust-bert",
            },
        );
        for (name, value, what) in [
            ("WHOMET_ENGINE", "onnx", "rten or rust-bert"),
            ("WHOMET_DEVICE", "tpu", "cuda:N"),
            ("WHOMET_BATCH_TOKENS", "0", "from 1"),
            ("WHOMET_LABEL_MAP", "MISC", "LABEL=TYPE"),
            ("WHOMET_PRECISION", "bf16", "--precision has no effect"),
        ] {
            let env = |n: &str| (n == name).then(|| value.to_owned());
            let text = Config::resolve(&args(Some("o")), &env)
                .unwrap_err()
                .to_string();
            assert!(text.contains(what), "{text}");
        }
        let env = |n: &str| (n == "WHOMET_ENGINE").then(|| "rten".to_owned());
        let config = Config::resolve(&args(Some("o")), &env).unwrap();
        assert_eq!(config.engine, EngineOptions::default());
    }

    #[cfg(feature = "rust-bert")]
    #[test]
    fn the_engine_is_set_in_the_usual_order() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("c.toml");
        let text = "engine = \"rust-bert\"\ndevice = \"cuda:1\"\nprecision = \"f16\"\nname_model = \"ner\"\n\
                    label_map = \"MISC=O\"\nbatch_tokens = 7\n";
        std::fs::write(&file, text).unwrap();
        let env = |name: &str| match name {
            "WHOMET_CONFIG" => Some(file.display().to_string()),
            "WHOMET_PRECISION" => Some("bf16".to_owned()),
            "WHOMET_BATCH_TOKENS" => Some("8".to_owned()),
            _ => None,
        };
        let typed = ExtractArgs {
            engine: EngineArgs {
                batch_tokens: NonZeroUsize::new(9),
                ..EngineArgs::default()
            },
            ..args(Some("o"))
        };
        let engine = Config::resolve(&typed, &env).unwrap().engine;
        assert_eq!(engine.device, Device::Cuda(1));
        assert_eq!(engine.precision, Precision::Bf16);
        assert_eq!(engine.batch_tokens.get(), 9);
        assert_eq!(engine.name_model, Some(dir.path().join("ner")));
        assert_eq!(engine.label_map.to_string(), "MISC=O");
    }

    #[test]
    fn options_of_tables_do_not_change_the_run() {
        let none = |_: &str| None;
        let config = Config::resolve(&args(Some("o")), &none).unwrap();
        let other = ExtractArgs {
            min_confidence: Some(0.9),
            no_bom: true,
            threads: NonZeroUsize::new(9),
            ..args(Some("p"))
        };
        let other = Config::resolve(&other, &none).unwrap();
        let inputs = Inputs::default();
        assert_eq!(
            config.fingerprint("m", &inputs),
            other.fingerprint("m", &inputs)
        );
        assert_eq!(
            config
                .fingerprint("m", &inputs)
                .differences(&other.fingerprint("n", &inputs)),
            ["model was n, is now m"]
        );
    }
}
