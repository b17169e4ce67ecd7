//! The program as a process: killed, told to explain, and given nowhere to write.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use tempfile::tempdir;

use crate::program::{Written, extract, root, run, samples, whomet};

/// The samples, `times` over.
fn copies(dir: &Path, times: usize) -> PathBuf {
    let input = dir.join("in");
    for n in 0..times {
        let to = input.join(format!("{n}"));
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(root().join(samples())).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
    input
}

#[test]
fn a_killed_run_ends_with_the_same_bytes() {
    let dir = tempdir().unwrap();
    let input = copies(dir.path(), 5);
    let [out, reference] = ["out", "reference"].map(|name| dir.path().join(name));
    let (status, _, message) = run(&mut extract(&input, &reference, 2));
    assert_eq!(status, 0, "{message}");

    let finished = || {
        let part = fs::read(out.join("documents.jsonl.part")).unwrap_or_default();
        part.iter().filter(|b| **b == b'\n').count()
    };
    let mut killed = 0;
    for round in 1..=3 {
        let mut child = extract(&input, &out, 2)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while finished() < round * 20 && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
        // A kill can also fall between two bytes of a line.
        if round == 2 && out.join("documents.jsonl.part").is_file() {
            let part = out.join("documents.jsonl.part");
            let bytes = fs::read(&part).unwrap();
            fs::write(&part, &bytes[..bytes.len() - 7]).unwrap();
        }
    }
    assert!(killed > 0, "no run was alive to be killed");
    assert!(!out.join("triples.csv").exists() || killed < 3);
    let (status, _, message) = run(&mut extract(&input, &out, 1));
    assert_eq!(status, 0, "{message}");
    if killed == 3 {
        assert!(message.contains("Went on after"), "{message}");
    }
    let written = Written::read(&out);
    written.assert_same(&Written::read(&reference));
    assert_eq!(written.documents().len(), 5 * 18);
}

#[test]
fn explain_marks_the_text() {
    let text = "U.S. diplomat Sonata Coulter met Alexander Darchiyev in Istanbul on Thursday.";
    let (status, stdout, stderr) = run(&mut whomet(&["explain", text, "--date", "2025-02-28"]));
    assert_eq!((status, stderr.as_str()), (0, ""));
    for part in [
        "published 2025-02-28",
        "[Sonata Coulter PER ",
        "[Alexander Darchiyev PER ",
        "[Istanbul GPE ",
        "meeting, occurred: ",
        "2025-02-27 (\"Thursday\")",
        "<<",
    ] {
        assert!(stdout.contains(part), "no {part:?} in:\n{stdout}");
    }
    let file = "data/samples/2025-02-28_istanbul-talks.txt";
    let (status, stdout, _) = run(&mut whomet(&["explain", file]));
    assert_eq!(status, 0);
    assert!(stdout.contains("Encounters\n   1  "), "{stdout}");
}

#[test]
fn nowhere_to_write() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "a file, no folder").unwrap();
    // Below a file there can be no folder, not even for root.
    for out in [file.clone(), file.join("out")] {
        let (status, _, message) = run(&mut extract(&samples(), &out, 1));
        assert_eq!(status, 2, "{message}");
        assert!(
            message.starts_with("error: ") && message.contains(out.to_str().unwrap()),
            "{message}"
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "a file, no folder");
}

/// A device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_said() {
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let input = "data/samples/2024-03-10_football.txt";
    let child = whomet(&["extract", input, "-o", "-"])
        .stdout(full)
        .output()
        .unwrap();
    let message = String::from_utf8(child.stderr).unwrap();
    assert_eq!(child.status.code(), Some(2), "{message}");
    assert!(message.contains("cannot write"), "{message}");
}

#[test]
fn standard_output_holds_documents_alone() {
    let input = "data/samples/briefs.jsonl";
    let (status, stdout, stderr) = run(&mut whomet(&["extract", input, "-o", "-"]));
    assert_eq!(status, 0, "{stderr}");
    let ids: Vec<String> = stdout
        .lines()
        .map(|l| {
            let line: serde_json::Value = serde_json::from_str(l).unwrap();
            line["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        ids,
        [
            "brief-proposal",
            "brief-planned",
            "brief-denied",
            "brief-two-kims",
            "headline-only"
        ]
    );
}
