//! The sample graph, and a way to run the program on it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use whomet::app::{self, Surroundings, Terminal};
use whomet::error::Error;
use whomet::graph::{self, Graph};

/// All formats that are made from a graph.
pub const ALL: &str = "csv,xlsx,parquet,gephi,gexf,graphml,neo4j,jsonld";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graph")
}

/// The sample's file.
pub fn sample_file() -> PathBuf {
    folder().join("sample/graph.json")
}

/// The sample.
pub fn sample() -> Graph {
    graph::read(&sample_file()).unwrap()
}

/// A folder as a finished run over the sample leaves it.
pub fn finished() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(sample_file(), dir.path().join("graph.json")).unwrap();
    dir
}

/// Such a folder with all formats.
pub fn exported() -> TempDir {
    let dir = finished();
    let ran = whomet(&["export", &dir.path().display().to_string(), "-f", ALL]);
    assert_eq!(ran.0, 0, "{}", ran.2);
    dir
}

/// Runs the program; gives back status, standard output and standard error.
pub fn whomet<S: AsRef<str>>(args: &[S]) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut io = Surroundings {
        terminal: Terminal::default(),
        env: &|_| None,
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
    };
    let argv = std::iter::once("whomet").chain(args.iter().map(AsRef::as_ref));
    let status = app::run(argv.map(OsString::from), &mut io, &|_, _| {
        Err(Error::Usage("no model is needed for this".to_owned()))
    });
    (
        status,
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

/// Compares `found` with the golden file `name`.
pub fn golden(name: &str, found: &str) {
    let path = folder().join("golden").join(name);
    if std::env::var_os("WHOMET_UPDATE_GOLDEN").is_some_and(|v| v == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let kept = fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{name}: {e}; WHOMET_UPDATE_GOLDEN=1 writes it"));
    for (n, (kept, found)) in kept.lines().zip(found.lines()).enumerate() {
        assert_eq!(kept, found, "{name}, line {}: - golden, + now", n + 1);
    }
    assert!(
        kept == found,
        "{name} has other lines at its end, or other line ends"
    );
}
