//! Whole runs: order and identity, interruption, changed options, bad outputs, exit statuses.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{MODEL, articles, extract, outputs, whomet, whomet_to};
use tempfile::tempdir;

#[test]
fn threads_change_nothing() {
    let dir = tempdir().unwrap();
    let input = articles(dir.path());
    for i in 0..150 {
        let text = format!("P{} met Q{} in Oslo. ", i % 7, i % 5).repeat(1 + (i * 37) % 90);
        fs::write(input.join(format!("m{i:03}.txt")), text).unwrap();
    }
    let mut reference = None;
    for threads in ["1", "2", "8"] {
        let out = dir.path().join(threads);
        let ran = whomet(&extract(&input, &out, &["--threads", threads]));
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        let files = outputs(&out);
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            [
                "affiliations.csv",
                "articles.csv",
                "documents.jsonl",
                "encounters.csv",
                "entities.csv",
                "events.csv",
                "exports.json",
                "graph.json",
                "groups.csv",
                "mentions.csv",
                "merges.csv",
                "offices.csv",
                "organizations.csv",
                "pairs.csv",
                "participants.csv",
                "people.csv",
                "places.csv",
                "reports.csv",
                "run.json",
                "triples.csv"
            ]
        );
        assert_eq!(
            *reference.get_or_insert_with(|| files.clone()),
            files,
            "{threads} threads"
        );
    }
    let documents = String::from_utf8(reference.unwrap()["documents.jsonl"].clone()).unwrap();
    let path = |l| {
        serde_json::from_str::<serde_json::Value>(l).unwrap()["path"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ids: Vec<String> = documents.lines().map(path).collect();
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!(ids, sorted, "input order is that of the file names here");
    assert_eq!(ids.len(), 156);
}

#[test]
fn receipt_tells_what_happened() {
    let dir = tempdir().unwrap();
    let input = articles(dir.path());
    let ran = whomet(&extract(&input, &dir.path().join("out"), &[]));
    assert_eq!(ran.status, 1);
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.path().join("out/run.json")).unwrap()).unwrap();
    assert_eq!(run["articles"], serde_json::json!({"read": 6, "failed": 4}));
    assert_eq!(
        (&run["files"]["seen"], &run["files"]["read"]),
        (&7.into(), &5.into())
    );
    assert!(
        run["files"]["ignored"][0]["path"]
            .as_str()
            .unwrap()
            .ends_with("picture.png")
    );
    assert_eq!(run["characters"]["read"], run["characters"]["analysed"]);
    let reasons: Vec<_> = run["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["record"].as_u64(), f["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(reasons[0], (Some(2), "told to fail"));
    assert_eq!(reasons[2], (Some(5), "internal error: told to panic"));
    assert_eq!(
        run["pairs"][0],
        serde_json::json!({"names": ["Ed", "Flo"], "encounters": 300})
    );
    assert_eq!(
        run["pairs"][1],
        serde_json::json!({"names": ["Ann Ives", "Bo"], "encounters": 3})
    );
    assert_eq!(run["model"], MODEL);
    for text in [
        "6 articles of 10",
        "all of them",
        "Ed — Flo",
        "b.jsonl:2: told to fail",
        "Passed over 1 path",
    ] {
        assert!(ran.stderr.contains(text), "{text} in {}", ran.stderr);
    }
    assert_eq!(
        whomet(&extract(&input, &dir.path().join("out"), &["--quiet"])).stderr,
        ""
    );
}

/// An output folder as a kill after the last article leaves it.
fn interrupted(input: &Path, out: &Path) -> Vec<u8> {
    // A folder in the way of a table stops the run when all articles are done.
    fs::create_dir_all(out.join(".triples.csv.tmp")).unwrap();
    let ran = whomet(&extract(input, out, &[]));
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("triples.csv: cannot create") && ran.stderr.contains("same command"),
        "{}",
        ran.stderr
    );
    fs::remove_dir(out.join(".triples.csv.tmp")).unwrap();
    assert!(!out.join("documents.jsonl").exists());
    fs::read(out.join("documents.jsonl.part")).unwrap()
}

#[test]
fn a_run_killed_anywhere_ends_the_same() {
    let dir = tempdir().unwrap();
    let input = articles(dir.path());
    // Short, so that every cut can be tried.
    fs::write(input.join("c.txt"), "Ed met Flo in Rome.").unwrap();
    let reference = dir.path().join("reference");
    assert_eq!(whomet(&extract(&input, &reference, &[])).status, 1);
    let reference = outputs(&reference);
    let out = dir.path().join("out");
    let part = interrupted(&input, &out);
    let state = fs::read(out.join(".whomet/state.json")).unwrap();
    let lines: Vec<usize> = (1..)
        .zip(&part)
        .filter(|(_, b)| **b == b'\n')
        .map(|(end, _)| end)
        .collect();
    assert_eq!(lines.len(), 10);
    let near_a_line = |cut: usize| lines.iter().any(|end| cut.abs_diff(*end) < 2);
    let mut tried = 0;
    for cut in (0..=part.len()).filter(|cut| cut % 97 == 0 || near_a_line(*cut)) {
        fs::remove_dir_all(&out).unwrap();
        fs::create_dir_all(out.join(".whomet")).unwrap();
        fs::write(out.join(".whomet/state.json"), &state).unwrap();
        fs::write(out.join("documents.jsonl.part"), &part[..cut]).unwrap();
        let ran = whomet(&extract(&input, &out, &["--threads", "2"]));
        assert_eq!(ran.status, 1, "cut at {cut}: {}", ran.stderr);
        assert_eq!(outputs(&out), reference, "cut at {cut}");
        // Of the ten items one never reaches the extractor (bad JSON) and one fails in cleaning (no text).
        let finished = lines.iter().filter(|end| **end <= cut).count();
        assert!(
            ran.extracted as usize <= 10 - finished,
            "cut at {cut}: {} extracted",
            ran.extracted
        );
        tried += 1;
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn damage_and_late_kills_are_survived() {
    let dir = tempdir().unwrap();
    let input = articles(dir.path());
    let reference = dir.path().join("reference");
    whomet(&extract(&input, &reference, &[]));
    let (reference, documents) = (
        outputs(&reference),
        fs::read(reference.join("documents.jsonl")).unwrap(),
    );
    let out = dir.path().join("out");
    let part = interrupted(&input, &out);
    // A crash of the machine may leave blocks of zeros; a line end among them ends a line that is no JSON.
    let mut zeros = part[..part.len() / 2].to_vec();
    zeros.extend([0; 100]);
    zeros.extend(b"\n{\"schema\":\"whomet/failure\"}\n");
    fs::write(out.join("documents.jsonl.part"), &zeros).unwrap();
    whomet(&extract(&input, &out, &[]));
    assert_eq!(outputs(&out), reference);
    // Killed between writing documents.jsonl and removing the part file.
    fs::write(out.join("documents.jsonl.part"), &part).unwrap();
    fs::write(out.join("documents.jsonl"), &documents).unwrap();
    let ran = whomet(&extract(&input, &out, &[]));
    assert_eq!((ran.status, ran.extracted), (1, 0));
    assert_eq!(outputs(&out), reference);
    // Killed while a table was written.
    fs::write(out.join(".mentions.csv.tmp"), "half a table").unwrap();
    whomet(&extract(&input, &out, &[]));
    assert_eq!(outputs(&out), reference);
}

#[test]
fn a_run_that_is_done_only_writes_tables() {
    let dir = tempdir().unwrap();
    let (input, out) = (articles(dir.path()), dir.path().join("out"));
    whomet(&extract(&input, &out, &[]));
    let first = outputs(&out);
    fs::remove_file(out.join("triples.csv")).unwrap();
    fs::remove_file(out.join("run.json")).unwrap();
    let ran = whomet(&extract(&input, &out, &[]));
    assert_eq!((ran.status, ran.extracted), (1, 0));
    assert!(ran.stderr.contains("done already"), "{}", ran.stderr);
    assert_eq!(outputs(&out), first);

    let count = |out: &Path| {
        fs::read_to_string(out.join("encounters.csv"))
            .unwrap()
            .lines()
            .count()
    };
    let before = count(&out);
    let ran = whomet(&extract(
        &input,
        &out,
        &["--min-confidence", "0.5", "--no-bom"],
    ));
    assert_eq!(ran.extracted, 0);
    assert_eq!(count(&out), before - 1);
    assert!(
        !fs::read(out.join("triples.csv"))
            .unwrap()
            .starts_with("\u{feff}".as_bytes())
    );
    assert_eq!(
        fs::read(out.join("documents.jsonl")).unwrap(),
        first["documents.jsonl"],
        "the master keeps all"
    );
}

#[test]
fn other_runs_are_never_mixed() {
    let dir = tempdir().unwrap();
    let (input, out) = (articles(dir.path()), dir.path().join("out"));
    for part in [true, false] {
        if part {
            interrupted(&input, &out);
        } else {
            whomet(&extract(&input, &out, &[]));
        }
        let before = outputs(&out);
        let refused = |ran: crate::common::Ran, what: &str| {
            assert_eq!(
                (ran.status, ran.extracted),
                (2, 0),
                "{what}: {}",
                ran.stderr
            );
            assert!(
                ran.stderr.contains(what) && ran.stderr.contains("--restart"),
                "{what}: {}",
                ran.stderr
            );
            assert_eq!(outputs(&out), before);
        };
        refused(
            whomet(&extract(&input, &out, &["--date", "2020-01-01"])),
            "date was not set, is now 2020-01-01",
        );
        refused(
            whomet(&extract(&input, &out, &["--field-text", "body"])),
            "field_text",
        );
        refused(
            whomet_to(&extract(&input, &out, &[]), &mut io::sink(), "dummy 2"),
            "model was dummy 1, is now dummy 2",
        );
        fs::write(input.join("new.txt"), "Ann met Bo.").unwrap();
        refused(whomet(&extract(&input, &out, &[])), "inputs was 6 file(s)");
        fs::remove_file(input.join("new.txt")).unwrap();
        // The same size, other words.
        let old = fs::read(input.join("z.txt")).unwrap();
        fs::write(input.join("z.txt"), "Ann Ives met Cy.\n").unwrap();
        refused(
            whomet(&extract(&input, &out, &[])),
            "z.txt is not what it was",
        );
        fs::write(input.join("z.txt"), old).unwrap();
    }
    let ran = whomet(&extract(
        &input,
        &out,
        &["--date", "2020-01-01", "--restart"],
    ));
    assert_eq!((ran.status, ran.extracted), (1, 8), "{}", ran.stderr);

    let foreign = dir.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("documents.jsonl"), "precious\n").unwrap();
    let ran = whomet(&extract(&input, &foreign, &[]));
    assert_eq!(ran.status, 2);
    assert_eq!(
        fs::read_to_string(foreign.join("documents.jsonl")).unwrap(),
        "precious\n"
    );
}

#[test]
fn one_run_at_a_time() {
    let dir = tempdir().unwrap();
    let (input, out) = (articles(dir.path()), dir.path().join("out"));
    fs::create_dir_all(out.join(".whomet")).unwrap();
    let lock = File::create(out.join(".whomet/lock")).unwrap();
    lock.lock().unwrap();
    let ran = whomet(&extract(&input, &out, &[]));
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("another run"), "{}", ran.stderr);
    drop(lock);
    assert_eq!(whomet(&extract(&input, &out, &[])).status, 1);
}

#[test]
fn standard_output_holds_documents_alone() {
    let dir = tempdir().unwrap();
    let (input, out) = (articles(dir.path()), dir.path().join("out"));
    whomet(&extract(&input, &out, &[]));
    let ran = whomet(&extract(&input, Path::new("-"), &["--threads", "3"]));
    assert_eq!(ran.status, 1);
    assert_eq!(ran.stdout, fs::read(out.join("documents.jsonl")).unwrap());
    assert!(ran.stderr.contains("Read 6 articles"), "{}", ran.stderr);
}

#[test]
fn readers_may_leave_and_disks_may_fill() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let dir = tempdir().unwrap();
    let input = articles(dir.path());
    let ran = whomet_to(&extract(&input, Path::new("-"), &[]), &mut Gone, MODEL);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    if let Ok(mut full) = File::options().write(true).open("/dev/full") {
        let ran = whomet_to(&extract(&input, Path::new("-"), &[]), &mut full, MODEL);
        assert_eq!(ran.status, 2);
        assert!(ran.stderr.contains("cannot write"), "{}", ran.stderr);
    }
}

#[test]
fn bad_output_folders_are_named() {
    let dir = tempdir().unwrap();
    let input = articles(dir.path());
    let file = dir.path().join("file");
    fs::write(&file, "no folder").unwrap();
    for out in [file.clone(), file.join("below")] {
        let ran = whomet(&extract(&input, &out, &[]));
        assert_eq!(ran.status, 2);
        assert!(
            ran.stderr.contains(&out.display().to_string()),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("cannot create output folder"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "no folder");
}

#[test]
fn exit_statuses() {
    let dir = tempdir().unwrap();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    let status = |name: &str| {
        let ran = whomet(&extract(&input, &dir.path().join(name), &[]));
        (ran.status, ran.stderr)
    };
    let (none, message) = status("empty");
    assert!(none == 2 && message.contains("no articles in"), "{message}");
    assert!(!dir.path().join("empty").exists());
    fs::write(input.join("a.txt"), "Ann met Bo.").unwrap();
    fs::write(input.join("b.png"), "x").unwrap();
    assert_eq!(status("all").0, 0);
    fs::write(input.join("c.txt"), "FAIL").unwrap();
    assert_eq!(status("some").0, 1);
    fs::remove_file(input.join("a.txt")).unwrap();
    assert_eq!(status("none").0, 2);
    assert_eq!(whomet(&["extract", "nowhere", "-o", "-"]).status, 2);
    assert_eq!(whomet(&["extract"]).status, 2);
    assert_eq!(whomet(&["extract", "--threads", "0", "x"]).status, 2);
    for help in [
        &["--help"][..],
        &["--version"],
        &["extract", "--help"],
        &["explain", "-h"],
    ] {
        let ran = whomet(help);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        assert!(!ran.stdout.is_empty());
    }
}

#[test]
fn explain_takes_texts_and_files() {
    let ran = whomet(&[
        "explain",
        "Ann met Bo in Oslo on Friday.",
        "--date",
        "2026-11-21",
    ]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let text = String::from_utf8(ran.stdout).unwrap();
    assert!(
        text.contains("[Ann PER 1] met [Bo PER 2] in [Oslo GPE 3] on Friday."),
        "{text}"
    );
    assert!(
        text.contains("published 2026-11-21") && text.contains("meeting, occurred: Ann 1; Bo 2"),
        "{text}"
    );
    let dir = tempdir().unwrap();
    let file = dir.path().join("a.txt");
    fs::write(&file, "Cy is mayor of Rome.").unwrap();
    let text = String::from_utf8(whomet(&["explain".as_ref(), file.as_os_str()]).stdout).unwrap();
    assert!(text.contains("Cy 1: mayor of Rome 2"), "{text}");
    let ran = whomet(&["explain", "missing.txt"]);
    assert!(
        ran.status == 2 && ran.stderr.contains("no such file"),
        "{}",
        ran.stderr
    );
    assert_eq!(whomet(&["explain", "FAIL now"]).status, 2);
}

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_whomet"))
}

#[test]
fn the_binary_runs() {
    let out = binary().arg("--version").output().unwrap();
    assert_eq!(
        String::from_utf8(out.stdout).unwrap(),
        format!("whomet {}\n", env!("CARGO_PKG_VERSION"))
    );
    // A reader that leaves at once.
    let dir = tempdir().unwrap();
    let input = many(dir.path(), 50);
    let mut child = binary()
        .args([
            "extract".as_ref(),
            input.as_os_str(),
            "-o".as_ref(),
            "-".as_ref(),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// A limit on file sizes stands in for a full disk: the write fails half way, and more room lets the run go on.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_loss() {
    let dir = tempdir().unwrap();
    let (input, out, reference) = (
        dir.path().join("in"),
        dir.path().join("out"),
        dir.path().join("ref"),
    );
    fs::create_dir(&input).unwrap();
    for i in 10..30 {
        fs::write(input.join(format!("{i}.txt")), "Ann met Bo. ".repeat(20)).unwrap();
    }
    let command = format!(
        "trap '' XFSZ; ulimit -f 24; exec \"$0\" extract '{}' -o '{}'",
        input.display(),
        out.display()
    );
    let ran = Command::new("sh")
        .args(["-c", &command, env!("CARGO_BIN_EXE_whomet")])
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2), "{message}");
    assert!(
        message.contains("documents.jsonl.part: cannot write") && message.contains("same command"),
        "{message}"
    );
    for out in [&out, &reference] {
        let ran = binary()
            .arg("extract")
            .arg(&input)
            .arg("-o")
            .arg(out)
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(0), "{message}");
        assert_eq!(
            message.contains("Went on after"),
            *out == dir.path().join("out"),
            "{message}"
        );
    }
    assert_eq!(outputs(&out), outputs(&reference));
}

/// A folder of articles that take a while.
fn many(dir: &Path, count: usize) -> std::path::PathBuf {
    let input = dir.join("in");
    fs::create_dir(&input).unwrap();
    for i in 0..count {
        fs::write(
            input.join(format!("{i:04}.txt")),
            format!("Ann {i} met Bo. ").repeat(100),
        )
        .unwrap();
    }
    input
}

#[test]
fn the_binary_can_be_killed() {
    let dir = tempdir().unwrap();
    let (input, out, reference) = (
        many(dir.path(), 40),
        dir.path().join("out"),
        dir.path().join("ref"),
    );
    let run = |out: &Path| {
        let mut command = binary();
        command
            .arg("extract")
            .arg(&input)
            .arg("-o")
            .arg(out)
            .args(["--threads", "2"])
            .stderr(Stdio::null());
        command
    };
    assert_eq!(run(&reference).status().unwrap().code(), Some(0));
    // However fast the machine: each round lets the run live until the part file has grown a little.
    for round in 1..6 {
        let mut child = run(&out).spawn().unwrap();
        let grown = || {
            fs::metadata(out.join("documents.jsonl.part")).is_ok_and(|m| m.len() > round * 60_000)
        };
        while !grown() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(run(&out).status().unwrap().code(), Some(0));
    assert_eq!(outputs(&out), outputs(&reference));
}

#[test]
fn output_inside_the_input_is_refused() {
    let dir = tempdir().unwrap();
    let input = articles(dir.path());
    for out in ["out", "../in/deep/out", "."] {
        let ran = whomet(&extract(&input, &input.join(out), &[]));
        assert_eq!((ran.status, ran.extracted), (2, 0));
        assert!(ran.stderr.contains("lies inside"), "{}", ran.stderr);
    }
    assert_eq!(
        whomet(&extract(
            &input.join("a1.txt"),
            &dir.path().join("out"),
            &[]
        ))
        .status,
        0
    );
}
