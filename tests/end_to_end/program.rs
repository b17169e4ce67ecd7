//! Running the binary, and reading back what it wrote.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// A row of a table: column => cell.
pub type Row = BTreeMap<String, String>;

/// The binary, in the repository's root and without the settings of whoever runs the tests.
pub fn whomet<S: AsRef<OsStr>>(args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whomet"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WHOMET_") {
            command.env_remove(name);
        }
    }
    command.args(args).current_dir(root());
    command
}

/// `whomet extract INPUT -o OUT --threads N`.
pub fn extract(input: &Path, out: &Path, threads: usize) -> Command {
    let threads = threads.to_string();
    whomet(&[
        "extract".as_ref(),
        input.as_os_str(),
        "-o".as_ref(),
        out.as_os_str(),
        "--threads".as_ref(),
        threads.as_ref(),
    ])
}

/// Runs `command` to its end: exit status, standard output, standard error.
pub fn run(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (
        status.code().expect("ended by itself"),
        text(stdout),
        text(stderr),
    )
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sample articles, as the README names them.
pub fn samples() -> PathBuf {
    PathBuf::from("data/samples")
}

/// All files of an output folder.
#[derive(Debug, PartialEq)]
pub struct Written(pub BTreeMap<String, Vec<u8>>);

impl Written {
    /// Reads `dir`. What differs from call to call by design (`timing` in run.json, the lock) is left out.
    pub fn read(dir: &Path) -> Written {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name == ".whomet" {
                continue;
            }
            let mut bytes = fs::read(&path).unwrap();
            if name == "run.json" {
                let mut json: Value = serde_json::from_slice(&bytes).unwrap();
                json.as_object_mut().unwrap().remove("timing").unwrap();
                bytes = serde_json::to_vec_pretty(&json).unwrap();
            }
            files.insert(name, bytes);
        }
        Written(files)
    }

    fn text(&self, name: &str) -> &str {
        let bytes = self.0.get(name).unwrap_or_else(|| panic!("no {name}"));
        std::str::from_utf8(bytes).unwrap()
    }

    /// The rows of table `name`.
    pub fn table(&self, name: &str) -> Vec<Row> {
        let text = self.text(name);
        let text = text.strip_prefix('\u{feff}').expect("a byte-order mark");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let row = |r: csv::StringRecord| {
            header
                .iter()
                .map(str::to_owned)
                .zip(r.iter().map(str::to_owned))
                .collect()
        };
        reader.records().map(|r| row(r.unwrap())).collect()
    }

    /// The lines of documents.jsonl.
    pub fn documents(&self) -> Vec<Value> {
        let lines = self.text("documents.jsonl").lines();
        lines.map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    /// run.json.
    pub fn receipt(&self) -> Value {
        serde_json::from_str(self.text("run.json")).unwrap()
    }

    /// Fails with the names of the files that differ, not with their bytes.
    pub fn assert_same(&self, other: &Written) {
        let names: Vec<_> = self.0.keys().collect();
        assert_eq!(names, other.0.keys().collect::<Vec<_>>());
        let differ = |name: &&&String| self.0[**name] != other.0[**name];
        let different: Vec<_> = names.iter().filter(differ).collect();
        assert!(different.is_empty(), "different bytes in {different:?}");
    }
}

/// The samples as one run on two threads finds them; run once for all tests.
pub fn sample_run() -> &'static Written {
    static RUN: OnceLock<Written> = OnceLock::new();
    RUN.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let (status, _, message) = run(&mut extract(&samples(), &out, 2));
        assert_eq!(status, 0, "{message}");
        Written::read(&out)
    })
}
